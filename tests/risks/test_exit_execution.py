"""Carrying out in stages, staying again and again, stopping at once, looking again, and what the public reads."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import SignOff
from risks.actions import exit_execution, exit_narratives, exit_staying, exits
from risks.actions.measure_enforcement import enforce_as_emergency
from risks.models import (
    EmergencyStop,
    ExitDecision,
    ExitDuty,
    ExitNarrative,
    ExitReview,
    Measure,
    Partner,
    RecordEntry,
    RelationshipRisk,
    Risk,
    StayingTerm,
)
from risks.queries.exit_figures import exit_quality, exit_tables
from risks.queries.exits import exits_due
from tests.risks.exit_stage import (
    NOW,
    REASONS,
    STAY,
    TODAY,
    a_tie,
    approved,
    assess,
    carried_out,
    client_of,
    people,
    person,
    planned,
    sign_on_the_page,
)

PROOF = "Seventy accounts were warned and moved; the list is with the team."


@pytest.fixture
def tied(db: None) -> RelationshipRisk:
    people()
    return a_tie()


def refused_in_sql(says: str, statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def step(decision: ExitDecision, name: str, by: str = "ana") -> str:
    answer = client_of(by).post(f"/desk/exits/{decision.pk}/steps/{name}/")
    return answer.context["refusal"] if answer.status_code == 400 else ""


def do(duty: ExitDuty, by: str = "paul", **given: Any) -> str:
    """Record a duty by the page; where it is refused, the API refuses in the same words."""
    said = {"done_on": TODAY.isoformat(), "proof": PROOF} | given
    answer = client_of(by).post(f"/desk/exits/duties/{duty.pk}/", said)
    if answer.status_code == 302:
        return ""
    [refusal] = answer.context["form"].non_field_errors()
    api = client_of(by).post(
        f"/api/v1/exits/{duty.decision_id}/duties/done/",
        said | {"duty": duty.pk},
        content_type="application/json",
    )
    assert (api.status_code, api.json()["detail"]) == (409, refusal)
    return str(refusal)


def test_an_exit_is_carried_out_in_stages_and_never_while_a_duty_is_open(tied: RelationshipRisk) -> None:
    decision = approved(tied)

    assert "plan in stages what is owed to people first" in step(decision, "execute")
    refused_in_sql("hold every duty", "UPDATE risks_exitdecision SET state = 'executing'")
    planned(decision)
    assert step(decision, "execute") == ""
    duties = {one.kind: one for one in ExitDuty.objects.all()}

    assert "vulnerable users come first" in do(duties["notice_users"])
    refused_in_sql(
        "before vulnerable users are safe",
        "UPDATE risks_exitduty SET done_on = %s, done_by_id = %s, proof = 'x' WHERE kind = 'notice_partner'",
        TODAY,
        person("ana").pk,
    )
    assert "Done on: a duty is recorded once it was done" in do(
        duties["vulnerable_safe"], done_on=(TODAY + timedelta(days=1)).isoformat()
    )
    assert "Proof: say in at least 20 characters" in do(duties["vulnerable_safe"], proof="Done.")
    assert "may lead to a person at risk" in do(
        duties["vulnerable_safe"], proof="We wrote to amina@example.org about it"
    )
    assert do(duties["vulnerable_safe"]) == do(duties["notice_users"]) == do(duties["notice_partner"]) == ""
    assert "on record as done already" in do(duties["vulnerable_safe"])
    refused_in_sql("append-only", "UPDATE risks_exitduty SET proof = 'y' WHERE done_on IS NOT NULL")

    refused_in_sql("stays owed", "DELETE FROM risks_exitduty WHERE done_on IS NULL")

    refusal = step(decision, "complete")
    assert "Evidence preserved" in refused_words(refusal)
    assert "runs 30 days, until" in refusal
    refused_in_sql(
        "while a duty to people is open",
        "UPDATE risks_exitdecision SET state = 'executed', executed_on = %s",
        TODAY,
    )
    for kind in ("evidence_preserved", "users_moved", "data_settled", "access_ended"):
        assert do(duties[kind]) == ""
    assert "runs 30 days, until" in step(decision, "complete")
    refused_in_sql(
        "before its notice has run",
        "UPDATE risks_exitdecision SET state = 'executed', executed_on = %s",
        TODAY,
    )
    exits.take_step(decision, "complete", by=person("ana"), at=NOW + timedelta(days=30))
    tied.relationship.refresh_from_db()
    assert tied.relationship.status == "ended"


def refused_words(refusal: str) -> str:
    assert refusal.startswith("UNGP 19: what is owed to people is not done yet")
    return refusal


def test_a_decision_is_paused_before_it_begins_and_taken_up_again(tied: RelationshipRisk) -> None:
    decision = approved(tied)
    planned(decision)
    stage = decision.stages.get()
    tied.relationship.revenue_owners.add(person("eve"))
    assert "SD4" in step(decision, "suspend", "eve")
    tied.relationship.revenue_owners.clear()

    assert step(decision, "suspend", "eve") == ""
    dropped = decision.duties.get(kind="users_moved")
    assert client_of("ana").post(f"/desk/exits/duties/{dropped.pk}/drop/").status_code == 302
    assert "users helped to move on" in step(decision, "resume", "eve")
    early = {"kind": "users_moved", "what": "x", "owner": person("ana").pk, "due": TODAY - timedelta(days=1)}
    form = client_of("ana").get(f"/desk/exits/stages/{stage.pk}/").content.decode()
    assert f"{stage.what}. Vulnerable users are made safe before anybody is given notice." in form
    page = client_of("ana").post(f"/desk/exits/stages/{stage.pk}/", early)
    assert "choose that day or a later one" in page.content.decode()
    client_of("ana").post(f"/desk/exits/stages/{stage.pk}/", early | {"due": TODAY})
    assert step(decision, "resume", "eve") == ""
    kept = client_of("ana").post(f"/desk/exits/duties/{decision.duties.last().pk}/drop/")  # type: ignore[union-attr]
    assert "what is owed to people stays owed" in kept.content.decode()


def test_an_exit_is_closed_after_its_reviews_at_90_and_365_days(tied: RelationshipRisk) -> None:
    decision = carried_out(tied, at=NOW - timedelta(days=400))
    late = [one.sentence for one in exits_due(on=TODAY) if one.late]
    assert late == ["The review after 90 days is due.", "The review after 365 days is due."]
    assert step(decision, "review") == ""

    assert "after 90 and after 365 days" in step(decision, "close", "eve")
    refused_in_sql("at 90 and at 365", "UPDATE risks_exitdecision SET state = 'closed'")
    ana, address = client_of("ana"), f"/desk/exits/{decision.pk}/reviews/"
    said = {"found": "Traders moved on.", "evidence": "Survey of 80."}
    assert ana.post(address, said | {"kind": "after_90"}).status_code == 302
    assert "after 365 days" in step(decision, "close", "eve")
    assert "on record already" in ana.post(address, said | {"kind": "after_90"}).content.decode()
    assert "for a relationship that is kept" in ana.post(address, said | {"kind": "staying"}).content.decode()
    ana.post(address, said | {"kind": "after_365"})
    refused_in_sql("append-only", "DELETE FROM risks_exitreview")
    assert step(decision, "close", "eve") == ""
    decision.refresh_from_db()
    assert (decision.state, exits_due(on=TODAY)) == ("closed", [])


def test_no_review_is_recorded_before_people_can_tell(tied: RelationshipRisk) -> None:
    decision = carried_out(tied, at=NOW - timedelta(days=75))
    said = {"kind": "after_90", "found": "x", "evidence": "y"}

    answer = client_of("ana").post(f"/desk/exits/{decision.pk}/reviews/", said)

    assert "the review after 90 days can be recorded from" in answer.content.decode()
    with pytest.raises(DatabaseError, match="when people can tell"), transaction.atomic():
        ExitReview.objects.create(decision=decision, reviewed_on=TODAY, reviewed_by="ana", **said)


def evidence(decision: ExitDecision, *, days: int) -> None:
    exit_execution.record_review(
        decision,
        kind="staying",
        found="No new arrests.",
        evidence="Audit",
        by=person("ana"),
        at=NOW + timedelta(days=days),
    )


def test_staying_runs_out_and_is_decided_again_by_name_on_evidence(tied: RelationshipRisk) -> None:
    then = NOW - timedelta(days=31)
    decision = approved(tied, at=then, **STAY)
    planned(decision, at=then)
    client = client_of("ana")
    page = client.get(f"/desk/exits/{decision.pk}/").content.decode()
    assert "it must be decided again. Silence does not extend it." in page
    assert "<strong>Conditions being met</strong>" in page
    assert "<strong>Executed</strong>" not in page
    for address, name in (("/desk/", "ana"), ("/board/", "eve")):
        assert "Staying must be decided again" in client_of(name).get(address).content.decode()
    ask = {"why": REASONS, "consequences": "All of them.", "rests_on_revenue": "no"}
    assert (
        "record evidence of what was done"
        in client.post(f"/desk/exits/{decision.pk}/staying/", ask).content.decode()
    )
    with pytest.raises(DatabaseError, match=r"evidence of mitigation since"), transaction.atomic():
        StayingTerm.objects.create(
            decision=decision,
            why="x",
            consequences="x",
            asked_by=person("ana"),
            asked_on=TODAY,
            level=5,
            accepted_by=person("eve"),
            accepted_on=TODAY,
            runs_until=TODAY,
        )
    evidence(decision, days=0)
    assert (
        "Staying must be decided again" in client.get("/desk/").content.decode()
    )  # evidence extends nothing
    money = ask | {"rests_on_revenue": "yes"}
    assert (
        "no admissible reason" in client.post(f"/desk/exits/{decision.pk}/staying/", money).content.decode()
    )
    assert client.post(f"/desk/exits/{decision.pk}/staying/", ask).status_code == 302
    assert "Consequences that you accept by name" in client_of("eve").get("/desk/signoffs/").content.decode()
    tied.relationship.revenue_owners.add(person("eve"))
    assert "SD4" in sign_on_the_page("eve", step="stay").content.decode()
    tied.relationship.revenue_owners.clear()
    assert sign_on_the_page("eve", step="stay").status_code == 302

    term, first = StayingTerm.objects.all()
    assert (term.accepted_by, term.runs_until) == (person("eve"), TODAY + timedelta(days=30))
    assert first.runs_until == then.date() + timedelta(days=30)
    for change in ("runs_until = '2099-01-01'", "consequences = 'none'"):
        refused_in_sql("append-only", f"UPDATE risks_stayingterm SET {change}")  # noqa: S608
    page = client.get(f"/desk/exits/{decision.pk}/").content.decode()
    assert "Staying holds until it must be decided again." in page
    assert page.count("Accepted by Eve") == 2


@pytest.mark.parametrize(("level", "days"), [(5, 30), (4, 60), (3, 90)])
def test_the_graver_the_harm_the_sooner_staying_ends(db: None, level: int, days: int) -> None:
    people()
    decision = approved(a_tie(level=level), **STAY)

    assert StayingTerm.objects.get().runs_until == TODAY + timedelta(days=days)
    assess(decision.relationship.risks.get().risk, 5, on=TODAY, at=NOW)
    [due, *_] = exits_due(on=TODAY + timedelta(days=31))
    assert (due.due, due.late) == (TODAY + timedelta(days=30), True)
    evidence(decision, days=0)
    with pytest.raises(DatabaseError, match="staying_term_is_short"), transaction.atomic():
        StayingTerm.objects.create(
            decision=decision,
            why="x",
            consequences="x",
            asked_by=person("ana"),
            asked_on=TODAY,
            level=level,
            accepted_by=person("eve"),
            accepted_on=TODAY,
            runs_until=TODAY + timedelta(days=days + 1),
        )


def test_a_senior_refuses_to_stay_longer_or_the_question_is_taken_back(tied: RelationshipRisk) -> None:
    decision = approved(tied, **STAY)
    evidence(decision, days=0)
    again: dict[str, Any] = {"why": REASONS, "consequences": "All.", "rests_on_revenue": False}
    exit_staying.ask_again(decision, **again, by=person("ana"), at=NOW)
    assert client_of("ana").post(f"/desk/exits/{decision.pk}/staying/back/").status_code == 302
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()
    exit_staying.ask_again(decision, **again, by=person("ana"), at=NOW)
    assess(tied.risk, 4, on=TODAY, at=NOW)
    assert (
        "severity was 5 when this was asked, and is 4 now"
        in sign_on_the_page("eve", step="stay").content.decode()
    )

    assert sign_on_the_page("eve", step="stay", decision="refuse").status_code == 302

    assert StayingTerm.objects.filter(refused_on__isnull=False).count() == 2
    nothing = client_of("ana").post(f"/desk/exits/{decision.pk}/staying/back/")
    assert "No further term of staying waits" in nothing.content.decode()


@pytest.fixture
def endangering(tied: RelationshipRisk) -> RelationshipRisk:
    Risk.objects.update(threat_to_life=True)
    tied.risk.refresh_from_db()
    return tied


def stop_by(name: str, tied: RelationshipRisk, **given: Any) -> Any:
    said = {
        "tied": tied.pk,
        "what": "Access to location data",
        "reasons": REASONS,
        "ground": "Terms, clause 9",
        "days": 14,
    }
    return client_of(name).post(f"/desk/partners/{tied.relationship_id}/stop/", said | given)


def enforced(by: str) -> Measure:
    return enforce_as_emergency(
        Measure.objects.latest("pk"), reasons=REASONS, notified_on=None, by=person(by), at=NOW
    )


def test_x6_an_emergency_stop_is_a_measure_and_opens_the_assessment_at_once(
    endangering: RelationshipRisk,
) -> None:
    tied = endangering
    assert "lasts 14 days at most (X6)" in stop_by("ana", tied, days=15).content.decode()
    assert stop_by("ana", tied).status_code == 302

    measure, decision = Measure.objects.get(), ExitDecision.objects.get()
    assert (measure.kind, measure.intrusion, measure.target_type) == ("temp_suspension", 4, "partner")
    assert (decision.state, decision.kind, decision.assessments.count()) == ("assessing", "", 1)
    page = client_of("ana").get(f"/desk/partners/{tied.relationship_id}/").content.decode()
    assert "It is a measure, not a decision to leave." in page
    assert "stopped already" in stop_by("dan", tied).content.decode()
    enforced("dan")
    measure.refresh_from_db()
    assert (measure.state, measure.ends_on) == ("active_emergency", TODAY + timedelta(days=14))
    refused_in_sql("not prolonged", "UPDATE risks_measure SET ends_on = ends_on + 1")
    stop = EmergencyStop.objects.get()
    again = {"reasons": REASONS, "ground": "Terms, clause 9", "days": 14}
    assert client_of("ana").post(f"/desk/partners/stops/{stop.pk}/", again).status_code == 302
    answer = client_of("dan").post(
        f"/desk/measures/{Measure.objects.latest('pk').pk}/emergency/", {"reasons": REASONS}
    )
    assert (answer.status_code, Measure.objects.latest("pk").state) == (
        403,
        "proposed",
    ) or b"role" in answer.content
    refused_in_sql(
        r"senior renews|measure_emergency",
        "UPDATE risks_measure SET state = 'active_emergency', emergency_until = now(), decided_by_id = %s,"
        " decided_at = now() WHERE state = 'proposed'",
        person("dan").pk,
    )
    enforced("eve")
    measure.refresh_from_db()
    assert measure.state == "modified"
    renewed = EmergencyStop.objects.get(renewal=True)
    once_more = client_of("ana").post(f"/desk/partners/stops/{renewed.pk}/", again)
    assert "X6: an emergency stop is renewed once" in once_more.content.decode()


def test_x6_only_where_life_is_in_danger(tied: RelationshipRisk) -> None:
    answer = stop_by("ana", tied)

    assert "Only where life is in danger" in answer.content.decode()
    assert not Measure.objects.exists()
    api = client_of("ana").post(
        "/api/v1/exits/emergency-stops/",
        {"tied": tied.pk, "what": "x", "reasons": REASONS, "ground": "x", "days": 3},
        content_type="application/json",
    )
    assert (api.status_code, "Only where life is in danger" in api.json()["detail"]) == (409, True)
    assert client_of("paul").get(f"/desk/partners/{tied.relationship_id}/stop/").status_code == 403


STORY = "We ended the access of a reseller after people were arrested, once those most at risk had been made safe."


def test_a_story_is_public_once_a_second_person_cleared_it(tied: RelationshipRisk) -> None:
    decision = approved(tied, notice_days=0)
    planned(decision)
    address = f"/desk/exits/{decision.pk}/narrative/"
    ana = client_of("ana")
    assert "before vulnerable users are safe" in ana.post(address, {"text": STORY}).content.decode()
    decision.duties.filter(kind="vulnerable_safe").update(done_on=TODAY, done_by=person("ana"), proof="x")
    assert (
        "may lead to a person at risk"
        in ana.post(address, {"text": f"{STORY} Call +49 30 1234567."}).content.decode()
    )
    assert ana.post(address, {"text": STORY}).status_code == 302
    assert STORY not in Client().get("/partners/").content.decode()
    [asked] = SignOff.objects.filter(subject_kind="exit_narrative")
    with pytest.raises(DatabaseError, match="cleared_by_another"), transaction.atomic():
        ExitNarrative.objects.update(cleared_by=person("ana"), cleared_at=NOW)

    answer = client_of("rex").post(
        f"/desk/signoffs/{asked.pk}/",
        {"decision": "approve", "seen_hash": asked.content_hash, "reasons": REASONS},
    )

    assert answer.status_code == 302
    assert STORY in Client().get("/partners/").content.decode()
    refused_in_sql("append-only", "UPDATE risks_exitnarrative SET text = 'x'")
    Partner.objects.update(naming_endangers="Staff would be arrested.")
    assert STORY not in Client().get("/partners/").content.decode()
    assert "naming this partner would endanger people" in ana.post(address, {"text": STORY}).content.decode()
    narrative = ExitNarrative.objects.get()
    assert exit_narratives.text_hash(narrative) == asked.content_hash


def test_relationships_are_counted_by_outcome_for_a_release_and_not_for_the_page(
    tied: RelationshipRisk,
) -> None:
    carried_out(tied, at=NOW - timedelta(days=1))
    for number in range(12):
        Partner.objects.filter(name="Northern Cloud").update(name=f"Cloud {number}")
        approved(a_tie(), **STAY)

    tables = {code: table for code, _title, _group, table in exit_tables()}

    totals = {code: sum(table.counts[0]) for code, table in tables.items()}
    assert totals == {
        **dict.fromkeys(("suspended_by_reason", "suspended_by_band"), 0),
        **dict.fromkeys(("ended_by_reason", "ended_by_band"), 1),
        **dict.fromkeys(("kept_by_reason", "kept_by_band"), 12),
    }
    assert all(table.sensitive for table in tables.values())
    page = Client().get("/partners/").content.decode()
    assert "No figures were published yet" in page
    assert "Cloud" not in page


def test_k14_counts_exits_of_history_that_had_no_assessment(tied: RelationshipRisk) -> None:
    approved(tied)
    assert (exit_quality().value, exit_quality().red) == ("1 of 1", False)

    RecordEntry.objects.create(
        risk=tied.risk,
        kind="exit",
        what="yes",
        detail={"considered": "yes", "decided": "2018-07-01", "assessment_done": ""},
    )

    assert (exit_quality().value, exit_quality().red) == ("1 of 2", True)
    assert "1 of them told by the record" in exit_quality().definition
