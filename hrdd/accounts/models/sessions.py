"""Who is signed in; a copy of this table opens nothing (reliability.md 1, threat 28)."""

from django.db import models
from django.db.models import F, Q

from hrdd.governance.models import User


class Session(models.Model):
    """One session. Its key is in the cookie only; here stands the SHA-256 of it."""

    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    data = models.TextField()
    device = models.CharField(max_length=60, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="session_key_is_hashed", condition=Q(key_hash__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="session_was_seen_after_it_began", condition=Q(seen_at__gte=F("began_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device or 'Session'} since {self.began_at:%Y-%m-%d %H:%M}"
