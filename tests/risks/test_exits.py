"""Every rule on the way of an exit, refused in a sentence by the page and the API, and by the database itself."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hrdd.governance.models import AuditEvent, SignOff
from hrdd.governance.rules import NotAllowed
from risks.actions import exit_assessments, exits
from risks.models import ExitDecision, ExitImpactAssessment, Partner, RelationshipRisk
from risks.rules.exit import EXIT_STEPS, ExitState
from tests.risks.exit_stage import (
    NOW,
    PROPOSAL,
    REASONS,
    STAY,
    TODAY,
    WRITTEN,
    a_consultation,
    a_tie,
    approved,
    assess,
    assessed,
    client_of,
    considered,
    people,
    person,
    proposed,
    sign,
    sign_on_the_page,
    written,
)


@pytest.fixture
def tied(db: None) -> RelationshipRisk:
    people()
    return a_tie()


def sql(statement: str, *values: object) -> None:
    """Run one statement; what a deferred check would refuse it refuses now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused_in_sql(says: str, statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=says):
        sql(statement, *values)


def as_form(proposal: dict[str, Any]) -> dict[str, Any]:
    answer = {True: "yes", False: "no", None: ""}[proposal["rests_on_revenue"]]
    return {**{name: said for name, said in proposal.items() if said is not None}, "rests_on_revenue": answer}


def propose_everywhere(decision: ExitDecision, **changes: Any) -> str:
    """Propose by the page and by the API; both must refuse in the same words, which are returned."""
    proposal = PROPOSAL | changes
    page = client_of("ana").post(f"/desk/exits/{decision.pk}/proposal/", as_form(proposal))
    api = client_of("ana").post(
        f"/api/v1/exits/{decision.pk}/proposal/", proposal, content_type="application/json"
    )
    assert (page.status_code, api.status_code) == (400, 409), (page.content.decode(), api.content)
    [said] = page.context["form"].non_field_errors()
    assert api.json()["detail"] == said
    return str(said)


def test_x1_no_exit_is_proposed_or_approved_without_a_fresh_impact_assessment(tied: RelationshipRisk) -> None:
    decision = considered(tied)

    assert "complete the exit impact assessment first" in propose_everywhere(decision)
    exit_assessments.save_draft(decision, written(decision), by=person("ana"), at=NOW)
    draft = ExitImpactAssessment.objects.get()
    sql(
        "UPDATE risks_exitdecision SET kind = 'suspend_part', reasons = 'x', proposed_by_id = %s,"
        " rests_on_revenue = false",
        person("ana").pk,
    )
    refused_in_sql(
        "does not go from assessing to approved", "UPDATE risks_exitdecision SET state = 'approved'"
    )
    old = NOW - timedelta(days=181)
    exit_assessments.complete(decision, by=person("ana"), at=old)
    assert "is older than 180 days" in propose_everywhere(decision)
    sql("UPDATE risks_exitdecision SET state = 'proposed'")
    refused_in_sql(
        "within 180 days",
        "UPDATE risks_exitdecision SET state = 'approved', impact_assessment_id = %s, approved_by_id = %s,"
        " approved_on = %s",
        draft.pk,
        person("eve").pk,
        TODAY,
    )


def test_x1_any_new_judgement_of_severity_makes_the_assessment_out_of_date(tied: RelationshipRisk) -> None:
    decision = proposed(tied, at=NOW - timedelta(hours=1))
    assess(tied.risk, 5, on=TODAY, at=NOW)  # the same level: the facts were looked at again all the same

    answer = sign_on_the_page("eve")

    assert "was judged again on" in answer.content.decode()
    assert "Assess again." in answer.content.decode()
    refused_in_sql(
        "Severity was judged again",
        "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s",
        person("eve").pk,
        TODAY,
    )
    assert sign_on_the_page("eve", decision="refuse").status_code == 302
    exit_assessments.write(decision, written(decision), by=person("ana"), at=NOW + timedelta(minutes=1))
    exits.propose_exit(decision, **PROPOSAL, by=person("ana"), at=NOW + timedelta(minutes=2))
    sign(decision, at=NOW + timedelta(minutes=3))
    assert decision.state == "approved"


def test_x2_a_senior_decides_who_neither_prepared_it_nor_manages_or_earns_by_the_partner(
    tied: RelationshipRisk,
) -> None:
    decision = proposed(tied)
    eve, pete = person("eve"), person("pete")
    tied.relationship.revenue_owners.add(eve)

    for name, says in (
        ("paul", "Your role may not decide on an exit"),
        ("pete", "X2: a partner manager gives facts and never decides"),
        ("eve", "SD4: whoever has a revenue target"),
    ):
        answer = sign_on_the_page(name)
        assert answer.status_code == 400
        assert (says in answer.content.decode()) or name == "paul"
    assert "SD4: you have a revenue target" in client_of("eve").get("/desk/signoffs/").content.decode()
    assert (
        "SD4: you have a revenue target"
        in client_of("eve").get(f"/desk/exits/{decision.pk}/").content.decode()
    )
    approve = "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s"
    for user, says in (
        (person("ana"), "exit_approved_by_another|A senior decides"),
        (person("dan"), "A senior decides"),
        (pete, "partner manager never decides"),
        (eve, "revenue target"),
    ):
        refused_in_sql(says, approve, user.pk, TODAY)
    ana = person("ana")
    ana.roles = ["ANALYST", "SENIOR"]
    ana.save()
    assert "SD1" in sign_on_the_page("ana").content.decode()
    decision.refresh_from_db()
    assert decision.state == "proposed"


@pytest.mark.parametrize(
    ("lent", "says"), [("SENIOR", ""), ("PARTNER_MGR", "X2: a partner manager gives facts")]
)
def test_who_stands_in_decides_as_a_senior_and_is_held_back_as_a_partner_manager(
    tied: RelationshipRisk, lent: str, says: str
) -> None:
    decision = proposed(tied)
    stand_in = person("dan" if lent == "SENIOR" else "eve")
    of = {"of": "pete", "from": f"{TODAY - timedelta(days=1)}", "until": f"{timezone.now().date()}"}
    stand_in.delegated = [of | {"role": lent}]
    stand_in.save()

    answer = sign_on_the_page(stand_in.username)

    decision.refresh_from_db()
    assert says in answer.content.decode()
    assert decision.state == ("proposed" if says else "approved")
    if says:
        approve = "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s"
        refused_in_sql("partner manager never decides", approve, stand_in.pk, TODAY)


def test_whoever_wrote_in_the_assessment_does_not_approve_the_exit(tied: RelationshipRisk) -> None:
    decision = considered(tied)
    amy = person("amy")
    exit_assessments.save_draft(decision, written(decision), by=amy, at=NOW)
    exit_assessments.complete(decision, by=person("ana"), at=NOW)
    exits.propose_exit(decision, **PROPOSAL, by=person("ana"), at=NOW)
    amy.roles = ["ANALYST", "SENIOR"]
    amy.save()

    assert "SD1" in sign_on_the_page("amy").content.decode()
    refused_in_sql(
        "assessed the impact of an exit",
        "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s",
        amy.pk,
        TODAY,
    )


def test_x3_leverage_comes_before_the_end_of_a_relationship(db: None) -> None:
    people()
    decision = assessed(a_tie(leverage=False))

    assert "use leverage and record its outcome" in propose_everywhere(decision)
    sql("UPDATE risks_exitdecision SET kind = 'terminate_part', reasons = 'x', rests_on_revenue = false")
    refused_in_sql(
        r"\(X3\)", "UPDATE risks_exitdecision SET state = 'proposed', proposed_by_id = %s", person("ana").pk
    )
    sql("UPDATE risks_exitdecision SET trigger = 'law_prohibits'")
    assert "which breach or law" in propose_everywhere(decision)
    sql("UPDATE risks_exitdecision SET trigger_reasons = 'Sanctions of the Council, 2026/1.'")
    exits.propose_exit(decision, **PROPOSAL, by=person("ana"), at=NOW)
    assert ExitDecision.objects.get().state == "proposed"


def test_x4_an_exit_that_does_manifestly_more_harm_needs_senior_and_board_with_reasons(
    tied: RelationshipRisk,
) -> None:
    decision = proposed(tied, comparison="exit_manifestly_more_harm")

    assert "the board must agree as well" in sign_on_the_page("eve").content.decode()
    refused_in_sql(
        r"needs the board too \(X4\)",
        "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s",
        person("eve").pk,
        TODAY,
    )
    asked = SignOff.objects.get(step="board")
    bare = client_of("bob").post(
        f"/desk/signoffs/{asked.pk}/",
        {"decision": "approve", "seen_hash": asked.content_hash, "reasons": "Yes."},
    )
    assert "at least 50 characters" in bare.content.decode()
    assert sign_on_the_page("bob", step="board").status_code == 302
    assert sign_on_the_page("eve").status_code == 302
    decision.refresh_from_db()
    assert (decision.state, str(decision.board_agreed_by)) == ("approved", "Bob")


def test_x4_the_impact_is_assessed_again_within_90_days_and_no_form_clears_it(tied: RelationshipRisk) -> None:
    then = NOW - timedelta(days=91)
    decision = approved(tied, at=then, comparison="exit_manifestly_more_harm", kind="suspend_part")
    page = client_of("ana").get(f"/desk/exits/{decision.pk}/").content.decode()
    assert "its impact is assessed again by" in page
    client_of("ana").post(
        f"/desk/exits/{decision.pk}/reviews/", {"kind": "other", "found": "Fine.", "evidence": "None."}
    )
    assert "assess its impact again (X4)" in client_of("ana").get("/desk/exits/").content.decode()

    exit_assessments.write(decision, written(decision), by=person("ana"), at=NOW)

    page = client_of("ana").get(f"/desk/exits/{decision.pk}/").content.decode()
    assert "Other assessments of this exit (1)" in page
    assert "assess its impact again (X4)" not in client_of("ana").get("/desk/exits/").content.decode()
    decision.refresh_from_db()
    assert decision.impact_assessment_id != ExitImpactAssessment.objects.first().pk  # type: ignore[union-attr]
    assert decision.state == "approved"


def test_x7_staying_has_conditions_and_consequences_that_are_accepted(tied: RelationshipRisk) -> None:
    decision = assessed(tied)

    assert "what must be done while staying" in propose_everywhere(decision, kind="remain_with_conditions")
    assert "accept the consequences" in propose_everywhere(decision, **STAY | {"consequences_accepted": ""})
    exits.propose_exit(decision, **PROPOSAL | STAY, by=person("ana"), at=NOW)
    sql("UPDATE risks_exitdecision SET consequences_accepted = ''")
    refused_in_sql(
        r"\(X7\)",
        "UPDATE risks_exitdecision SET state = 'approved', approved_by_id = %s, approved_on = %s",
        person("eve").pk,
        TODAY,
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rests_on_revenue": True}, "is no admissible reason against exit (X8)"),
        ({"reasons": f"{REASONS} They bring €4 million of revenue."}, "the reasons speak of “€4”, “revenue”"),
        ({"reasons": f"{REASONS} It is our Key Account."}, "“key account”"),
    ],
)
def test_x8_what_a_partner_earns_us_is_no_reason(
    tied: RelationshipRisk, changes: dict[str, Any], says: str
) -> None:
    decision = assessed(tied)

    assert says in propose_everywhere(decision, **changes)


def test_x8_the_question_is_asked_kept_and_held_by_the_database(tied: RelationshipRisk) -> None:
    decision = assessed(tied)
    unanswered = client_of("ana").post(
        f"/desk/exits/{decision.pk}/proposal/", as_form(PROPOSAL | {"rests_on_revenue": None})
    )
    by_api = client_of("ana").post(
        f"/api/v1/exits/{decision.pk}/proposal/",
        PROPOSAL | {"rests_on_revenue": None},
        content_type="application/json",
    )

    assert "what the partner earns us? Choose one from the list." in unanswered.content.decode()
    assert "answer whether a reason rests" in by_api.json()["detail"]
    sql(
        "UPDATE risks_exitdecision SET kind = 'suspend_part', reasons = 'x', proposed_by_id = %s",
        person("ana").pk,
    )
    refused_in_sql(r"\(X8\)", "UPDATE risks_exitdecision SET state = 'proposed'")
    reasons = f"{REASONS} Their income comes from the people they harm."
    explained = {"reasons": reasons, "money_words_explained": "It is the income of the partner from abuse."}
    exits.propose_exit(decision, **PROPOSAL | explained, by=person("ana"), at=NOW)
    page = client_of("ana").get(f"/desk/exits/{decision.pk}/").content.decode()
    assert "The reasons mention income: It is the income of the partner from abuse." in page
    assert "No reason rests on what the partner earns us (X8)." in page


ALLOWED = {(str(before), str(step.after)) for step in EXIT_STEPS.values() for before in step.before}


def test_the_database_knows_the_same_steps_as_the_rules(tied: RelationshipRisk) -> None:
    considered(tied)
    told = []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for constraint in ("exit_approved_with_impact_assessment", "exit_proposed_says_what"):
            cursor.execute(f"ALTER TABLE risks_exitdecision DROP CONSTRAINT {constraint}")
        for before, after in permutations(map(str, ExitState), 2):
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE risks_exitdecision SET state = %s", [before])
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            try:
                with transaction.atomic():
                    cursor.execute("UPDATE risks_exitdecision SET state = %s", [after])
            except DatabaseError as error:
                if "does not go from" in str(error):
                    told.append((before, after))

    assert set(told) == set(permutations(map(str, ExitState), 2)) - ALLOWED


def test_an_exit_begins_as_a_question_and_what_was_decided_stays(tied: RelationshipRisk) -> None:
    decision = approved(tied)

    refused_in_sql(
        "begins as a question",
        "INSERT INTO risks_exitdecision (relationship_id, trigger, trigger_reasons, state, kind, reasons, conditions,"
        " consequences_accepted, data_and_access_plan, money_words, money_words_explained, opened_by_id, opened_on)"
        " SELECT relationship_id, trigger, '', 'withdrawn', '', '', '', '', '', '[]', '', opened_by_id, opened_on"
        " FROM risks_exitdecision",
    )
    for change in ("reasons = 'y'", "kind = 'suspend_part'", "notice_days = 1", "approved_on = '2020-01-01'"):
        refused_in_sql("append-only", f"UPDATE risks_exitdecision SET {change}")  # noqa: S608
    refused_in_sql("append-only", "DELETE FROM risks_exitdecision")
    assert "Northern Cloud" not in "".join(AuditEvent.objects.values_list("subject", flat=True))
    assert decision.severity_at_decision == 5


def test_no_job_decides_on_an_exit_or_on_staying(tied: RelationshipRisk) -> None:
    approved(tied, **STAY)

    refused_in_sql(
        "a person decides",
        "SET LOCAL hrdd.actor = 'job'; UPDATE risks_exitdecision SET state = 'suspended_execution'",
    )
    refused_in_sql("a person decides", "SET LOCAL hrdd.actor = 'job'; UPDATE risks_stayingterm SET why = 'x'")


def test_a_refusal_sends_the_question_back_and_asks_nobody_else(tied: RelationshipRisk) -> None:
    decision = proposed(tied, comparison="exit_manifestly_more_harm")
    sign(decision, "bob", step="board")

    assert sign_on_the_page("eve", decision="refuse").status_code == 302

    decision.refresh_from_db()
    assert (decision.state, decision.board_agreed_by) == ("considering", None)
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def test_nobody_signs_for_the_board_and_as_senior_on_one_decision(tied: RelationshipRisk) -> None:
    bob = person("bob")
    bob.roles = ["BOARD", "SENIOR"]
    bob.save()
    proposed(tied, comparison="exit_manifestly_more_harm")

    assert sign_on_the_page("bob", step="board").status_code == 302
    assert "SD1" in sign_on_the_page("bob").content.decode()


def test_the_page_and_the_inbox_show_leaving_beside_staying(tied: RelationshipRisk) -> None:
    decision = proposed(tied)

    for address in (f"/desk/exits/{decision.pk}/", "/desk/signoffs/"):
        page = client_of("eve").get(address).content.decode()
        for words in (
            "Small traders who live by the service",
            "Arrests after data requests",
            "phased exit",
            "No disclosure without a court order.",
            "The time to see change has passed: people must consider exit.",
            "A senior executive, who neither prepared it",
            "Six months of notice",
            "outside the company",
        ):
            assert words in page, (address, words)
        assert "revenue_band" not in page


def test_the_list_asks_the_database_as_often_for_one_exit_as_for_many(
    tied: RelationshipRisk, django_assert_max_num_queries: Any
) -> None:
    approved(tied, **STAY)
    client = client_of("ana")
    with django_assert_max_num_queries(40) as one:
        client.get("/desk/exits/")
    asked = len(one)
    for number in range(5):
        other = a_tie_named(f"Partner {number}")
        approved(other, **STAY)

    with django_assert_max_num_queries(asked):
        page = client.get("/desk/exits/?state=approved").content.decode()
    assert "6 decisions" in page
    assert client.get("/desk/exits/?state=x%00&page=z").status_code == 200


def a_tie_named(name: str) -> RelationshipRisk:
    Partner.objects.filter(name="Northern Cloud").update(name=f"Earlier than {name}")
    return a_tie()


def test_the_api_goes_the_whole_way_to_a_proposal(tied: RelationshipRisk) -> None:
    ana = client_of("ana")

    def post(address: str, body: dict[str, Any], code: int = 200) -> dict[str, Any]:
        answer = ana.post(f"/api/v1/exits/{address}", body, content_type="application/json")
        assert answer.status_code == code, answer.content
        return dict(answer.json())

    found = post("", {"relationship": tied.relationship_id, "trigger": "leverage_failed"}, 201)
    pk = found["id"]
    draft = post(f"{pk}/assessment/", {"groups": [{"group": "Traders"}]})["assessments"][0]
    assert draft["completed_on"] is None
    assert any("one of them outside" in one for one in draft["missing"])
    body = WRITTEN | {
        "consultations": [a_consultation(ExitDecision.objects.get()).pk],
        "sources": [{"source": one["source"], "kind": one["kind"]} for one in WRITTEN["sources"]],
        "complete": True,
    }
    assert post(f"{pk}/assessment/", body)["assessments"][0]["missing"] == []
    stage = post(f"{pk}/stages/", {"what": "Tell no one yet", "begins_on": TODAY.isoformat()})["stages"][0]
    duty = {"stage": stage["number"], "kind": "vulnerable_safe", "what": "x", "owner": "paul"}
    post(f"{pk}/duties/", duty | {"due": TODAY.isoformat()})
    assert post(f"{pk}/proposal/", PROPOSAL)["state"] == "proposed"
    late = {"what": "x", "begins_on": TODAY.isoformat()}
    refused = ana.post(f"/api/v1/exits/{pk}/stages/", late, content_type="application/json")
    assert (refused.status_code, "not while it waits" in refused.json()["detail"]) == (409, True)
    assert ana.get("/api/v1/exits/?state=proposed").json()["results"][0]["id"] == pk
    story = ana.get(f"/api/v1/exits/{pk}/").json()
    assert story["content_hash"] == SignOff.objects.get().content_hash
    assert client_of("paul").post(f"/api/v1/exits/{pk}/steps/withdraw/").status_code == 403


def test_an_exit_is_considered_once_at_a_time(tied: RelationshipRisk) -> None:
    considered(tied)

    with pytest.raises(NotAllowed, match="considered for this relationship already"):
        considered(tied)
