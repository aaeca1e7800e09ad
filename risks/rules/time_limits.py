"""The days that each severity allows on a partner's clock (UNGP 19; domain.md 5.4); all configurable.

An installation may shorten these numbers, never lengthen them, and the more severe is always the sooner.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from risks.rules.intervals import IntervalError


@dataclass(frozen=True)
class TimeLimits:
    """The days allowed at one severity level; `change` is None when there is no exit clock.

    `consider_exit` is by when people open the question of exit once the time to see change has passed.
    """

    first_action: int
    change: int | None
    extension: int
    recheck: int
    consider_exit: int


TIME_LIMITS: Mapping[int, TimeLimits] = {
    5: TimeLimits(first_action=2, change=14, extension=0, recheck=7, consider_exit=7),
    4: TimeLimits(first_action=7, change=60, extension=30, recheck=30, consider_exit=14),
    3: TimeLimits(first_action=30, change=180, extension=90, recheck=60, consider_exit=30),
    2: TimeLimits(first_action=60, change=365, extension=180, recheck=180, consider_exit=30),
    1: TimeLimits(first_action=90, change=None, extension=0, recheck=365, consider_exit=30),
}
STRICTLY = ("first_action", "change", "recheck")
NEVER_MORE = ("extension", "consider_exit")
LEAST: Mapping[str, int] = {"extension": 0}


def time_limits(given: Any) -> Mapping[int, TimeLimits]:
    """Return the limits with some of them replaced: {"L4": {"change": 45, "extension": 15}, …}.

    Raises:
        IntervalError: an unknown level or limit, no whole number, or what breaks `check_time_limits`.
    """
    levels = {f"L{level}": level for level in TIME_LIMITS}
    if not isinstance(given, Mapping) or not set(given) <= set(levels):
        raise IntervalError(f"time_limits: a table with the levels {', '.join(sorted(levels))} is needed.")
    table = dict(TIME_LIMITS)
    for name, changes in given.items():
        table[levels[name]] = replace(table[levels[name]], **_days(name, changes))
    check_time_limits(table)
    return dict(sorted(table.items()))


def _days(level: str, changes: Any) -> dict[str, int]:
    known = asdict(TIME_LIMITS[1])
    if not isinstance(changes, Mapping) or not set(changes) <= set(known):
        raise IntervalError(f"time_limits.{level}: a table of {', '.join(known)} is needed.")
    for name, value in changes.items():
        least = LEAST.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise IntervalError(
                f"time_limits.{level}.{name}: a whole number of {least} or more is needed, not {value!r}."
            )
    return dict(changes)


def check_time_limits(table: Mapping[int, TimeLimits]) -> None:
    """Check that limits get strictly shorter as severity rises, and none is longer than its default (5.4, X5).

    Raises:
        IntervalError: naming the level and the limit.
    """
    for level, limits in table.items():
        for name, days in asdict(limits).items():
            most = getattr(TIME_LIMITS[level], name)
            if most is None and days is not None:
                raise IntervalError(f"time_limits.L{level}.{name}: there is no exit clock at level {level}.")
            if most is not None and (days is None or days > most):
                raise IntervalError(
                    f"time_limits.L{level}.{name}: {days} days are longer than the default of {most}; it may be "
                    "shortened, never lengthened."
                )
    for milder, graver in pairwise(sorted(table)):
        _check_sooner(milder, table[milder], graver, table[graver])


def _check_sooner(milder: int, longer: TimeLimits, graver: int, shorter: TimeLimits) -> None:
    for name in STRICTLY:
        most = getattr(longer, name)
        if most is not None and getattr(shorter, name) >= most:
            raise IntervalError(
                f"time_limits.L{graver}.{name}: must be strictly shorter than at level {milder}, which is less severe."
            )
    for name in NEVER_MORE:
        if longer.change is not None and getattr(shorter, name) > getattr(longer, name):
            raise IntervalError(
                f"time_limits.L{graver}.{name}: must not be longer than at level {milder}, which is less severe."
            )


check_time_limits(TIME_LIMITS)
