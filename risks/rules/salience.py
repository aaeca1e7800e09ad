"""Order and speed, two different outputs: severity first, likelihood only breaks ties (UNGP 24; domain.md 2.4)."""

from enum import StrEnum

from risks.rules.severity import UNKNOWN_HEAD_INTERIM

ACTUAL = 6
CERTAIN_ENOUGH = 5


class State(StrEnum):
    POTENTIAL = "potential"
    ACTUAL_UNREMEDIED = "actual_unremedied"
    ACTUAL_REMEDIED = "actual_remedied"


class SalienceError(ValueError):
    """State and likelihood contradict each other; the text says how."""


def check_likelihood(state: State | None, likelihood: int | None, *, unknown: bool) -> None:
    """Refuse a likelihood of what already happened, and its absence for what may happen.

    Args:
        state: the state of harm, or None where not yet known.
        likelihood: 1 remote to 5 imminent, or None.
        unknown: whether the likelihood was said to be unknown.

    Raises:
        SalienceError: with the sentence to show.
    """
    if likelihood is not None and likelihood not in range(1, 6):
        raise SalienceError(f"lik: {likelihood} is not on the scale 1 to 5.")
    if state is State.POTENTIAL and likelihood is None and not unknown:
        raise SalienceError("lik: a potential harm needs a likelihood of 1 to 5, or unknown.")
    if state in {State.ACTUAL_UNREMEDIED, State.ACTUAL_REMEDIED} and (likelihood is not None or unknown):
        raise SalienceError("lik: an actual harm has no likelihood; leave it empty.")


def effective_likelihood(level: int, state: State | None, likelihood: int | None) -> int | None:
    """Return 6 for actual harm, 1 to 5 for potential harm, None once remedied; unknown errs on caution."""
    if state is State.ACTUAL_REMEDIED:
        return None
    if state is State.ACTUAL_UNREMEDIED:
        return ACTUAL
    if likelihood is None:
        return CERTAIN_ENOUGH if level >= 4 else 3
    return likelihood


def response_tier(level: int, effective: int | None, *, delay: bool) -> str | None:
    """Return how fast to act, P1 to P4, or None once remedied. Level 4 and 5 are never below P2."""
    if effective is None:
        return None
    if _first_tier(level, effective, delay=delay):
        return "P1"
    if level >= 4 or (level == 3 and effective >= 4):
        return "P2"
    if level == 3 or (level == 2 and effective >= 4):
        return "P3"
    return "P4"


def _first_tier(level: int, effective: int, *, delay: bool) -> bool:
    needed = {5: 3, 4: 3 if delay else 4, 3: 3 if delay else ACTUAL + 1}
    return effective >= needed.get(level, ACTUAL + 1)


def is_salient(level: int, effective: int | None) -> bool:
    """Return whether a risk belongs on the salient list: level 4 or 5, or level 3 and at least possible."""
    return effective is not None and (level >= 4 or (level == 3 and effective >= 3))


def rank_key(
    *,
    level: int,
    delay: bool,
    effective: int | None,
    heads: tuple[int | None, int | None, int | None],
    vulnerable: bool,
) -> tuple[int, ...]:
    """Return what sorts risks, the first to be acted on smallest; the id settles what is still equal.

    Args:
        level: 1 to 5.
        delay: whether delay would make the harm irremediable.
        effective: the effective likelihood.
        heads: scale, scope, irremediability; an unknown one counts as 4.
        vulnerable: whether people of heightened vulnerability are affected.
    """
    scale, scope, irremediability = (UNKNOWN_HEAD_INTERIM if head is None else head for head in heads)
    descending = (level, delay, effective or 0, scale, irremediability, scope, vulnerable)
    return tuple(-int(part) for part in descending)
