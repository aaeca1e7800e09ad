"""Tokens of programs; a copy of this table opens nothing."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hrdd.accounts.rules.tokens import opens
from hrdd.governance.models import User


class ApiToken(models.Model):
    """A token with which a program asks the API for one person: less than they may, and until a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=30))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="token_is_hashed",
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106  # a pattern
            ),
            models.CheckConstraint(name="token_ends", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(name="token_has_scopes", condition=Q(scopes__len__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name

    def allows(self, area: str, *, acting: bool) -> bool:
        """Whether its scopes open an app of the API; what its person may is asked besides."""
        return opens(self.scopes, area, acting=acting)

    def stands(self, at: datetime) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None and self.expires_at > at
