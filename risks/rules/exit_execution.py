"""Carrying out an exit: what is owed to people before it is over, and looking again afterwards (UNGP 19, 20; 1.4)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from risks.rules.exit import REVIEWS_AFTER_DAYS, ExitKind

REVIEW_WINDOW_DAYS = 14  # a review may be recorded so many days before its day; ours


class DutyKind(StrEnum):
    """What is owed to people while a relationship is suspended, ended or kept."""

    VULNERABLE_SAFE = "vulnerable_safe"
    NOTICE_PARTNER = "notice_partner"
    NOTICE_USERS = "notice_users"
    USERS_MOVED = "users_moved"
    DATA_SETTLED = "data_settled"
    EVIDENCE_PRESERVED = "evidence_preserved"
    ACCESS_ENDED = "access_ended"
    CONDITION = "condition"
    OTHER = "other"


DUTIES: Mapping[DutyKind, str] = {
    DutyKind.VULNERABLE_SAFE: "Vulnerable users made safe",
    DutyKind.NOTICE_PARTNER: "Notice to the partner",
    DutyKind.NOTICE_USERS: "Notice to users",
    DutyKind.USERS_MOVED: "Users helped to move on",
    DutyKind.DATA_SETTLED: "Data returned or erased",
    DutyKind.EVIDENCE_PRESERVED: "Evidence preserved",
    DutyKind.ACCESS_ENDED: "Access ended",
    DutyKind.CONDITION: "Condition of staying",
    DutyKind.OTHER: "Something else",
}
NOTICES = frozenset({DutyKind.NOTICE_PARTNER, DutyKind.NOTICE_USERS})
_SUSPENDING = (
    DutyKind.VULNERABLE_SAFE,
    DutyKind.NOTICE_PARTNER,
    DutyKind.NOTICE_USERS,
    DutyKind.EVIDENCE_PRESERVED,
)
_ENDING = (*_SUSPENDING, DutyKind.USERS_MOVED, DutyKind.DATA_SETTLED, DutyKind.ACCESS_ENDED)
OWED: Mapping[ExitKind, tuple[DutyKind, ...]] = {
    ExitKind.SUSPEND_WHOLE: _SUSPENDING,
    ExitKind.SUSPEND_PART: _SUSPENDING,
    ExitKind.NO_RENEWAL: _ENDING,
    ExitKind.TERMINATE_PART: _ENDING,
    ExitKind.TERMINATE_WHOLE: _ENDING,
    ExitKind.MARKET_WITHDRAWAL: _ENDING,
    ExitKind.REMAIN_WITH_CONDITIONS: (DutyKind.CONDITION,),
}
NOT_SAFE_YET = (
    "UNGP 19: vulnerable users come first. Record how they were made safe, then record that notice was given."
)


def missing_duties(kind: ExitKind, planned: Collection[str]) -> list[str]:
    """Return the duties that a decision owes and that no stage plans yet, in words.

    Args:
        kind: what was decided.
        planned: the kinds of the duties that the stages hold.
    """
    return [DUTIES[one] for one in OWED[kind] if one not in planned]


def execution_refusal(kind: ExitKind, planned: Collection[str]) -> str:
    """Return why a decision is not carried out yet, or nothing: its stages must hold what is owed to people (UNGP 19).

    Args:
        kind, planned: as in missing_duties.
    """
    if lacking := missing_duties(kind, planned):
        told = "; ".join(one.lower() for one in lacking)
        return f"UNGP 19: plan in stages what is owed to people first. Missing: {told}."
    return ""


def duty_refusal(kind: DutyKind, *, done: Collection[str]) -> str:
    """Return why a duty is not recorded as done yet, or nothing: nobody is told before vulnerable users are safe.

    Args:
        kind: of the duty.
        done: the kinds of the duties of the same decision that are done.
    """
    return NOT_SAFE_YET if kind in NOTICES and DutyKind.VULNERABLE_SAFE not in done else ""


def completion_refusals(
    *, still_open: Iterable[str], notice_days: int | None, noticed: Iterable[date], on: date
) -> list[str]:
    """Return why a decision is not carried out on a day, one sentence each; empty when it is.

    Args:
        still_open: the duties that nobody recorded as done, in words.
        notice_days: the days of notice that were decided.
        noticed: the days on which notice was given.
        on: the day.
    """
    found = []
    if told := "; ".join(still_open):
        found.append(f"UNGP 19: what is owed to people is not done yet: {told}.")
    ends = max(noticed, default=None)
    if ends is not None and notice_days and on < ends + timedelta(days=notice_days):
        found.append(
            f"UNGP 19: notice was given on {ends:%-d %B %Y} and runs {notice_days} days, until "
            f"{ends + timedelta(days=notice_days):%-d %B %Y}."
        )
    return found


def reviews_due(executed: date) -> list[tuple[int, date]]:
    """Return after how many days, and so on which day, people look at what became of those affected (UNGP 20).

    Args:
        executed: the day on which it was carried out.
    """
    return [(days, executed + timedelta(days=days)) for days in REVIEWS_AFTER_DAYS]


def review_refusal(after_days: int, *, executed: date | None, on: date) -> str:
    """Return why a review is not recorded on a day, or nothing.

    Args:
        after_days: 90 or 365.
        executed: the day on which it was carried out, if it was.
        on: the day of the review.
    """
    if executed is None:
        return "UNGP 20: it is not carried out yet, so nothing can be looked at afterwards."
    opens = executed + timedelta(days=after_days - REVIEW_WINDOW_DAYS)
    if on < opens:
        return (
            f"UNGP 20: the review after {after_days} days can be recorded from {opens:%-d %B %Y}; earlier, nobody can "
            "tell yet what became of the people affected."
        )
    return ""


def closing_refusal(reviewed: Collection[int]) -> str:
    """Return why a decision is not closed yet, or nothing: both reviews must be on record (UNGP 20).

    Args:
        reviewed: after how many days reviews were recorded.
    """
    lacking = [str(days) for days in REVIEWS_AFTER_DAYS if days not in reviewed]
    if not lacking:
        return ""
    return (
        f"UNGP 20: record what became of the people affected after {' and after '.join(lacking)} days before you "
        "close this."
    )
