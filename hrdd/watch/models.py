"""What the installation notes of itself."""

from django.db import models


class Heartbeat(models.Model):
    """When something last showed that it works; a row for each, written over."""

    WORKER = "worker"
    BACKUP = "backup"

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
