"""What the public reads of one decision: written by one person, cleared for safety by another (UNGP 21; 8.6)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import LEAST_REASONS, NotAllowed, Permission, SignOffReasons, canonical_hash
from risks.actions.exit_record import locked, log
from risks.models import ExitDecision, ExitNarrative
from risks.queries.partners import never_named
from risks.rules.exit_narrative import narrative_refusals

SIGN_OFF_KIND = "exit_narrative"
SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)


@transaction.atomic
def write(decision: ExitDecision, *, text: str, by: User, at: datetime) -> SignOff:
    """Write what the public may read of a decision, and ask whoever guards safety to clear it.

    Args:
        decision: one that was decided.
        text: in words that identify nobody, and that name no partner whose name endangers people.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, one that waits already, or why it may not be public, all of it.
    """
    by.demand(Permission.PREPARE_EXIT)
    held = locked(decision)
    said = text.strip()
    _demand_safe(held, said)
    if held.narratives.filter(cleared_at__isnull=True, refused_at__isnull=True).exists():
        raise NotAllowed("A narrative of this decision waits for clearance already.")
    narrative = ExitNarrative.objects.create(decision=held, text=said, written_by=by, written_at=at)
    log(held, "wrote narrative of exit", by=by, at=at, detail={"narrative": narrative.pk})
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=narrative.pk,
        subject=f"Narrative of exit decision {held.pk}",
        step="clear",
        step_label="Clear a public narrative for safety",
        permission=Permission.CLEAR_REPORT,
        content_hash=text_hash(narrative),
        series=f"narrative of exit decision {held.pk}",
        parts={"text": narrative.text},
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> ExitNarrative:
    """Clear a narrative for the public, or refuse it; whether it endangers anybody is judged again now.

    Raises:
        NotAllowed: a rule refuses, whoever wrote it, or somebody decided meanwhile.
    """
    narrative = ExitNarrative.objects.select_related("decision", "written_by").get(pk=sign_off.subject_id)
    decision = locked(narrative.decision)
    if approve:
        _demand_safe(decision, narrative.text)
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({narrative.written_by.username}),
        least=SIGN_OFF_REASONS,
    )
    changes = {"cleared_by": by, "cleared_at": at} if approve else {"refused_at": at}
    ExitNarrative.objects.filter(pk=narrative.pk).update(**changes)
    narrative.refresh_from_db()
    log(decision, f"{'cleared' if approve else 'refused'} narrative of exit", by=by, at=at)
    return narrative


def text_hash(narrative: ExitNarrative) -> str:
    """Return the SHA-256 of a narrative; its clearance is bound to it."""
    content: dict[str, Any] = {
        "narrative": narrative.pk,
        "exit": narrative.decision_id,
        "text": narrative.text,
    }
    return canonical_hash(content)


def _demand_safe(decision: ExitDecision, text: str) -> None:
    lacking = narrative_refusals(
        text,
        decided=decision.approved_on is not None,
        naming_endangers=bool(decision.relationship.partner.naming_endangers),
        vulnerable_open=decision.duties.filter(kind="vulnerable_safe", done_on__isnull=True).exists(),
        vulnerable_done=decision.duties.filter(kind="vulnerable_safe", done_on__isnull=False).exists(),
        stays=decision.kind == "remain_with_conditions",
        never_named=tuple(never_named()),
    )
    if lacking:
        raise NotAllowed(" ".join(lacking))
