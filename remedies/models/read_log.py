from uuid import uuid4

from django.db import models


class ReadLog(models.Model):
    """Who read what of a case, committed before it was shown; the database refuses UPDATE, DELETE and TRUNCATE."""

    class Group(models.TextChoices):
        NARRATIVE = "narrative", "What was told"
        MESSAGES = "messages", "Messages"
        IDENTITY = "identity", "Identity"
        FILE = "file", "A file"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    reader = models.CharField(max_length=60)
    case_id = models.UUIDField()
    group = models.CharField(max_length=10, choices=Group)
    purpose = models.CharField(max_length=20)
    request_id = models.UUIDField()
    event = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["case_id", "at"], name="read_log_of_case")]

    def __str__(self) -> str:
        return f"{self.reader} read {self.group}"
