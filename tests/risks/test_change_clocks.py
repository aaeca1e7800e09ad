# ruff: noqa: F811  # the fixtures of test_partners are arguments here
"""The time-to-change clock is a kept fact: it moves with severity, by entries alone, and tells its own story (5.4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.job import as_job
from risks.actions.clock_reminders import remind_of_clocks
from risks.actions.partners import tie_risk
from risks.models import (
    ClockEntry,
    ClockReminder,
    ExitDecision,
    ExitImpactAssessment,
    ExitReview,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
)
from risks.queries import time_to_change as queries
from risks.queries.clock_reminders import open_reminders
from risks.queries.method import method
from tests.risks.leverage_stage import acted, measured
from tests.risks.test_involvement import CONTRIBUTES, LINKED, find, stop
from tests.risks.test_involvement import evidence as evidence  # a fixture
from tests.risks.test_partners import (  # noqa: F401
    REASONS,
    TODAY,
    ana,
    assess,
    eve,
    person,
    risk,
    tied,
)

KNOWN = TODAY - timedelta(days=20)


def days(many: int) -> timedelta:
    return timedelta(days=many)


def at(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC)


def read(tied: RelationshipRisk, on: date = TODAY) -> queries.Reading:
    return queries.clock_of(tied, on=on)


def kinds(tied: RelationshipRisk) -> list[str]:
    return list(tied.entries.values_list("kind", flat=True))


def test_the_clock_starts_with_knowledge_and_follows_severity_in_the_same_breath(
    tied: RelationshipRisk, risk: Risk
) -> None:
    assert (tied.clock_started_on, tied.clock_level, tied.change_due) == (KNOWN, 5, KNOWN + days(14))

    assess(risk, 3, on=TODAY)
    tied.refresh_from_db()
    assert (tied.clock_level, tied.change_due) == (3, KNOWN + days(180))

    assess(risk, 4, on=TODAY)
    tied.refresh_from_db()
    assert (tied.clock_level, tied.change_due) == (4, TODAY + days(60))

    assess(risk, 3, on=TODAY)
    tied.refresh_from_db()
    assert tied.change_due == KNOWN + days(180)

    assess(risk, 1, on=TODAY)
    tied.refresh_from_db()
    assert (tied.change_due, read(tied).clock.code) == (None, "FIRST_ACTION_PENDING")

    assess(risk, 2, on=TODAY)
    tied.refresh_from_db()
    assert tied.change_due == TODAY + days(365)
    moves = ["fell", "rose", "fell", "fell", "rose"]
    assert kinds(tied) == ["started", *(f"severity_{move}" for move in moves)]
    last = tied.entries.last()
    assert last is not None
    assert (last.day, last.due_before, last.due_after, last.entered_by) == (
        TODAY,
        None,
        TODAY + days(365),
        "ana",
    )


def test_a_judgement_that_leaves_the_level_moves_no_clock(tied: RelationshipRisk, risk: Risk) -> None:
    assess(risk, 5, on=TODAY)

    assert kinds(tied) == ["started"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_relationshiprisk SET change_due = change_due + 30",
        "UPDATE risks_relationshiprisk SET clock_level = 1, change_due = NULL",
        "UPDATE risks_relationshiprisk SET clock_started_on = now()",
        "UPDATE risks_relationshiprisk SET own_stop_due = now()",
        "UPDATE risks_clockentry SET due_after = due_after + 30",
        "DELETE FROM risks_clockentry",
    ],
)
def test_nobody_moves_a_clock_by_hand(tied: RelationshipRisk, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def entry(tied: RelationshipRisk, kind: str, **changes: Any) -> ClockEntry:
    told: dict[str, Any] = {
        "day": TODAY,
        "level": 5,
        "due_before": tied.change_due,
        "due_after": tied.change_due,
        "reasons": "x",
        "entered_by": "ana",
        "entered_at": at(TODAY),
    }
    return ClockEntry.objects.create(tied=tied, kind=kind, **told | changes)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("started", {}),
        ("severity_rose", {"level": 5}),
        ("severity_fell", {"level": 4, "due_after": KNOWN + days(13)}),
        ("severity_fell", {"level": 5, "due_after": None}),
        ("extended", {"due_after": KNOWN + days(44)}),
        ("restarted", {"due_after": TODAY + days(14)}),
        ("own_part_found", {"due_after": TODAY + days(14)}),
        ("severity_fell", {"level": 4, "due_before": TODAY, "due_after": TODAY + days(60)}),
        ("own_part_found", {"entered_by": ""}),
    ],
)
def test_the_database_refuses_an_entry_that_breaks_the_clock(
    tied: RelationshipRisk, kind: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        entry(tied, kind, **changes)

    assert kinds(tied) == ["started"]


def test_a_job_gives_no_time(tied: RelationshipRisk) -> None:
    for kind, changes in (("severity_fell", {"level": 4, "due_after": None}), ("own_part_cleared", {})):
        with (
            as_job(),
            pytest.raises(DatabaseError, match="more time; a person decides"),
            transaction.atomic(),
        ):
            entry(tied, kind, **changes)


def test_an_extension_adds_its_days_once_and_not_after_the_time_has_passed(
    tied: RelationshipRisk, risk: Risk, client: Client, ana: User, eve: User
) -> None:
    address = f"/desk/partners/extensions/{tied.pk}/"
    client.force_login(eve)
    assert b"there is no extension" in client.post(address, {"reasons": REASONS}).content
    assess(risk, 4, on=TODAY)
    measured(acted(tied, on=KNOWN), 2, on=TODAY)
    assert client.post(address, {"reasons": "Too short."}).status_code == 400
    tied.relationship.revenue_owners.add(eve)
    assert b"SD4" in client.post(address, {"reasons": REASONS}).content
    tied.relationship.revenue_owners.clear()

    assert client.post(address, {"reasons": REASONS}).status_code == 302

    tied.refresh_from_db()
    assert (tied.change_due, tied.extended_on) == (KNOWN + days(90), TODAY)
    assert b"there is no second" in client.post(address, {"reasons": REASONS}).content
    assess(risk, 3, on=TODAY)
    tied.refresh_from_db()
    assert tied.change_due == KNOWN + days(180)
    late = tie_risk_known(TODAY - days(61), ana, other_risk(4))
    measured(acted(late, on=TODAY), 2, on=TODAY)
    answer = client.post(f"/desk/partners/extensions/{late.pk}/", {"reasons": REASONS})
    assert b"the time to see change has passed" in answer.content


def other_risk(level: int) -> Risk:
    risk = Risk.objects.create(title="Another harm", summary="x", opened_on=date(2020, 1, 1))
    assess(risk, level, on=TODAY - days(70))
    return risk


def tie_risk_known(since: date, by: User, risk: Risk, **more: Any) -> RelationshipRisk:
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name=f"Partner {Partner.objects.count()}"),
        kind="reseller",
        supplied="x",
    )
    given = {"how_known": "A report.", "own_contribution": False, "zero_tolerance_breach": ""} | more
    return tie_risk(relationship, risk, known_since=since, by=by, at=at(TODAY), **given)


def test_a_relapse_shows_at_once_and_the_clock_restarts_only_after_a_change_on_record(
    tied: RelationshipRisk, client: Client, ana: User, eve: User
) -> None:
    address = f"/desk/partners/clocks/{tied.pk}/restart/"
    client.force_login(ana)
    again = {"known_on": TODAY, "reasons": REASONS}
    assert b"a clock restarts only after a change that was measured" in client.post(address, again).content
    action = acted(tied, on=KNOWN)
    measured(action, 3, on=TODAY - days(5))
    assert read(tied).clock.code == "CHANGE_ACHIEVED"

    measured(action, 1, on=TODAY)

    assert read(tied).clock.code == "TIME_TO_CHANGE_EXPIRED"
    assert address in client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    before = client.post(address, again | {"known_on": TODAY - days(6)})
    assert b"when the change was measured" in before.content
    tied.relationship.revenue_owners.add(ana)
    assert b"SD4" in client.post(address, again).content
    tied.relationship.revenue_owners.clear()
    assert client.post(address, again).status_code == 302
    tied.refresh_from_db()
    assert (tied.clock_started_on, tied.change_due) == (TODAY, TODAY + days(14))
    assert read(tied).clock.code == "FIRST_ACTION_PENDING"
    assert b"a clock restarts only after" in client.post(address, again).content
    client.force_login(eve)
    assert client.post(address, again).status_code == 403
    page = client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    assert "The clock restarted after a relapse" in page
    assert REASONS in page


def test_exit_is_to_be_considered_by_a_day_of_its_own_and_an_open_question_answers_it(
    tied: RelationshipRisk, client: Client, ana: User
) -> None:
    found = read(tied)
    assert (found.clock.code, found.decide_by, found.due) == (
        "TIME_TO_CHANGE_EXPIRED",
        KNOWN + days(21),
        KNOWN + days(21),
    )
    assert (found.exit_due, found.exit_late, read(tied, TODAY + days(2)).exit_late) == (True, False, True)
    zero = tie_risk_known(TODAY, ana, other_risk(3), zero_tolerance_breach="Sold spyware.")
    assert read(zero).decide_by == TODAY + days(30)
    ExitDecision.objects.create(
        relationship=tied.relationship, trigger="leverage_failed", opened_by=ana, opened_on=KNOWN - days(1)
    )
    assert read(tied).exit_due
    ExitDecision.objects.update(opened_on=TODAY)

    answered = read(tied)

    assert (answered.exit_due, answered.needs_somebody) == (False, False)
    assert answered.clock.status == "EXIT_CONSIDERATION_DUE"
    ExitDecision.objects.update(state="withdrawn")
    assert read(tied).exit_due


def staying(tied: RelationshipRisk, ana: User, eve: User) -> ExitDecision:
    """Put a decision to stay on record that was made eight days ago, past the triggers that make it go its way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        assessment = ExitImpactAssessment.objects.create(
            relationship=tied.relationship,
            comparison="comparable",
            mitigation="x",
            assessor=ana,
            completed_on=TODAY,
            severity_then=5,
        )
        stays = ExitDecision.objects.create(
            relationship=tied.relationship,
            trigger="leverage_failed",
            kind="remain_with_conditions",
            state="approved",
            impact_assessment=assessment,
            opened_by=ana,
            opened_on=TODAY - days(15),
            proposed_by=ana,
            approved_by=eve,
            approved_on=TODAY - days(8),
            review_due=TODAY + days(22),
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return stays


def test_while_staying_the_company_looks_again_by_severity_and_sooner_if_it_said_so(
    tied: RelationshipRisk, ana: User, eve: User
) -> None:
    stays = staying(tied, ana, eve)
    late = read(tied)
    assert (late.recheck_due, late.due, late.needs_somebody) == (TODAY - days(1), TODAY - days(1), True)
    assert (late.status_label, late.what_is_due) == ("Exit is considered", "Look again")
    remind_of_clocks(at=at(TODAY))
    assert ClockReminder.objects.get(why="recheck").level == "SENIOR"

    ExitReview.objects.create(decision=stays, found="x", evidence="x", reviewed_on=TODAY, reviewed_by="ana")

    assert (read(tied).recheck_due, read(tied).needs_somebody) == (TODAY + days(7), False)
    ExitDecision.objects.update(review_due=TODAY + days(3))
    assert read(tied).recheck_due == TODAY + days(3)


def test_the_own_part_has_its_own_deadline_that_severity_brings_nearer(
    client: Client, ana: User, risk: Risk, evidence: Any
) -> None:
    dan = person("dan", Role.DECIDER)
    assess(risk, 3, on=TODAY)
    tied = tie_risk_known(KNOWN, ana, risk)
    found = find(client, ana, dan, evidence, **CONTRIBUTES, relationship=tied.relationship_id)
    tied.refresh_from_db()
    assert found.stop_due is not None
    assert tied.own_stop_due == found.stop_due.date() > TODAY + days(3)

    assess(risk, 4, on=TODAY)

    tied.refresh_from_db()
    assert tied.own_stop_due == TODAY + days(3)
    assert (read(tied).clock.status, read(tied).due) == ("STOP_OWN_CONTRIBUTION", TODAY + days(3))
    assert stop(client, ana, found, stopped_on=TODAY).status_code == 302
    tied.refresh_from_db()
    assert tied.own_stop_due is None
    assert kinds(tied) == ["started", "own_part_found", "severity_rose", "own_part_stopped"]
    at_once = tie_risk_known(KNOWN, ana, other_risk(4), own_contribution=True)
    assert at_once.own_stop_due == TODAY + days(3)
    milder = tie_risk_known(KNOWN, ana, other_risk(3), own_contribution=True)
    assert milder.own_stop_due is not None
    assert milder.own_stop_due > TODAY + days(3)


def test_a_link_in_drift_is_flagged_by_the_clock_on_every_page(
    client: Client, ana: User, risk: Risk, evidence: Any
) -> None:
    dan = person("dan", Role.DECIDER)
    tied = tie_risk_known(KNOWN, ana, risk)
    found = find(client, ana, dan, evidence, **LINKED, relationship=tied.relationship_id, knew_since=KNOWN)

    assert read(tied).drift == found

    client.force_login(dan)
    pages = [
        f"/desk/partners/clocks/{tied.pk}/",
        f"/desk/partners/{tied.relationship_id}/",
        f"/desk/risks/{risk.pk}/",
        "/desk/",
    ]
    for address in pages:
        page = client.get(address).content.decode()
        assert f"/desk/involvements/{found.pk}/" in page, address
        assert "drift" in page, address
    assert "In drift" in client.get("/desk/partners/clocks/?show=drift").content.decode()
    remind_of_clocks(at=at(TODAY))
    assert ClockReminder.objects.filter(why="drift", level="DECIDER").exists()
    measured(acted(tied, on=KNOWN), 2, on=TODAY)
    assert read(tied).drift is None


def test_the_configured_limits_time_the_clocks(
    ana: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.METHOD = {"time_limits": {"L4": {"change": 40, "consider_exit": 7}}}
    method.cache_clear()
    try:
        tied = tie_risk_known(TODAY - days(41), ana, other_risk(4))
        found = read(tied)
    finally:
        settings.METHOD = {}
        method.cache_clear()

    assert tied.change_due == TODAY - days(1)
    assert (found.clock.code, found.decide_by) == ("TIME_TO_CHANGE_EXPIRED", TODAY + days(6))


def test_a_job_reminds_once_of_a_deadline_ever_higher_and_decides_nothing(
    tied: RelationshipRisk, ana: User, eve: User, client: Client
) -> None:
    waits = tie_risk_known(TODAY - days(40), ana, other_risk(4))
    acted(waits, on=TODAY - days(30), deadline=TODAY - days(1))

    sent = remind_of_clocks(at=at(TODAY))
    again = remind_of_clocks(at=at(TODAY))

    told = set(ClockReminder.objects.values_list("tied", "why", "level"))
    assert told == {
        (tied.pk, "limit_passed", "PARTNER_MGR"),
        (tied.pk, "limit_passed", "SENIOR"),
        (waits.pk, "half_time", "PARTNER_MGR"),
        (waits.pk, "action_deadline", "PARTNER_MGR"),
    }
    assert (sent, again) == (4, 0)
    remind_of_clocks(at=at(TODAY + days(2)))
    remind_of_clocks(at=at(TODAY + days(9)))
    climbed = ClockReminder.objects.filter(tied=tied, why="exit_overdue")
    assert set(climbed.values_list("level", "due")) == {
        ("SENIOR", KNOWN + days(21)),
        ("BOARD", KNOWN + days(21)),
    }
    assert (ExitDecision.objects.count(), kinds(tied)) == (0, ["started"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        climbed.update(level="DECIDER")
    client.force_login(person("bob", Role.BOARD))
    page = client.get("/board/").content.decode()
    assert "clocks about to end" in page
    client.force_login(eve)
    assert "The time to see change has passed" in client.get("/desk/").content.decode()
    later = TODAY + days(9)
    read = queries.pressing_clocks(on=later)
    assert {one.why for one in open_reminders(["BOARD"], read, on=later, shown=9)} == {"exit_overdue"}
    assert [one.why for one in open_reminders(["ANALYST"], read, on=later, shown=1)] == ["action_deadline"]
    ExitDecision.objects.create(
        relationship=tied.relationship, trigger="leverage_failed", opened_by=ana, opened_on=TODAY
    )
    assert open_reminders(["BOARD"], queries.pressing_clocks(on=later), on=later, shown=9) == []
    story = client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    assert "A job reminded board" in story


def test_a_clock_of_a_closed_risk_or_an_ended_relationship_presses_nobody(
    tied: RelationshipRisk, risk: Risk
) -> None:
    assert queries.pressing_clocks(on=TODAY)
    Relationship.objects.update(status="ended")
    assert queries.pressing_clocks(on=TODAY) == []
    Relationship.objects.update(status="active")
    Risk.objects.filter(pk=risk.pk).update(status="closed", closed_on=TODAY)
    assert queries.pressing_clocks(on=TODAY) == []
    assert remind_of_clocks(at=at(TODAY)) == 0


def test_the_board_counts_leverage_past_half_time_and_harms_past_their_limit(
    tied: RelationshipRisk, ana: User
) -> None:
    early = tie_risk_known(TODAY - days(3), ana, other_risk(4))
    measured(acted(early, on=TODAY), 3, on=TODAY)
    acted(tied, on=KNOWN)

    figures = {one.code: one for one in queries.indicators(on=TODAY)}

    assert (figures["K12"].value, figures["K12"].red) == ("0 of 1", True)
    assert (figures["K13"].value, figures["K13"].red) == ("1", True)
    measured(acted(tied, on=KNOWN), 3, on=TODAY)
    figures = {one.code: one for one in queries.indicators(on=TODAY)}
    assert (figures["K12"].value, figures["K13"].value) == ("1 of 2", "0")


def test_the_clocks_are_listed_by_their_end_in_as_many_queries_for_one_as_for_thirty(
    tied: RelationshipRisk, ana: User, client: Client
) -> None:
    client.force_login(ana)
    other = other_risk(3)
    tie_risk_known(TODAY, ana, other)
    client.get("/desk/partners/clocks/")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/partners/clocks/")
    for many in range(30):
        tie_risk_known(TODAY - days(many), ana, other)

    with CaptureQueriesContext(connection) as thirty:
        page = client.get("/desk/partners/clocks/").content.decode()

    assert len(thirty) == len(one)
    assert "32 clocks" in page
    assert page.index("Northern Cloud") < page.index("Partner 1")
    narrowed = client.get("/desk/partners/clocks/?level=5&status=EXIT_CONSIDERATION_DUE&show=pressing")
    assert "1 clock." in narrowed.content.decode()
    assert client.get("/desk/partners/clocks/?level=x&status=%00&page=x&show=y").status_code == 200
