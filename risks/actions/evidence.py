"""What judgements rest on: recorded once, never edited."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.standing import refresh
from risks.models import Evidence, Risk
from risks.rules.screening import identifying_details


@transaction.atomic
def record_evidence(
    risk: Risk,
    *,
    title: str,
    kind: str,
    says: str,
    by: User,
    at: datetime,
    reference: str = "",
    dated: date | None = None,
    outside_company: bool = False,
    from_affected: bool = False,
    disclosure: str = Evidence.Disclosure.INTERNAL,
) -> Evidence:
    """Append a piece of evidence; what comes after a judgement makes the risk due again (UNGP 18; R5, NEW_EVIDENCE).

    Args:
        risk: what it is about.
        title, kind, says, reference, dated: what it is, what it says, where it is kept, and its day.
        outside_company: whether it comes from outside the company.
        from_affected: whether people affected, or those who speak for them, are its source.
        disclosure: who may read it; testimony stays with those who judge.
        by, at: who, and now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.ASSESS_RISK)
    if not title.strip() or not says.strip():
        raise NotAllowed("Evidence: give it a title, and say in a sentence what it shows.")
    if dated is not None and dated > at.date():
        raise NotAllowed("Evidence: its day is not in the future.")
    _refuse_identifying(f"{title} {says}")
    if kind == Evidence.Kind.TESTIMONY and disclosure != Evidence.Disclosure.RESTRICTED:
        raise NotAllowed(
            "Testimony is restricted to those who judge. Choose that, so that nobody is exposed."
        )
    evidence = Evidence.objects.create(
        risk=risk,
        title=title.strip(),
        kind=kind,
        says=says.strip(),
        reference=reference.strip(),
        dated=dated,
        outside_company=outside_company,
        from_affected=from_affected,
        disclosure=disclosure,
        recorded_by=by.username,
        recorded_at=at,
    )
    record_event(
        by=by.username,
        at=at,
        action="recorded evidence",
        subject=f"risk {risk.pk}",
        detail={"evidence": evidence.pk, "kind": kind, "disclosure": disclosure},
    )
    refresh(risk, at=at)
    return evidence


def _refuse_identifying(said: str) -> None:
    if found := identifying_details(said):
        raise NotAllowed(
            f"Evidence: it holds {found[0]}, which could identify a person. Say what it shows without it."
        )
