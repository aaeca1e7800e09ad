"""Each outcome of a re-assessment does what domain.md 3.7 says, by a person, in words, on every way in."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from hrdd.governance.actions import JOB
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, RoleMayNot
from risks.actions import measure_enforcement as enforcement
from risks.actions import measure_proposals as proposals
from risks.actions.evidence import record_evidence
from risks.actions.reassessments import record_reassessment
from risks.models import Cycle, Evidence, Finding, Measure, Reassessment, ReviewTask, Risk
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import MeasureRefused
from tests.risks.measure_stage import LATER, NOW, TODAY, a_risk, as_form, decided, people, signed_in
from tests.risks.reassessment_stage import REASONS, RESTORED, a_decision
from tests.three_part import WHY, answering, passing

WHO = dict[str, User]


@pytest.fixture
def who(db: None) -> WHO:
    call_command("load_rights", stdout=io.StringIO())
    return people()


@pytest.fixture
def risk(who: WHO) -> Risk:
    return a_risk(level=5, tier=1)


@pytest.fixture
def measure(risk: Risk) -> Measure:
    return standing(risk)


@pytest.fixture
def task(measure: Measure) -> ReviewTask:
    return a_task(measure)


def standing(risk: Risk, kind: str = "temp_suspension", **given: Any) -> Measure:
    known = {
        "target": "An account that calls for violence",
        "target_type": "account",
        "target_ref": "acc-7",
        "rule_relied_on": "Rule 3",
        "starts_on": TODAY - timedelta(days=30),
        "starts_said": "",
        "ends_on": LATER,
        "level_then": 5,
        "reviewed_on": TODAY - timedelta(days=30),
        "justified_on": TODAY - timedelta(days=30),
        "imposed_by": "zoe",
    }
    return Measure.objects.create(risk=risk, kind=kind, intrusion=LADDER[kind].intrusion, **known | given)


def a_task(measure: Measure) -> ReviewTask:
    cycle = Cycle.objects.create(
        period_start=NOW + timedelta(hours=Cycle.objects.count()),
        as_of=TODAY,
        rules_version="x",
        started_at=NOW,
    )
    finding = Finding.objects.create(
        cycle=cycle,
        measure=measure,
        finding="REVIEW_DUE",
        code="NEW_EVIDENCE",
        codes=["NEW_EVIDENCE"],
        inputs={"level_now": 5, "intrusion": measure.intrusion},
    )
    return ReviewTask.objects.create(
        measure=measure, finding=finding, opened_at=NOW, due_at=NOW + timedelta(days=14)
    )


def fresh(measure: Measure) -> Measure:
    return Measure.objects.get(pk=measure.pk)


def as_sent(outcome: str, **given: Any) -> dict[str, Any]:
    """Return a decision as the page sends it."""
    decision = a_decision(outcome)
    named = ("outcome", "reasons", "reason_code", "restored", "referred_to", "question")
    return {name: getattr(decision, name) for name in named} | given


def test_maintaining_sets_the_next_review_by_class_and_level(task: ReviewTask, who: WHO) -> None:
    decision = a_decision("maintain", test=passing("temp_suspension"), who_was_heard="Its holder.")
    recorded = record_reassessment(task, replace(decision, time_spent_min=45), by=who["ana"], at=NOW)

    kept = fresh(task.measure)
    assert (kept.state, kept.justified_on, kept.test) == ("active", TODAY, recorded.test)
    assert kept.next_review == TODAY + timedelta(days=14)
    assert (recorded.who_was_heard, recorded.time_spent_min, recorded.reason_code) == (
        *("Its holder.", 45),
        "still_necessary",
    )
    assert AuditEvent.objects.latest("id").subject == f"measure {kept.pk}"


def test_a_stronger_measure_ends_the_present_one_only_once_it_is_in_force(task: ReviewTask, who: WHO) -> None:
    decision = a_decision("escalate", kind="permanent_ban")
    recorded = record_reassessment(task, decision, by=who["ana"], at=NOW)
    task.refresh_from_db()

    ban = recorded.proposed
    assert ban is not None
    assert (ban.state, ban.supersedes, ban.target, ban.target_ref) == (
        *("proposed", task.measure),
        *(task.measure.target, "acc-7"),
    )
    assert (task.reassessment, fresh(task.measure).state) == (recorded, "active")
    assert not SignOff.objects.exists()

    written = proposals.Proposal(
        kind="permanent_ban",
        target=ban.target,
        target_type="account",
        rule_relied_on="Rule 3",
        test=passing("permanent_ban"),
    )
    proposals.edit(ban, written, by=who["ana"], at=NOW)
    decided(ban, who["eve"])
    assert (fresh(ban).state, fresh(task.measure).state) == ("approved", "active")
    enforcement.do_duty(ban, kind="preserve_evidence", how=REASONS, by=who["ana"], at=NOW)
    enforcement.enforce(fresh(ban), necessity=REASONS, notified_on=TODAY, by=who["amy"], at=NOW)

    ended = fresh(task.measure)
    assert (fresh(ban).state, ended.state, ended.ended_on) == ("active", "modified", TODAY)
    assert ended.end_reasons == f"Replaced by measure {ban.pk}: Permanent ban."
    assert list(Measure.objects.in_force(TODAY)) == [ban]


def test_a_refused_proposal_leaves_the_present_measure_as_it_is(task: ReviewTask, who: WHO) -> None:
    ban = record_reassessment(
        task, a_decision("escalate", kind="permanent_ban"), by=who["ana"], at=NOW
    ).proposed
    assert ban is not None
    proposals.withdraw(ban, reasons=REASONS, by=who["ana"], at=NOW)

    assert (fresh(ban).state, fresh(task.measure).state) == ("withdrawn", "active")


def test_a_rule_is_named_where_none_is_on_record(risk: Risk, who: WHO) -> None:
    bare = a_task(standing(risk, rule_relied_on=""))
    decision = a_decision("escalate", kind="permanent_ban")
    with pytest.raises(MeasureRefused, match="Rule relied on: name the published rule"):
        record_reassessment(bare, decision, by=who["ana"], at=NOW)
    named = replace(decision, rule_relied_on="Rule 9")
    ban = record_reassessment(bare, named, by=who["ana"], at=NOW).proposed
    assert ban is not None
    assert ban.rule_relied_on == "Rule 9"


def test_an_emergency_takes_its_place_once_it_is_confirmed(task: ReviewTask, who: WHO) -> None:
    Risk.objects.filter(pk=task.measure.risk_id).update(threat_to_life=True)
    ban = record_reassessment(
        task, a_decision("escalate", kind="permanent_ban"), by=who["ana"], at=NOW
    ).proposed
    assert ban is not None
    enforcement.do_duty(ban, kind="preserve_evidence", how=REASONS, by=who["ana"], at=NOW)
    enforcement.enforce_as_emergency(ban, reasons=REASONS, notified_on=TODAY, by=who["eve"], at=NOW)
    assert fresh(task.measure).state == "active"

    proposals.answer_test(ban, passing("permanent_ban"), by=who["ana"], at=NOW)
    decided(ban, who["eve"])
    assert (fresh(ban).state, fresh(task.measure).state) == ("active", "modified")


def test_nobody_is_asked_any_more_to_confirm_what_was_lifted(risk: Risk, who: WHO) -> None:
    Risk.objects.filter(pk=risk.pk).update(threat_to_life=True)
    given = proposals.Proposal(
        kind="geoblock",
        target="A page",
        target_type="item",
        territory=["KE"],
        rule_relied_on="Rule 3",
        test=answering("geoblock", P5="unknown"),
    )
    held = proposals.propose(risk, given, by=who["ana"], at=NOW)
    enforcement.enforce_as_emergency(held, reasons=REASONS, notified_on=TODAY, by=who["dan"], at=NOW)
    proposals.answer_test(held, passing("geoblock"), by=who["ana"], at=NOW)
    assert SignOff.objects.filter(decided_at__isnull=True).exists()

    record_reassessment(a_task(held), a_decision("lift"), by=who["amy"], at=NOW)

    assert fresh(held).state == "lifted"
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def test_what_ended_meanwhile_stays_as_it_ended(task: ReviewTask, who: WHO) -> None:
    ban = record_reassessment(
        task, a_decision("escalate", kind="permanent_ban"), by=who["ana"], at=NOW
    ).proposed
    record_reassessment(a_task(task.measure), a_decision("lift"), by=who["amy"], at=NOW)
    assert ban is not None
    proposals.end_superseded(ban, by=who["amy"], at=NOW)

    assert (fresh(task.measure).state, fresh(task.measure).end_reasons) == ("lifted", RESTORED)


def test_the_signature_is_bound_to_the_measure_that_would_end(task: ReviewTask, who: WHO) -> None:
    ban = record_reassessment(
        task, a_decision("escalate", kind="permanent_ban"), by=who["ana"], at=NOW
    ).proposed
    assert ban is not None
    before = proposals.content_hash(ban)
    ban.supersedes = None
    assert proposals.content_hash(ban) != before


def test_the_replacement_carries_what_it_replaces(task: ReviewTask, who: WHO) -> None:
    recorded = record_reassessment(
        task, a_decision("de_escalate", kind="feature_limit"), by=who["ana"], at=NOW
    )

    new = Measure.objects.get(supersedes=task.measure)
    told = ("kind", "target", "target_type", "target_ref", "rule_relied_on", "ends_on", "imposed_by")
    assert [getattr(new, name) for name in told] == [
        *("feature_limit", task.measure.target, "account", "acc-7", "Rule 3", LATER, "ana")
    ]
    assert new.next_review == TODAY + timedelta(days=14)
    assert (fresh(task.measure).state, recorded.lower_kind) == ("modified", "feature_limit")


@pytest.mark.parametrize(
    ("given", "level", "field", "says"),
    [
        ({"kind": "permanent_ban"}, 5, "lower_kind", "less intrusive"),
        ({"kind": ""}, 5, "lower_kind", "less intrusive"),
        ({"kind": "remove_item"}, 5, "target_type", "touches: item, rule"),
        ({"kind": "geoblock", "target_type": "item"}, 5, "territory", "named countries"),
        ({"kind": "feature_limit"}, 1, "lower_kind", "still over the ceiling I1"),
        ({"kind": "label", "ends_on": TODAY}, 5, "ends_on", "choose a day after"),
    ],
)
def test_what_takes_its_place_is_held_to_the_rules_of_measures(
    task: ReviewTask, who: WHO, given: dict[str, Any], level: int, field: str, says: str
) -> None:
    Risk.objects.filter(pk=task.measure.risk_id).update(level=level)
    with pytest.raises(MeasureRefused, match=says) as refused:
        record_reassessment(task, a_decision("de_escalate", **given), by=who["ana"], at=NOW)
    assert field in {one.field for one in refused.value.refusals}
    assert fresh(task.measure).state == "active"


def test_no_open_end_is_carried_over_where_an_end_is_needed(risk: Risk, who: WHO) -> None:
    endless = a_task(standing(risk, ends_on=None))
    with pytest.raises(MeasureRefused, match="Ends on: a restriction of this kind has an end date"):
        record_reassessment(endless, a_decision("de_escalate", kind="label"), by=who["ana"], at=NOW)
    record_reassessment(
        endless, a_decision("de_escalate", kind="label", ends_on=LATER), by=who["ana"], at=NOW
    )
    assert Measure.objects.get(supersedes=endless.measure).ends_on == LATER


def test_lifting_says_what_was_restored(task: ReviewTask, who: WHO) -> None:
    recorded = record_reassessment(task, a_decision("lift"), by=who["ana"], at=NOW)

    ended = fresh(task.measure)
    assert (ended.state, ended.ended_on, ended.end_reasons) == ("lifted", TODAY, RESTORED)
    assert recorded.restored == RESTORED


@pytest.mark.parametrize(
    ("asked", "reads", "not_asked"),
    [("DECIDER", "dan", "rita"), ("SENIOR", "eve", "dan"), ("RABAT_PANEL", "rita", "eve")],
)
def test_whoever_is_asked_finds_the_question_on_the_desk(
    task: ReviewTask, who: WHO, asked: str, reads: str, not_asked: str
) -> None:
    record_reassessment(task, a_decision("refer", referred_to=asked), by=who["ana"], at=NOW)

    task.refresh_from_db()
    assert (task.closed_at, fresh(task.measure).reviewed_on) == (None, TODAY - timedelta(days=30))
    shown = signed_in(who[reads]).get("/desk/").content.decode()
    assert "Asked of you" in shown
    assert "Does the appeal body still wait for papers?" in shown
    assert f"{who['ana'].display_name} asks; to decide by" in shown
    assert "Asked of you" not in signed_in(who[not_asked]).get("/desk/").content.decode()
    assert "Does the appeal body" in signed_in(who["amy"]).get(f"/desk/tasks/{task.pk}/").content.decode()


def test_the_desk_says_of_a_task_whom_its_latest_referral_asks(task: ReviewTask, who: WHO) -> None:
    desk = signed_in(who["amy"])
    assert "is asked" not in desk.get("/desk/").content.decode()

    record_reassessment(task, a_decision("refer", referred_to="DECIDER"), by=who["ana"], at=NOW)
    later = NOW + timedelta(minutes=1)
    record_reassessment(task, a_decision("refer", referred_to="SENIOR"), by=who["ana"], at=later)

    shown = desk.get("/desk/").content.decode()
    assert "a senior executive is asked" in shown
    assert "a decider is asked" not in shown
    assert "Asked of you" not in signed_in(who["dan"]).get("/desk/").content.decode()


def test_after_a_referral_the_task_is_decided_as_any_other(task: ReviewTask, who: WHO) -> None:
    record_reassessment(task, a_decision("refer", referred_to="SENIOR"), by=who["ana"], at=NOW)
    record_reassessment(task, a_decision("lift"), by=who["ana"], at=NOW + timedelta(minutes=1))

    with pytest.raises(NotAllowed, match="closed in the meantime"):
        record_reassessment(task, a_decision("lift"), by=who["amy"], at=NOW)
    assert "Asked of you" not in signed_in(who["eve"]).get("/desk/").content.decode()


@pytest.mark.parametrize("part", ["imposed", "proposed", "decided"])
def test_whoever_imposed_proposed_or_decided_it_does_not_reassess_it(
    task: ReviewTask, who: WHO, part: str
) -> None:
    written = {
        "imposed": {"imposed_by": "ana"},
        "proposed": {"proposed_by": who["ana"], "decided_by": who["dan"], "decided_at": NOW},
        "decided": {"proposed_by": who["dan"], "decided_by": who["ana"], "decided_at": NOW},
    }
    Measure.objects.filter(pk=task.measure_id).update(**written[part])

    page = signed_in(who["ana"]).post(f"/desk/tasks/{task.pk}/", as_sent("lift"))

    assert page.status_code == 400
    assert "SD2: whoever imposed, proposed or decided" in page.content.decode()
    assert fresh(task.measure).state == "active"


def maintained(measure: Measure, *reviewers: User) -> None:
    test = passing(measure.kind)
    for reviewer in reviewers:
        record_reassessment(a_task(measure), a_decision("maintain", test=test), by=reviewer, at=NOW)


@pytest.mark.parametrize("outcome", ["maintain", "lift"])
def test_the_third_look_at_an_intrusive_measure_is_somebody_elses(
    measure: Measure, who: WHO, outcome: str
) -> None:
    maintained(measure, who["ana"], who["ana"])
    decision = a_decision(outcome, test=passing(measure.kind))
    third = a_task(measure)
    with pytest.raises(MeasureRefused, match="twice in a row, so another reviewer takes the third look"):
        record_reassessment(third, decision, by=who["ana"], at=NOW)

    record_reassessment(third, a_decision("refer", referred_to="DECIDER"), by=who["ana"], at=NOW)
    record_reassessment(third, decision, by=who["amy"], at=NOW)


def test_another_look_between_or_a_milder_measure_asks_for_nobody_else(risk: Risk, who: WHO) -> None:
    maintained(standing(risk), who["ana"], who["amy"], who["ana"])
    maintained(standing(risk, "feature_limit"), who["ana"], who["ana"], who["ana"])

    assert Reassessment.objects.count() == 6


def test_no_machine_and_no_other_role_decides(task: ReviewTask, who: WHO) -> None:
    with pytest.raises(NotAllowed, match="SD7"):
        record_reassessment(task, a_decision("lift"), by=User(username=JOB), at=NOW)
    with pytest.raises(RoleMayNot, match="reassess"):
        record_reassessment(task, a_decision("lift"), by=who["eve"], at=NOW)


def test_a_reviewer_who_may_not_propose_does_not_escalate(task: ReviewTask, who: WHO) -> None:
    with pytest.raises(RoleMayNot, match="propose a measure"):
        record_reassessment(task, a_decision("escalate", kind="permanent_ban"), by=who["rita"], at=NOW)
    assert fresh(task.measure).reviewed_on == TODAY - timedelta(days=30)


def a_piece(risk: Risk, who: WHO, **given: Any) -> Evidence:
    return record_evidence(
        risk, title="A court's ruling", kind="decision", says="It ends.", by=who["ana"], at=NOW, **given
    )


def test_evidence_of_another_risk_is_not_considered(task: ReviewTask, who: WHO) -> None:
    mine, other = a_piece(task.measure.risk, who), a_piece(a_risk(), who)
    with pytest.raises(MeasureRefused, match="Evidence considered"):
        record_reassessment(task, a_decision("lift", evidence=[mine, other]), by=who["ana"], at=NOW)
    recorded = record_reassessment(task, a_decision("lift", evidence=[mine]), by=who["ana"], at=NOW)
    assert list(recorded.evidence_considered.all()) == [mine]


@pytest.mark.parametrize(
    "statement", ["UPDATE {0} SET evidence_id = evidence_id", "DELETE FROM {0}", "TRUNCATE {0}"]
)
def test_the_database_keeps_what_was_considered(task: ReviewTask, who: WHO, statement: str) -> None:
    piece = a_piece(task.measure.risk, who)
    recorded = record_reassessment(task, a_decision("lift", evidence=[piece]), by=who["ana"], at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format("risks_reassessment_evidence_considered"))
    assert list(recorded.evidence_considered.all()) == [piece]


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        ("lift", {"restored": ""}),
        ("lift", {"reason_code": ""}),
        ("lift", {"question": "x"}),
        ("refer", {"question": ""}),
        ("refer", {"referred_to": ""}),
        ("maintain", {}),
        ("escalate", {}),
        ("de_escalate", {"lower_kind": ""}),
        ("lift", {"lower_kind": "label"}),
    ],
)
def test_the_database_refuses_an_outcome_without_its_part(
    measure: Measure, outcome: str, wrong: dict[str, str]
) -> None:
    whole = {"lift": {"restored": "x"}, "refer": {"referred_to": "SENIOR", "question": "x"}}
    row = {
        "outcome": outcome,
        "reason_code": "no_effect",
        "reasons": "x",
        "decided_by": "x",
        "decided_at": NOW,
    }
    with pytest.raises(IntegrityError, match="reassessment_"), transaction.atomic():
        Reassessment.objects.create(measure=measure, **row | whole.get(outcome, {}) | wrong)


def test_the_page_shows_the_form_without_its_test_and_what_would_follow(task: ReviewTask, who: WHO) -> None:
    client, page = signed_in(who["ana"]), f"/desk/tasks/{task.pk}/"
    shown = client.get(page).content.decode()
    assert "<details><summary>Answer the three-part test" in shown
    assert "filled in as they were last kept" not in shown

    foreseen = client.post(page, as_sent("lift"), headers={"HX-Request": "true"}).content.decode()
    assert "The measure ends today. Nothing takes its place." in foreseen
    assert "<form" not in foreseen
    looked = client.post(page, as_sent("maintain") | {"preview": "1"})
    assert looked.status_code == 200
    assert "Not answered yet" in looked.content.decode()
    assert Reassessment.objects.count() == 0


def test_kept_answers_count_as_fresh_only_once_confirmed(measure: Measure, who: WHO) -> None:
    maintained(measure, who["amy"])
    task, client = a_task(measure), signed_in(who["ana"])
    page = f"/desk/tasks/{task.pk}/"
    assert "filled in as they were last kept" in client.get(page).content.decode()
    answers = {
        name: value
        for name, value in as_form(measure.kind).items()
        if name.startswith(("not_", "aims", "rights"))
        or name.partition("_")[0] in passing(measure.kind).answers
    }
    sent = as_sent("maintain") | answers

    refused = client.post(page, sent)
    assert refused.status_code == 400
    assert "Judge each anew" in refused.content.decode()
    assert "<details open>" in refused.content.decode()
    parts = ("legality", "aim", "necessity", "balance", "weighed")
    recorded = client.post(page, sent | {f"confirmed_{part}": "on" for part in parts}, follow=True)
    assert "Recorded: Maintain" in recorded.content.decode()


def test_what_is_left_in_the_fields_of_another_outcome_holds_up_nothing(task: ReviewTask, who: WHO) -> None:
    sent = as_sent("lift", ends_on="soon", lower_kind="applause", L1="perhaps")
    answer = signed_in(who["ana"]).post(f"/desk/tasks/{task.pk}/", sent)
    assert (answer.status_code, fresh(task.measure).state) == (302, "lifted")


def test_escalating_leads_to_the_test_of_the_proposal(task: ReviewTask, who: WHO) -> None:
    answer = signed_in(who["ana"]).post(
        f"/desk/tasks/{task.pk}/", as_sent("escalate", higher_kind="permanent_ban")
    )
    ban = Measure.objects.get(kind="permanent_ban")
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/measures/{ban.pk}/edit/")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (as_sent("lift", restored="All."), "What was restored: say it in at least 50"),
        (as_sent("lift", reason_code="still_necessary"), "does not carry this outcome"),
        (as_sent("de_escalate", lower_kind="remove_item"), "touches: item, rule"),
        (as_sent("escalate"), "choose a more intrusive measure"),
        (as_sent("refer", referred_to="SENIOR", question=""), "say what you ask"),
        (as_sent("maintain"), "cannot be maintained"),
        (as_sent("lift", reason_code=""), "Main reason: choose one from the list"),
        (as_sent("lift", time_spent_min="-1"), "Time spent: 0 minutes or more"),
    ],
)
def test_a_refusal_is_shown_and_what_was_typed_stays(
    task: ReviewTask, who: WHO, sent: dict[str, Any], says: str
) -> None:
    page = signed_in(who["ana"]).post(f"/desk/tasks/{task.pk}/", sent)

    assert page.status_code == 400
    assert says in page.content.decode()
    assert REASONS in page.content.decode()
    assert fresh(task.measure).state == "active"


def test_the_api_lists_open_tasks_and_takes_a_decision(task: ReviewTask, who: WHO) -> None:
    client, at = signed_in(who["ana"]), f"/api/v1/review-tasks/{task.pk}/"
    [listed] = client.get("/api/v1/review-tasks/").json()["results"]
    assert (listed["id"], listed["triggers"], listed["closed_at"]) == (task.pk, ["NEW_EVIDENCE"], None)

    asked = client.post(
        f"{at}reassessment/", as_sent("refer", referred_to="SENIOR"), content_type="application/json"
    )
    assert (asked.status_code, asked.json()["closed_at"]) == (201, None)
    assert asked.json()["referrals"][0]["referred_to"] == "SENIOR"
    kept = answering("temp_suspension")
    test = {
        "answers": [{"code": code, "answer": "yes", "text": WHY} for code in kept.answers],
        "aims": list(kept.aims),
        "alternatives": [
            {"kind": one.kind, "because": one.because, "text": WHY} for one in kept.alternatives
        ],
        "rights_burdened": list(kept.rights_burdened),
    }
    taken = client.post(f"{at}reassessment/", as_sent("maintain", test=test), content_type="application/json")
    assert taken.status_code == 201, taken.json()
    assert taken.json()["reassessment"]["outcome"] == "maintain"
    assert client.get("/api/v1/review-tasks/").json()["results"] == []
    assert client.get(at).json()["reassessment"]["decided_by"] == "ana"


@pytest.mark.parametrize(
    ("name", "sent", "status", "says"),
    [
        ("eve", as_sent("lift"), 403, "may not reassess"),
        ("ana", as_sent("lift", restored="All."), 409, "What was restored"),
        ("ana", as_sent("maintain"), 409, "cannot be maintained"),
        ("ana", as_sent("lift", reason_code="because"), 400, "Mend what is named"),
    ],
)
def test_the_api_refuses_in_the_same_words(
    task: ReviewTask, who: WHO, name: str, sent: dict[str, Any], status: int, says: str
) -> None:
    answer = signed_in(who[name]).post(
        f"/api/v1/review-tasks/{task.pk}/reassessment/", sent, content_type="application/json"
    )
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


def test_restricted_evidence_stays_with_who_may_read_it(task: ReviewTask, who: WHO) -> None:
    shown, kept = (
        a_piece(task.measure.risk, who),
        a_piece(task.measure.risk, who, disclosure=Evidence.Disclosure.RESTRICTED),
    )
    record_reassessment(task, a_decision("lift", evidence=[shown, kept]), by=who["ana"], at=NOW)
    told = {
        name: signed_in(who[name]).get(f"/api/v1/review-tasks/{task.pk}/").json()["reassessment"]
        for name in ("ana", "paul")
    }
    assert set(told["ana"]["evidence_considered"]) == {shown.pk, kept.pk}
    assert told["paul"]["evidence_considered"] == [shown.pk]


def test_the_list_asks_the_database_as_often_for_many_as_for_one(risk: Risk, who: WHO) -> None:
    client = signed_in(who["dan"])
    counts = []
    for many in (1, 4):
        for _ in range(many):
            one = a_task(standing(risk))
            record_reassessment(one, a_decision("refer", referred_to="DECIDER"), by=who["ana"], at=NOW)
        with CaptureQueriesContext(connection) as asked:
            client.get("/desk/")
            client.get("/api/v1/review-tasks/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
