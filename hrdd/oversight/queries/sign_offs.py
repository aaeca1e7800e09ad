"""Open sign-offs with their clock, and what a machine reminded of."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from hrdd.governance.models import SignOff
from hrdd.governance.rules import Role
from hrdd.oversight.models import SignOffReminder
from hrdd.oversight.rules.sign_offs import Level, due_at, owed
from risks.queries.method import method

ABOVE = {Role.SENIOR: Level.SENIOR, Role.BOARD: Level.BOARD}


@dataclass(frozen=True)
class SignOffClock:
    """An open sign-off: when the signature is owed, how often those who may give it were reminded, who was told."""

    sign_off: SignOff
    due: datetime
    reminders: list[SignOffReminder]

    @property
    def reminded(self) -> int:
        """Return how often those who may sign were reminded."""
        return sum(one.level == Level.ASKED for one in self.reminders)

    @property
    def raised(self) -> list[SignOffReminder]:
        """Return the reminders that went to others, by when they went."""
        return [one for one in self.reminders if one.level != Level.ASKED]

    @property
    def act(self) -> str:
        """Return what is to be done, and how often it was asked for: one that was reminded of is new again."""
        times = "" if self.reminded == 1 else f" {self.reminded} times"
        return f"{self.sign_off.step_label} (reminded{times})" if self.reminded else self.sign_off.step_label


def nearest_first(sign_offs: QuerySet[SignOff]) -> QuerySet[SignOff]:
    """Return sign-offs in the order in which they are owed, so that who reads the first of many misses no deadline."""
    after = Value(timedelta(days=method().sign_off_days))
    return sign_offs.order_by(Coalesce("answer_by", F("asked_at") + after), "pk")


def clocks_of(sign_offs: Iterable[SignOff]) -> list[SignOffClock]:
    """Return some sign-offs with their clocks, the nearest deadline first, in one query for the reminders."""
    asked, sent = list(sign_offs), defaultdict(list)
    for one in SignOffReminder.objects.filter(sign_off__in=asked) if asked else ():
        sent[one.sign_off_id].append(one)
    found = [SignOffClock(one, _due(one), sent[one.pk]) for one in asked]
    return sorted(found, key=lambda one: (one.due, one.sign_off.pk))


def raised_with(roles: Collection[str], *, shown: int) -> list[SignOffClock]:
    """Return the open sign-offs that these roles were told of because those who may sign did not, the oldest first.

    Args:
        roles: SENIOR and BOARD are told; others never.
        shown: how many at most.
    """
    levels = [level for role, level in ABOVE.items() if role in roles]
    told = SignOffReminder.objects.filter(level__in=levels).values("sign_off")
    waiting = SignOff.objects.filter(decided_at__isnull=True, pk__in=told).select_related("asked_by")
    return clocks_of(waiting[:shown]) if levels else []


def owed_reminders(*, at: datetime) -> list[SignOffReminder]:
    """Return the reminders that are owed by now and were not written yet, unsaved.

    Args:
        at: now.
    """
    found = []
    for one in clocks_of(SignOff.objects.filter(decided_at__isnull=True)):
        asked = one.sign_off
        there = {(each.level, each.number) for each in one.reminders}
        for level, number in owed(asked_at=asked.asked_at, due=one.due, at=at, permission=asked.permission):
            if (level, number) not in there:
                found.append(SignOffReminder(sign_off=asked, level=level, number=number, sent_at=at))
    return found


def _due(sign_off: SignOff) -> datetime:
    return due_at(asked_at=sign_off.asked_at, answer_by=sign_off.answer_by, days=method().sign_off_days)
