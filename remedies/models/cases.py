from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from remedies.rules.case import CaseRole, CaseState, CaseType, Channel, IdentityMode, Region
from remedies.rules.case_workflow import COMMENT_DAYS, Automation, Finding, OnMeasure, Refusal, Reopening
from remedies.rules.files import MOST_FILES
from remedies.rules.remedy import Part, RoleTaken, RootCause


def among(field: str, words: type[StrEnum]) -> Q:
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
    severity = models.PositiveSmallIntegerField(null=True)
    refusal = models.CharField(max_length=14, blank=True, db_default="")
    finding = models.CharField(max_length=20, blank=True, db_default="")
    automated_decision = models.CharField(max_length=13, blank=True, db_default="")
    acknowledged_on = models.DateField(null=True)
    screened_on = models.DateField(null=True)
    told_on = models.DateField(null=True)
    summary_offered_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    appealed_on = models.DateField(null=True)
    appeal_decided_on = models.DateField(null=True)
    appeal_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    finding_before_appeal = models.CharField(max_length=20, blank=True, db_default="")
    closed_on = models.DateField(null=True)
    root_cause = models.CharField(max_length=18, blank=True, db_default="")
    risk = models.ForeignKey("risks.Risk", models.PROTECT, null=True, related_name="+")
    measure = models.ForeignKey("risks.Measure", models.PROTECT, null=True, related_name="+")
    on_measure = models.CharField(max_length=6, blank=True, db_default="")
    part = models.CharField(max_length=15, blank=True, db_default="")
    role_taken = models.CharField(max_length=13, blank=True, db_default="")
    withdrawn_week = models.DateField(null=True)
    reopened_on = models.DateField(null=True)
    reopened_for = models.CharField(max_length=12, blank=True, db_default="")
    danger_seen_at = models.DateTimeField(null=True)
    danger_answered_at = models.DateTimeField(null=True)
    unseen_rounds = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_withdrawn_by_the_person",
                condition=(Q(withdrawn_week__isnull=True) & ~Q(state="withdrawn"))
                | Q(withdrawn_week__isnull=False, withdrawn_week__iso_week_day=1),
            ),
            models.CheckConstraint(
                name="case_reopened_for_a_reason",
                condition=among("reopened_for", Reopening) & (~Q(state="reopened") | ~Q(reopened_for="")),
            ),
            models.CheckConstraint(
                name="case_part_known",
                condition=among("part", Part)
                & among("role_taken", RoleTaken)
                & (
                    Q(part="directly_linked") & ~Q(role_taken="")
                    | ~Q(part="directly_linked") & Q(role_taken="")
                ),
            ),
            models.CheckConstraint(
                name="case_appeal_undoes_what_is_linked",
                condition=among("on_measure", OnMeasure)
                & (
                    Q(on_measure="")
                    | Q(measure__isnull=False, appeal_decided_by__isnull=False)
                    & (Q(on_measure="stays") | Q(finding__in=["upheld", "partly_upheld"]))
                ),
            ),
            models.CheckConstraint(name="case_rounds_end", condition=Q(unseen_rounds__lte=2)),
            models.CheckConstraint(name="case_week_is_a_monday", condition=Q(received_week__iso_week_day=1)),
            models.CheckConstraint(name="case_type_known", condition=among("type", CaseType)),
            models.CheckConstraint(name="case_channel_known", condition=among("channel", Channel)),
            models.CheckConstraint(name="case_region_known", condition=among("region", Region)),
            models.CheckConstraint(
                name="case_identity_known", condition=among("identity_mode", IdentityMode)
            ),
            models.CheckConstraint(name="case_state_known", condition=among("state", CaseState)),
            models.CheckConstraint(
                name="case_severity_is_a_level",
                condition=Q(severity__isnull=True) | Q(severity__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="case_upheld_teaches_something",
                condition=among("root_cause", RootCause)
                & (
                    ~Q(state="closed")
                    | ~Q(finding__in=["upheld", "partly_upheld"])
                    | (Q(risk__isnull=False) & ~Q(root_cause=""))
                ),
            ),
            models.CheckConstraint(name="case_finding_known", condition=among("finding", Finding)),
            models.CheckConstraint(
                name="case_refused_for_a_reason",
                condition=among("refusal", Refusal) & (~Q(state="inadmissible") | ~Q(refusal="")),
            ),
            models.CheckConstraint(
                name="case_not_decided_by_a_machine",
                condition=among("automated_decision", Automation) & ~Q(automated_decision="FULLY"),
            ),
            models.CheckConstraint(
                name="case_decided_whole",
                condition=Q(decided_on__isnull=True, decided_by__isnull=True, automated_decision="")
                | (
                    Q(decided_on__isnull=False, decided_by__isnull=False)
                    & ~Q(finding="")
                    & ~Q(automated_decision="")
                ),
            ),
            models.CheckConstraint(
                name="case_person_could_comment",
                condition=~Q(finding="not_upheld")
                | Q(decided_on__isnull=True)
                | Q(
                    summary_offered_on__isnull=False,
                    decided_on__gt=F("summary_offered_on") + timedelta(days=COMMENT_DAYS),
                ),
            ),
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


class Attachment(models.Model):
    """A file that came with a message: rebuilt without what it hid, or locked away as it was (ADR 23).

    Its name is not kept, and its kind is sealed with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    number = models.PositiveSmallIntegerField()
    key_version = models.PositiveSmallIntegerField()
    sealed = models.BinaryField(null=True)
    original = models.BinaryField(null=True)
    recovery = models.ForeignKey("remedies.RecoveryKey", models.PROTECT, null=True, related_name="+")
    mark = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["message__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attachment_number_once"),
            models.UniqueConstraint(fields=["case", "mark"], name="attachment_sent_once"),
            models.CheckConstraint(name="attachment_number_few", condition=Q(number__range=(1, MOST_FILES))),
            models.CheckConstraint(
                name="attachment_holds_something",
                condition=Q(sealed__isnull=False) | Q(original__isnull=False),
            ),
            models.CheckConstraint(
                name="attachment_original_is_custodians",
                condition=Q(original__isnull=True, recovery__isnull=True)
                | Q(original__isnull=False, recovery__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"File {self.number} of message {self.message_id}"

    @property
    def is_safe(self) -> bool:
        """Whether it could be made safe, so that a handler can open it."""
        return self.sealed is not None


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
