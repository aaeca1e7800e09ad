from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from remedies.models.cases import Case, SealedIdentity


class VaultKey(models.Model):
    """The key pair of a handler or custodian; of custodians only the public half is here (ADR 20).

    Nothing is wrapped to a handler's key before a custodian confirmed it and the case roles that it is for.
    """

    class Kind(models.TextChoices):
        HANDLER = "handler", "Handler"
        CUSTODIAN = "custodian", "Custodian"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="vault_keys")
    kind = models.CharField(max_length=9, choices=Kind)
    public = models.BinaryField()
    locked = models.BinaryField(null=True)
    salt = models.BinaryField(null=True)
    memory_kib = models.PositiveIntegerField(null=True)
    passes = models.PositiveSmallIntegerField(null=True)
    roles = models.JSONField(default=list)
    voucher = models.BinaryField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    enrolled_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_key_confirmed_by_another",
                condition=Q(confirmed_by__isnull=True, voucher__isnull=True)
                | (Q(confirmed_by__isnull=False, voucher__isnull=False) & ~Q(confirmed_by=models.F("user")))
                | Q(kind="custodian", confirmed_by__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(retired_at__isnull=True), name="vault_key_one_each"
            ),
            models.CheckConstraint(
                name="vault_key_of_custodian_is_offline",
                condition=Q(kind="custodian", locked__isnull=True, salt__isnull=True, memory_kib__isnull=True)
                | Q(kind="handler", locked__isnull=False, salt__isnull=False, memory_kib__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} key of {self.user}"


class VaultUnlock(models.Model):
    """An open vault: the private half under a value that only the person's cookie holds."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    key = models.ForeignKey(VaultKey, models.CASCADE, related_name="unlocks")
    token_hash = models.BinaryField(unique=True)
    sealed = models.BinaryField()
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Open {self.key}"


class VaultTries(models.Model):
    """How often somebody tried a passphrase in vain of late, so that nobody goes through many."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    wrong = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"Tries of {self.user}"


class RecoveryKey(models.Model):
    """What opens every case when two custodians act together; its private half is in its shares."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    public = models.BinaryField()
    voucher = models.BinaryField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["retired_at"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="recovery_key_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return "Recovery key"


class RecoveryShare(models.Model):
    """The recovery key under two custodians."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recovery = models.ForeignKey(RecoveryKey, models.CASCADE, related_name="shares")
    outer = models.ForeignKey(VaultKey, models.PROTECT, related_name="+")
    inner = models.ForeignKey(VaultKey, models.PROTECT, related_name="+")
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recovery", "outer", "inner"], name="recovery_share_once"),
            models.CheckConstraint(name="recovery_share_of_two", condition=~Q(outer=models.F("inner"))),
        ]

    def __str__(self) -> str:
        return f"Share of {self.outer} and {self.inner}"


class CaseKey(models.Model):
    """A version of a case's key: not the key, but the inbox that it opens."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="keys")
    version = models.PositiveSmallIntegerField(default=1)
    inbox_public = models.BinaryField()
    inbox_private = models.BinaryField()
    voucher = models.BinaryField()

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="case_key_version_once")]

    def __str__(self) -> str:
        return f"Key {self.version} of {self.case_id}"


class CaseKeyWrap(models.Model):
    """A case's key, wrapped to one handler or to the recovery key."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case_key = models.ForeignKey(CaseKey, models.CASCADE, related_name="wraps")
    holder = models.ForeignKey(VaultKey, models.PROTECT, null=True, related_name="case_wraps")
    recovery = models.ForeignKey(RecoveryKey, models.PROTECT, null=True, related_name="case_wraps")
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_key", "holder"], name="case_wrap_once"),
            models.UniqueConstraint(fields=["case_key", "recovery"], name="case_recovery_wrap_once"),
            models.CheckConstraint(
                name="case_wrap_to_one",
                condition=Q(holder__isnull=True, recovery__isnull=False)
                | Q(holder__isnull=False, recovery__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Wrap of {self.case_key}"


class IdentityKeyWrap(models.Model):
    """The key of an identity: wrapped to custodians and to recovery; to a handler only until an hour that is set."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    identity = models.ForeignKey(SealedIdentity, models.CASCADE, related_name="wraps")
    holder = models.ForeignKey(VaultKey, models.PROTECT, null=True, related_name="identity_wraps")
    recovery = models.ForeignKey(RecoveryKey, models.PROTECT, null=True, related_name="identity_wraps")
    wrapped = models.BinaryField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identity", "holder"], name="identity_wrap_once"),
            models.UniqueConstraint(fields=["identity", "recovery"], name="identity_recovery_wrap_once"),
            models.CheckConstraint(
                name="identity_wrap_to_one",
                condition=Q(holder__isnull=True, recovery__isnull=False)
                | Q(holder__isnull=False, recovery__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Wrap of {self.identity}"


class ReplyKey(models.Model):
    """What a receipt finds and opens: answers, never what was told."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    lookup = models.BinaryField(unique=True)
    case = models.OneToOneField(Case, models.CASCADE, null=True, related_name="reply_key")
    public = models.BinaryField(null=True)
    private = models.BinaryField(null=True)
    voucher = models.BinaryField(null=True)
    forgotten_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reply_key_forgotten_whole",
                condition=Q(
                    forgotten_on__isnull=True,
                    case__isnull=False,
                    public__isnull=False,
                    private__isnull=False,
                    voucher__isnull=False,
                )
                | Q(
                    forgotten_on__isnull=False,
                    case__isnull=True,
                    public__isnull=True,
                    private__isnull=True,
                    voucher__isnull=True,
                ),
            )
        ]

    def __str__(self) -> str:
        return "Reply key"


class FormKey(models.Model):
    """Half of the key of one day's form tokens; the other half is the pepper."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField()

    def __str__(self) -> str:
        return f"Form key of {self.day}"
