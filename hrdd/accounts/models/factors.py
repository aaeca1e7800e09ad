"""Passkeys, authenticator apps, recovery codes, and how often each was tried in vain."""

from django.db import models
from django.db.models import Q

from hrdd.accounts.rules import Factor
from hrdd.governance.models import User

OF_FACTOR = [(str(one), str(one)) for one in Factor]


class Passkey(models.Model):
    """A key pair that a device keeps for one person; only the public half is here."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(unique=True)
    credential = models.BinaryField()  # the attested credential data of WebAuthn
    uses = models.BigIntegerField(default=0)  # the counter of the device, where it keeps one
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return self.name


class Totp(models.Model):
    """An authenticator app; its secret is sealed, and its last step is spent."""

    user = models.OneToOneField(User, models.CASCADE, related_name="totp")
    sealed = models.BinaryField()
    last_step = models.BigIntegerField()
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Authenticator app of {self.user}"


class RecoveryCode(models.Model):
    """A code for the day on which the device is gone; good once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"


class OrganisationAccount(models.Model):
    """The account that an organisation's sign-in vouches for; connected by its person, never by a likeness of names."""

    user = models.OneToOneField(User, models.CASCADE, related_name="organisation_account")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    connected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="organisation_account_once")
        ]

    def __str__(self) -> str:
        return f"Organisation's account of {self.user}"


class FactorStanding(models.Model):
    """How often in a row a factor of a person was tried in vain; at a hundred it is closed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    factor = models.CharField(max_length=12, choices=OF_FACTOR)
    in_vain = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "factor"], name="factor_standing_once"),
            models.CheckConstraint(
                name="factor_is_closed_at_a_hundred",
                condition=Q(in_vain__lt=100) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} of {self.user}"


class TryInVain(models.Model):
    """A try that has not been right so far. It is counted before it is checked, so that no race gets around it."""

    account = models.CharField(max_length=64, db_index=True)  # keyed hash of what was typed as the name
    factor = models.CharField(max_length=12, choices=OF_FACTOR)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.factor} at {self.at:%H:%M}"
