from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from remedies.models.cases import Case, among
from remedies.rules.remedy import RemedyKind, Scope


class Remedy(models.Model):
    """One way to make it good; in words it stands only in what the person was told (domain.md 6.6)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=28)
    scope = models.CharField(max_length=10)
    waiver = models.BooleanField(default=False)
    due = models.DateField()
    offered_on = models.DateField()
    agreed_on = models.DateField(null=True)
    contested_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verified_on = models.DateField(null=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["offered_on", "kind"]
        constraints = [
            models.CheckConstraint(name="remedy_kind_known", condition=among("kind", RemedyKind)),
            models.CheckConstraint(name="remedy_scope_known", condition=among("scope", Scope)),
            models.CheckConstraint(name="remedy_asks_for_no_waiver", condition=Q(waiver=False)),
            models.CheckConstraint(
                name="remedy_agreed_or_contested",
                condition=Q(agreed_on__isnull=True) | Q(contested_on__isnull=True),
            ),
            models.CheckConstraint(
                name="remedy_delivered_whole",
                condition=Q(delivered_on__isnull=True, delivered_by__isnull=True)
                | Q(delivered_on__isnull=False, delivered_by__isnull=False, agreed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="remedy_verified_by_another",
                condition=Q(verified_on__isnull=True, verified_by__isnull=True)
                | (
                    Q(verified_on__isnull=False, verified_by__isnull=False, delivered_by__isnull=False)
                    & ~Q(verified_by=F("delivered_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return RemedyKind(self.kind).words
