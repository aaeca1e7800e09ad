"""People, their roles, and the audit log that nobody can rewrite."""

import hashlib
from datetime import UTC, date, datetime
from typing import ClassVar, Self

import rfc8785
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from hrdd.governance.rules import (
    Permission,
    Role,
    RoleMayNot,
    delegated_permissions,
    lent_roles,
    permissions_of,
)
from hrdd.tongues import ENGLISH, languages


def _today() -> date:
    """A delegation ends by its date for whoever asks: no caller may bring another day along."""
    return datetime.now(UTC).date()  # noqa: TID251


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, username: str, password: str, *, display_name: str, roles: list[Role], language: str = ENGLISH
    ) -> "User":
        """Create an account with its roles and the language of its mails; the password is stored hashed."""
        user = User(username=username, display_name=display_name, roles=[str(role) for role in roles])
        user.language = language
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    delegated = models.JSONField(
        default=list, blank=True
    )  # what hrdd.accounts keeps of delegations to this person
    language = models.CharField(max_length=2, default=ENGLISH, db_default=ENGLISH)  # of mails

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_reads_a_language", condition=Q(language__in=[*languages()]))
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def roles_today(self) -> frozenset[Role]:
        """Their roles, and those in which they stand in for somebody today: what is told to a role reaches both."""
        return frozenset(Role(role) for role in self.roles) | lent_roles(self.delegated, on=_today())

    def may(self, permission: Permission) -> bool:
        """Whether one of this person's roles carries the permission, or one that was delegated to them for today."""
        if not self.is_active:
            return False
        if permission in permissions_of(frozenset(Role(role) for role in self.roles)):
            return True
        return bool(self.delegated) and permission in delegated_permissions(self.delegated, on=_today())

    def as_one(self) -> frozenset[str]:
        """Return who counts as this person where one must not do two things: stand-ins as well (SD1, SD2)."""
        return self.stands_with() | {self.username}

    def stands_with(self) -> frozenset[str]:
        """Return whose place this person takes today by delegation, and who takes theirs, by user name."""
        today = _today().isoformat()
        mine = {one["of"] for one in self.delegated if one["from"] <= today <= one["until"]}
        theirs = User.objects.filter(delegated__contains=[{"of": self.username}])
        return frozenset(mine) | {
            other.username
            for other in theirs
            if any(
                one["of"] == self.username and one["from"] <= today <= one["until"] for one in other.delegated
            )
        }

    def demand(self, permission: Permission) -> None:
        """Refuse, in a sentence, what none of this person's roles may do.

        Raises:
            RoleMayNot: the permission is missing.
        """
        if not self.may(permission):
            raise RoleMayNot(f"Your role may not {permission}.")


class AuditEvent(models.Model):
    """One act. No foreign keys, names as text, chained by hash; the database refuses UPDATE and DELETE."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action} {self.subject}"

    def canonical(self) -> bytes:
        """Return what its hash is made of beside the hash before: its row as RFC 8785 writes it."""
        row = {
            "at": self.at.isoformat(),
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": self.detail,
        }
        return rfc8785.dumps(row)

    def chained_hash(self) -> str:
        """Return the SHA-256 that binds this event to the one before it."""
        return hashlib.sha256(b"hrdd-audit-v1\0" + self.prev_hash.encode() + self.canonical()).hexdigest()


class SignOff(models.Model):
    """A second person's decision, asked for and bound to the content it is about (domain.md 0.3)."""

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        VOID = "void", "No longer asked"

    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=200)
    step = models.CharField(max_length=20)
    step_label = models.CharField(max_length=60)
    permission = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)
    series = models.CharField(
        max_length=120, blank=True
    )  # what is asked about again and again, by any record
    parts = models.JSONField(default=dict, blank=True)  # fingerprints of the parts of the content
    answer_by = models.DateTimeField(
        null=True, blank=True
    )  # a deadline of the law of its kind; none: the method's
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["series", "step", "-id"], name="sign_off_series")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "step"],
                condition=Q(decided_at__isnull=True),
                name="sign_off_asked_once",
            ),
            models.CheckConstraint(
                name="sign_off_decided_by_another",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(decision="void", decided_by__isnull=True, decided_at__isnull=False)
                | (
                    Q(
                        decision__in=["approved", "refused"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("asked_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_label}: {self.subject}"


class Verification(models.Model):
    """One run of `manage.py verify`: when, whether everything held, and what it said."""

    at = models.DateTimeField()
    intact = models.BooleanField()
    events = models.BigIntegerField()
    said = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {'intact' if self.intact else 'not intact'}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, on: date) -> Self:
        """Return the mandates that stand on a day."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), starts_on__lte=on)


class Mandate(models.Model):
    """Who answers for human rights in a function, with what authority, budget and time (UNGP 19(a)(i); 1.10).

    What it says is never edited: it is ended once, or superseded by a later one; the database refuses the rest.
    """

    role = models.CharField(max_length=20, choices=[(str(one), one.replace("_", " ")) for one in Role])
    person = models.ForeignKey(User, models.PROTECT, related_name="mandates")
    function = models.CharField(max_length=160)
    authority = models.JSONField(default=list)
    reports_to = models.CharField(max_length=160)
    budget_eur_year = models.PositiveBigIntegerField()
    fte = models.DecimalField(max_digits=6, decimal_places=2)
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    end_reasons = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = MandateQuerySet.as_manager()

    class Meta:
        ordering = ["function", "-starts_on", "-id"]
        indexes = [models.Index(fields=["person", "starts_on"], name="mandate_of_person")]
        constraints = [
            models.CheckConstraint(
                name="mandate_ended_with_reasons",
                condition=Q(ended_on__isnull=True, end_reasons="")
                | (Q(ended_on__isnull=False, ended_on__gte=F("starts_on")) & ~Q(end_reasons="")),
            ),
            models.CheckConstraint(name="mandate_names_an_authority", condition=~Q(authority=[])),
            models.CheckConstraint(name="mandate_given_by_another", condition=~Q(recorded_by=F("person"))),
            models.CheckConstraint(name="mandate_has_time", condition=Q(fte__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.function} ({self.role})"


class KeptAnswer(models.Model):
    """What a program was answered under an Idempotency-Key, for as long as it may ask again; sealed."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64)
    asked_hash = models.CharField(max_length=64)  # of the method, the address and the body
    status = models.PositiveSmallIntegerField(default=0)
    sealed = models.BinaryField(default=b"")  # nothing where the answer is of a sort that is not kept
    taken_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key_hash"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"Answer {self.status} to {self.user}"
