"""Who joins, moves, stands in, is reviewed and leaves (domain.md 0.2 and 0.3, issue 8). Numbers are ours [D]."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from hrdd.governance.rules import (
    NOT_DELEGABLE_ROLES,
    NotAllowed,
    Role,
    demand_together,
)

INVITED_FOR = timedelta(hours=72)
DELEGATED_MOST_DAYS = 90
REVIEW_EVERY_DAYS, REVIEW_DUE_DAYS = 180, 14
LEAST_WHY = 20
JOB = "job"


class Cause(StrEnum):
    """Why somebody's roles changed."""

    JOINED = "joined"
    MOVED = "moved"
    REVIEWED = "reviewed"
    LEFT = "left"


class Verdict(StrEnum):
    """What a reviewer says of a role of a person."""

    KEEP = "keep"
    REMOVE = "remove"


def demand_why(said: str) -> str:
    """Return why, without the space around it.

    Raises:
        NotAllowed: too short to follow.
    """
    if len(said.strip()) < LEAST_WHY:
        raise NotAllowed(f"Say why in at least {LEAST_WHY} characters, so that an auditor can follow it.")
    return said.strip()


def demand_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Return the roles that were named.

    Raises:
        NotAllowed: none, an unknown one, or such that nobody holds together.
    """
    try:
        wanted = frozenset(Role(one) for one in roles)
    except ValueError:
        raise NotAllowed("Choose among the roles of the list.") from None
    demand_together(wanted)
    return wanted


def demand_delegation(
    *,
    delegator: frozenset[Role],
    delegate: frozenset[Role],
    role: Role,
    starts_on: date,
    until: date,
    today: date,
    job: bool,
) -> None:
    """Refuse a delegation that the roles or the days do not allow (domain.md 0.2).

    Args:
        delegator, delegate: what both hold, and what the delegate stands in for already.
        role: what is handed on.
        starts_on, until: the first and the last day.
        today: today, in UTC.
        job: whether the delegate is a scheduled job or a model.

    Raises:
        NotAllowed: with the rule.
    """
    if job:
        raise NotAllowed("Nothing is delegated to a job: a person decides (method 18).")
    if role not in delegator:
        raise NotAllowed(
            "Only a role that you hold yourself can be delegated; what was delegated to you is not."
        )
    if role in NOT_DELEGABLE_ROLES:
        raise NotAllowed(f"{role} is held in person and not delegated.")
    if role in delegate:
        raise NotAllowed("They hold this role already.")
    demand_together(delegate | {role})
    if not today <= starts_on <= until:
        raise NotAllowed("A delegation begins today or later, and ends on that day or after it.")
    if (until - starts_on).days >= DELEGATED_MOST_DAYS:
        raise NotAllowed(
            f"A delegation lasts {DELEGATED_MOST_DAYS} days at most; for longer, ask for the role."
        )


def review_is_overdue(*, last_signed: datetime | None, due_on: date | None, today: date) -> bool:
    """Whether the access review is late: the open one is past its day, or none was signed for half a year.

    Args:
        last_signed: when the last one was signed.
        due_on: the day of the one that is open.
        today: today, in UTC.
    """
    if due_on is not None:
        return today > due_on
    return last_signed is None or (today - last_signed.date()).days > REVIEW_EVERY_DAYS
