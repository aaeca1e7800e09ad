"""Leverage is used and measured, exit is assessed before it is decided, by the right people, through the pages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Role
from risks.models import (
    ExitDecision,
    LeverageAction,
    Relationship,
    RelationshipRisk,
    Risk,
    SeverityAssessment,
)
from risks.queries.time_to_change import story_of

TODAY = datetime.now(tz=UTC).date()
REASONS = "Leverage was used at every rung for a year and nothing changed for the people affected."
ASSESSMENT = {
    "group_1": "Small traders who live by the service",
    "scale_1": "3",
    "scope_1": "3",
    "irremediability_1": "2",
    "source_1": "Own user research",
    "source_2": "A local human rights organisation",
    "outside_2": "on",
    "consulted": "Traders' association, in two remote meetings.",
    "alternatives": "phased exit\nconditions",
    "mitigation": "Six months of notice and export of data.",
    "comparison": "exit_less_harm",
}
PROPOSAL = {
    "kind": "terminate_whole",
    "reasons": REASONS,
    "notice_days": "180",
    "data_and_access_plan": "Accounts are exported; evidence is preserved.",
}


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


@pytest.fixture
def risk(db: None) -> Risk:
    risk = Risk.objects.create(title="Arrests after data requests", summary="x", opened_on=date(2020, 1, 1))
    assess(risk, 5, on=TODAY - timedelta(days=60))
    return risk


def assess(risk: Risk, level: int, *, on: date) -> None:
    SeverityAssessment.objects.create(
        risk=risk,
        scale=level,
        scope=level,
        irremediability=level,
        level=level,
        incomplete=False,
        reason="x",
        holds_from=on,
        recorded_at=datetime.now(tz=UTC),
        recorded_by="ana",
    )


@pytest.fixture
def tied(risk: Risk, ana: User, client: Client) -> RelationshipRisk:
    client.force_login(ana)
    answer = client.post(
        "/desk/partners/new/",
        {"name": "Northern Cloud", "kind": "reseller", "supplied": "Hosting, resold to ministries"},
    )
    assert answer.status_code == 302
    relationship = Relationship.objects.get()
    answer = client.post(
        f"/desk/partners/{relationship.pk}/tie/",
        {
            "risk": risk.pk,
            "known_since": TODAY - timedelta(days=20),
            "how_known": "A press report, confirmed.",
        },
    )
    assert answer.status_code == 302
    return RelationshipRisk.objects.get()


def clock(tied: RelationshipRisk) -> tuple[str, str]:
    [(reading, _actions)] = story_of(tied.relationship, on=TODAY)
    return reading.clock.status, reading.clock.code


def use_leverage(client: Client, tied: RelationshipRisk, **effect: Any) -> LeverageAction:
    given = {
        "kind": "direct_dialogue",
        "rung": 0,
        "requested_change": "No disclosure without a court order.",
        "started_on": TODAY - timedelta(days=15),
        "deadline": TODAY,
    }
    assert client.post(f"/desk/partners/leverage/{tied.pk}/", given).status_code == 302
    action = LeverageAction.objects.latest("pk")
    if effect:
        assert client.post(f"/desk/partners/effects/{action.pk}/", effect).status_code == 302
    return action


def to_proposed(client: Client, tied: RelationshipRisk, **changes: Any) -> ExitDecision:
    assert (
        client.post(
            f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"}
        ).status_code
        == 302
    )
    decision = ExitDecision.objects.get()
    assessment = ASSESSMENT | {key: value for key, value in changes.items() if key in ASSESSMENT}
    proposal = PROPOSAL | {key: value for key, value in changes.items() if key not in ASSESSMENT}
    assert client.post(f"/desk/exits/{decision.pk}/assessment/", assessment).status_code == 302
    assert client.post(f"/desk/exits/{decision.pk}/proposal/", proposal).status_code == 302
    decision.refresh_from_db()
    return decision


def sign(client: Client, user: User, *, step: str = "approve", decision: str = "approve") -> Any:
    asked = SignOff.objects.get(step=step, decided_at__isnull=True)
    client.force_login(user)
    return client.post(
        f"/desk/signoffs/{asked.pk}/",
        {
            "decision": decision,
            "seen_hash": asked.content_hash,
            "reasons": "Read, weighed with the assessment, and discussed with the rights team.",
        },
    )


def test_the_clock_reads_from_knowledge_through_leverage_to_exit(
    tied: RelationshipRisk, client: Client
) -> None:
    assert clock(tied) == ("EXIT_CONSIDERATION_DUE", "TIME_TO_CHANGE_EXPIRED")

    use_leverage(client, tied, effect=3, indicator="orders refused", measured="12", evidence="court files")

    assert clock(tied) == ("OK", "CHANGE_ACHIEVED")
    page = client.get(f"/desk/partners/{tied.relationship_id}/").content.decode()
    assert "No disclosure without a court order." in page
    assert "The abuse stopped, or the risk is at its target." in page


def test_a_promise_is_no_change_and_the_partners_own_word_no_evidence(
    tied: RelationshipRisk, client: Client
) -> None:
    action = use_leverage(client, tied)
    own_word = {
        "effect": 3,
        "indicator": "x",
        "measured": "y",
        "evidence": "their letter",
        "self_report_only": "on",
    }

    answer = client.post(f"/desk/partners/effects/{action.pk}/", own_word)
    bare = client.post(f"/desk/partners/effects/{action.pk}/", {"effect": 2})

    assert (answer.status_code, bare.status_code) == (400, 400)
    assert b"own word alone counts as a promise" in answer.content
    assert b"needs an indicator that moved" in bare.content
    with pytest.raises(DatabaseError), transaction.atomic():
        LeverageAction.objects.filter(pk=action.pk).update(
            effect=3, measured_on=TODAY, measured_by="x", self_report_only=True
        )


def test_exit_is_refused_without_an_impact_assessment(
    tied: RelationshipRisk, client: Client, eve: User
) -> None:
    client.post(f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"})
    decision = ExitDecision.objects.get()

    answer = client.post(f"/desk/exits/{decision.pk}/proposal/", PROPOSAL)

    assert answer.status_code == 400
    assert b"UNGP 19: complete the exit impact assessment first." in answer.content
    assert REASONS.encode() in answer.content
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = now()",
            [eve.pk],
        )


@pytest.mark.parametrize(
    ("without", "says"),
    [
        ("outside_2", "one of them outside the company"),
        ("source_2", "at least 2 sources"),
        ("consulted", "who was consulted"),
    ],
)
def test_an_impact_assessment_that_is_not_credible_is_refused_and_kept_as_typed(
    tied: RelationshipRisk, client: Client, without: str, says: str
) -> None:
    client.post(f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"})
    decision = ExitDecision.objects.get()
    given = {key: value for key, value in ASSESSMENT.items() if key != without}

    answer = client.post(f"/desk/exits/{decision.pk}/assessment/", given)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert "Six months of notice" in answer.content.decode()
    assert ExitDecision.objects.get().state == "considering"


def test_a_relationship_is_not_ended_before_leverage_was_used(tied: RelationshipRisk, client: Client) -> None:
    client.post(f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"})
    decision = ExitDecision.objects.get()
    client.post(f"/desk/exits/{decision.pk}/assessment/", ASSESSMENT)

    refused = client.post(f"/desk/exits/{decision.pk}/proposal/", PROPOSAL)
    use_leverage(client, tied, effect=0)
    accepted = client.post(f"/desk/exits/{decision.pk}/proposal/", PROPOSAL)

    assert b"use leverage and record its outcome" in refused.content
    assert accepted.status_code == 302


def test_from_allegation_to_staged_exit(tied: RelationshipRisk, client: Client, ana: User, eve: User) -> None:
    use_leverage(client, tied, effect=1)
    decision = to_proposed(client, tied)
    assert sign(client, eve).status_code == 302
    client.force_login(ana)
    steps = ["execute", "complete", "review"]
    assert [client.post(f"/desk/exits/{decision.pk}/steps/{step}/").status_code for step in steps] == [
        302
    ] * 3

    client.force_login(eve)
    too_soon = client.post(f"/desk/exits/{decision.pk}/steps/close/")
    client.force_login(ana)
    client.post(
        f"/desk/exits/{decision.pk}/reviews/", {"found": "Traders moved on.", "evidence": "Survey of 80."}
    )
    client.force_login(eve)
    closed = client.post(f"/desk/exits/{decision.pk}/steps/close/")

    decision.refresh_from_db()
    tied.relationship.refresh_from_db()
    assert b"what became of the people affected" in too_soon.content
    assert (closed.status_code, decision.state, tied.relationship.status) == (302, "closed", "ended")
    assert decision.severity_at_decision == 5
    assert "Northern Cloud" not in "".join(AuditEvent.objects.values_list("subject", flat=True))


def test_staying_is_a_reasoned_dated_and_repeated_decision(
    tied: RelationshipRisk, client: Client, ana: User, eve: User
) -> None:
    use_leverage(client, tied, effect=2, indicator="x", measured="1", evidence="audit")
    stay = {
        "kind": "remain_with_conditions",
        "conditions": "Monthly audit.",
        "consequences_accepted": "By name.",
    }
    decision = to_proposed(client, tied, **stay)
    assert sign(client, eve).status_code == 302

    decision.refresh_from_db()
    assert decision.review_due == TODAY + timedelta(days=30)
    client.force_login(ana)
    late = {"found": "x", "evidence": "y", "next_due": TODAY + timedelta(days=31)}
    assert b"look again by" in client.post(f"/desk/exits/{decision.pk}/reviews/", late).content


def test_staying_without_accepting_the_consequences_is_refused(
    tied: RelationshipRisk, client: Client
) -> None:
    client.post(f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"})
    decision = ExitDecision.objects.get()
    client.post(f"/desk/exits/{decision.pk}/assessment/", ASSESSMENT)
    stay = PROPOSAL | {"kind": "remain_with_conditions", "conditions": "Monthly audit."}

    answer = client.post(f"/desk/exits/{decision.pk}/proposal/", stay)

    assert b"accept the consequences of staying" in answer.content


def test_who_proposed_or_earns_by_the_partner_does_not_decide(
    tied: RelationshipRisk, client: Client, ana: User, eve: User
) -> None:
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied)
    ana.roles = [Role.ANALYST, Role.SENIOR]
    ana.save()
    tied.relationship.revenue_owners.add(eve)

    assert b"SD1" in sign(client, ana).content
    assert b"SD4" in sign(client, eve).content
    decision.refresh_from_db()
    assert decision.state == "proposed"


def test_leaving_that_does_manifestly_more_harm_needs_the_board_too(
    tied: RelationshipRisk, client: Client, eve: User
) -> None:
    bob = person("bob", Role.BOARD)
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied, comparison="exit_manifestly_more_harm")

    alone = sign(client, eve)
    agreed = sign(client, bob, step="board")
    together = sign(client, eve)

    decision.refresh_from_db()
    assert b"the board must agree as well" in alone.content
    assert (agreed.status_code, together.status_code, decision.state) == (302, 302, "approved")


def test_nobody_signs_for_the_board_and_as_senior_on_one_decision(
    tied: RelationshipRisk, client: Client
) -> None:
    both = person("zoe", Role.SENIOR, Role.BOARD)
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied, comparison="exit_manifestly_more_harm")

    assert sign(client, both, step="board").status_code == 302
    assert b"SD1" in sign(client, both).content
    decision.refresh_from_db()
    assert decision.state == "proposed"


def test_an_outdated_assessment_is_written_again_and_the_decision_goes_on(
    tied: RelationshipRisk, client: Client, risk: Risk
) -> None:
    client.post(f"/desk/partners/{tied.relationship_id}/exit/", {"trigger": "leverage_failed"})
    decision = ExitDecision.objects.get()
    use_leverage(client, tied, effect=0)
    client.post(f"/desk/exits/{decision.pk}/assessment/", ASSESSMENT)
    assess(risk, 4, on=TODAY)

    refused = client.post(f"/desk/exits/{decision.pk}/proposal/", PROPOSAL)
    client.post(f"/desk/exits/{decision.pk}/assessment/", ASSESSMENT)

    assert b"Assess again" in refused.content
    assert client.post(f"/desk/exits/{decision.pk}/proposal/", PROPOSAL).status_code == 302


@pytest.mark.parametrize("table", ["risks_exitimpactassessment", "risks_exitreview"])
def test_what_a_decision_rests_on_is_never_rewritten(
    tied: RelationshipRisk, client: Client, eve: User, ana: User, table: str
) -> None:
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied)
    sign(client, eve)
    client.force_login(ana)
    client.post(f"/desk/exits/{decision.pk}/reviews/", {"found": "x", "evidence": "y"})

    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608
        refused = pytest.raises(DatabaseError, match="append-only")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_warning_not_to_name_a_partner_is_never_lost(client: Client, ana: User) -> None:
    client.force_login(ana)
    given = {"name": "Northern Cloud", "kind": "reseller", "supplied": "x"}
    client.post("/desk/partners/new/", given)
    client.post(
        "/desk/partners/new/",
        given | {"name": "northern cloud", "naming_endangers": "Staff would be arrested."},
    )

    [one, other] = Relationship.objects.all()
    assert one.partner == other.partner
    assert "Staff would be arrested." in client.get(f"/desk/partners/{one.pk}/").content.decode()


@pytest.mark.parametrize("query", ["q=%00", "status=%00", "page=x", "q=%25&status=nothing"])
def test_an_odd_filter_is_no_error(client: Client, ana: User, query: str) -> None:
    client.force_login(ana)

    assert client.get(f"/desk/partners/?{query}").status_code == 200


def test_a_refusal_sends_the_question_back_and_asks_nobody_else(
    tied: RelationshipRisk, client: Client, eve: User
) -> None:
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied, comparison="exit_manifestly_more_harm")

    assert sign(client, eve, decision="refuse").status_code == 302

    decision.refresh_from_db()
    assert decision.state == "considering"
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def test_an_assessment_older_than_a_change_of_severity_does_not_carry_a_decision(
    tied: RelationshipRisk, client: Client, eve: User, risk: Risk
) -> None:
    use_leverage(client, tied, effect=0)
    decision = to_proposed(client, tied)
    assess(risk, 4, on=TODAY)

    answer = sign(client, eve)

    assert b"severity was 5 when" in answer.content
    decision.refresh_from_db()
    assert decision.state == "proposed"


def test_one_extension_with_a_measured_trend_and_none_at_level_five(
    tied: RelationshipRisk, client: Client, eve: User, risk: Risk
) -> None:
    client.force_login(eve)
    at_five = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    assess(risk, 4, on=TODAY)
    no_trend = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    client.force_login(User.objects.get(username="ana"))
    use_leverage(client, tied, effect=2, indicator="x", measured="1", evidence="audit")
    client.force_login(eve)
    first = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})
    second = client.post(f"/desk/partners/extensions/{tied.pk}/", {"reasons": REASONS})

    assert b"at severity 5 there is no extension" in at_five.content
    assert b"partial change that was measured" in no_trend.content
    assert (first.status_code, second.status_code) == (302, 400)


def test_the_list_asks_the_database_as_often_for_one_partner_as_for_thirty(
    tied: RelationshipRisk, client: Client, risk: Risk, django_assert_num_queries: Any
) -> None:
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/partners/")
    asked = len(one)
    for number in range(30):
        answer = {"name": f"Partner {number}", "kind": "reseller", "supplied": "x"}
        client.post("/desk/partners/new/", answer)
        RelationshipRisk.objects.create(
            relationship=Relationship.objects.latest("pk"), risk=risk, known_since=TODAY, how_known="x"
        )

    with django_assert_num_queries(asked):
        page = client.get("/desk/partners/").content.decode()
    assert "31 relationships" in page
