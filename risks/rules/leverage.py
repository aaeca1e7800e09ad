"""How long a business partner has to change before exit must be considered (UNGP 19)."""

from dataclasses import dataclass

HIGHEST_EFFECT = 4
PARTIAL_CHANGE = 2
CHANGE_ACHIEVED = 3


class LeverageError(ValueError):
    """A clock reading that the rules refuse; the message is a sentence for the partner manager."""


@dataclass(frozen=True)
class TimeLimits:
    """The days allowed at one severity level; `change` is None when there is no exit clock."""

    first_action: int
    change: int | None
    extension: int
    recheck: int


TIME_LIMITS: dict[int, TimeLimits] = {
    5: TimeLimits(first_action=2, change=14, extension=0, recheck=7),
    4: TimeLimits(first_action=7, change=60, extension=30, recheck=30),
    3: TimeLimits(first_action=30, change=180, extension=90, recheck=60),
    2: TimeLimits(first_action=60, change=365, extension=180, recheck=180),
    1: TimeLimits(first_action=90, change=None, extension=0, recheck=365),
}


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
    """Read the clock of a relationship: the more severe the impact, the sooner (UNGP 19).

    The result only opens a question for people; they may decide to stay, with conditions.

    Args:
        level: the severity level, 1 to 5.
        days: days since the finding was confirmed; a limit that falls today is still met.
        best_effect: the best effect so far, 0 to 4, or None when no action was taken.
        extended: the single extension was granted; it counts only with an effect of exactly 2.
        crucial: the relationship is crucial; exit is harder, and still must be considered.
        own_contribution: the company itself still contributes; this is not a matter of leverage.
        zero_tolerance: the partner breached a rule for which there is no time to change.

    Raises:
        LeverageError: the level, the days or the effect are out of range.

    """
    _check(level, days, best_effect)
    if own_contribution:
        return Clock("STOP_OWN_CONTRIBUTION", "OWN_CONTRIBUTION_OPEN")
    if zero_tolerance:
        return Clock("EXIT_CONSIDERATION_DUE", "ZERO_TOLERANCE")
    if best_effect is not None and best_effect >= CHANGE_ACHIEVED:
        return Clock("OK", "CHANGE_ACHIEVED")
    limit = _limit(level, best_effect, extended=extended)
    if limit is not None and days > limit:
        suffix = "_CRUCIAL" if crucial else ""
        return Clock("EXIT_CONSIDERATION_DUE", f"TIME_TO_CHANGE_EXPIRED{suffix}")
    if best_effect is None:
        return _first_action(level, days)
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


def _limit(level: int, best_effect: int | None, *, extended: bool) -> int | None:
    """Give the days until change must be seen, or None without an exit clock (UNGP 19)."""
    limits = TIME_LIMITS[level]
    if limits.change is None:
        return None
    return limits.change + (limits.extension if extended and best_effect == PARTIAL_CHANGE else 0)


def _first_action(level: int, days: int) -> Clock:
    """Read the clock of the first action, while no action was taken (UNGP 19)."""
    if days > TIME_LIMITS[level].first_action:
        return Clock("LEVERAGE_OVERDUE", "NO_FIRST_ACTION")
    return Clock("OK", "FIRST_ACTION_PENDING")


def _within_limit(limit: int | None, days: int, best_effect: int) -> Clock:
    """Read the clock at half time, before the limit has passed (UNGP 19)."""
    if limit is None:
        return Clock("OK", "NO_EXIT_CLOCK")
    if days * 2 > limit and best_effect < PARTIAL_CHANGE:
        return Clock("INCREASE_LEVERAGE", "HALF_TIME_NO_CHANGE")
    return Clock("OK", "WITHIN_TIME")
