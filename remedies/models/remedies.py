from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from remedies.models.cases import Case, among
from remedies.rules.money import shown_amount
from remedies.rules.remedy import RemedyKind, RootCause, Scope


class Remedy(models.Model):
    """One way to make it good; in words it stands only in what the person was told (domain.md 6.6)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=28)
    scope = models.CharField(max_length=10)
    waiver = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, db_default="")
    share_pct = models.PositiveSmallIntegerField(null=True)
    restored = models.JSONField(default=list, db_default=[])
    not_restorable = models.JSONField(default=list, db_default=[])
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
                name="remedy_amount_whole",
                condition=Q(amount_minor__isnull=True, currency="")
                | Q(
                    amount_minor__isnull=False,
                    amount_minor__gt=0,
                    currency__regex="^[A-Z]{3}$",
                    kind="financial_compensation",
                ),
            ),
            models.CheckConstraint(
                name="remedy_share_is_a_share",
                condition=Q(share_pct__isnull=True) | Q(share_pct__range=(1, 100)),
            ),
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

    @property
    def amount(self) -> str:
        """Return what is paid, as people read it; nothing where no amount was agreed."""
        return "" if self.amount_minor is None else shown_amount(self.amount_minor, self.currency)


class SystemicAction(models.Model):
    """What changes for everybody, with its owner and day; it goes on when a case is withdrawn (M4).

    It names an area, not what happened: its owner may not open the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="systemic_actions")
    remedy = models.OneToOneField(Remedy, models.CASCADE, related_name="action")
    area = models.CharField(max_length=18)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_on = models.DateField()
    done_on = models.DateField(null=True)

    class Meta:
        ordering = ["due"]
        constraints = [
            models.CheckConstraint(
                name="systemic_action_area_known", condition=among("area", RootCause) & ~Q(area="")
            ),
        ]

    def __str__(self) -> str:
        return self.area.replace("_", " ").capitalize()
