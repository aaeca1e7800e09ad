"""Invitations, changes of roles, delegations and access reviews: who may what, and who decided it."""

from django.db import models
from django.db.models import F, Q

from hrdd.accounts.rules.people import Cause, Verdict
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.tongues import ENGLISH, languages

ROLES = [(str(one), str(one)) for one in Role]


class Invitation(models.Model):
    """A link, good once and for three days, by which somebody joins or gets a lost account back."""

    code_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  # none until a second confirms
    username = models.CharField(max_length=60)
    display_name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    language = models.CharField(max_length=2, default=ENGLISH, db_default=ENGLISH)
    renews = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    why = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_is_in_a_language", condition=Q(language__in=[*languages()])
            ),
            models.CheckConstraint(
                name="invitation_expires", condition=Q(code_hash__isnull=True) | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="invitation_accepted_in_time",
                condition=Q(accepted_at__isnull=True)
                | (Q(accepted_at__lt=F("expires_at")) & Q(withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="invitation_renewed_by_two",
                condition=Q(renews__isnull=True)
                | Q(code_hash__isnull=True)
                | (
                    Q(confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("asked_by"))
                    & ~Q(renews=F("confirmed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation of {self.display_name}"


class RoleChange(models.Model):
    """What somebody's roles were and became, by whom and why; never changed afterwards."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_changes")
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    cause = models.CharField(max_length=10, choices=[(str(one), str(one)) for one in Cause])
    why = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="role_changed_by_another", condition=Q(by__isnull=True) | ~Q(by=F("user"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {', '.join(self.after) or 'no role'}"


class Delegation(models.Model):
    """A role that one person lends another until a day."""

    delegator = models.ForeignKey(User, models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="delegations_held")
    role = models.CharField(max_length=20, choices=ROLES)
    starts_on = models.DateField()
    until = models.DateField()
    why = models.TextField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.CheckConstraint(name="delegated_to_another", condition=~Q(delegator=F("delegate"))),
            models.CheckConstraint(name="delegation_ends", condition=Q(until__gte=F("starts_on"))),
            models.CheckConstraint(
                name="delegation_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["delegator", "delegate", "role"],
                condition=Q(ended_at__isnull=True),
                name="delegated_once",
                violation_error_message="This role is delegated to them already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} as {self.role} for {self.delegator}, until {self.until}"


class AccessReview(models.Model):
    """A look at every role of every person, finished when somebody signs it."""

    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(signed_at__isnull=True), name="one_access_review_at_a_time"
            ),
            models.CheckConstraint(
                name="access_review_signed_whole",
                condition=Q(signed_by__isnull=True, signed_at__isnull=True, content_hash="")
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(content_hash="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Access review of {self.opened_at:%-d %B %Y}"


class ReviewLine(models.Model):
    """A role of a person in a review: kept or removed, by somebody else."""

    review = models.ForeignKey(AccessReview, models.CASCADE, related_name="lines")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=ROLES)
    signed_in_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=6, choices=[(str(one), str(one)) for one in Verdict], blank=True)
    why = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["user__display_name", "user_id", "role"]
        constraints = [
            models.UniqueConstraint(fields=["review", "user", "role"], name="reviewed_once"),
            models.CheckConstraint(
                name="review_line_decided_by_another",
                condition=Q(verdict="", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    ~Q(verdict="")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("user"))
                ),
            ),
            models.CheckConstraint(
                name="removal_has_its_reason", condition=~Q(verdict="remove") | ~Q(why="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role}"
