"""What a person has set for themselves at the desk."""

from django.db import models

from hrdd.governance.models import User


class DeskSettings(models.Model):
    """How the desk behaves for somebody; without a row it is as everybody finds it at first."""

    user = models.OneToOneField(User, models.CASCADE, related_name="desk_settings")
    single_keys = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "desk settings"

    def __str__(self) -> str:
        return f"The desk of {self.user}"


class Comment(models.Model):
    """What somebody said about a record to those who work on it; what was said stays as it was said."""

    kind = models.CharField(max_length=14)
    record = models.BigIntegerField()
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["kind", "record", "at"], name="comment_of_a_record")]

    def __str__(self) -> str:
        return f"Comment on {self.kind} {self.record}"


class Mention(models.Model):
    """That a comment asks for somebody's eyes, and when they were done with it."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="mentioned_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.comment}"
