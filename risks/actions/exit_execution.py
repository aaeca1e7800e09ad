"""Carrying out an exit: stages, what is owed to people in each, and looking again afterwards (UNGP 19, 20; 1.4)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.exit_record import locked, log
from risks.models import ExitDecision, ExitDuty, ExitReview, ExitStage
from risks.rules.exit import ExitKind, ExitState
from risks.rules.exit_execution import DutyKind, duty_refusal, review_refusal
from risks.rules.screening import refusal as names_somebody

LEAST_PROOF = 20
PLANNED_IN = frozenset(
    {ExitState.CONSULTED, ExitState.APPROVED, ExitState.SUSPENDED_EXECUTION, ExitState.EXECUTING}
)
DONE_IN = frozenset({ExitState.APPROVED, ExitState.SUSPENDED_EXECUTION, ExitState.EXECUTING})


@transaction.atomic
def plan_stage(decision: ExitDecision, *, what: str, begins_on: date, by: User, at: datetime) -> ExitStage:
    """Add a stage to how a decision is carried out.

    Args:
        decision: one that is assessed, or decided and not carried out yet.
        what: what happens in the stage.
        begins_on: from when.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, or a decision whose plan waits for signature or is over.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    _demand_plannable(held)
    number = (held.stages.aggregate(last=Max("number"))["last"] or 0) + 1
    stage = ExitStage.objects.create(
        decision=held, number=number, what=what.strip(), begins_on=begins_on, planned_by=by.username
    )
    log(held, "planned stage of exit", by=by, at=at, detail={"stage": number})
    return stage


@transaction.atomic
def plan_duty(
    stage: ExitStage, *, kind: str, what: str, owner: User, due: date, by: User, at: datetime
) -> ExitDuty:
    """Add what is owed to people in a stage.

    Args:
        stage: a stage.
        kind, what: the duty; what it means here.
        owner, due: who sees to it, by when.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, or a duty that is due before its stage begins.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(stage.decision)
    _demand_plannable(held)
    if due < stage.begins_on:
        raise NotAllowed(
            f"UNGP 19: stage {stage.number} begins on {stage.begins_on:%-d %B %Y}; choose that day or a later one."
        )
    duty = ExitDuty.objects.create(
        stage=stage, decision=held, kind=kind, what=what.strip(), owner=owner, due=due
    )
    log(held, "planned duty of exit", by=by, at=at, detail={"duty": duty.pk, "kind": kind})
    return duty


@transaction.atomic
def drop_duty(duty: ExitDuty, *, by: User, at: datetime) -> None:
    """Take a duty off the plan that was not done; what a decision owes must stay planned before it is carried out.

    Raises:
        NotAllowed: the role, the state, a duty that is done, or one that is being owed already.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(duty.decision)
    if ExitState(held.state) is ExitState.EXECUTING:
        raise NotAllowed(
            "UNGP 19: it is being carried out, so what is owed to people stays owed. Record how it was done."
        )
    _demand_plannable(held)
    if not held.duties.filter(pk=duty.pk, done_on__isnull=True).delete()[0]:
        raise NotAllowed("UNGP 19: what was done stays on record.")
    log(held, "dropped duty of exit", by=by, at=at, detail={"kind": duty.kind})


@transaction.atomic
def do_duty(duty: ExitDuty, *, done_on: date, proof: str, by: User, at: datetime) -> ExitDuty:
    """Record that a duty was done, and the proof; notice comes only after vulnerable users are safe (UNGP 19).

    Args:
        duty: an open duty.
        done_on: the day on which it was done.
        proof: what was done and where it can be checked, 20 characters or more, naming nobody at risk.
        by: its owner, or whoever prepares exits.
        at: now.

    Raises:
        NotAllowed: the role, the state, the order, a day to come, or too little proof.
    """
    held = locked(duty.decision)
    if duty.owner_id != by.pk:
        by.demand(Permission.PREPARE_EXIT)
    if ExitState(held.state) not in DONE_IN:
        raise NotAllowed("UNGP 19: nothing is done before the decision, nor after it was carried out.")
    if done_on > at.date():
        raise NotAllowed("Done on: a duty is recorded once it was done; choose today or earlier.")
    said = proof.strip()
    if len(said) < LEAST_PROOF:
        raise NotAllowed(
            f"Proof: say in at least {LEAST_PROOF} characters what was done and where it can be checked."
        )
    if found := names_somebody("Proof", said):
        raise NotAllowed(found)
    done = set(held.duties.filter(done_on__lte=done_on).values_list("kind", flat=True))
    if wrong := duty_refusal(DutyKind(duty.kind), done=done):
        raise NotAllowed(wrong)
    fresh = ExitDuty.objects.filter(pk=duty.pk, done_on__isnull=True)
    if not fresh.update(done_on=done_on, done_by=by, proof=said):
        raise NotAllowed("This duty is on record as done already.")
    log(held, "did duty of exit", by=by, at=at, detail={"kind": duty.kind})
    duty.refresh_from_db()
    return duty


@transaction.atomic
def record_review(
    decision: ExitDecision, *, kind: str, found: str, evidence: str, by: User, at: datetime
) -> ExitReview:
    """Record what was found while staying, or so long after leaving; it extends nothing by itself (X7, UNGP 20).

    Args:
        decision: one that was approved.
        kind: evidence while staying, the review after 90 or 365 days, or something in between.
        found, evidence: what was found for the people affected, and on what it rests.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, too little said, a kind that does not fit, or a review that comes too early or again.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    if held.approved_on is None:
        raise NotAllowed("Nothing was decided yet that could be reviewed.")
    if not found.strip() or not evidence.strip():
        raise NotAllowed("UNGP 20: say what was found for the people affected, and on what evidence.")
    _demand_fitting(held, ExitReview.Kind(kind), at=at)
    review = ExitReview.objects.create(
        decision=held,
        kind=kind,
        found=found.strip(),
        evidence=evidence.strip(),
        reviewed_on=at.date(),
        reviewed_by=by.username,
    )
    log(held, "reviewed exit", by=by, at=at, detail={"kind": kind})
    return review


def _demand_fitting(decision: ExitDecision, kind: ExitReview.Kind, *, at: datetime) -> None:
    if kind == ExitReview.Kind.STAYING and decision.kind != ExitKind.REMAIN_WITH_CONDITIONS:
        raise NotAllowed("UNGP 19: evidence while staying is for a relationship that is kept.")
    if not kind.startswith("after_"):
        return
    days = int(kind.removeprefix("after_"))
    if wrong := review_refusal(days, executed=decision.executed_on, on=at.date()):
        raise NotAllowed(wrong)
    if decision.reviews.filter(kind=kind).exists():
        raise NotAllowed(f"The review after {days} days is on record already; it stays as it is.")


def _demand_plannable(decision: ExitDecision) -> None:
    if ExitState(decision.state) not in PLANNED_IN:
        raise NotAllowed(
            "UNGP 19: stages are planned once the impact is assessed, or after the decision; not while it waits for "
            "signature, and not once it is over."
        )
