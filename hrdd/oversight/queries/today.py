"""What needs somebody today, whatever it is, in one order: the nearest clock first (issue 8; domain.md 3.6, 3.8)."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.rules import Permission, Role
from hrdd.oversight.models import Training
from hrdd.oversight.queries.escalations import P1, escalations_for, unplanned_p1
from hrdd.oversight.queries.records import commitment, latest_trainings
from hrdd.oversight.queries.sign_offs import raised_with
from remedies.models import PatternReview
from remedies.queries.case_desk import Standing as CaseStanding
from remedies.queries.case_desk import standings as case_standings
from risks.models import ModelReview, PolicyVersion, Risk
from risks.queries.method import method
from risks.queries.model_reviews import last_day, overdue_reviews
from risks.queries.time_to_change import Reading
from risks.rules.measure_workflow import GRAVEST

ENTRIES = 25


@dataclass(frozen=True)
class Entry:
    """One thing that needs somebody: by when, what to do, about what, and where.

    What waits since a day and has no deadline stands by that day, and says so. `about_life` says that people's lives
    or safety may depend on it: nobody puts it off.
    """

    at: datetime
    act: str
    what: str
    url: str
    waits_since: bool = False
    about_life: bool = False

    @property
    def key(self) -> str:
        """Return what tells it from others, the same tomorrow; it holds no word of it."""
        told = "|".join((self.url, self.act, self.at.isoformat()))
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def due(self) -> date | None:
        """Return its own day, or None where it only waits."""
        return None if self.waits_since else self.at.date()

    def late(self, now: datetime) -> bool:
        """Whether its deadline has passed; a day is in time until it ends."""
        return not self.waits_since and self.at < now


def _by(day: date) -> datetime:
    return datetime.combine(day, time.max, UTC)


def _entry(at: datetime, act: str, what: object, page: str, *args: object) -> Entry:
    return Entry(at, act, str(what), reverse(page, args=args))


def _training(one: Training) -> Entry:
    said = f"{one.audience}: {one.due_n - one.done_n} to go"
    return Entry(_by(one.due_on), "Training", said, f"{reverse('oversight')}#training")


def _unplanned(risk: Risk) -> Entry:
    since = risk.tier_since or datetime.max.replace(tzinfo=UTC)
    by = since + timedelta(days=method().plan_days[P1])
    return replace(_entry(by, "Plan a P1 risk", risk.title, "risk-detail", risk.pk), about_life=True)


def _clock(one: Reading) -> Entry:
    """Return a partner's clock that has a day."""
    said, partner = one.what_is_due or "Partner's clock", one.tied.relationship.partner
    entry = _entry(_by(one.due or date.max), said, partner, "clock-detail", one.tied.pk)
    return replace(entry, about_life=one.level >= GRAVEST)


def _case(one: CaseStanding) -> Entry:
    due = one.due
    by = one.danger_by or (_by(due.on) if due else datetime.max.replace(tzinfo=UTC))
    return _entry(by, "Case", "A case in your hands", "case-detail", one.case.pk)


def _review(one: ModelReview) -> Entry:
    return _entry(_by(last_day(one)), "Business-model review", one, "model-review-detail", one.pk)


def _policy(one: PolicyVersion) -> Entry:
    return _entry(
        _by(one.next_review or date.max), "Review the commitment", one.title, "policy-version-detail", one.pk
    )


# How each kind of record that the desk lists is read as an entry.
READ_AS: Mapping[str, Callable[[Any], Entry]] = {
    "tasks": lambda one: _entry(one.task.due_at, "Re-assess", one.task.measure, "review-task", one.task.pk),
    "asked": lambda one: _entry(
        one.task.due_at, "Answer a question", one.task.measure, "review-task", one.task.pk
    ),
    "reminders": lambda one: _entry(
        one.answer_by or one.task.due_at,
        "Answer for a re-assessment",
        one.task.measure,
        "review-task",
        one.task_id,
    ),
    "clocks": _clock,
    "milestones": lambda one: _entry(
        _by(one.due), "Verify a milestone", one.what, "clock-detail", one.plan.tied_id
    ),
    "next_steps": lambda one: _entry(
        _by(one.next_step_due), "Next step of leverage", one.next_step, "clock-detail", one.tied_id
    ),
    "due": lambda one: _entry(_by(one.due), "Exit", one.sentence, "exit-detail", one.decision.pk),
    "due_risks": lambda one: _entry(_by(one.next_review), "Judge again", one.title, "risk-detail", one.pk),
    "partner_tasks": lambda one: _entry(
        _by(one.due), one.says.rstrip("."), one.relationship.partner, "partner-detail", one.relationship.pk
    ),
    "findings_to_answer": lambda one: _entry(
        _by(one.finding.due), "Answer a finding", one.finding.theme, "finding-answer", one.finding.pk
    ),
    "remedies": lambda one: Entry(_by(one.due), "Remedy late", "A remedy that was agreed", "#late-remedies"),
    "actions": lambda one: Entry(_by(one.due), "Change for everybody", str(one), "#systemic"),
    "escalations": lambda one: _entry(one.due_at, "Answer", one.subject, "escalation-detail", one.pk),
    "trainings": _training,
    "unplanned": _unplanned,
    "handled": _case,
    "reviews": _review,
    "patterns": lambda one: _entry(
        _by(one.due), "Look for what lies behind", one, "pattern-conclude", one.pk
    ),
    "commitment": _policy,
    "plans_to_decide": lambda one: Entry(
        one.proposed_at, "Decide on a plan", str(one), reverse("decide-plan", args=[one.pk]), waits_since=True
    ),
    "signoffs": lambda one: Entry(
        one.due, one.act, one.sign_off.subject, f"{reverse('sign-off-list')}#sign-off-{one.sign_off.pk}"
    ),
    "raised_sign_offs": lambda one: Entry(
        one.due, "Ask why nobody signs", str(one.sign_off), f"{reverse('sign-off-list')}#raised"
    ),
}
WITHOUT_A_DAY = {"clocks", "partner_tasks"}
# What everybody reads and these do; the other lists hold what is the reader's already.
DONE_BY: Mapping[str, frozenset[Permission]] = {
    "tasks": frozenset({Permission.REASSESS_MEASURE}),
    "clocks": frozenset({Permission.LOG_LEVERAGE, Permission.DECIDE_EXIT}),
    "milestones": frozenset({Permission.LOG_LEVERAGE}),
    "next_steps": frozenset({Permission.LOG_LEVERAGE}),
    "due": frozenset({Permission.PREPARE_EXIT, Permission.DECIDE_EXIT}),
    "due_risks": frozenset({Permission.ASSESS_RISK}),
}


def owed_by(user: User, *, at: datetime) -> dict[str, Iterable[Any]]:
    """Return what the desk lists nowhere else: escalations, trainings, P1 risks without a plan, cases, reviews.

    Args:
        user: for whom; what is not theirs to do is left out.
        at: now.
    """
    today, leads = at.date(), Role.SENIOR in user.roles_today
    mine = unplanned_p1().filter(owner=user) if not leads else unplanned_p1()
    text = (
        commitment() if user.may(Permission.DRAFT_POLICY) or user.may(Permission.APPROVE_COMMITMENT) else None
    )
    return {
        "escalations": escalations_for(user)[:ENTRIES],
        "raised_sign_offs": raised_with(user.roles_today, shown=ENTRIES),
        "trainings": [
            one
            for one in latest_trainings()
            if one.done_n < one.due_n and one.owner_role in user.roles_today and one.owner_role
        ],
        "unplanned": mine.only("title", "tier_since")[:ENTRIES],
        "handled": [
            one
            for one in (case_standings(user, today=today) if user.may(Permission.READ_CASES) else ())
            if one.needs_me and not one.shelved
        ],
        "reviews": overdue_reviews(on=today) if user.may(Permission.SIGN_MODEL_REVIEW) else [],
        "patterns": PatternReview.objects.filter(concluded_on__isnull=True)[:ENTRIES]
        if user.may(Permission.REVIEW_MODEL)
        else [],
        "commitment": [text] if text is not None and text.next_review and text.next_review <= today else [],
    }


def in_order(user: User, lists: Mapping[str, Iterable[Any]]) -> list[Entry]:
    """Return what all lists hold as one, the nearest deadline first; what only waits since a day comes after.

    Args:
        user: for whom.
        lists: records by their kind, as READ_AS knows them; what has no day of its own is left to its own list.
    """
    found = [
        READ_AS[kind](one)
        for kind, records in lists.items()
        if kind not in DONE_BY or any(user.may(permission) for permission in DONE_BY[kind])
        for one in records
        if kind not in WITHOUT_A_DAY or one.due is not None
    ]
    return sorted(found, key=lambda one: (one.waits_since, one.at, one.act, one.what))
