"""Look at every role of every person, keep or remove it, and sign (issue 8)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from hrdd.accounts.actions.people import put_roles
from hrdd.accounts.models import AccessReview, ReviewLine
from hrdd.accounts.rules.people import REVIEW_DUE_DAYS, Cause, Verdict, demand_why
from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Permission, canonical_hash

SIGNED = "This review is signed. Open a new one."


@transaction.atomic
def open_review(*, by: User, at: datetime) -> AccessReview:
    """Open a review: a line for each role of each person, with when they signed in and acted last.

    Raises:
        NotAllowed: by a person who reviews nobody, or one is open.
    """
    by.demand(Permission.REVIEW_ACCESS)
    try:
        with transaction.atomic():
            review = AccessReview.objects.create(
                opened_by=by, opened_at=at, due_on=at.date() + timedelta(days=REVIEW_DUE_DAYS)
            )
    except IntegrityError:
        raise NotAllowed("A review is open. Finish that one.") from None
    acted = dict(AuditEvent.objects.values("actor").annotate(last=Max("at")).values_list("actor", "last"))
    ReviewLine.objects.bulk_create(
        ReviewLine(
            review=review,
            user=user,
            role=role,
            signed_in_at=user.last_login,
            acted_at=acted.get(user.username),
        )
        for user in User.objects.filter(is_active=True)
        for role in user.roles
    )
    record_event(
        by=by.username,
        at=at,
        action="opened an access review",
        subject=str(review),
        detail={"lines": review.lines.count()},
    )
    return review


@transaction.atomic
def decide_lines(
    review: AccessReview, *, lines: Iterable[int], verdict: str, why: str, by: User, at: datetime
) -> int:
    """Keep or remove some roles; until the review is signed each may be decided anew.

    Returns:
        How many were decided.

    Raises:
        NotAllowed: one's own, without a reason for a removal, or the review is signed.
    """
    by.demand(Permission.REVIEW_ACCESS)
    if verdict not in set(Verdict):
        raise NotAllowed("Choose keep or remove.")
    reason = demand_why(why) if verdict == Verdict.REMOVE else why.strip()
    if not AccessReview.objects.select_for_update().filter(pk=review.pk, signed_at__isnull=True).exists():
        raise NotAllowed(SIGNED)
    chosen = ReviewLine.objects.filter(review=review, pk__in=list(lines))
    if chosen.filter(user=by).exists():
        raise NotAllowed("Nobody reviews their own roles. Another reviewer decides on yours.")
    decided = chosen.update(verdict=verdict, why=reason, decided_by=by, decided_at=at)
    if not decided:
        raise NotAllowed("Choose at least one line.")
    return decided


@transaction.atomic
def sign_review(review: AccessReview, *, by: User, at: datetime) -> None:
    """Finish a review: what was to be removed is removed now, by name of who decided it.

    Raises:
        NotAllowed: lines are open, or it is signed.
    """
    by.demand(Permission.REVIEW_ACCESS)
    if not AccessReview.objects.select_for_update().filter(pk=review.pk, signed_at__isnull=True).exists():
        raise NotAllowed(SIGNED)
    lines = list(review.lines.select_related("user", "decided_by").order_by("pk"))
    if left := [one for one in lines if not one.verdict]:
        raise NotAllowed(f"{len(left)} {'line is' if len(left) == 1 else 'lines are'} not decided yet.")
    said = [
        [one.user.username, one.role, one.verdict, one.why, one.decided_by.username if one.decided_by else ""]
        for one in lines
    ]
    for user, gone in _to_remove(lines).items():
        roles = [role for role in user.roles if role not in {one.role for one in gone}]
        if user.is_active and sorted(roles) != sorted(user.roles) and gone[0].decided_by:
            put_roles(user, roles=roles, cause=Cause.REVIEWED, why=gone[0].why, by=gone[0].decided_by, at=at)
    AccessReview.objects.filter(pk=review.pk).update(
        signed_by=by, signed_at=at, content_hash=canonical_hash(said)
    )
    record_event(
        by=by.username,
        at=at,
        action="signed an access review",
        subject=str(review),
        detail={"hash": canonical_hash(said), "kept": sum(one.verdict == Verdict.KEEP for one in lines)},
    )


def _to_remove(lines: list[ReviewLine]) -> dict[User, list[ReviewLine]]:
    found: dict[User, list[ReviewLine]] = {}
    for one in lines:
        if one.verdict == Verdict.REMOVE:
            found.setdefault(one.user, []).append(one)
    return found
