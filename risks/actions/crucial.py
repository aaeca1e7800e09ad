"""Whether a relationship is crucial, and who earns by it: a senior's to find and to name (domain.md 5.5, SD4, X8)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.partners import keep_correction, log_of_relationship
from risks.models import CrucialTest, PartnerCorrection, Relationship
from risks.queries.partner_history import Change
from risks.rules.partner import crucial_due, crucial_refusal


@transaction.atomic
def judge_crucial(
    relationship: Relationship,
    *,
    crucial: bool,
    essential: str,
    no_alternative: str,
    reasons: str,
    by: User,
    at: datetime,
) -> CrucialTest:
    """Find whether a relationship is crucial; what is, is looked at again within a year (UNGP 19, domain.md 5.5).

    Args:
        relationship: read again under a lock.
        crucial: what the test comes to.
        essential, no_alternative: why, both needed where it is; revenue is no reason.
        reasons: what the finding rests on, in at least 50 characters.
        by, at: a senior who earns nothing by the partner, and now.

    Raises:
        NotAllowed: the role, a revenue target on this partner, a reason that is none, or short reasons.
    """
    by.demand(Permission.DECIDE_EXIT)
    held = Relationship.objects.select_for_update(of=("self",)).get(pk=relationship.pk)
    if held.revenue_owners.filter(username__in=by.as_one()).exists():
        raise NotAllowed(
            "SD4: whoever has a revenue target on this partner does not find whether it is crucial."
        )
    if refusal := crucial_refusal(crucial=crucial, essential=essential, no_alternative=no_alternative):
        raise NotAllowed(refusal)
    both = (essential.strip(), no_alternative.strip()) if crucial else ("", "")
    found = CrucialTest.objects.create(
        relationship=held,
        crucial=crucial,
        essential=both[0],
        no_alternative=both[1],
        reasons=demand_reasons(reasons),
        tested_by=by,
        tested_at=at,
    )
    Relationship.objects.filter(pk=held.pk).update(
        crucial=crucial,
        crucial_essential=both[0],
        crucial_no_alternative=both[1],
        crucial_due=crucial_due(at.date()) if crucial else None,
    )
    log_of_relationship(held.pk, "tested whether crucial", by=by, at=at, detail={"crucial": crucial})
    return found


@transaction.atomic
def name_revenue_owners(
    relationship: Relationship, *, owners: Sequence[User], reasons: str, by: User, at: datetime
) -> PartnerCorrection:
    """Name who has a revenue target on a partner; they decide nothing about it (SD4).

    Args:
        relationship: read again under a lock.
        owners: all of them, from now on.
        reasons: why, in at least 50 characters.
        by, at: a senior, and now.

    Raises:
        NotAllowed: the role, taking oneself off, short reasons, or nothing differs.
    """
    by.demand(Permission.DECIDE_EXIT)
    said = demand_reasons(reasons)
    held = (
        Relationship.objects.select_for_update(of=("self",)).select_related("partner").get(pk=relationship.pk)
    )
    before = list(held.revenue_owners.order_by("display_name", "pk"))
    if by in before and by not in owners:
        raise NotAllowed("SD4: nobody takes themselves off. Ask another senior.")
    if set(before) == set(owners):
        raise NotAllowed("Nothing differs from what is on record. Change who earns by it, or go back.")
    held.revenue_owners.set(owners)
    change = Change("Have a revenue target on it", _named(before), _named(owners))
    return keep_correction(held.partner, [change], relationship=held, reasons=said, by=by, at=at)


def _named(people: Sequence[User]) -> str:
    return ", ".join(sorted(one.display_name for one in people))
