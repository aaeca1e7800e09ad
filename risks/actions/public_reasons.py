"""A second person clears the reasons of a decision between rights before anyone may read them (1.6, 8.6)."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import DilemmaDecision
from risks.queries.public_dilemmas import SIGN_OFF_KIND, as_public, public_hash


def ask_clearance(decision: DilemmaDecision, *, by: User, at: datetime) -> None:
    """Ask a safety officer to read the reasons as the public would; what was asked on earlier decisions is void."""
    earlier = decision.dilemma.decisions.exclude(pk=decision.pk).values_list("pk", flat=True)
    for one in earlier:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=one, at=at)
    ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=decision.pk,
        subject=f"Dilemma {decision.dilemma_id}: reasons for the public",
        step="clear",
        step_label="Clear the reasons for the public",
        permission=Permission.CLEAR_REPORT,
        content_hash=public_hash(decision),
        series=f"public reasons of dilemma {decision.dilemma_id}",
        parts=asdict(as_public(decision)),
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> DilemmaDecision:
    """Clear or refuse the public words of a decision. Refused, they stay on the desk; a later decision asks anew.

    Raises:
        NotAllowed: the role, whoever prepared or decided it (SD1), changed words, or somebody decided meanwhile.
    """
    found = DilemmaDecision.objects.select_related("dilemma__prepared_by", "decided_by", "option", "test")
    decision = found.get(pk=sign_off.subject_id)
    if approve and public_hash(decision) != sign_off.content_hash:
        raise NotAllowed(
            "What the public would read has changed since this was asked. Decide the dilemma again."
        )
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({decision.dilemma.prepared_by.username, decision.decided_by.username}),
    )
    return decision
