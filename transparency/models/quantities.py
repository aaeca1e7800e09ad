from django.conf import settings
from django.db import models
from django.db.models import Q

from transparency.models.reports import Report
from transparency.rules.dsa_quantities import ENTERED


class EnteredQuantity(models.Model):
    """A quantity of the DSA that a person entered with its source, or why it is not held; changed only in a draft."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="quantities")
    quantity = models.SlugField(max_length=24, choices=[(one.code, one.label) for one in ENTERED])
    of = models.CharField(max_length=40, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    words = models.TextField(blank=True)
    rests_on = models.PositiveIntegerField(null=True, blank=True)
    not_held = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["quantity", "of"]
        verbose_name_plural = "entered quantities"
        constraints = [
            models.UniqueConstraint(fields=["report", "quantity", "of"], name="entered_quantity_once"),
            models.CheckConstraint(
                name="entered_quantity_held_or_why_not",
                condition=(
                    Q(not_held="")
                    & ~Q(source="")
                    & (Q(value__isnull=False, value__gte=0, words="") | ~Q(words=""))
                )
                | (~Q(not_held="") & Q(value__isnull=True, words="", of="")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_quantity_display()
