"""What a reviewer reads before deciding on a finding, and who was asked about it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject

from hrdd.governance.models import User
from hrdd.governance.rules import Permission, Role
from risks.models import Evidence, Reassessment, ReviewTask, Risk
from risks.rules.reassessment import ASKED_LABELS, Asked

LABEL = Case(
    *(When(referred_to=str(asked), then=Value(label)) for asked, label in ASKED_LABELS.items()),
    default=F("referred_to"),
    output_field=CharField(),
)
ASKS_ROLE = {Asked.DECIDER: Role.DECIDER, Asked.SENIOR: Role.SENIOR, Asked.EXPERT: Role.EXPERT}


def evidence_for(risk: Risk, reader: User) -> QuerySet[Evidence]:
    """Return the evidence of a risk that a reader may read."""
    pieces = risk.evidence.all()
    if reader.may(Permission.READ_RESTRICTED):
        return pieces
    return pieces.exclude(disclosure=Evidence.Disclosure.RESTRICTED)


def referrals_of(task: ReviewTask) -> QuerySet[Reassessment]:
    """Return what was asked about a finding since its task was opened, the latest first."""
    asked = task.measure.reassessments.filter(outcome=Reassessment.Outcome.REFER)
    return asked.filter(decided_at__gte=task.opened_at).order_by("-decided_at", "-pk")


def asked_of(person: User) -> QuerySet[ReviewTask]:
    """Return the open tasks whose latest referral asks this person's role, the nearest deadline first.

    The latest of each is asked for where one ever asked the role: there are few of those, and many tasks.
    """
    asks = _asks(person)
    ever = Reassessment.objects.filter(outcome=Reassessment.Outcome.REFER, referred_to__in=asks).order_by()
    waiting = ReviewTask.objects.filter(closed_at__isnull=True, measure__in=ever.values("measure"))
    return (
        with_referral(waiting.alias(asked=Subquery(_latest_referral().values("referred_to")[:1])))
        .filter(asked__in=asks)
        .select_related("measure__risk", "finding")
        .order_by("due_at", "id")
    )


def with_referral(tasks: QuerySet[ReviewTask]) -> QuerySet[Any]:
    """Return tasks with their latest referral or None: whom it asks (`asked`), what (`asks`), who refers (`by`)."""
    told = JSONObject(asked=LABEL, asks="question", by="decided_by")
    return tasks.annotate(referral=Subquery(_latest_referral().values(told=told)[:1]))


def _latest_referral() -> QuerySet[Reassessment]:
    return Reassessment.objects.filter(
        measure=OuterRef("measure"),
        outcome=Reassessment.Outcome.REFER,
        decided_at__gte=OuterRef("opened_at"),
    ).order_by("-decided_at", "-pk")


def _asks(person: User) -> Sequence[str]:
    """Return by which names a referral asks this person; an appeal body has no account here."""
    asks = [str(asked) for asked, role in ASKS_ROLE.items() if str(role) in person.roles_today]
    return [*asks, str(Asked.RABAT_PANEL)] if person.may(Permission.ASSESS_INCITEMENT) else asks
