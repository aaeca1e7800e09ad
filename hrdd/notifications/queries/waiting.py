"""What waits for one person, of every kind, in one list in the order of its clock.

The desk shows everybody what needs somebody; here stands only what this person is asked for, read as the desk reads it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.queries import waiting_sign_offs
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.notifications.rules.kinds import KINDS
from hrdd.notifications.rules.putting_off import last_day
from hrdd.oversight.queries.sign_offs import clocks_of, nearest_first
from hrdd.oversight.queries.today import READ_AS, Entry, owed_by
from hrdd.workbench.queries.comments import RECORDS, address_of, open_mentions
from remedies.queries.alarms import Alarms, alarms_of
from risks.queries.clock_reminders import open_reminders
from risks.queries.clocks import due_risks, plans_to_decide
from risks.queries.consultations import findings_to_answer
from risks.queries.desk import waiting
from risks.queries.escalations import escalated_to
from risks.queries.partners import PartnerTask, partner_tasks
from risks.queries.rabat import referred_to_senior
from risks.queries.reassessments import asked_of
from risks.queries.time_to_change import Reading, pressing_clocks

NO_DAY = datetime.max.replace(tzinfo=UTC)
MOST = 100  # of each kind; the desk has the rest
KIND_OF: Mapping[str, str] = {
    "handled": "case",
    "remedies": "case",
    "actions": "case",
    "escalations": "escalation",
    "trainings": "escalation",
    "commitment": "escalation",
    "signoffs": "sign_off",
    "raised_sign_offs": "escalation",
    "reviews": "sign_off",
    "reminders": "overdue",
    "asked": "asked",
    "clocks": "clock",
    "partner_tasks": "partner",
    "due_risks": "risk",
    "unplanned": "risk",
    "patterns": "risk",
    "plans_to_decide": "plan",
    "findings_to_answer": "finding",
}


@dataclass(frozen=True)
class Item:
    """One thing that waits: its kind, what is to be done about what and by when, and a key that tells it again."""

    kind: str
    entry: Entry
    now: datetime

    @property
    def key(self) -> str:
        """Return what tells it from others, the same tomorrow; it holds no word of it."""
        return self.entry.key

    @property
    def label(self) -> str:
        """Return the kind, for people."""
        return KINDS[self.kind]

    @property
    def late(self) -> bool:
        """Whether its deadline has passed; a deadline today is still in time."""
        return self.entry.late(self.now)

    def demand_last_day(self) -> date:
        """Return the last day until which it may be put off.

        Raises:
            NotAllowed: it is never put off, or its day is today or over.
        """
        entry = self.entry
        return last_day(self.kind, due=entry.due, about_life=entry.about_life, today=self.now.date())

    @property
    def may_be_put_off(self) -> bool:
        """Whether there is a day until which it may be put off."""
        try:
            self.demand_last_day()
        except NotAllowed:
            return False
        return True


def waiting_for(user: User, *, at: datetime) -> list[Item]:
    """Return what waits for somebody, the nearest deadline first, what has none after; a fixed number of queries.

    Args:
        user: what their roles may not see or do is not in it.
        at: now.
    """
    alarms, records_of_partners = alarms_of(user, today=at.date()), partner_tasks(user, on=at.date())
    clocks = pressing_clocks(on=at.date())
    lists = _mine(user, at, alarms, records_of_partners, clocks) | owed_by(user, at=at)
    found = [
        Item(KIND_OF[name], READ_AS[name](one), at) for name, records in lists.items() for one in records
    ]
    found += [
        Item(kind, entry, at)
        for kind, entry in [*_dangers(alarms, at), *_without_a_list(user, at, records_of_partners, clocks)]
    ]
    return sorted(found, key=lambda one: (one.entry.waits_since, one.entry.at, one.kind, one.entry.what))


def _mine(
    user: User,
    at: datetime,
    alarms: Alarms,
    records_of_partners: Sequence[PartnerTask],
    clocks: Sequence[Reading],
) -> dict[str, Iterable[Any]]:
    on = at.date()
    owned = [one for one in clocks if one.due and one.tied.relationship.owner_id == user.pk]
    judges = user.may(Permission.ASSESS_RISK)
    return {
        "remedies": alarms.late_remedies,
        "actions": alarms.actions,
        "signoffs": clocks_of(nearest_first(waiting_sign_offs(user))[:MOST]),
        "reminders": escalated_to(user, shown=MOST).reminders,
        "asked": waiting(asked_of(user)[:MOST], at=at),
        "clocks": owned[:MOST],
        "partner_tasks": [one for one in records_of_partners if one.due][:MOST],
        "due_risks": due_risks(user, on=on)[:MOST] if judges else [],
        "plans_to_decide": plans_to_decide(user)[:MOST],
        "findings_to_answer": findings_to_answer(user, on=on)[:MOST],
    }


def _dangers(alarms: Alarms, at: datetime) -> Iterator[tuple[str, Entry]]:
    """Yield numbers only: whoever looks over a shoulder learns of no case."""
    told = (
        (alarms.unseen_dangers, "in danger to life, read by nobody yet"),
        (alarms.escalated_dangers, "in danger to life, and nobody answered"),
        (alarms.sealed_dangers, "in danger to life, sealed to everybody"),
        (alarms.retaliation, "with a report of retaliation"),
        (alarms.requests, "where an identity is asked for"),
    )
    for many, what in told:
        if many:
            said = f"{many} case{'' if many == 1 else 's'} {what}"
            yield "case", Entry(_midnight(at), "Look at once", said, f"{reverse('desk')}#cases")


def _without_a_list(
    user: User, at: datetime, records_of_partners: Sequence[PartnerTask], clocks: Sequence[Reading]
) -> Iterator[tuple[str, Entry]]:
    """Yield what the desk lists in a place of its own: incitement, clocks that roles were reminded of, gates."""
    if user.may(Permission.DECIDE_GRAVE_DILEMMA):
        for sheet in referred_to_senior()[:MOST]:
            page = reverse("dilemma-detail", args=[sheet.dilemma_id])
            yield "incitement", Entry(sheet.assessed_at, "Decide the same day", sheet.dilemma.question, page)
    for one in open_reminders(user.roles_today, clocks, on=at.date(), shown=MOST):
        said = f"{one.tied.relationship.partner}: {one.get_why_display()}"
        page = reverse("clock-detail", args=[one.tied_id])
        yield "clock", Entry(one.sent_at, "Partner's clock", said, page, waits_since=True)
    for mention in open_mentions(user)[:MOST]:
        comment = mention.comment
        page = address_of(comment.kind, comment.record, comment.pk)
        about = f"{comment.by} on {RECORDS[comment.kind].label} {comment.record}"
        yield "mention", Entry(comment.at, "Read a comment", about, page, waits_since=True)
    for task in [one for one in records_of_partners if one.due is None][:MOST]:
        page = reverse("partner-detail", args=[task.relationship.pk])
        said = str(task.relationship.partner)
        yield "partner", Entry(NO_DAY, task.says.rstrip("."), said, page, waits_since=True)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
