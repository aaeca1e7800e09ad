"""What waits for somebody, of every kind, in one list in the order of its clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.queries import waiting_sign_offs
from hrdd.governance.rules import Permission
from hrdd.notifications.rules.kinds import KINDS
from hrdd.oversight.queries.escalations import escalations_for
from remedies.queries.alarms import alarms_of
from risks.queries.clock_reminders import open_reminders
from risks.queries.clocks import due_risks, plans_to_decide
from risks.queries.consultations import findings_to_answer
from risks.queries.escalations import escalated_to
from risks.queries.partners import partner_tasks
from risks.queries.rabat import referred_to_senior
from risks.queries.reassessments import asked_of
from risks.queries.time_to_change import pressing_clocks

MOST = 100  # of each kind; the desk has the rest


@dataclass(frozen=True)
class Item:
    """One thing that waits: its kind and key, in words, where it is, and until when."""

    kind: str
    key: str
    says: str
    address: str
    due: date | None
    on: date

    @property
    def label(self) -> str:
        """Return the kind, for people."""
        return KINDS[self.kind]

    @property
    def late(self) -> bool:
        """Whether its day has passed; a deadline today is still in time."""
        return self.due is not None and self.due < self.on


def waiting_for(user: User, *, at: datetime) -> list[Item]:
    """Return what waits for somebody, what is due first first, what has no day last; a fixed number of queries.

    Args:
        user: what their roles may not see is not in it.
        at: now.
    """
    found = [Item(*one, on=at.date()) for one in _found(user, at)]
    return sorted(found, key=lambda one: (one.due or date.max, list(KINDS).index(one.kind), one.key))


Found = tuple[str, str, str, str, date | None]


def _found(user: User, at: datetime) -> Iterator[Found]:
    yield from _of_cases(user, at)
    yield from _of_leadership(user)
    yield from _of_measures(user)
    yield from _of_partners(user, at.date())
    yield from _of_risks(user, at.date())


def _of_cases(user: User, at: datetime) -> Iterator[Found]:
    """Yield numbers only: whoever looks over a shoulder learns of no case."""
    if not user.may(Permission.READ_CASES) and not user.may(Permission.KEEP_IDENTITIES):
        return
    alarms, cases = alarms_of(user, today=at.date()), reverse("desk")
    told = {
        "unseen": (alarms.unseen_dangers, "in danger to life, read by nobody yet"),
        "escalated": (alarms.escalated_dangers, "in danger to life, and nobody answered"),
        "sealed": (alarms.sealed_dangers, "in danger to life, sealed to everybody"),
        "retaliation": (alarms.retaliation, "with a report of retaliation"),
        "requests": (alarms.requests, "where an identity is asked for"),
        "remedies": (len(alarms.late_remedies), "whose remedy is late"),
    }
    for name, (many, what) in told.items():
        if many:
            yield "case", f"{name}-{many}", f"{many} case{'' if many == 1 else 's'} {what}", cases, None


def _of_leadership(user: User) -> Iterator[Found]:
    for one in escalations_for(user)[:MOST]:
        yield "escalation", str(one.pk), one.subject, reverse("escalation-list"), one.due_at.date()
    for sign in waiting_sign_offs(user)[:MOST]:
        yield "sign_off", str(sign.pk), f"{sign.step_label}: {sign.subject}", reverse("sign-off-list"), None


def _of_measures(user: User) -> Iterator[Found]:
    for one in escalated_to(user, shown=MOST).reminders:
        task = one.task
        yield "overdue", str(task.pk), str(task.measure), _page("review-task", task.pk), task.due_at.date()
    for asked in asked_of(user)[:MOST]:
        page = _page("review-task", asked.pk)
        yield "asked", str(asked.pk), str(asked.measure), page, asked.due_at.date()
    if user.may(Permission.DECIDE_GRAVE_DILEMMA):
        for sheet in referred_to_senior()[:MOST]:
            page = _page("dilemma-detail", sheet.dilemma_id)
            yield "incitement", str(sheet.pk), sheet.dilemma.question, page, sheet.assessed_at.date()


def _of_partners(user: User, on: date) -> Iterator[Found]:
    """Yield the pressing clocks of the relationships that are theirs, then what their roles were reminded of."""
    mine = [one for one in pressing_clocks(on=on) if one.tied.relationship.owner_id == user.pk]
    for reading in mine[:MOST]:
        says = f"{reading.tied.relationship.partner}: {reading.sentence}"
        page = _page("clock-detail", reading.tied.pk)
        yield "clock", f"{reading.tied.pk}-{reading.clock.code}", says, page, reading.due
    told = {one.tied.pk for one in mine}
    for one in open_reminders(user.roles, on=on, shown=MOST):
        if one.tied_id in told:
            continue
        says = f"{one.tied.relationship.partner}: {one.get_why_display()}"
        yield "clock", str(one.pk), says, _page("clock-detail", one.tied_id), one.due
    for task in partner_tasks(user, on=on)[:MOST]:
        says = f"{task.relationship.partner}: {task.says}"
        key = f"{task.relationship.pk}-{task.says[:40]}"
        yield "partner", key, says, _page("partner-detail", task.relationship.pk), task.due


def _of_risks(user: User, on: date) -> Iterator[Found]:
    if not user.may(Permission.READ_DESK):
        return
    for risk in due_risks(user, on=on)[:MOST] if user.may(Permission.ASSESS_RISK) else ():
        yield (
            "risk",
            f"{risk.pk}-{risk.next_review}",
            risk.title,
            _page("risk-detail", risk.pk),
            risk.next_review,
        )
    for plan in plans_to_decide(user)[:MOST]:
        yield "plan", str(plan.pk), str(plan), _page("decide-plan", plan.pk), None
    for one in findings_to_answer(user, on=on)[:MOST]:
        page = _page("finding-answer", one.finding.pk)
        yield (
            "finding",
            str(one.finding.pk),
            f"{one.consultation}: {one.finding.theme}",
            page,
            one.finding.due,
        )


def _page(name: str, pk: int) -> str:
    return reverse(name, args=[pk])
