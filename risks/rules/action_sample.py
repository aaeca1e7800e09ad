"""A rule that acts on many items is re-assessed by a random sample of what it did, and by its appeals (3.2)."""

import math
import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LEAST_SAMPLED = 50
MOST_REFERENCES = 100_000
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
Z_95 = 1.959964


class SampleVerdict(StrEnum):
    """Whether the rule was right about an item."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    UNCLEAR = "unclear"


VERDICTS = {
    SampleVerdict.CORRECT: "Correct: the rule covers it, and the measure was proportionate",
    SampleVerdict.INCORRECT: "Incorrect: it should not have been touched",
    SampleVerdict.UNCLEAR: "Unclear: people may disagree",
}


class SampleError(ValueError):
    """A sample that the rules refuse; the text is a sentence for the reviewer."""


@dataclass(frozen=True)
class Share:
    """How many of how many, with the 95 % interval in which the share of all actions may lie (Wilson)."""

    many: int
    of: int
    low: float
    high: float

    @property
    def told(self) -> str:
        """Return it in words, with the interval beside the number."""
        if not self.of:
            return "none reviewed"
        rate = f"{self.many} of {self.of}"
        return f"{rate}: between {100 * self.low:.0f} % and {100 * self.high:.0f} % of all, 95 times in 100"


def share(many: int, of: int) -> Share:
    """Return a share with its Wilson score interval at 95 %.

    Args:
        many: how many have the property.
        of: of how many reviewed.

    Raises:
        SampleError: a count that cannot be.
    """
    if not 0 <= many <= of:
        raise SampleError(f"{many} of {of} cannot be.")
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    rate, square = many / of, Z_95 * Z_95
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = Z_95 / (1 + square / of) * math.sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return Share(many, of, max(0.0, min(rate, middle - half)), min(1.0, max(rate, middle + half)))


def references_in(text: str) -> list[str]:
    """Return the pseudonymous references of item actions, one a line.

    Raises:
        SampleError: none, too many, one that stands twice, or one that is no key and may be a name.
    """
    found = [line.strip().strip(",;") for line in text.splitlines() if line.strip().strip(",;")]
    if not found:
        raise SampleError("References: give the key of each item action, one a line.")
    if len(found) > MOST_REFERENCES:
        raise SampleError(f"References: keep to {MOST_REFERENCES:,}; take a shorter period.")
    seen: set[str] = set()
    for number, one in enumerate(found, start=1):
        if not REFERENCE.fullmatch(one):
            raise SampleError(
                f"References, line {number}: use a key of letters, figures and . _ : / - only, never a name or an "
                "address (UNGP 21(c))."
            )
        if one in seen:
            raise SampleError(f"References, line {number}: “{one}” stands twice; each action counts once.")
        seen.add(one)
    return found


def draw(references: Collection[str], *, size: int, seed: int) -> list[str]:
    """Return a random sample that anybody can draw again from the same references and seed.

    Args:
        references: the keys of every action of the period; their order does not matter.
        size: how many are drawn.
        seed: recorded with the sample.

    Raises:
        SampleError: fewer than 50 of more, or more than there are.
    """
    least = min(LEAST_SAMPLED, len(references))
    if not least <= size <= len(references):
        raise SampleError(f"Size: draw from {least} to {len(references)} (at least 50, or all; method 9.1).")
    return random.Random(seed).sample(sorted(references), size)  # noqa: S311  # to be repeated, not a secret


@dataclass(frozen=True)
class ClosedSample:
    """What of a closed sample matters to whoever would maintain the measure."""

    closed_on: date
    reviewed: int
    actions: int


def refusal_to_maintain(samples: Sequence[ClosedSample], *, reviewed_on: date) -> str:
    """Return why a measure that stands for many actions may not be maintained, or nothing (3.2, 3.7).

    Args:
        samples: its closed samples.
        reviewed_on: the day of its last review; older samples say nothing new.
    """
    for one in samples:
        if one.closed_on >= reviewed_on and one.reviewed >= min(LEAST_SAMPLED, one.actions):
            return ""
    return (
        "Method 9.1: this measure stands for many actions. Review a random sample of at least 50 of them, or of all, "
        "since the last review, then decide."
    )


def appeals_refusal(*, lodged: int, decided: int, upheld: int) -> str:
    """Return why figures of appeals cannot be, or nothing."""
    if 0 <= upheld <= decided <= lodged:
        return ""
    return "Appeals: upheld are at most the decided ones, and decided at most the lodged ones."
