"""The numbers of the method that are our own design, each with its source in domain.md [D]; all configurable."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from risks.rules.intervals import (
    REJUSTIFICATION_DAYS,
    REVIEW_INTERVALS,
    IntervalError,
    Row,
    rejustification_days,
    review_intervals,
)
from risks.rules.time_limits import TIME_LIMITS, TimeLimits, time_limits


class MethodError(ValueError):
    """A configured number is refused; the text names it and says why."""


@dataclass(frozen=True)
class Method:
    """The configuration of the method; the defaults are those of domain.md.

    Tables by tier hold P1 to P4 as 1 to 4.
    """

    lift_one: int = 1  # 2.3: by how many levels one other head may lift the scale
    lift_both: int = 2  # 2.3: by how many both others together may
    review_days: Mapping[int, int] = field(default_factory=lambda: {1: 30, 2: 90, 3: 180, 4: 365})  # R5
    owner_hours: Mapping[int, int] = field(default_factory=lambda: {1: 24, 2: 168, 3: 336, 4: 720})  # 2.4
    interim_hours: Mapping[int, int] = field(
        default_factory=lambda: {1: 72}
    )  # 2.4: decision on interim measures
    plan_days: Mapping[int, int] = field(default_factory=lambda: {1: 7, 2: 30, 3: 90})  # 2.4
    stop_hours: Mapping[int, int] = field(
        default_factory=lambda: {1: 72, 2: 168, 3: 720}
    )  # I3: stop the own part
    fact_finding_days: int = 30  # 1.2: undetermined involvement
    answer_days: int = 60  # E2: answer to a consultation finding
    model_review_days: int = 180  # B2: then to the board
    model_review_every_days: int = 365  # 1.11: yearly
    smallest_group: int = 10  # 8.5: fewer people are never counted in public
    severe_risks_sharing_a_driver: int = 2  # 1.11
    expert_access_days: int = 90  # longest share of a record with an expert
    analyst_pair_up_to: int | None = (
        None  # 3.2: highest class that a second analyst may approve; none is delegated
    )
    rabat_days: int = 30  # 4.1: how long a Rabat assessment may be relied on
    rabat_tense_days: int = 7  # 4.1: the same in armed conflict, elections, communal tension
    review_intervals: Mapping[int, Row] = field(default_factory=lambda: REVIEW_INTERVALS)  # 3.4, by class
    rejustification_days: Mapping[int, int | None] = field(default_factory=lambda: REJUSTIFICATION_DAYS)
    time_limits: Mapping[int, TimeLimits] = field(default_factory=lambda: TIME_LIMITS)  # 5.4, by level
    urgent_hours: int = 72  # 3.6: a person answers an urgent finding
    urgent_hours_life: int = 24  # 3.6: the same where lives are in danger
    due_days: int = 14  # 3.6: a person answers any other finding
    near_days: int = 14  # 3.6: an end date is near
    silence_days: int = 7  # 3.8: a senior re-justifies or lifts what lapsed
    escalation_answer_days: int = 7  # G2: leadership answers what a machine reminded it of
    sign_off_days: int = (
        7  # 0.3: a signature is owed; then reminders, and one such time later each level above
    )

    @property
    def version(self) -> str:
        """Return what tells this method from others: nothing for the default, else eight digits of its hash."""
        if self == DEFAULT:
            return ""
        told = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:8]


DEFAULT = Method()
NEVER_LENGTHENED = (
    *("urgent_hours", "urgent_hours_life", "due_days", "silence_days"),
    *("escalation_answer_days", "sign_off_days"),
)
NEVER_SHORTENED = ("near_days",)  # a later warning before an end date would protect less
BY_CLASS: Mapping[str, Callable[[Any], Any]] = {
    "review_intervals": review_intervals,
    "rejustification_days": rejustification_days,
    "time_limits": time_limits,
}


def configured(given: Mapping[str, Any]) -> Method:
    """Return the method with some of its numbers replaced.

    Args:
        given: by the names of Method; a table by tier is written {"1": days, …}.

    Raises:
        MethodError: an unknown name, a number that is none, one under 1, or a table slower for the more severe.
    """
    known = {one.name: getattr(DEFAULT, one.name) for one in fields(Method)}
    changes: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise MethodError(f"{name}: not a number of the method. Known: {', '.join(known)}.")
        changes[name] = _value(name, value, known[name])
    method = replace(DEFAULT, **changes)
    if method.smallest_group < 5:
        raise MethodError("smallest_group: never under 5 (method 15).")
    if method.lift_both < method.lift_one:
        raise MethodError("lift_both: two heads together lift at least as far as one (method 1).")
    if method.rabat_tense_days > method.rabat_days:
        raise MethodError("rabat_tense_days: never longer than rabat_days (method 6).")
    if method.urgent_hours_life > method.urgent_hours:
        raise MethodError("urgent_hours_life: never longer than urgent_hours (method 5.4).")
    return method


def _value(name: str, value: Any, default: Any) -> Any:
    if name == "analyst_pair_up_to":
        return _delegated_class(name, value)
    if name in BY_CLASS:
        try:
            return BY_CLASS[name](value)
        except IntervalError as error:
            raise MethodError(str(error)) from None
    if isinstance(default, dict):
        return _table(name, value, default)
    number = _number(name, value)
    if name in NEVER_LENGTHENED and number > default:
        raise MethodError(f"{name}: may be shortened, never lengthened beyond the default of {default}.")
    if name in NEVER_SHORTENED and number < default:
        raise MethodError(f"{name}: may be lengthened, never shortened below the default of {default}.")
    return number


def _delegated_class(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in range(4):
        raise MethodError(f"{name}: a class from 0 to 3; a decider approves I4, a senior I5 (method 4).")
    return value


def _number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MethodError(f"{name}: a whole number of 1 or more is needed, not {value!r}.")
    return value


def _table(name: str, value: Any, default: Mapping[int, int]) -> dict[int, int]:
    if not isinstance(value, Mapping) or {str(key) for key in value} != {str(key) for key in default}:
        raise MethodError(f"{name}: a table of the tiers {', '.join(map(str, default))} is needed.")
    table = {int(key): _number(f"{name}.{key}", one) for key, one in value.items()}
    ordered = [table[tier] for tier in sorted(table)]
    if ordered != sorted(ordered):
        raise MethodError(f"{name}: the more severe tier is never the slower one (UNGP 24).")
    if any(table[tier] > default[tier] for tier in table):
        raise MethodError(f"{name}: may be shortened, never lengthened beyond the default.")
    return table
