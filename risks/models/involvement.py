from django.db import models


class Involvement(models.Model):
    """How the company is tied to a harm, as argued by somebody; a finding only when decided (UNGP 13, 19; I2)."""

    class Tie(models.TextChoices):
        CAUSE = "cause", "Causes"
        FACILITATE = "contribute_facilitate", "Contributes by facilitating"
        INCENTIVISE = "contribute_incentivise", "Contributes by incentives"
        CUMULATIVE = "contribute_cumulative", "Contributes together with others"
        LINKED = "directly_linked", "Directly linked"
        NONE = "none", "No link found"
        UNDETERMINED = "undetermined", "Undetermined"
        CLAIM = "", "A claim, no finding"

    risk = models.ForeignKey("risks.Risk", models.CASCADE, related_name="involvements")
    actor = models.CharField(max_length=200, blank=True)
    tie = models.CharField(max_length=24, choices=Tie, blank=True)
    said = models.CharField(max_length=200)
    argued_by = models.TextField(blank=True)
    reasoning = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.said
