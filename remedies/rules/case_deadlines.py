"""When something on a case is due (domain.md 6.5), counted from the Monday that stands for its week (ADR 20)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from hrdd.governance.rules import NotAllowed
from remedies.rules.case import TRIAGE_STATES, CaseState
from remedies.rules.case_workflow import APPEAL_DAYS, COMMENT_DAYS, ENDED, UPHELD, Finding
from remedies.rules.retaliation import triage_by

ACKNOWLEDGE_DAYS, SCREEN_DAYS, UPDATE_DAYS = 7, 14, 30
REMEDY_DAYS, REMEDY_DAYS_SEVERE, SEVERE = 30, 14, 4
LESSON_DAYS = 14
FEEDBACK_MONTHS, COMPLAINT_MONTHS = 3, 6
APPEAL_DECISION_DAYS = 45
DANGER_AIM, DANGER_MOST = timedelta(hours=1), timedelta(hours=24)
DANGER_ROUNDS = 2


class Due(StrEnum):
    """What is due."""

    ACKNOWLEDGE = "Acknowledge"
    SCREEN = "Screening outcome"
    UPDATE = "Tell the person how it stands"
    FEEDBACK = "Outcome, or where it stands and why"
    COMMENT = "The person can comment until"
    REMEDY = "Offer a remedy"
    APPEAL_WINDOW = "The person can appeal until"
    APPEAL = "Decide the appeal"
    DELIVER = "Deliver what was agreed"
    RETALIATION = "Look at the retaliation that was reported"
    WATCH = "Ask whether anybody was punished for it"
    LESSON = "Link it to a risk"


BASIS = {
    Due.ACKNOWLEDGE: "7 days, WB Dir 9(1)(b)",
    Due.SCREEN: "14 days, our method",
    Due.UPDATE: "every 30 days, our method",
    Due.FEEDBACK: "3 months from acknowledgement, WB Dir 9(1)(f)",
    Due.COMMENT: "14 days, C2",
    Due.REMEDY: "30 days after it was upheld, our method",
    Due.APPEAL_WINDOW: "60 days, our method",
    Due.APPEAL: "45 days, our method",
    Due.DELIVER: "the day that was agreed, M5",
    Due.RETALIATION: "48 hours, K17; WB Dir 19, 21(5)",
    Due.LESSON: "14 days after it was upheld, our method; GP29",
    Due.WATCH: "30, 90 and 180 days after closing, our method",
}
THEIRS = frozenset({Due.COMMENT, Due.APPEAL_WINDOW})


@dataclass(frozen=True)
class Dates:
    """What the clocks of a case count from."""

    received_on: date
    acknowledged_on: date | None = None
    screened_on: date | None = None
    told_on: date | None = None
    summary_offered_on: date | None = None
    decided_on: date | None = None
    severity: int | None = None
    retaliation_week: date | None = None
    watch_on: date | None = None
    appealed_on: date | None = None
    deliver_by: date | None = None
    unlinked_since: date | None = None


@dataclass(frozen=True)
class Deadline:
    """One thing that is due; on the day itself it is still in time."""

    due: Due
    on: date

    def is_late(self, today: date) -> bool:
        """Whether the day has passed."""
        return today > self.on

    @property
    def basis(self) -> str:
        """Return where the limit comes from."""
        return BASIS[self.due]

    @property
    def is_ours(self) -> bool:
        """Whether we are to act by it, and not the person."""
        return self.due not in THEIRS


def acknowledge_by(received_on: date) -> date:
    """Return the last day to acknowledge (WB Dir 9(1)(b))."""
    return received_on + timedelta(days=ACKNOWLEDGE_DAYS)


def feedback_by(received_on: date, acknowledged_on: date | None) -> date:
    """Return the last day for feedback: 3 calendar months from acknowledging, or from day 7 without it (9(1)(f))."""
    start = acknowledged_on or acknowledge_by(received_on)
    return _months_after(start, FEEDBACK_MONTHS)


def complaint_by(informed_on: date) -> date:
    """Return the last day on which a complaint about a moderation decision must be accepted (DSA 20(1))."""
    return _months_after(informed_on, COMPLAINT_MONTHS)


def remedy_by(decided_on: date, severity: int | None) -> date:
    """Return the last day to offer a remedy after a case was upheld."""
    severe = severity is not None and severity >= SEVERE
    return decided_on + timedelta(days=REMEDY_DAYS_SEVERE if severe else REMEDY_DAYS)


def comment_by(offered_on: date) -> date:
    """Return the last day on which the person can comment on the evidence summary (C2)."""
    return offered_on + timedelta(days=COMMENT_DAYS)


def appeal_by(told_on: date) -> date:
    """Return the last day on which the person can appeal."""
    return told_on + timedelta(days=APPEAL_DAYS)


def demand_too_late(received_on: date, *, informed_on: date | None) -> None:
    """Refuse to call a complaint late within the six months that the law gives the person.

    Raises:
        NotAllowed: no day is given, or the window was open (DSA 20(1)).
    """
    if informed_on is None:
        raise NotAllowed("C1: too late counts from a day. Say when the person was told of the decision.")
    last = complaint_by(informed_on)
    if received_on <= last:
        raise NotAllowed(
            f"DSA 20(1): a complaint is accepted until {last:%-d %B %Y}, six months after the person was told. "
            "This one came in time."
        )


def deadlines(state: CaseState, finding: Finding, dates: Dates) -> list[Deadline]:
    """Return what is due on a case in a state, the nearest first."""
    found = [*_at_work(state, dates), *_afterwards(state, finding, dates), *_watched(dates)]
    return sorted(found, key=lambda one: one.on)


def _at_work(state: CaseState, dates: Dates) -> Iterator[Deadline]:
    if state == CaseState.RECEIVED:
        yield Deadline(Due.ACKNOWLEDGE, acknowledge_by(dates.received_on))
    if state in TRIAGE_STATES:
        yield Deadline(Due.SCREEN, dates.received_on + timedelta(days=SCREEN_DAYS))
    if state in _AT_WORK:
        yield Deadline(Due.FEEDBACK, feedback_by(dates.received_on, dates.acknowledged_on))
        if dates.told_on is not None:
            yield Deadline(Due.UPDATE, dates.told_on + timedelta(days=UPDATE_DAYS))


def _afterwards(state: CaseState, finding: Finding, dates: Dates) -> Iterator[Deadline]:
    if state == CaseState.FINDINGS_DRAFTED and dates.summary_offered_on is not None:
        yield Deadline(Due.COMMENT, comment_by(dates.summary_offered_on))
    if state == CaseState.DECIDED and dates.decided_on is not None:
        if finding in UPHELD:
            yield Deadline(Due.REMEDY, remedy_by(dates.decided_on, dates.severity))
        yield Deadline(Due.APPEAL_WINDOW, appeal_by(dates.decided_on))
    if state == CaseState.INADMISSIBLE and dates.screened_on is not None:
        yield Deadline(Due.APPEAL_WINDOW, appeal_by(dates.screened_on))
    if state == CaseState.APPEAL and dates.appealed_on is not None:
        yield Deadline(Due.APPEAL, dates.appealed_on + timedelta(days=APPEAL_DECISION_DAYS))
    if dates.deliver_by is not None:
        yield Deadline(Due.DELIVER, dates.deliver_by)
    if dates.unlinked_since is not None and state not in ENDED:
        yield Deadline(Due.LESSON, dates.unlinked_since + timedelta(days=LESSON_DAYS))


def _watched(dates: Dates) -> Iterator[Deadline]:
    if dates.retaliation_week is not None:
        yield Deadline(Due.RETALIATION, triage_by(dates.retaliation_week))
    if dates.watch_on is not None:
        yield Deadline(Due.WATCH, dates.watch_on)


@lru_cache(maxsize=2_000)  # thousands of cases were told in a few hundred weeks
def _months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months on, or the last of that month (domain.md 0.1)."""
    later: date = day + relativedelta(months=months)
    return later


_AT_WORK = TRIAGE_STATES | {
    CaseState.ADMISSIBLE,
    CaseState.INVESTIGATING,
    CaseState.FINDINGS_DRAFTED,
    CaseState.REOPENED,
}
