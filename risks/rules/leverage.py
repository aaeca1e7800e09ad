"""How long a business partner has to change before exit must be considered (UNGP 19; domain.md 5.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from risks.rules.time_limits import TIME_LIMITS, TimeLimits

HIGHEST_EFFECT = 4
PARTIAL_CHANGE = 2
CHANGE_ACHIEVED = 3
SEVERE = 4
STOP_OWN_PART_DAYS = 3
# The most pressing first.
CLOCK_STATUSES: Mapping[str, str] = {
    "EXIT_CONSIDERATION_DUE": "Exit to be considered",
    "STOP_OWN_CONTRIBUTION": "Own part to be stopped",
    "LEVERAGE_OVERDUE": "First action overdue",
    "INCREASE_LEVERAGE": "Leverage to be increased",
    "OK": "In time",
}


class LeverageError(ValueError):
    """A clock reading that the rules refuse; the message is a sentence for the partner manager."""


@dataclass(frozen=True)
class Clock:
    """Where a relationship stands: what is due, and the code of the reason."""

    status: str
    code: str


def time_to_change(
    *,
    level: int,
    days: int,
    best_effect: int | None,
    extended: bool = False,
    crucial: bool = False,
    own_contribution: bool = False,
    zero_tolerance: bool = False,
) -> Clock:
    """Read a clock by its severity alone, at the shipped limits: the more severe, the sooner (UNGP 19).

    Args:
        level: the severity level, 1 to 5.
        days: days since the finding was confirmed; a limit that falls today is still met.
        best_effect: the best effect so far, 0 to 4, or None when no action was taken.
        extended: the single extension was granted; it counts only with an effect of exactly 2.
        crucial, own_contribution, zero_tolerance: as for `read_clock`.

    Raises:
        LeverageError: the level, the days or the effect are out of range.

    """
    _check(level, days, best_effect)
    limits = TIME_LIMITS[level]
    more = limits.extension if extended and best_effect == PARTIAL_CHANGE else 0
    return read_clock(
        first_action=limits.first_action,
        limit=None if limits.change is None else limits.change + more,
        days=days,
        best_effect=best_effect,
        crucial=crucial,
        own_contribution=own_contribution,
        zero_tolerance=zero_tolerance,
    )


def read_clock(
    *,
    first_action: int,
    limit: int | None,
    days: int,
    best_effect: int | None,
    crucial: bool = False,
    own_contribution: bool = False,
    zero_tolerance: bool = False,
) -> Clock:
    """Read the clock of a relationship against the deadline in force (UNGP 19; domain.md 5.4).

    The result only opens a question for people; they may decide to stay, with conditions.

    Args:
        first_action: the days within which something must have been tried.
        limit: the days from the start to the deadline in force, or None without an exit clock.
        days: days since the start; a limit that falls today is still met.
        best_effect: the best effect so far, 0 to 4, or None when no action was taken.
        crucial: the relationship is crucial; exit is harder, and still must be considered.
        own_contribution: the company itself still contributes; this is not a matter of leverage.
        zero_tolerance: the partner breached a rule for which there is no time to change.
    """
    if own_contribution:
        return Clock("STOP_OWN_CONTRIBUTION", "OWN_CONTRIBUTION_OPEN")
    if zero_tolerance:
        return Clock("EXIT_CONSIDERATION_DUE", "ZERO_TOLERANCE")
    if best_effect is not None and best_effect >= CHANGE_ACHIEVED:
        return Clock("OK", "CHANGE_ACHIEVED")
    if limit is not None and days > limit:
        suffix = "_CRUCIAL" if crucial else ""
        return Clock("EXIT_CONSIDERATION_DUE", f"TIME_TO_CHANGE_EXPIRED{suffix}")
    if best_effect is None:
        overdue = days > first_action
        return (
            Clock("LEVERAGE_OVERDUE", "NO_FIRST_ACTION") if overdue else Clock("OK", "FIRST_ACTION_PENDING")
        )
    return _within_limit(limit, days, best_effect)


def _check(level: int, days: int, best_effect: int | None) -> None:
    """Refuse readings that cannot be.

    Raises:
        LeverageError: the level, the days or the effect are out of range.

    """
    if level not in TIME_LIMITS:
        raise LeverageError(f"The level must be from 1 to 5; it is {level}.")
    if days < 0:
        raise LeverageError(f"The days since the finding was confirmed cannot be negative; they are {days}.")
    if best_effect is not None and not 0 <= best_effect <= HIGHEST_EFFECT:
        raise LeverageError(f"The best effect must be from 0 to {HIGHEST_EFFECT}; it is {best_effect}.")


def _within_limit(limit: int | None, days: int, best_effect: int) -> Clock:
    """Read the clock at half time, before the limit has passed (UNGP 19)."""
    if limit is None:
        return Clock("OK", "NO_EXIT_CLOCK")
    if days * 2 > limit and best_effect < PARTIAL_CHANGE:
        return Clock("INCREASE_LEVERAGE", "HALF_TIME_NO_CHANGE")
    return Clock("OK", "WITHIN_TIME")


def deadline(level: int, started: date, limits: Mapping[int, TimeLimits] = TIME_LIMITS) -> date | None:
    """Return by when change must be seen on a clock that starts at a severity; None without an exit clock."""
    change = limits[level].change
    return None if change is None else started + timedelta(days=change)


def moved_deadline(
    held: date | None,
    *,
    before: int,
    after: int,
    started: date,
    on: date,
    limits: Mapping[int, TimeLimits] = TIME_LIMITS,
) -> date | None:
    """Return the deadline once severity has changed (domain.md 5.4).

    Rising brings it nearer, to the new limit from today at the latest. Falling gives the longer limit from the start
    of the clock, and never takes away what the partner had; at level 1 there is no exit clock.

    Args:
        held: the deadline in force, or None.
        before, after: the severity, 1 to 5.
        started: the day on which the clock started.
        on: the day of the change.
        limits: the configured limits.
    """
    if after > before:
        nearer = deadline(after, on, limits)
        return min((one for one in (held, nearer) if one is not None), default=None)
    longer = deadline(after, started, limits)
    if longer is None or held is None:
        return longer
    return max(held, longer)


def own_part_due(level: int, since: date, by_tier: date | None = None) -> date | None:
    """Return by when the company's own part must have stopped: at level 4 or 5 within three days (domain.md 5.4).

    Args:
        level: the severity, 1 to 5.
        since: the day on which it was found, or became so severe.
        by_tier: what the tier asks for (I3), or None.
    """
    if level < SEVERE:
        return by_tier
    within = since + timedelta(days=STOP_OWN_PART_DAYS)
    return within if by_tier is None else min(within, by_tier)
