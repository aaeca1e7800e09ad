"""What somebody thinks of how we treated them, behind their receipt, apart from their case (domain.md 6.9(a))."""

from datetime import date

from django.db import transaction

from remedies.models import Case, Rating
from remedies.queries.receipts import find_reply_key
from remedies.rules.case import CaseState
from remedies.rules.effectiveness import quarter_of
from remedies.rules.receipt import key_of

MARK = b"rating"
RATED = frozenset(
    {
        *(CaseState.DECIDED, CaseState.REFERRED, CaseState.INADMISSIBLE, CaseState.APPEAL_DECIDED),
        *(CaseState.VERIFIED, CaseState.WITHDRAWN, CaseState.CLOSED),
    }
)


def may_rate(state: CaseState | None) -> bool:
    """Whether something was decided that can be thought of."""
    return state in RATED


@transaction.atomic
def rate(
    receipt: str, *, satisfaction: int | None, fairness: int | None, safety: int | None, today: date
) -> bool:
    """Keep what somebody thinks; again from the same receipt replaces it. Return whether it was kept.

    Nothing ties it to the case: the mark is made of the receipt alone, and nobody but its holder can make it again.
    No event is logged, for its time would tell.

    Args:
        receipt: as it was read.
        satisfaction, fairness, safety: each 1 to 5, or left out.
        today: the day, of which the quarter is kept.
    """
    found = find_reply_key(receipt)
    case = Case.objects.filter(pk=found.case_id).only("state").first() if found and found.case_id else None
    if case is None or CaseState(case.state) not in RATED or not (satisfaction or fairness or safety):
        return False
    said = Rating(
        quarter=quarter_of(today)[0],
        mark=key_of(receipt, MARK),
        satisfaction=satisfaction,
        fairness=fairness,
        safety=safety,
    )
    # ON CONFLICT: a unique violation would put the mark and the time into the log of PostgreSQL.
    Rating.objects.bulk_create(
        [said],
        update_conflicts=True,
        unique_fields=["mark"],
        update_fields=["quarter", "satisfaction", "fairness", "safety"],
    )
    return True
