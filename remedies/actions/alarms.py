"""Remind of danger to life that nobody has read; a machine reminds, and does no more (3.8, 6.5)."""

from django.db.models import F

from remedies.models import Case
from remedies.queries.alarms import unread_dangers
from remedies.rules.case_deadlines import DANGER_ROUNDS


def count_round() -> int:
    """Count one more hourly round for each unread case with danger to life, at most two; return how many.

    No time of a submission is kept, so rounds are counted and then stand still; nothing goes to the audit log,
    whose hour would tell when somebody wrote (ADR 20).
    """
    waiting = unread_dangers().filter(unseen_rounds__lt=DANGER_ROUNDS).values_list("pk", flat=True)
    return Case.objects.filter(pk__in=list(waiting)).update(unseen_rounds=F("unseen_rounds") + 1)
