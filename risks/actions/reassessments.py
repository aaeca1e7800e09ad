"""What a person decides on a finding; no job ever does (domain.md 3.7, 3.8)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import void_sign_offs
from hrdd.governance.models import User
from hrdd.governance.rules import LEAST_REASONS, NotAllowed, Permission
from risks.actions.measure_proposals import Proposal, demand_person, locked, log, propose
from risks.actions.three_part_test import examine, keep_test
from risks.models import Evidence, Measure, Reassessment, ReviewTask, SeverityAssessment
from risks.models.measures import IN_FORCE
from risks.queries.action_samples import sample_refusal
from risks.queries.method import method
from risks.queries.reassessments import evidence_for
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import SIGN_OFF_KIND, Facts, MeasureRefused, Refusal, next_review
from risks.rules.reassessment import (
    MAINTAINED_IN_A_ROW,
    Asked,
    reason_refusal,
    replacement_refusals,
    same_reviewer_refusal,
)
from risks.rules.three_part_test import GivenTest, OutcomeOfTest

Outcome = Reassessment.Outcome
CARRIED = (
    *("target", "target_ref", "rule_relied_on", "policy_version", "policy_clause", "legal_ground"),
    *("language", "public_interest", "repeat_after_warning", "prior_warning_on", "collateral_note"),
)


@dataclass(frozen=True)
class Decision:
    """What a person decides, whole; each outcome reads its own part (3.7).

    `kind`, `target_type`, `territory`, `ends_on` and `rule_relied_on` are of the measure in the place of the present
    one, to escalate or to de-escalate; what is left out is carried over from it. A rule takes the place of a policy.
    """

    outcome: str = ""
    reasons: str = ""
    reason_code: str = ""
    evidence: Iterable[Evidence] = ()
    who_was_heard: str = ""
    time_spent_min: int | None = None
    test: GivenTest = field(default_factory=lambda: GivenTest(answers={}))
    kind: str = ""
    target_type: str = ""
    territory: Sequence[str] = ()
    ends_on: date | None = None
    rule_relied_on: str = ""
    override_reason: str = ""
    restored: str = ""
    referred_to: str = ""
    question: str = ""


@transaction.atomic
def record_reassessment(task: ReviewTask, decision: Decision, *, by: User, at: datetime) -> Reassessment:
    """Record what a person decided on a finding; every outcome but a referral closes the task and moves the clock.

    Args:
        task: the open task.
        decision: what is decided; to maintain with a test that passes, to escalate with the rung that is proposed.
        by: a person with the permission to re-assess, who neither proposed, decided nor imposed the measure (SD2).
        at: now.

    Raises:
        MeasureRefused: each rule that refuses, by field (3.2, 3.5, 3.7).
        NotAllowed: the role, a machine, SD2, or a task that was closed meanwhile.
    """
    demand_person(by)
    by.demand(Permission.REASSESS_MEASURE)
    measure = locked(Measure(pk=task.measure_id))
    held = ReviewTask.objects.select_for_update().get(pk=task.pk)
    if held.closed_at is not None:
        raise NotAllowed("This task was closed in the meantime. Open the measure to see what was decided.")
    if by.as_one() & deciders_of(measure):
        raise NotAllowed(
            "SD2: whoever imposed, proposed or decided a measure does not re-assess it. Ask another reviewer."
        )
    if found := list(refusals_of(measure, decision, by=by, today=at.date())):
        raise MeasureRefused(found)
    recorded = _recorded(measure, held, decision, by=by, at=at)
    recorded.evidence_considered.set(decision.evidence)
    if decision.outcome != Outcome.REFER:
        held.closed_at, held.reassessment = at, recorded
        held.save(update_fields=["closed_at", "reassessment"])
        _move_clock(measure, recorded, decision, at=at)
    log(measure, f"re-assessed: {decision.outcome}", by=by, at=at, task=held.pk, reason=decision.reason_code)
    return recorded


def deciders_of(measure: Measure) -> set[str]:
    """Return who proposed, decided or imposed a measure, by user name; none of them re-assesses it (SD2)."""
    people = {one.username for one in (measure.proposed_by, measure.decided_by) if one}
    return people | ({measure.imposed_by} if measure.imposed_by else set())


def refusals_of(measure: Measure, decision: Decision, *, by: User, today: date) -> Iterator[Refusal]:
    """Return every rule that speaks against a decision; none when it may be recorded.

    Args:
        measure: what it is about.
        decision: what would be decided.
        by, today: who would, and when.
    """
    if decision.outcome not in Outcome.values:
        yield Refusal("outcome", "Outcome: choose what you decide.")
        return
    settled = measure.reassessments.exclude(outcome=Outcome.REFER).order_by("-decided_at", "-pk")
    before = list(settled.values_list("outcome", "decided_by")[:MAINTAINED_IN_A_ROW])
    told = same_reviewer_refusal(
        intrusion=measure.intrusion, outcome=decision.outcome, reviewer=by.username, before=before
    )
    yield from _outcome_refusals(measure, decision, today=today)
    yield from (one for one in (told, reason_refusal(decision.outcome, decision.reason_code)) if one)
    yield from _short("reasons", "Reasons", decision.reasons)
    known = set(evidence_for(measure.risk, by).values_list("pk", flat=True))
    if any(one.pk not in known for one in decision.evidence):
        yield Refusal(
            "evidence", "Evidence considered: choose what is on record for this risk and open to you."
        )


def _outcome_refusals(measure: Measure, decision: Decision, *, today: date) -> Iterator[Refusal]:
    if decision.outcome in {Outcome.ESCALATE, Outcome.DE_ESCALATE} and measure.state not in IN_FORCE:
        return iter(
            [
                Refusal(
                    "outcome",
                    "Method 9: this measure is over, so no other takes its place. Record that it was lifted, or "
                    "refer it.",
                )
            ]
        )
    return {
        Outcome.MAINTAIN: _unfit_test,
        Outcome.ESCALATE: _unfit_rise,
        Outcome.DE_ESCALATE: _unfit_replacement,
        Outcome.LIFT: _unfit_lift,
        Outcome.REFER: _unfit_referral,
    }[Outcome(decision.outcome)](measure, decision, today)


def _unfit_test(measure: Measure, decision: Decision, _today: date) -> Iterator[Refusal]:
    if unsampled := sample_refusal(measure):
        yield Refusal("outcome", unsampled)
    verdict = examine(decision.test, kind=measure.kind)
    if verdict.outcome != OutcomeOfTest.PASSES:
        yield Refusal("test", f"ICCPR 19(3): the measure cannot be maintained. {verdict.reason}")


def _unfit_rise(measure: Measure, decision: Decision, _today: date) -> Iterator[Refusal]:
    rung = LADDER.get(decision.kind)
    if rung is None or rung.intrusion <= measure.intrusion:
        yield Refusal(
            "higher_kind",
            "More intrusive measure: choose a more intrusive measure than the present one (method 12).",
        )


def _unfit_replacement(measure: Measure, decision: Decision, today: date) -> Iterator[Refusal]:
    yield from replacement_refusals(_facts(measure, decision, today=today), present=measure.intrusion)


def _unfit_lift(_measure: Measure, decision: Decision, _today: date) -> Iterator[Refusal]:
    yield from _short("restored", "What was restored", decision.restored)


def _unfit_referral(_measure: Measure, decision: Decision, _today: date) -> Iterator[Refusal]:
    if decision.referred_to not in set(Asked):
        yield Refusal("referred_to", "Referred to: Say who is asked when you refer a finding.")
    if not decision.question.strip():
        yield Refusal("question", "Question: say what you ask, so that it can be answered (method 12).")


def next_review_of(measure: Measure, today: date) -> date:
    """Return by when a measure is looked at again once somebody decided on it today (3.4)."""
    return next_review(
        measure.intrusion,
        level=_level(measure, today) or measure.level_then,
        today=today,
        ends_on=measure.ends_on,
        intervals=method().review_intervals,
    )


def _short(name: str, label: str, said: str) -> Iterator[Refusal]:
    if len(said.strip()) < LEAST_REASONS:
        yield Refusal(
            name, f"{label}: say it in at least {LEAST_REASONS} characters, so that others can follow it."
        )


def _recorded(
    measure: Measure, task: ReviewTask, decision: Decision, *, by: User, at: datetime
) -> Reassessment:
    outcome, proposed, test = decision.outcome, None, None
    if outcome == Outcome.MAINTAIN:
        test = keep_test(decision.test, kind=measure.kind, measure=measure, by=by, at=at)
    if outcome == Outcome.ESCALATE:
        proposal = _proposal(measure, decision, today=at.date())
        proposed = propose(measure.risk, proposal, by=by, at=at, supersedes=measure)
    return Reassessment.objects.create(
        measure=measure,
        finding=task.finding,
        outcome=outcome,
        reasons=decision.reasons.strip(),
        reason_code=decision.reason_code,
        who_was_heard=decision.who_was_heard.strip(),
        time_spent_min=decision.time_spent_min,
        test=test,
        proposed=proposed,
        lower_kind=decision.kind if outcome == Outcome.DE_ESCALATE else "",
        restored=decision.restored.strip() if outcome == Outcome.LIFT else "",
        referred_to=decision.referred_to if outcome == Outcome.REFER else "",
        question=decision.question.strip() if outcome == Outcome.REFER else "",
        decided_by=by.username,
        decided_at=at,
    )


def _carried(measure: Measure, decision: Decision, *, today: date) -> dict[str, Any]:
    """Return what another measure in the place of this one takes over, unless the decision says otherwise."""
    kept = measure.ends_on if measure.ends_on and measure.ends_on > today else None
    carried = {name: getattr(measure, name) for name in CARRIED} | {
        "target_type": decision.target_type or measure.target_type,
        "territory": list(decision.territory or measure.territory),
        "ends_on": decision.ends_on or kept,
    }
    if rule := decision.rule_relied_on.strip():
        carried |= {"rule_relied_on": rule, "policy_version": None, "policy_clause": ""}
    return carried


def _proposal(measure: Measure, decision: Decision, *, today: date) -> Proposal:
    """Return the stronger measure as a proposal whose test its author answers next (3.7)."""
    return Proposal(
        kind=decision.kind,
        test=GivenTest(answers={}),
        note=decision.reasons.strip(),
        override_reason=decision.override_reason,
        **_carried(measure, decision, today=today),
    )


def _facts(measure: Measure, decision: Decision, *, today: date) -> Facts:
    new = _carried(measure, decision, today=today)
    return Facts(
        kind=decision.kind,
        target_type=new["target_type"],
        level=_level(measure, today),
        today=today,
        ends_on=new["ends_on"],
        territory=tuple(new["territory"]),
        repeat=measure.repeat_after_warning,
        prior_warning_on=measure.prior_warning_on,
    )


def _level(measure: Measure, today: date) -> int:
    """Return the level of the risk as judged today; without a judgement, the one on its record."""
    found = SeverityAssessment.objects.levels_on(today, risk=measure.risk_id).first()
    return measure.risk.level if found is None else int(found)


def _move_clock(measure: Measure, recorded: Reassessment, decision: Decision, *, at: datetime) -> None:
    """Restart the review clock on a recorded human outcome; what ends a measure ends it today."""
    today = at.date()
    measure.reviewed_on = today
    measure.level_then = _level(measure, today) or measure.level_then
    measure.next_review = next_review_of(measure, today)
    if recorded.outcome == Outcome.MAINTAIN:
        measure.justified_on = today
        measure.test = recorded.test
    elif recorded.outcome != Outcome.ESCALATE and measure.state in IN_FORCE:
        lifted = recorded.outcome == Outcome.LIFT
        measure.state = Measure.State.LIFTED if lifted else Measure.State.MODIFIED
        measure.ended_on = max(today, measure.starts_on)
        measure.end_reasons = recorded.restored if lifted else recorded.reasons
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=measure.pk, at=at)
        if not lifted:
            _replace(measure, decision, imposed_by=recorded.decided_by, at=at)
    measure.save()


def _replace(measure: Measure, decision: Decision, *, imposed_by: str, at: datetime) -> None:
    """Put the less intrusive measure in the place of the one that ends today (3.2, modified)."""
    today, rung = at.date(), LADDER[decision.kind]
    carried = _carried(measure, decision, today=today)
    Measure.objects.create(
        risk=measure.risk,
        kind=decision.kind,
        intrusion=rung.intrusion,
        supersedes=measure,
        dilemma=measure.dilemma,
        note=f"Replaces: {measure}",
        imposed_by=imposed_by,
        starts_on=today,
        starts_said=today.isoformat(),
        level_then=measure.level_then,
        reviewed_on=today,
        justified_on=measure.justified_on,
        next_review=next_review(
            rung.intrusion,
            level=measure.level_then,
            today=today,
            ends_on=carried["ends_on"],
            intervals=method().review_intervals,
        ),
        **carried,
    )
