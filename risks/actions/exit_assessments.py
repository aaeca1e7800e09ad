"""The exit impact assessment: a draft that may be incomplete, then completed, then frozen (UNGP 18, 19; 1.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.exit_record import level_of, locked, log, move
from risks.models import Consultation, ExitDecision, ExitImpactAssessment
from risks.rules.exit import (
    DECIDED,
    ExitState,
    ImpactAssessment,
    group_level,
    missing_from_assessment,
)

HEADS = ("scale", "scope", "irremediability", "likelihood")
MAY_BE_ASSESSED = frozenset({ExitState.CONSIDERING, ExitState.ASSESSING, ExitState.CONSULTED}) | DECIDED


@dataclass(frozen=True)
class Written:
    """What an assessment says so far, by the names of its columns."""

    groups: Sequence[Mapping[str, Any]] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    consultations: Sequence[Consultation] = ()
    consulted: str = ""
    why_not_consulted: str = ""
    alternatives: Sequence[str] = ()
    mitigation: str = ""
    comparison: str = ""
    comparison_reasons: str = ""


def missing(assessment: ExitImpactAssessment) -> list[str]:
    """Return what a draft lacks before it may be completed, one sentence each.

    Args:
        assessment: a draft.
    """
    named = [one for one in assessment.groups if one.get("group", "").strip()]
    return missing_from_assessment(
        ImpactAssessment(
            groups=len(named),
            sources=tuple(bool(one.get("outside")) for one in assessment.sources if one.get("source")),
            consulted=assessment.consultations.exists(),
            why_not_consulted=assessment.why_not_consulted,
            alternatives=len({one.strip().lower() for one in assessment.alternatives if one.strip()}),
            mitigation=bool(assessment.mitigation.strip()),
            comparison=assessment.comparison,
            comparison_reasons=assessment.comparison_reasons,
            unjudged=tuple(one["group"] for one in named if any(not one.get(head) for head in HEADS)),
        )
    )


@transaction.atomic
def begin(decision: ExitDecision, *, by: User, at: datetime) -> ExitImpactAssessment:
    """Return the draft of a decision; begin one where there is none, from the last that was completed.

    Args:
        decision: a decision that is not over.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, or a decision that waits for signature or is over.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    if ExitState(held.state) not in MAY_BE_ASSESSED:
        raise NotAllowed(
            "UNGP 19: the impact of an exit is assessed before a proposal waits for signature, or after a decision. "
            "Open the decision to see where it stands."
        )
    draft = held.assessments.filter(completed_on__isnull=True).first()
    if draft is not None:
        return draft
    if held.state == ExitState.CONSULTED:
        move(held, "assess", by=by, at=at)
    last = held.assessments.filter(completed_on__isnull=False).first()
    draft = open_draft(held, last, by=by)
    if held.state == ExitState.CONSIDERING:
        move(held, "assess", by=by, at=at)
    log(held, "began exit impact assessment", by=by, at=at, detail={"assessment": draft.pk})
    decision.refresh_from_db()
    return draft


def open_draft(
    decision: ExitDecision, last: ExitImpactAssessment | None, *, by: User
) -> ExitImpactAssessment:
    """Open a draft, with what the last completed assessment said, which it will supersede."""
    copied = ("groups", "sources", "consulted", "why_not_consulted", "alternatives", "mitigation")
    draft = ExitImpactAssessment.objects.create(
        relationship=decision.relationship,
        decision=decision,
        assessor=by,
        supersedes=last,
        **({name: getattr(last, name) for name in copied} if last else {}),
    )
    draft.written_by.add(by)
    if last:
        draft.consultations.set(last.consultations.all())
    return draft


@transaction.atomic
def save_draft(decision: ExitDecision, written: Written, *, by: User, at: datetime) -> ExitImpactAssessment:
    """Keep what is written so far, whole or not.

    Raises:
        NotAllowed: as in begin.
    """
    draft = begin(decision, by=by, at=at)
    ExitImpactAssessment.objects.filter(pk=draft.pk).update(
        groups=list(written.groups),
        sources=list(written.sources),
        consulted=written.consulted,
        why_not_consulted="" if written.consultations else written.why_not_consulted,
        alternatives=list(written.alternatives),
        mitigation=written.mitigation,
        comparison=written.comparison,
        comparison_reasons=written.comparison_reasons,
    )
    draft.written_by.add(by)
    draft.consultations.set(written.consultations)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def complete(decision: ExitDecision, *, by: User, at: datetime) -> ExitImpactAssessment:
    """Complete the draft of a decision; from then on it stays as it is, and a later one supersedes it (X1).

    Args:
        decision: one with a draft.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, no draft, or what is missing, all of it, in sentences.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    draft = held.assessments.select_for_update(of=("self",)).filter(completed_on__isnull=True).first()
    if draft is None:
        raise NotAllowed("UNGP 19: there is no draft to complete. Begin the exit impact assessment first.")
    if lacking := missing(draft):
        raise NotAllowed(" ".join(lacking))
    draft.groups = [
        {**one, "level": group_level(one)} for one in draft.groups if one.get("group", "").strip()
    ]
    draft.sources = [one for one in draft.sources if one.get("source")]
    draft.assessor = by
    draft.completed_on, draft.completed_at = at.date(), at
    draft.severity_then = level_of(held.relationship, on=at.date())
    draft.written_by.add(by)
    draft.save()
    if held.state == ExitState.ASSESSING:
        move(held, "consult", by=by, at=at, impact_assessment=draft)
    else:
        log(held, "assessed the impact of an exit again", by=by, at=at, detail={"assessment": draft.pk})
    decision.refresh_from_db()
    return draft


@transaction.atomic
def write(decision: ExitDecision, written: Written, *, by: User, at: datetime) -> ExitImpactAssessment:
    """Write an assessment and complete it at once; nothing is kept where it lacks something.

    Raises:
        NotAllowed: as in save_draft and complete.
    """
    save_draft(decision, written, by=by, at=at)
    return complete(decision, by=by, at=at)
