"""A job asks what lies behind upheld cases of one root cause; a person answers (GP20, GP29; domain.md 6.8)."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from remedies.models import PatternReview
from remedies.queries.patterns import owed_reviews
from remedies.rules.patterns import ANSWER_DAYS
from risks.models import ModelReview


def open_owed_reviews(*, at: datetime) -> int:
    """Open a review for each root cause that asks for one and has none open; return how many.

    Args:
        at: now.
    """
    opened = 0
    for cause, why in owed_reviews(on=at.date()).items():
        try:
            with transaction.atomic():
                made = PatternReview.objects.create(
                    root_cause=str(cause),
                    why=str(why),
                    opened_on=at.date(),
                    due=at.date() + timedelta(days=ANSWER_DAYS),
                )
                record_event(
                    by=JOB, at=at, action="asked for a review of a pattern", subject=f"pattern {made.pk}"
                )
        except IntegrityError:  # another worker opened it meanwhile
            continue
        opened += 1
    return opened


@transaction.atomic
def conclude_review(
    review: PatternReview, *, conclusion: str, model_review: ModelReview | None, by: User, at: datetime
) -> None:
    """Say what lies behind the cases and what changes; once.

    Args:
        review: one that is open.
        conclusion: what was found and what changes, or why nothing does, in at least 50 characters; it names no case.
        model_review: the review of the business model that looks into it, where it plays a part (1.11).
        by, at: who, and now.

    Raises:
        NotAllowed: the role, too few words, or it was concluded before.
    """
    by.demand(Permission.REVIEW_MODEL)
    said = demand_reasons(conclusion, about="What lies behind it")
    done = PatternReview.objects.filter(pk=review.pk, concluded_on__isnull=True).update(
        conclusion=said, model_review=model_review, concluded_by=by, concluded_on=at.date()
    )
    if not done:
        raise NotAllowed("This review was concluded before. A new one opens when the pattern goes on.")
    record_event(
        by=by.username, at=at, action="concluded a review of a pattern", subject=f"pattern {review.pk}"
    )
