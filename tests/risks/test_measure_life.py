"""A measure is proposed with its test, approved by another, put in force by a person; every other way is refused."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from hrdd.governance.actions import JOB
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import measure_enforcement as enforcement
from risks.actions import measure_proposals as actions
from risks.actions.proportionality import assess_chunk, plan_cycle
from risks.actions.reassessments import record_reassessment
from risks.models import CompanionDuty, Measure, ReviewTask, Risk
from risks.rules.measure_workflow import TRANSITIONS, MeasureRefused
from risks.rules.method import configured
from tests.risks.measure_stage import (
    LATER,
    NOW,
    REASONS,
    TODAY,
    a_proposal,
    a_risk,
    asked,
    decided,
    people,
)
from tests.risks.reassessment_stage import a_decision
from tests.three_part import answering, passing

WHO = dict[str, User]


@pytest.fixture
def who(db: None) -> WHO:
    call_command("load_rights", stdout=io.StringIO())
    return people()


@pytest.fixture
def risk(who: WHO) -> Risk:
    return a_risk()


@pytest.fixture
def lives_in_danger(who: WHO) -> Risk:
    return a_risk(threat_to_life=True, level=5, tier=1)


def proposed(risk: Risk, who: WHO, kind: str = "geoblock", **given: Any) -> Measure:
    return actions.propose(risk, a_proposal(kind, **given), by=who["ana"], at=NOW)


def in_force(measure: Measure, who: WHO, **given: Any) -> Measure:
    return enforcement.enforce(
        measure, **{"necessity": REASONS, "notified_on": TODAY, "by": who["amy"], "at": NOW} | given
    )


def an_emergency(risk: Risk, who: WHO, **given: Any) -> Measure:
    measure = proposed(risk, who, test=answering("geoblock", P5="unknown"))
    return enforcement.enforce_as_emergency(
        measure, **{"reasons": REASONS, "notified_on": None, "by": who["dan"], "at": NOW} | given
    )


def state(measure: Measure) -> str:
    return Measure.objects.get(pk=measure.pk).state


def test_a_measure_goes_from_proposal_to_force_by_three_people(risk: Risk, who: WHO) -> None:
    measure = proposed(risk, who)
    assert (measure.state, asked(measure).permission, measure.imposed_by) == (
        "proposed",
        "approve a measure",
        "",
    )
    assert not Measure.objects.in_force(TODAY).exists()

    decided(measure, who["dan"])
    assert state(measure) == "approved"
    assert not Measure.objects.in_force(TODAY).exists()

    in_force(measure, who)
    measure.refresh_from_db()
    assert (measure.state, measure.imposed_by, measure.decided_by) == ("active", "amy", who["dan"])
    assert (measure.decision_reasons, measure.necessity_at_enforcement) == (REASONS, REASONS)
    assert measure.next_review == min(TODAY + timedelta(days=30), LATER)
    assert measure.appeal_until is not None
    assert 180 < (measure.appeal_until - TODAY).days < 186
    assert list(AuditEvent.objects.order_by("id").values_list("actor", flat=True)[:1]) == ["ana"]
    log = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"proposed measure", "approve the measure", "put the measure in force"} <= log
    assert not AuditEvent.objects.filter(subject__contains="calls for violence").exists()


@pytest.mark.parametrize(
    ("kind", "level", "given", "permission"),
    [
        ("label", 4, {}, "approve a measure"),
        ("temp_suspension", 4, {"target_type": "account"}, "approve a measure"),
        ("permanent_ban", 5, {"target_type": "account"}, "approve an I5 or over-ceiling measure"),
        ("geoblock", 2, {"override_reason": REASONS}, "approve an I5 or over-ceiling measure"),
        ("geoblock", 2, {"repeat_after_warning": True, "prior_warning_on": TODAY}, "approve a measure"),
    ],
)
def test_the_class_decides_who_is_asked(
    who: WHO, kind: str, level: int, given: dict[str, Any], permission: str
) -> None:
    measure = proposed(a_risk(level=level, tier=2), who, kind, **given)
    assert asked(measure).permission == permission


def test_analysts_approve_in_pairs_only_where_the_method_delegates_it(
    risk: Risk, who: WHO, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotAllowed, match="Your role may not approve a measure"):
        decided(proposed(risk, who, "label"), who["amy"])
    monkeypatch.setattr(actions, "method", lambda: configured({"analyst_pair_up_to": 1}))

    light, heavy = proposed(risk, who, "label"), proposed(risk, who, "reduce_reach")
    with pytest.raises(NotAllowed, match="SD1"):
        decided(light, who["ana"])
    decided(light, who["amy"])

    assert state(light) == "approved"
    with pytest.raises(NotAllowed, match="Your role may not"):
        decided(heavy, who["amy"])


@pytest.mark.parametrize("name", ["rita", "audrey", "paul", "eve"])
def test_others_propose_nothing_and_put_nothing_in_force(risk: Risk, who: WHO, name: str) -> None:
    with pytest.raises(NotAllowed, match="Your role may not propose a measure"):
        actions.propose(risk, a_proposal(), by=who[name], at=NOW)
    measure = decided(proposed(risk, who), who["dan"])
    with pytest.raises(NotAllowed, match="Your role may not propose a measure"):
        in_force(measure, who, by=who[name])


MACHINE_TRIES: list[Callable[[Measure, Any], object]] = [
    lambda measure, by: actions.propose(measure.risk, a_proposal(), by=by, at=NOW),
    lambda measure, by: actions.edit(measure, a_proposal(), by=by, at=NOW),
    lambda measure, by: actions.answer_test(measure, passing("geoblock"), by=by, at=NOW),
    lambda measure, by: decided(measure, by),
    lambda measure, by: actions.withdraw(measure, reasons=REASONS, by=by, at=NOW),
    lambda measure, by: enforcement.enforce(measure, necessity=REASONS, notified_on=TODAY, by=by, at=NOW),
    lambda measure, by: enforcement.enforce_as_emergency(
        measure, reasons=REASONS, notified_on=None, by=by, at=NOW
    ),
    lambda measure, by: enforcement.end_emergency(measure, reasons=REASONS, by=by, at=NOW),
    lambda measure, by: enforcement.record_notice(measure, notified_on=TODAY, by=by, at=NOW),
    lambda measure, by: enforcement.do_duty(measure, kind="counter_speech", how=REASONS, by=by, at=NOW),
]


@pytest.mark.parametrize("machine", [JOB, "IMPORT (public record)", None])
def test_a_machine_does_none_of_it(risk: Risk, who: WHO, machine: Any) -> None:
    job = User.objects.create_user(JOB, "x", display_name="Job", roles=[Role.ANALYST, Role.DECIDER])
    measure = proposed(risk, who)
    for by in (machine, job):
        for act in MACHINE_TRIES:
            with pytest.raises(NotAllowed, match="SD7"):
                act(measure, by)
    assert (state(measure), Measure.objects.count()) == ("proposed", 1)


def test_the_proposer_does_not_approve_though_also_decider(risk: Risk, who: WHO) -> None:
    User.objects.filter(username="ana").update(roles=["ANALYST", "DECIDER"])
    measure = proposed(risk, who)

    with pytest.raises(NotAllowed, match="SD1"):
        decided(measure, User.objects.get(username="ana"))
    assert state(measure) == "proposed"


def test_a_test_that_does_not_pass_asks_nobody_and_an_unlimitable_right_fails(risk: Risk, who: WHO) -> None:
    unknown = proposed(risk, who, test=answering("geoblock", N1="unknown"))
    failing = proposed(risk, who, test=answering("geoblock", L1="no"))
    torture = passing("geoblock")
    burdening = proposed(
        risk, who, test=type(torture)(**vars(torture) | {"rights_burdened": ("NO_TORTURE",)})
    )
    no_rung = proposed(risk, who, test=type(torture)(**vars(torture) | {"alternatives": ()}))

    found = [one.test.outcome for one in (unknown, failing, burdening, no_rung) if one.test]
    assert found == ["incomplete", "fails", "fails", "incomplete"]
    assert burdening.test is not None
    assert "EXPRESSION" in burdening.test.rights_burdened
    assert not SignOff.objects.exists()


def test_each_rule_that_refuses_is_told_at_its_field(risk: Risk, who: WHO) -> None:
    with pytest.raises(MeasureRefused) as refused:
        proposed(risk, who, target_type="account", ends_on=None, rule_relied_on="", territory=[], target=" ")
    assert {one.field for one in refused.value.refusals} == {
        "ends_on",
        "rule_relied_on",
        "territory",
        "target",
    }
    assert not Measure.objects.exists()


def test_a_closed_risk_takes_no_measure(who: WHO) -> None:
    closed = a_risk(status="closed", closed_on=TODAY, tier=6)
    with pytest.raises(NotAllowed, match="This risk is closed"):
        proposed(closed, who)


def test_editing_voids_what_was_asked_and_asks_anew(risk: Risk, who: WHO) -> None:
    measure = proposed(risk, who)
    first = asked(measure)

    actions.edit(measure, a_proposal(territory=["KE", "ET"]), by=who["ana"], at=NOW)

    first.refresh_from_db()
    assert (first.decision, asked(measure).content_hash != first.content_hash) == ("void", True)
    with pytest.raises(NotAllowed, match="meantime"):
        actions.decide(
            first, by=who["dan"], at=NOW, approve=True, reasons=REASONS, seen_hash=first.content_hash
        )
    with pytest.raises(NotAllowed, match="SD1: only whoever proposed"):
        actions.edit(measure, a_proposal(), by=who["amy"], at=NOW)
    with pytest.raises(NotAllowed, match="another kind"):
        actions.edit(measure, a_proposal("label"), by=who["ana"], at=NOW)


def test_an_approval_is_bound_to_the_level_of_the_risk(risk: Risk, who: WHO) -> None:
    measure = proposed(risk, who)
    Risk.objects.filter(pk=risk.pk).update(level=3)

    with pytest.raises(NotAllowed, match="its risk was judged again"):
        decided(measure, who["dan"])
    assert (state(measure), asked(measure).decision) == ("proposed", "")


def test_refused_and_withdrawn_measures_never_stand(risk: Risk, who: WHO) -> None:
    refused, mine, approved = proposed(risk, who), proposed(risk, who), proposed(risk, who)
    decided(refused, who["dan"], approve=False)
    with pytest.raises(NotAllowed, match="Only whoever proposed"):
        actions.withdraw(mine, reasons=REASONS, by=who["amy"], at=NOW)
    actions.withdraw(mine, reasons=REASONS, by=who["ana"], at=NOW)
    decided(approved, who["dan"])
    actions.withdraw(approved, reasons=REASONS, by=who["amy"], at=NOW)

    assert [state(one) for one in (refused, mine, approved)] == ["rejected", "withdrawn", "withdrawn"]
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()
    assert Measure.objects.get(pk=mine.pk).end_reasons == REASONS


def test_necessity_is_judged_when_a_measure_is_taken(risk: Risk, who: WHO) -> None:
    measure = decided(proposed(risk, who), who["dan"])

    with pytest.raises(NotAllowed, match="Necessity now"):
        in_force(measure, who, necessity="Still needed.")
    with pytest.raises(NotAllowed, match="DSA 17"):
        in_force(measure, who, notified_on=None)
    with pytest.raises(NotAllowed, match="or earlier"):
        in_force(measure, who, notified_on=TODAY + timedelta(days=1))
    with pytest.raises(NotAllowed, match=r"the end date, .* has come before the measure"):
        in_force(measure, who, at=NOW + timedelta(days=40))
    Risk.objects.filter(pk=risk.pk).update(level=1, tier=4)
    with pytest.raises(NotAllowed, match=r"Method 5.3: necessity is judged when a measure is taken"):
        in_force(measure, who)
    assert state(measure) == "approved"


def test_a_removal_waits_until_the_evidence_is_safe(risk: Risk, who: WHO) -> None:
    measure = decided(proposed(risk, who, "remove_item"), who["dan"])
    assert measure.duties.get().kind == "preserve_evidence"
    with pytest.raises(NotAllowed, match="Evidence first"):
        in_force(measure, who)

    enforcement.do_duty(measure, kind="preserve_evidence", how=REASONS, by=who["ana"], at=NOW)
    in_force(measure, who)

    duty = measure.duties.get()
    assert (state(measure), duty.done_by, duty.done_how) == ("active", who["ana"], REASONS)
    with pytest.raises(NotAllowed, match="on record as done"):
        enforcement.do_duty(measure, kind="preserve_evidence", how=REASONS, by=who["amy"], at=NOW)


def test_a_duty_that_nobody_asked_for_may_be_recorded_and_a_wrong_one_not(risk: Risk, who: WHO) -> None:
    measure = proposed(risk, who)
    enforcement.do_duty(measure, kind="counter_speech", how=REASONS, by=who["amy"], at=NOW)
    assert CompanionDuty.objects.get().asked_by == who["amy"]
    with pytest.raises(NotAllowed, match="Duty: choose one"):
        enforcement.do_duty(measure, kind="applause", how=REASONS, by=who["amy"], at=NOW)
    with pytest.raises(NotAllowed, match="How it was done"):
        enforcement.do_duty(measure, kind="protect_target", how="Done.", by=who["amy"], at=NOW)


def test_an_emergency_stands_for_its_hours_and_is_confirmed_by_the_usual_approval(
    lives_in_danger: Risk, who: WHO
) -> None:
    measure = an_emergency(lives_in_danger, who)
    assert (measure.state, measure.emergency_until) == ("active_emergency", NOW + timedelta(hours=72))
    assert Measure.objects.in_force(TODAY).get() == measure
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()

    actions.answer_test(measure, passing("geoblock"), by=who["amy"], at=NOW)
    User.objects.filter(username="amy").update(roles=["DECIDER"])
    amy = User.objects.get(username="amy")
    with pytest.raises(NotAllowed, match="SD1"):
        decided(measure, amy)
    decided(measure, who["dee"], at=NOW + timedelta(hours=20))

    measure.refresh_from_db()
    assert (measure.state, measure.decided_by) == ("active", who["dee"])
    assert measure.next_review == min((NOW + timedelta(hours=20)).date() + timedelta(days=14), LATER)
    enforcement.record_notice(measure, notified_on=TODAY, by=who["ana"], at=NOW)
    with pytest.raises(NotAllowed, match="DSA 20"):
        enforcement.record_notice(measure, notified_on=TODAY, by=who["ana"], at=NOW)


def test_an_emergency_that_the_severity_no_longer_carries_is_not_confirmed(
    lives_in_danger: Risk, who: WHO
) -> None:
    measure = an_emergency(lives_in_danger, who)
    Risk.objects.filter(pk=lives_in_danger.pk).update(level=2, tier=3)
    actions.answer_test(measure, passing("geoblock"), by=who["amy"], at=NOW)

    with pytest.raises(NotAllowed, match="over the ceiling I2 at level 2"):
        decided(measure, who["eve"])
    assert state(measure) == "active_emergency"


def test_a_person_lifts_an_emergency_and_a_lapsed_one_stands_until_then(
    lives_in_danger: Risk, who: WHO
) -> None:
    measure = an_emergency(lives_in_danger, who)
    late = NOW + timedelta(days=5)
    assert state(measure) == "active_emergency"

    enforcement.end_emergency(measure, reasons=REASONS, by=who["amy"], at=late)

    measure.refresh_from_db()
    assert (measure.state, measure.ended_on, measure.end_reasons) == ("lifted", late.date(), REASONS)


def test_a_refused_confirmation_leaves_the_emergency_to_be_lifted_by_a_person(
    lives_in_danger: Risk, who: WHO
) -> None:
    measure = an_emergency(lives_in_danger, who)
    actions.answer_test(measure, passing("geoblock"), by=who["ana"], at=NOW)

    decided(measure, who["dee"], approve=False)

    assert state(measure) == "active_emergency"


@pytest.mark.parametrize(
    ("given", "kind", "by", "says"),
    [
        ({}, "geoblock", "ana", "Your role may not approve a measure"),
        ({}, "permanent_ban", "dan", "Your role may not approve an I5"),
        ({"test": answering("geoblock", N2="no")}, "geoblock", "dan", "no emergency saves"),
        ({}, "remove_item", "dan", "Evidence first"),
    ],
)
def test_what_no_emergency_allows(
    lives_in_danger: Risk, who: WHO, given: dict[str, Any], kind: str, by: str, says: str
) -> None:
    target = "account" if kind == "permanent_ban" else "item"
    measure = proposed(lives_in_danger, who, kind, target_type=target, **given)
    with pytest.raises(NotAllowed, match=says):
        enforcement.enforce_as_emergency(measure, reasons=REASONS, notified_on=None, by=who[by], at=NOW)
    assert state(measure) == "proposed"


def test_only_danger_to_life_is_an_emergency_and_never_by_its_author(
    risk: Risk, lives_in_danger: Risk, who: WHO
) -> None:
    with pytest.raises(NotAllowed, match="Only where life is in danger"):
        an_emergency(risk, who)
    own = actions.propose(lives_in_danger, a_proposal(), by=who["dan"], at=NOW)
    with pytest.raises(NotAllowed, match="SD1"):
        enforcement.enforce_as_emergency(own, reasons=REASONS, notified_on=None, by=who["dan"], at=NOW)


def test_whoever_put_a_measure_in_force_does_not_reassess_it(risk: Risk, who: WHO) -> None:
    measure = in_force(decided(proposed(risk, who), who["dan"]), who)
    cycle = plan_cycle(as_of=TODAY + timedelta(days=25), at=NOW)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=NOW)
    task = ReviewTask.objects.get(measure=measure)
    with pytest.raises(NotAllowed, match="SD2"):
        record_reassessment(task, a_decision("lift"), by=who["amy"], at=NOW)


STATES = Measure.State.values
WRITTEN: dict[str, dict[str, Any]] = {
    "active_emergency": {"emergency_until": NOW},
    **{
        one: {"ended_on": TODAY}
        for one in ("rejected", "withdrawn", "modified", "lifted", "expired", "reversed")
    },
}


@pytest.mark.parametrize(
    "before", ["proposed", "approved", "active_emergency", "active", "lifted", "rejected"]
)
def test_the_database_refuses_every_other_way(risk: Risk, who: WHO, before: str) -> None:
    measure = proposed(risk, who)
    kept = {"decided_by": who["dan"], "decided_at": NOW}
    way = {
        "approved": ["approved"],
        "active": ["approved", "active"],
        "active_emergency": ["active_emergency"],
    }
    way |= {"lifted": ["approved", "active", "lifted"], "rejected": ["rejected"]}
    rows = Measure.objects.filter(pk=measure.pk)
    for one in way.get(before, []):
        rows.update(state=one, **kept, **WRITTEN.get(one, {}))

    for after in set(STATES) - {before}:
        clean = {"emergency_until": None, "ended_on": None, **kept}
        if after in TRANSITIONS.get(before, ()):
            continue
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            rows.update(state=after, **clean | WRITTEN.get(after, {}))
    assert state(measure) == before


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ("kind = 'temp_suspension', ends_on = NULL", "measure_has_an_end_date"),
        ("target_type = 'account', ends_on = NULL", "measure_has_an_end_date"),
        ("target_type = ''", "measure_names_its_target"),
        ("automated_decision = 'FULLY', intrusion = 4", "measure_machine_does_not_decide"),
        ("automated_decision = 'FULLY', kind = 'remove_item'", "measure_machine_does_not_decide"),
        ("unit_of_review = 'rule_class', public_interest = true", "measure_reviewed_one_by_one"),
        ("decided_by_id = proposed_by_id", "measure_approved_by_another"),
        ("state = 'approved'", "measure_in_force_was_decided"),
        ("state = 'active_emergency'", "measure_"),
        ("emergency_until = now()", "measure_hours_are_of_an_emergency"),
        ("repeat_after_warning = true", "measure_warned_before_repeat"),
        (
            "repeat_after_warning = true, prior_warning_on = now(), override_reason = 'x'",
            "measure_repeat_or_override",
        ),
        ("proposed_by_id = NULL", "append-only"),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(
    risk: Risk, who: WHO, changed: str, constraint: str
) -> None:
    measure = proposed(risk, who)
    with (
        pytest.raises(Exception, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE risks_measure SET {changed} WHERE id = %s", [measure.pk])  # noqa: S608
    measure.refresh_from_db()
    assert (measure.state, measure.proposed_by) == ("proposed", who["ana"])


def test_a_duty_that_was_done_stays_as_it_was(risk: Risk, who: WHO) -> None:
    measure = proposed(risk, who)
    duty = enforcement.do_duty(measure, kind="counter_speech", how=REASONS, by=who["amy"], at=NOW)
    for act in ("UPDATE risks_companionduty SET done_how = 'x'", "DELETE FROM risks_companionduty"):
        with (
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)
    duty.refresh_from_db()
    assert duty.done_how == REASONS


def test_history_that_broke_a_rule_is_kept(record: None) -> None:
    open_ended = Measure.objects.filter(kind="temp_suspension", ends_on__isnull=True)
    assert open_ended.exists()
    assert not Measure.objects.filter(proposed_by__isnull=False).exists()
