"""The register of risks: ranked as the rules say, filtered, paged, at a cost that does not grow."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.standing import refresh
from risks.models import Measure, ReviewTask, Risk, SeverityAssessment
from risks.queries.method import method
from risks.queries.register import Standing, by_salience, standings, tiers
from risks.rules.salience import State, effective_likelihood, rank_key
from risks.rules.severity import judge
from tests.risks.vectors import Row, severity_rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = NOW.date()
STRANGE = [
    "?level=9&tier=P7&page=x",
    "?level=%00&q=%00&tier=4%2B",
    "?page=-1",
    f"?page={'9' * 400}",
    "?q=%FF%25_'",
]


def person(role: Role) -> User:
    return User.objects.create_user(f"a-{role.lower()}", "x", display_name="A", roles=[role])


@pytest.fixture
def analyst(db: None, client: Client) -> Client:
    client.force_login(person(Role.ANALYST))
    return client


def risk(title: str, **given: Any) -> Risk:
    return Risk.objects.create(title=title, **{"summary": "What may happen.", "opened_on": TODAY} | given)


def judged(of: Risk, row: Row, *, on: date = TODAY) -> SeverityAssessment:
    verdict = judge(*row.heads)
    held = SeverityAssessment.objects.create(
        risk=of,
        scale=row.heads[0],
        scope=row.heads[1],
        irremediability=row.heads[2],
        state_of_harm=row.state,
        likelihood=row.likelihood,
        delay_makes_irremediable=row.delay,
        heightened_vulnerability=row.vulnerable,
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=verdict.reason,
        holds_from=on,
        recorded_at=NOW,
        recorded_by="ana",
    )
    refresh(of, at=NOW)
    return held


@pytest.fixture
def table(db: None) -> list[Row]:
    """Return the vectors of domain.md 2.5, each on record as a risk."""
    rows = severity_rows()
    for row in rows:
        judged(risk(row.id), row)
    return rows


def test_the_register_ranks_the_vectors_as_the_rules_do(table: list[Row], analyst: Client) -> None:
    ranked = sorted((row for row in table if row.rank), key=lambda row: row.rank or 0)
    expected = [row.id for row in ranked] + [row.id for row in table if not row.rank]

    shown = [one.risk.title for one in analyst.get("/desk/risks/").context["rows"]]

    assert len(expected) == 31
    assert shown == expected
    assert [one.tier or "-" for one in standings(list(by_salience(Risk.objects.all())))] == [
        {row.id: row.tier for row in table}[title] for title in shown
    ]


def test_the_database_ranks_every_combination_as_the_rule_does(db: None) -> None:
    for number, level in enumerate(range(1, 6)):
        for state in ("", *State):
            for likelihood in [None] if str(state).startswith("actual") else [None, 1, 3, 5]:
                heads = (level, (number + 2) % 5 + 1, None)
                judged(
                    risk("any"),
                    Row("x", heads, str(state), likelihood, number % 2 == 0, level > 2, "", None, ""),
                )
    found = list(by_salience(Risk.objects.all()))
    tiers = dict(Risk.objects.values_list("pk", "tier"))

    def by_rule(one: Standing) -> tuple[Any, ...]:
        held = one.assessment
        assert held is not None
        state = State(held.state_of_harm) if held.state_of_harm else None
        effective = effective_likelihood(held.level, state, held.likelihood)
        key = rank_key(
            level=held.level,
            delay=held.delay_makes_irremediable,
            effective=effective,
            heads=(held.scale, held.scope, held.irremediability),
            vulnerable=held.heightened_vulnerability,
        )
        return (effective is None, *key, one.risk.pk)

    rows = standings(found)
    assert [one.risk.pk for one in rows] == [one.risk.pk for one in sorted(rows, key=by_rule)]
    assert [f"P{tiers[one.risk.pk]}" for one in rows] == [one.tier or "P5" for one in rows]


def test_a_risk_nobody_judged_counts_as_severe_and_later_judgements_are_not_seen(
    table: list[Row], analyst: Client
) -> None:
    judged(risk("Nobody looked"), table[0], on=date(2999, 1, 1))

    [row] = [row for row in analyst.get("/desk/risks/?level=4").context["rows"] if row.risk.held_id is None]

    assert (row.risk.title, row.level, row.tier, row.incomplete) == ("Nobody looked", 4, "P1", True)


def test_filters_hold_over_pages_and_reloads(table: list[Row], analyst: Client) -> None:
    for number in range(60):
        judged(risk(f"Outage {number}", summary="A blackout of messages"), table[0])

    first = analyst.get("/desk/risks/?q=BLACKOUT+outage&level=5&tier=P1")
    page = analyst.get(f"/desk/risks/?{first.context['querystring']}&after={first.context['page'].next}")

    assert page.context["page"].count == 60
    assert [len(first.context["rows"]), len(page.context["rows"])] == [50, 10]
    assert b'value="BLACKOUT outage"' in page.content
    assert b'<option value="P1" selected>' in page.content
    assert b"?q=BLACKOUT+outage&amp;level=5&amp;tier=P1&amp;after=" in page.content


def test_closed_risks_come_last_without_a_tier(table: list[Row], analyst: Client) -> None:
    closed = Risk.objects.get(title="S28")
    Risk.objects.filter(pk=closed.pk).update(status="closed", closed_on=TODAY)
    refresh(closed, at=NOW)

    rows = analyst.get("/desk/risks/").context["rows"]

    assert (rows[-1].risk.title, rows[-1].tier) == ("S28", "")
    assert [one.risk.title for one in analyst.get("/desk/risks/?tier=closed").context["rows"]] == ["S28"]
    assert [one.risk.title for one in analyst.get("/desk/risks/?tier=remedied").context["rows"]] == ["S21"]


@pytest.mark.parametrize("query", STRANGE)
@pytest.mark.parametrize("path", ["/desk/risks/", "/desk/measures/", "/desk/"])
def test_a_filter_that_makes_no_sense_is_left_out(analyst: Client, path: str, query: str) -> None:
    assert analyst.get(path + query).status_code == 200


def test_an_empty_register_and_an_empty_answer_say_what_to_do(analyst: Client) -> None:
    assert b"No risk is on record yet" in analyst.get("/desk/risks/").content
    assert b"No risk matches" in analyst.get("/desk/risks/?q=zzz").content


@pytest.mark.parametrize("path", ["/desk/risks/", "/desk/measures/", "/desk/"])
def test_a_page_costs_the_same_number_of_queries_for_one_risk_and_for_thirty(
    db: None, client: Client, path: str
) -> None:
    client.force_login(person(Role.SENIOR))

    def more(many: int) -> int:
        for number in range(many):
            one = risk(f"Risk {number}")
            judged(one, severity_rows()[number % 30])
            Measure.objects.create(
                risk=one, kind="label", intrusion=1, target="A post", starts_on=TODAY, starts_said="today",
                level_then=3, reviewed_on=TODAY, justified_on=TODAY,
            )  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    assert more(1) == more(29) <= 40


def test_a_risk_shows_everything_on_record(record: None, analyst: Client) -> None:
    for one in Risk.objects.all():
        content = analyst.get(f"/desk/risks/{one.pk}/").content.decode()
        for heading in ("Severity", "Measures", "Rights at stake", "Gaps", "What happened", "Sources"):
            assert f">{heading}</h2>" in content, (one, heading)
        assert "Assess severity" in content
        assert str(one.sources[0])[:30].replace("&", "&amp;") in content or "http" in one.sources[0]


def test_who_may_not_assess_sees_no_way_to(record: None, client: Client) -> None:
    client.force_login(person(Role.AUDITOR))
    [one] = Risk.objects.all()[:1]

    assert b"Assess severity" not in client.get(f"/desk/risks/{one.pk}/").content
    assert client.get(f"/desk/risks/{one.pk}/assess/").status_code == 403


PAGES: list[tuple[str, Callable[[], int]]] = [
    ("/desk/risks/", lambda: 0),
    ("/desk/measures/", lambda: 0),
    ("/desk/risks/{}/", lambda: Risk.objects.all()[0].pk),
    ("/desk/risks/{}/assess/", lambda: Risk.objects.all()[0].pk),
    ("/desk/measures/{}/", lambda: Measure.objects.all()[0].pk),
]


@pytest.mark.parametrize(("path", "pk"), PAGES)
def test_pages_are_for_staff_only(record: None, client: Client, path: str, pk: Callable[[], int]) -> None:
    address = path.format(pk())
    assert client.get(address).status_code == 302
    client.force_login(person(Role.SYSADMIN))
    assert client.get(address).status_code == 403
    client.force_login(person(Role.ANALYST))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["risks/{}/", "risks/{}/assess/", "measures/{}/", "tasks/{}/", "cycles/{}/"])
@pytest.mark.parametrize("pk", [0, 10**30])
def test_what_is_not_there_is_not_found(analyst: Client, path: str, pk: int) -> None:
    assert analyst.get(f"/desk/{path.format(pk)}").status_code == 404


def test_the_heat_of_the_board_counts_what_the_register_lists(table: list[Row], client: Client) -> None:
    client.force_login(person(Role.SENIOR))
    seen = 0
    for row in client.get("/board/").context["heat"]["rows"]:
        for cell in row["cells"]:
            assert client.get(f"/desk/risks/?{cell['query']}").context["page"].count == cell["count"]
            seen += cell["count"]
    assert seen == len(table)


def test_an_intrusive_measure_a_week_past_its_deadline_is_red(record: None, client: Client) -> None:
    client.force_login(person(Role.SENIOR))
    ReviewTask.objects.filter(measure__intrusion__gte=4).update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    groups = client.get("/board/").context["groups"]
    late = next(one.value for _group, shown in groups for one in shown if one.definition.code == "K7")

    assert late.red
    assert int(late.said) > 0


def test_what_a_tier_asks_for_is_what_was_configured(settings: Any) -> None:
    settings.METHOD = {"plan_days": {"1": 5, "2": 20, "3": 60}}
    method.cache_clear()
    try:
        told = tiers()
    finally:
        method.cache_clear()

    assert "plan in 5 days" in told["P1"]
    assert "plan in 20 days" in told["P2"]
