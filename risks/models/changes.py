from django.conf import settings
from django.db import models
from django.db.models import F, Q

NOT_DECIDED, DECIDED = (Q(decided_by__isnull=one, decided_at__isnull=one) for one in (True, False))


class Change(models.Model):
    """A product launch, market entry or other change that must pass the launch gate (GP18, G4; domain.md 1.10)."""

    class Kind(models.TextChoices):
        PRODUCT_LAUNCH = "product_launch", "Product launch"
        MARKET_ENTRY = "market_entry", "Market entry"
        POLICY_CHANGE = "policy_change", "Change of policy"
        MONETISATION_CHANGE = "monetisation_change", "Change of monetisation"
        FEATURE_CHANGE = "feature_change", "Change of a feature or model"
        NEW_RELATIONSHIP = "new_relationship", "New business relationship"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.TextField()
    products = models.ManyToManyField("risks.Product", blank=True, related_name="changes")
    countries = models.JSONField(default=list, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    risks = models.ManyToManyField("risks.Risk", blank=True, related_name="changes")
    no_risk_reasons = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    exception_reasons = models.TextField(blank=True)
    exception_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    exception_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    exception_signed_at = models.DateTimeField(null=True, blank=True)
    exception_risks = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="change_decided_by_another",
                condition=Q(state__in=["approved", "refused"]) & DECIDED & ~Q(decided_by=F("proposed_by"))
                | Q(state="withdrawn") & (DECIDED | NOT_DECIDED)
                | Q(state="proposed") & NOT_DECIDED,
            ),
            models.CheckConstraint(
                name="change_exception_signed_by_another",
                condition=Q(exception_signed_by__isnull=True, exception_signed_at__isnull=True)
                | (
                    Q(exception_signed_at__isnull=False, exception_asked_by__isnull=False)
                    & ~Q(exception_reasons="")
                    & ~Q(exception_signed_by=F("exception_asked_by"))
                    & ~Q(exception_signed_by=F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title
