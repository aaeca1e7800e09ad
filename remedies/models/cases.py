from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from remedies.rules.case import CaseRole, CaseState, CaseType, Channel, IdentityMode, Region


def among(field: str, words: "type[CaseRole | CaseState | CaseType | Channel | IdentityMode | Region]") -> Q:
    """Return the condition that a column holds one of the words."""
    return Q(**{f"{field}__in": [str(word) for word in words]})


class Case(models.Model):
    """A concern as the database may know it: what was told is in sealed messages (domain.md 6.3; ADR 20).

    No serial number, no time finer than the week, no country: these would tell who wrote.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    received_week = models.DateField()
    type = models.CharField(max_length=30)
    channel = models.CharField(max_length=24, default=str(Channel.WEB_FORM))
    language = models.CharField(max_length=8)
    region = models.CharField(max_length=20, blank=True)
    identity_mode = models.CharField(max_length=12, default=str(IdentityMode.ANONYMOUS))
    threat_to_life = models.BooleanField(default=False)
    on_behalf_of = models.BooleanField(default=False)
    about_handlers = models.BooleanField(default=False)
    state = models.CharField(max_length=18, default=str(CaseState.RECEIVED))

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_week_is_a_monday", condition=Q(received_week__iso_week_day=1)),
            models.CheckConstraint(name="case_type_known", condition=among("type", CaseType)),
            models.CheckConstraint(name="case_channel_known", condition=among("channel", Channel)),
            models.CheckConstraint(name="case_region_known", condition=among("region", Region)),
            models.CheckConstraint(
                name="case_identity_known", condition=among("identity_mode", IdentityMode)
            ),
            models.CheckConstraint(name="case_state_known", condition=among("state", CaseState)),
        ]
        indexes = [models.Index(fields=["state", "received_week"], name="case_state_week")]

    def __str__(self) -> str:
        return f"Case {self.short}"

    @property
    def short(self) -> str:
        """Return what people call the case; it is random and tells no order."""
        return str(self.id)[:8]


class Message(models.Model):
    """One text of a case, both ways. The first one in is what was told; the person never reads it again."""

    class Direction(models.TextChoices):
        IN = "in", "From the person"
        OUT = "out", "To the person"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    number = models.PositiveSmallIntegerField()
    direction = models.CharField(max_length=3, choices=Direction)
    week = models.DateField()
    key_version = models.PositiveSmallIntegerField()
    to_inbox = models.BooleanField(default=False)
    sealed = models.BinaryField()
    for_person = models.BinaryField(null=True)
    first_shown_week = models.DateField(null=True)
    hidden = models.BooleanField(default=False)
    mark = models.BinaryField(null=True, max_length=32)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="message_number_once"),
            models.UniqueConstraint(fields=["case", "mark"], name="message_sent_once"),
            models.CheckConstraint(name="message_week_is_a_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="message_shown_week_is_a_monday",
                condition=Q(first_shown_week__isnull=True) | Q(first_shown_week__iso_week_day=1),
            ),
            models.CheckConstraint(
                name="message_in_is_never_for_the_person",
                condition=Q(direction="out") | Q(direction="in", for_person__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.number} of {self.case_id}"


class SealedIdentity(models.Model):
    """How the person can be reached, under a key that custodians hold and handlers do not."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="identities")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"Identity of {self.case_id}"


class CaseMember(models.Model):
    """Who does what on a case; nobody in two roles, and the years after still show who was (SD3)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    attested = models.BooleanField()
    assigned_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="case_member_in_one_role"),
            models.CheckConstraint(name="case_member_role_known", condition=among("role", CaseRole)),
            models.CheckConstraint(name="case_member_attested", condition=Q(attested=True)),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"


class CaseConflict(models.Model):
    """Somebody who must not touch a case: it is about them, or about those they answer to (SD3)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_conflict_once")]

    def __str__(self) -> str:
        return f"{self.user} is barred"
