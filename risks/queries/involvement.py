from datetime import date, datetime

from django.db.models import QuerySet

from risks.models import Involvement


def drifting(on: date) -> QuerySet[Involvement]:
    return Involvement.objects.none()


def fact_finding_overdue(on: date) -> QuerySet[Involvement]:
    return Involvement.objects.filter(state="found", fact_finding_due__lt=on)


def own_part_not_stopped(at: datetime) -> QuerySet[Involvement]:
    return Involvement.objects.filter(stop_due__lt=at, own_part_stopped_on__isnull=True)
