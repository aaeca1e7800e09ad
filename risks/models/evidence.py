from django.db import models


class Evidence(models.Model):
    """What a judgement rests on: a document, data, testimony. Appended, never edited."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "Document"
        DATA = "data", "Data"
        TESTIMONY = "testimony", "Testimony, kept elsewhere"
        INTERNAL_RESEARCH = "internal_research", "Internal research"
        EXPERT_OPINION = "expert_opinion", "Expert opinion"
        MEDIA = "media", "Media"
        DECISION = "decision", "Decision of a court or body"
        TEST_RESULT = "test_result", "Test of a control"

    class Disclosure(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"
        RESTRICTED = "restricted", "Restricted: only who judges"

    risk = models.ForeignKey("risks.Risk", models.PROTECT, related_name="evidence")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.TextField(blank=True)
    says = models.TextField()
    dated = models.DateField(null=True, blank=True)
    outside_company = models.BooleanField(default=False)
    from_affected = models.BooleanField(default=False)
    disclosure = models.CharField(max_length=10, choices=Disclosure, default=Disclosure.INTERNAL)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.title
