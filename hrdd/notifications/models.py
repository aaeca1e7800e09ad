"""What somebody has seen of what waits for them, what was mailed, and what other programs were told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hrdd.governance.models import User
from hrdd.notifications.rules.digest import EVERY_LABELS, Every
from hrdd.notifications.rules.putting_off import LONGEST, NEVER


class NotificationSettings(models.Model):
    """How somebody wants to hear of what waits for them; the inbox is always there."""

    user = models.OneToOneField(User, models.CASCADE, related_name="notification_settings")
    email = models.EmailField(blank=True)
    every = models.CharField(
        max_length=8,
        choices=[(str(one), said) for one, said in EVERY_LABELS.items()],
        default=str(Every.NEVER),
    )
    muted = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "notification settings"
        constraints = [
            models.CheckConstraint(name="mail_needs_an_address", condition=Q(every="never") | ~Q(email=""))
        ]

    def __str__(self) -> str:
        return f"Notifications of {self.user}"


class Seen(models.Model):
    """That something waits for somebody, since when they could know, and when they saw it. It holds no words."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    came_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "seen"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "key"], name="waits_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class PutOff(models.Model):
    """That somebody put off what waits for them until a day, on which it comes back by itself. It holds no words."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    due = models.DateField(null=True, help_text="Its own day, past which nothing is put off.")
    put_off_on = models.DateField()
    until = models.DateField()

    class Meta:
        verbose_name_plural = "put off"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="put_off_once"),
            models.CheckConstraint(
                name="put_off_for_a_while",
                condition=Q(until__gt=F("put_off_on"), until__lte=F("put_off_on") + LONGEST),
            ),
            models.CheckConstraint(
                name="put_off_never_past_its_day", condition=Q(due=None) | Q(until__lte=F("due"))
            ),
            models.CheckConstraint(name="never_put_off", condition=~Q(kind__in=sorted(NEVER))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} until {self.until}"


class OutgoingMail(models.Model):
    """One mail a day at most to a person: the day is its key, and it is sent until it is taken (reliability.md 4.1)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    day = models.DateField()
    waiting = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_mail_a_day")]

    def __str__(self) -> str:
        return f"Mail of {self.day} to {self.user}"


class WebhookEndpoint(models.Model):
    """A program elsewhere that is told of what was published."""

    url = models.CharField(max_length=500)
    about = models.CharField(max_length=120)
    events = ArrayField(models.CharField(max_length=30))
    secret = models.BinaryField()  # sealed
    after = models.BigIntegerField(help_text="The audit event after which it is told.")
    paused_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="webhook_is_told_something", condition=Q(events__len__gt=0))
        ]

    def __str__(self) -> str:
        return self.about


class WebhookDelivery(models.Model):
    """One message to one endpoint, tried until it is taken or given up."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=30)
    event = models.BigIntegerField(help_text="The audit event that it tells of; the latest one for a test.")
    happened_at = models.DateTimeField()
    message = models.CharField(max_length=40, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=120, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event"],
                condition=~Q(kind="webhook.test"),
                name="webhook_told_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.endpoint}"

    @property
    def given_up(self) -> bool:
        """Whether it was tried often enough, in vain."""
        return self.taken_at is None and self.tries > 0 and self.next_try_at is None


class CalendarAddress(models.Model):
    """A secret address at which a calendar reads on which days something is due; its hash alone is kept."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_address")
    address_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "calendar addresses"
        constraints = [
            models.CheckConstraint(
                name="calendar_address_is_hashed", condition=Q(address_hash__regex=r"^[0-9a-f]{64}$")
            )
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"
