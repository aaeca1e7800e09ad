from django.conf import settings
from django.db import models
from django.db.models import Q

from transparency.models.reports import Report
from transparency.rules.sections import BY_CODE, STATE_WORDS, WORDS, SectionState, slug_of

PERSON = settings.AUTH_USER_MODEL


class ReportSection(models.Model):
    """A part of a report in people's words, with who answers for it; changed only while the report is a draft."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="sections")
    code = models.SlugField(max_length=20, choices=[(one.code, one.title) for one in BY_CODE.values()])
    risk = models.ForeignKey("risks.Risk", models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=5, choices=list(STATE_WORDS.items()), default=SectionState.EMPTY)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "code", "risk"], name="report_section_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="report_section_of_a_risk_names_it",
                condition=Q(code=WORDS, risk__isnull=False) | (~Q(code=WORDS) & Q(risk__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_section_empty_has_no_text",
                condition=Q(state=SectionState.EMPTY, text="") | (~Q(state=SectionState.EMPTY) & ~Q(text="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{BY_CODE[self.code].title}: {self.risk}" if self.risk else BY_CODE[self.code].title

    @property
    def slug(self) -> str:
        """Return how its address calls it."""
        return slug_of(self.code, self.risk_id)


class SectionRevision(models.Model):
    """What a section said after one change, and who made it; append-only."""

    section = models.ForeignKey(ReportSection, models.PROTECT, related_name="revisions")
    text = models.TextField(blank=True)
    state = models.CharField(max_length=5, choices=list(STATE_WORDS.items()))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.section}, {self.at:%Y-%m-%d}"


class SectionComment(models.Model):
    """A colleague's word on a section, open until somebody resolves it; its words never change."""

    section = models.ForeignKey(ReportSection, models.PROTECT, related_name="comments")
    text = models.TextField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="section_comment_resolved_by_somebody",
                condition=Q(resolved_by__isnull=True, resolved_at__isnull=True)
                | Q(resolved_by__isnull=False, resolved_at__isnull=False),
            ),
            models.CheckConstraint(name="section_comment_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"Comment on {self.section}"
