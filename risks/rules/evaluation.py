"""Read one JSON object of `evaluate` and say the verdict in the words of the vector tables (domain.md 2.5, 3.9)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risks.rules import leverage, rabat, salience, severity
from risks.rules.ladder import LADDER

NOTHING = frozenset({"", "-", "none", "null"})
UNKNOWN = frozenset({"?", "unknown"})
KNOWN_KEYS = {
    "severity": frozenset(
        {"id", "scale", "scope", "irrem", "lik", "state", "delay", "vuln", "harm_type", "reviewer_reason"}
    ),
    "proportionality": frozenset({"id", "measure", "l0", "l1", "flags", "days"}),
    "rabat": frozenset({"id", "gate", "ctx", "spk", "int", "cont", "ext", "lik", "mode"}),
    "time_to_change": frozenset(
        {"id", "L", "days since confirmed", "days", "best effect", "effect", "flags"}
    ),
}
KNOWN_FLAGS = frozenset(
    {
        "appeal_upheld",
        "end_date_passed",
        "end_date_near",
        "no_end_date",
        "new_evidence",
        "threat_to_life",
        "policy_changed",
        "consultation_finding",
        "repeat",
        "override",
        "collateral_harm",
        "context_ended",
        "ineffective",
        "emergency_lapsed",
    }
)
MOST_DAYS = 100_000


class InputError(ValueError):
    """A line cannot be judged; the text names the key."""


@dataclass(frozen=True)
class ProportionalityInput:
    """The inputs of the proportionality table for one measure; days are calendar days."""

    id: Any
    kind: str
    level_then: int
    level_now: int
    days_since_review: int
    age_days: int | None
    flags: frozenset[str]


def _word(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _integer(row: Mapping[str, Any], key: str, low: int, high: int) -> int:
    value = row.get(key)
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise InputError(f"{key}: a whole number from {low} to {high} is needed, not {value!r}.")
    if not low <= int(text) <= high:
        raise InputError(f"{key}: {text} is not between {low} and {high}.")
    return int(text)


def _head(row: Mapping[str, Any], key: str) -> int | None:
    return None if _word(row, key).lower() in UNKNOWN else _integer(row, key, 1, 5)


def _yes(row: Mapping[str, Any], key: str) -> bool:
    word = _word(row, key).lower()
    if word in {"y", "yes", "true", "1"}:
        return True
    if word in {"n", "no", "false", "0"} | NOTHING:
        return False
    raise InputError(f"{key}: y or n is needed, not {row.get(key)!r}.")


def _likelihood(row: Mapping[str, Any]) -> tuple[int | None, bool]:
    word = _word(row, "lik").lower()
    if word in UNKNOWN:
        return None, True
    return (None, False) if word in NOTHING else (_integer(row, "lik", 1, 5), False)


def _state(row: Mapping[str, Any]) -> salience.State:
    try:
        return salience.State(_word(row, "state"))
    except ValueError:
        states = ", ".join(salience.State)
        raise InputError(f"state: one of {states} is needed, not {row.get('state')!r}.") from None


def _harm_type(row: Mapping[str, Any]) -> str:
    value = row.get("harm_type")
    if value is not None and not isinstance(value, str):
        raise InputError(f"harm_type: a word is needed, not {value!r}.")
    word = _word(row, "harm_type").lower()
    return "" if word in NOTHING else word


def _reason(row: Mapping[str, Any]) -> str:
    """Return the reviewer's reason; a dash, a word for nothing or a bare yes or no is none."""
    value = row.get("reviewer_reason")
    said = value.strip() if isinstance(value, str) else ""
    return "" if said.lower() in NOTHING | UNKNOWN | {"y", "n", "yes", "no", "true", "false"} else said


def _id_order(value: Any) -> tuple[int, int, str]:
    """Return how ids sort: whole numbers by value, then texts."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return (0, value, "") if whole else (1, 0, str(value))


@dataclass(frozen=True)
class _Judged:
    row: Mapping[str, Any]
    severity: severity.Severity
    effective: int | None
    delay: bool
    order: tuple[Any, ...]


def _judge(row: Mapping[str, Any]) -> _Judged:
    heads = [_head(row, key) for key in ("scale", "scope", "irrem")]
    verdict = severity.judge(*heads, harm_type=_harm_type(row), floor_reason=_reason(row))
    state = _state(row)
    likelihood, unknown = _likelihood(row)
    salience.check_likelihood(state, likelihood, unknown=unknown)
    effective = salience.effective_likelihood(verdict.level, state, likelihood)
    delay, vulnerable = _yes(row, "delay"), _yes(row, "vuln")
    key = salience.rank_key(
        level=verdict.level,
        delay=delay,
        effective=effective,
        heads=(heads[0], heads[1], heads[2]),
        vulnerable=vulnerable,
    )
    order = (*key, _id_order(row.get("id")))
    return _Judged(row, verdict, effective, delay, order)


def evaluate_severity(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one verdict a row; the rank is over all the rows that stay in the queue (domain.md 2.5)."""
    judged: list[_Judged | dict[str, Any]] = []
    for row in rows:
        try:
            judged.append(_judge(row))
        except (InputError, severity.SeverityError, salience.SalienceError) as error:
            judged.append({"id": row.get("id"), "error": str(error)})
    queue = sorted(
        (one for one in judged if isinstance(one, _Judged) and one.effective is not None),
        key=lambda one: one.order,
    )
    ranks = {id(one): position for position, one in enumerate(queue, start=1)}
    return [one if isinstance(one, dict) else _severity_line(one, ranks.get(id(one))) for one in judged]


def _severity_line(one: _Judged, rank: int | None) -> dict[str, Any]:
    level = one.severity.level
    line: dict[str, Any] = {
        "id": one.row.get("id"),
        "L band": f"{level} {one.severity.band}",
        "L": level,
        "band": one.severity.band,
        "tier": salience.response_tier(level, one.effective, delay=one.delay) or "-",
        "salient": "y" if salience.is_salient(level, one.effective) else "n",
        "rank": rank or "-",
        "reason": one.severity.reason,
    }
    return line | ({"incomplete": True} if one.severity.incomplete else {})


def _flag_words(row: Mapping[str, Any]) -> set[str]:
    given = row.get("flags")
    given = [] if given is None else given
    words = given.split(",") if isinstance(given, str) else given
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError("flags: a list of words is needed.")
    return {word.strip() for word in words} - NOTHING


def _flags(row: Mapping[str, Any]) -> tuple[frozenset[str], int | None]:
    names = _flag_words(row)
    ages = [name.removeprefix("age=") for name in names if name.startswith("age=")]
    names = {name for name in names if not name.startswith("age=")}
    if len(ages) > 1:
        raise InputError("flags: age is given more than once.")
    if unknown := sorted(names - KNOWN_FLAGS):
        raise InputError(
            f"flags: {unknown[0]!r} is not a flag. Known: {', '.join(sorted(KNOWN_FLAGS))}, age=N."
        )
    age = _integer({"flags": ages[0]}, "flags", 0, MOST_DAYS) if ages else None
    return frozenset(names), age


def read_proportionality(row: Mapping[str, Any]) -> ProportionalityInput:
    """Return the inputs of one line; raise InputError with the key and the fix when it cannot be judged."""
    kind = _word(row, "measure")
    if kind not in LADDER:
        raise InputError(f"measure: {kind!r} is not on the ladder. Known: {', '.join(LADDER)}.")
    flags, age = _flags(row)
    return ProportionalityInput(
        id=row.get("id"),
        kind=kind,
        level_then=_integer(row, "l0", 0, 5),
        level_now=_integer(row, "l1", 0, 5),
        days_since_review=_integer(row, "days", 0, MOST_DAYS),
        age_days=age,
        flags=flags,
    )


def _score(row: Mapping[str, Any], key: str) -> int | None:
    return None if _word(row, key).lower() in UNKNOWN else _integer(row, key, 0, rabat.HIGHEST_SCORE)


def evaluate_rabat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcome of one threshold assessment (domain.md 4.3); raise InputError or RabatError."""
    try:
        mode = rabat.Mode(_word(row, "mode"))
    except ValueError:
        raise InputError(
            f"mode: one of {', '.join(rabat.Mode)} is needed, not {row.get('mode')!r}."
        ) from None
    scores = rabat.Scores(*(_score(row, key) for key in ("ctx", "spk", "int", "cont", "ext", "lik")))
    return {"id": row.get("id"), "outcome": rabat.threshold(_word(row, "gate"), scores, mode)}


CLOCK_FLAGS = {
    "ext": "extended",
    "crucial": "crucial",
    "own": "own_contribution",
    "zero": "zero_tolerance",
}


def evaluate_time_to_change(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return status and code of one leverage clock (domain.md 5.4); raise InputError or LeverageError."""
    days = "days" if "days" in row else "days since confirmed"
    effect = "effect" if "effect" in row else "best effect"
    flags = _flag_words(row)
    if unknown := sorted(flags - CLOCK_FLAGS.keys()):
        raise InputError(f"flags: {unknown[0]!r} is not a flag. Known: {', '.join(CLOCK_FLAGS)}.")
    taken = _word(row, effect).lower() not in NOTHING | {"none_taken"}
    clock = leverage.time_to_change(
        level=_integer(row, "L", 1, 5),
        days=_integer(row, days, 0, MOST_DAYS),
        best_effect=_integer(row, effect, 0, leverage.HIGHEST_EFFECT) if taken else None,
        **{CLOCK_FLAGS[flag]: True for flag in flags},
    )
    return {"id": row.get("id"), "status": clock.status, "code": clock.code}


Judge = Callable[[Mapping[str, Any]], dict[str, Any]]
ONE_BY_ONE: Mapping[str, Judge] = {"rabat": evaluate_rabat, "time_to_change": evaluate_time_to_change}


def evaluate_each(rule: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one verdict or one error a row, for the rules that judge each row alone."""
    verdicts = []
    for row in rows:
        try:
            verdicts.append(ONE_BY_ONE[rule](row))
        except (InputError, rabat.RabatError, leverage.LeverageError) as error:
            verdicts.append({"id": row.get("id"), "error": str(error)})
    return verdicts
