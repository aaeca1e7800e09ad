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
