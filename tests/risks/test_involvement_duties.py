# ruff: noqa: F811  # the fixtures of test_involvement are arguments here
"""What a finding on involvement obliges to and by when, where it is listed, and what the database keeps of it."""

from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from risks.actions.standing import refresh
from risks.models import (
    Evidence,
    Involvement,
    Relationship,
    RelationshipRisk,
    Risk,
)
from risks.queries import involvement as queries
from risks.rules.time_limits import TIME_LIMITS
from tests.risks.leverage_stage import acted, measured
from tests.risks.test_involvement import (  # noqa: F401
    CONTRIBUTES,
    LINKED,
    NOW,
    TODAY,
    UNKNOWN,
    ana,
    challenge,
    dan,
    evidence,
    find,
    propose,
    risk,
    sign,
    stop,
    tied,
)
from tests.risks.test_partners import assess


def test_the_own_part_is_stopped_once_on_a_day_that_can_be(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    knew = TODAY - timedelta(days=9)
    found = find(
        client, ana, dan, evidence, **CONTRIBUTES, knew_since=knew, relationship=tied.relationship_id
    )
    tied.refresh_from_db()
    assert (tied.own_contribution, tied.own_part_stopped_on) == (True, None)

    early = stop(client, ana, found, stopped_on=knew - timedelta(days=1))
    late = stop(client, ana, found, stopped_on=TODAY + timedelta(days=1))
    untold = stop(client, ana, found, how="Done.")

    assert b"the part did not stop before" in early.content
    assert b"this day is still to come" in late.content
    assert b"at least 50 characters" in untold.content
    assert found.own_part_stopped_on is None
    assert stop(client, ana, found, stopped_on=knew).status_code == 302
    assert b"on record already" in stop(client, ana, found).content
    tied.refresh_from_db()
    assert (found.own_part_stopped_on, tied.own_part_stopped_on) == (knew, knew)


def test_who_is_linked_only_has_no_own_part_to_stop(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **LINKED)

    assert b"has a part of its own" in stop(client, ana, found).content


def test_an_own_part_that_goes_on_past_its_time_is_a_task_until_it_stopped(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **CONTRIBUTES)
    assert list(queries.own_part_not_stopped(found.stop_due)) == []
    late = found.stop_due + timedelta(seconds=1)

    assert list(queries.own_part_not_stopped(late)) == [found]
    stop(client, ana, found)
    assert list(queries.own_part_not_stopped(late)) == []


def test_undetermined_opens_a_clock_to_find_the_facts_and_counts_as_contributing(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **UNKNOWN)

    due = found.decided_at.date() + timedelta(days=30)
    assert (found.tie, found.fact_finding_due) == ("undetermined", due)
    assert found.stop_due is not None
    assert list(queries.fact_finding_overdue(due)) == []
    assert list(queries.fact_finding_overdue(due + timedelta(days=1))) == [found]
    find(client, ana, dan, evidence, **LINKED)
    assert list(queries.fact_finding_overdue(due + timedelta(days=1))) == []


@pytest.mark.parametrize("level", TIME_LIMITS)
@pytest.mark.parametrize("through", ["relationship", "product"])
def test_a_link_drifts_past_its_limit_until_leverage_changed_something(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk, level: int, through: str
) -> None:
    assess(evidence.risk, level, on=TODAY)
    refresh(evidence.risk, at=NOW)
    limit = TIME_LIMITS[level].change
    knew = TODAY - timedelta(days=5)
    how = {"relationship": tied.relationship_id} if through == "relationship" else {"product": "Messages"}
    found = find(client, ana, dan, evidence, linked="yes", knew_since=knew, **how)
    if limit is None:
        assert list(queries.drifting(knew + timedelta(days=5000))) == []
        return
    last = knew + timedelta(days=limit)

    assert list(queries.drifting(last)) == []
    assert list(queries.drifting(last + timedelta(days=1))) == [found]
    use_leverage(tied, effect=1)
    assert list(queries.drifting(last + timedelta(days=1))) == [found]
    use_leverage(tied, effect=2)
    assert list(queries.drifting(last + timedelta(days=1))) == []
    found.refresh_from_db()
    assert (found.state, found.tie) == ("found", "directly_linked")


def use_leverage(tied: RelationshipRisk, *, effect: int) -> None:
    measured(acted(tied, on=TODAY), effect, on=TODAY)


def test_without_a_day_the_company_knows_since_its_finding_and_an_ended_relationship_drifts_no_more(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, linked="yes", relationship=tied.relationship_id)
    late = TODAY + timedelta(days=15)

    assert list(queries.drifting(late)) == [found]
    Relationship.objects.update(status="ended")
    assert list(queries.drifting(late)) == []


def test_another_partners_change_does_not_clear_a_drift(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, linked="yes", relationship=tied.relationship_id)
    other = Relationship.objects.create(partner=tied.relationship.partner, kind="supplier", supplied="x")
    use_leverage(
        RelationshipRisk.objects.create(
            relationship=other, risk=evidence.risk, known_since=TODAY, how_known="x"
        ),
        effect=4,
    )

    assert list(queries.drifting(TODAY + timedelta(days=15))) == [found]


def test_each_task_is_one_query_shown_on_the_desk_and_in_the_list(
    client: Client,
    ana: User,
    dan: User,
    evidence: Evidence,
    tied: RelationshipRisk,
    django_assert_num_queries: Any,
) -> None:
    knew = TODAY - timedelta(days=15)
    find(client, ana, dan, evidence, linked="yes", knew_since=knew, relationship=tied.relationship_id)

    with django_assert_num_queries(3):
        [task] = queries.tasks(NOW)
    assert task.code == "REASSESS_INVOLVEMENT"
    fragment = render_to_string("risks/_involvement_tasks.html", {"involvement_tasks": [task]})
    assert task.sentence in unescape(fragment)
    assert "Calls to violence" in fragment
    page = client.get("/desk/involvements/?show=drifting").content.decode()
    assert "1 in the list" in page
    assert task.sentence in unescape(page)


def test_all_tasks_of_a_moment_far_ahead_are_listed(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    find(client, ana, dan, evidence, **UNKNOWN)
    ahead = datetime.combine(TODAY + timedelta(days=40), time(), tzinfo=UTC)

    assert [task.code for task in queries.tasks(ahead)] == ["OWN_PART_NOT_STOPPED", "FACT_FINDING_OVERDUE"]


def test_the_fragment_of_a_risk_shows_claims_as_claims_and_what_findings_oblige_to(
    client: Client, ana: User, dan: User, evidence: Evidence, risk: Risk
) -> None:
    Involvement.objects.create(risk=risk, said="accused of aiding", argued_by="A coalition")
    find(client, ana, dan, evidence, **CONTRIBUTES)

    fragment = render_to_string(
        "risks/_involvement_of_risk.html",
        {"risk": risk, "involvements": queries.involvements_of(risk, TODAY), "may_propose_involvement": True},
    )

    for said in (
        "Claimed, no finding; argued by A coalition",
        "Found; Dan",
        "Remedy to the extent",
        "Propose how",
    ):
        assert said in fragment


def test_a_claim_is_shown_as_one_and_who_argued_it(client: Client, ana: User, risk: Risk) -> None:
    claim = Involvement.objects.create(
        risk=risk,
        said="aided",
        tie="cause",
        argued_by="A coalition of the people affected",
        reasoning="Because.",
    )
    client.force_login(ana)

    page = client.get(f"/desk/involvements/{claim.pk}/").content.decode()

    assert "A claim, no finding" in page
    assert "Argued by A coalition of the people affected" in page
    assert "What is owed" not in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "show=proposed",
        "show=standing",
        "show=claimed",
        "show=over",
        "show=not_stopped",
        "show=facts_overdue",
        "show=%00",
        "show=x&tie=y",
        "page=x",
        "tie=cause",
    ],
)
def test_every_filter_answers_and_an_odd_one_is_no_error(
    client: Client, ana: User, risk: Risk, query: str
) -> None:
    client.force_login(ana)

    assert client.get(f"/desk/involvements/?{query}").status_code == 200


def test_the_list_asks_the_database_as_often_for_one_as_for_thirty(
    client: Client, ana: User, risk: Risk, django_assert_num_queries: Any
) -> None:
    client.force_login(ana)
    Involvement.objects.create(risk=risk, said="x")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/involvements/")
    for number in range(30):
        other = Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=date(2020, 1, 1))
        Involvement.objects.create(risk=other, said="x")

    with django_assert_num_queries(len(one)):
        assert "31 in the list" in client.get("/desk/involvements/").content.decode()


REWRITES = [
    "tie = 'none'",
    "reasoning = 'x'",
    "counsel_heard = 'x'",
    "stop_due = NULL",
    "detail = '{\"a\": 1}'",
]


@pytest.mark.parametrize(
    "change", [*REWRITES, "state = 'proposed'", "state = 'refused'", "relationship_id = NULL"]
)
def test_a_finding_is_never_rewritten_not_even_by_sql(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk, change: str
) -> None:
    find(client, ana, dan, evidence, **CONTRIBUTES, relationship=tied.relationship_id)

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE risks_involvement SET {change}")  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM risks_involvement",
        "DELETE FROM risks_involvement_evidence",
        "UPDATE risks_involvement_evidence SET id = id",
        "INSERT INTO risks_involvement_evidence (involvement_id, evidence_id) "
        "SELECT involvement_id, evidence_id + 1 FROM risks_involvement_evidence",
    ],
)
def test_a_finding_and_its_evidence_are_never_taken_away(
    client: Client, ana: User, dan: User, evidence: Evidence, statement: str
) -> None:
    find(client, ana, dan, evidence, **CONTRIBUTES)

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_that_the_own_part_stopped_is_never_rewritten(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    stop(client, ana, find(client, ana, dan, evidence, **CONTRIBUTES))

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic():
        Involvement.objects.update(own_part_stopped_on=TODAY - timedelta(days=1))


def test_the_database_finds_nothing_without_evidence(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    proposal = propose(client, ana, evidence, **LINKED)
    proposal.evidence.clear()

    assert b"The proposal changed" in sign(client, dan, proposal).content
    with pytest.raises(DatabaseError, match="I2: a finding needs evidence"), transaction.atomic():
        Involvement.objects.update(state="found", decided_by=dan, decided_at=NOW)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "found", "same": True}, "involvement_found_by_another"),
        ({"state": "withdrawn", "decided": True}, "involvement_found_by_another"),
        ({"state": "found", "decided": True, "tie": "undetermined"}, "fact_finding_clock"),
        ({"own_part_stopped_on": TODAY}, "own_part_stopped_says_how"),
    ],
)
def test_the_database_keeps_pairs_that_belong_together(
    risk: Risk, ana: User, dan: User, values: dict[str, Any], constraint: str
) -> None:
    who = ana if values.pop("same", False) else dan if values.pop("decided", False) else None
    decided = {"proposed_by": ana, "decided_by": who, "decided_at": NOW} if who else {}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Involvement.objects.create(risk=risk, said="x", **decided, **values)


@pytest.mark.parametrize(
    ("state", "constraint"), [("proposed", "proposed_once"), ("found", "one_finding_stands")]
)
def test_the_database_keeps_one_proposal_and_one_finding_for_a_risk_without_a_relationship(
    risk: Risk, ana: User, dan: User, state: str, constraint: str
) -> None:
    decided = {"decided_by": dan, "decided_at": NOW} if state == "found" else {}
    row = {"risk": risk, "said": "x", "tie": "cause", "state": state, "proposed_by": ana, **decided}
    Involvement.objects.create(**row)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Involvement.objects.create(**row)


def test_the_audit_log_names_no_partner_and_quotes_nothing(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, **CONTRIBUTES, relationship=tied.relationship_id)
    challenge(client, ana, found)

    logged = " ".join(f"{one.action} {one.subject} {one.detail}" for one in AuditEvent.objects.all())
    for told in ("Northern Cloud", "Calls to violence", "Half of the calls", "nothing was said against it"):
        assert told not in logged
