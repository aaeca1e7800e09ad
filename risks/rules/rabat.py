"""The six-part threshold test for incitement (ICCPR 20(2); Rabat Plan of Action, para 29)."""

import re
from dataclasses import astuple, dataclass
from enum import StrEnum

HIGHEST_SCORE = 3
SUBSTANTIAL = 2


class RabatError(ValueError):
    """A threshold assessment that the rules refuse; the message is a sentence for the assessor."""


class Mode(StrEnum):
    """Whether Article 20 itself is applied, or its six factors by analogy."""

    ART20 = "art20"
    ANALOGY = "analogy"


class Outcome(StrEnum):
    """The class of expression; it informs the choice of a measure and never dictates it."""

    CRIMINAL = "A"
    CRIMINAL_BY_ANALOGY = "A*"
    CIVIL = "B"
    CONCERN = "C"
    NONE = "N"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True)
class Gates:
    """The three questions before the factors; None means not known yet."""

    advocacy: bool | None
    target_group: bool | None
    incitement: bool | None

    @classmethod
    def parse(cls, text: str) -> "Gates":
        """Read three letters such as "yyn"; a single "?" means that none of the gates is known.

        Args:
            text: y, n or ? for advocacy, target group and incitement, in this order.

        Raises:
            RabatError: the text has another form.

        """
        letters = "???" if text == "?" else text
        if not re.fullmatch(r"[yn?]{3}", letters):
            raise RabatError(
                "The gate must be three letters y, n or ? for advocacy, target group and incitement; "
                f"it is {text!r}."
            )
        meaning = {"y": True, "n": False, "?": None}
        return cls(*(meaning[letter] for letter in letters))

    @property
    def known(self) -> bool:
        """Whether each gate was answered."""
        return None not in (self.advocacy, self.target_group, self.incitement)

    @property
    def all_met(self) -> bool:
        """Whether each gate was answered with yes."""
        return self.advocacy is True and self.target_group is True and self.incitement is True


@dataclass(frozen=True)
class Scores:
    """The six factors, each 0 absent to 3 strong; None means not known yet."""

    context: int | None
    speaker: int | None
    intent: int | None
    content: int | None
    extent: int | None
    likelihood: int | None

    def __post_init__(self) -> None:
        """Refuse a factor that is not on the scale.

        Raises:
            RabatError: a factor is not from 0 to 3.

        """
        for name, value in vars(self).items():
            if value is not None and not 0 <= value <= HIGHEST_SCORE:
                raise RabatError(f"The {name} must be from 0 to {HIGHEST_SCORE}, or unknown; it is {value}.")


def threshold(gates: Gates | str, scores: Scores, mode: Mode) -> Outcome:
    """Apply the threshold: all six factors are weighed, none is summed (ICCPR 20(2); Rabat 29).

    Recklessness never reaches the criminal class, and without intent the outcome is at most a concern.

    Args:
        gates: the three gates, or their letters, such as "yyn".
        scores: the six factors.
        mode: Article 20, which needs all three gates, or analogy.

    Raises:
        RabatError: the letters of the gates cannot be read.

    """
    gates = Gates.parse(gates) if isinstance(gates, str) else gates
    factors: tuple[int | None, ...] = astuple(scores)
    known = tuple(factor for factor in factors if factor is not None)
    if not gates.known or len(known) < len(factors):
        return Outcome.INCOMPLETE
    if min(known) >= SUBSTANTIAL:
        if mode is Mode.ANALOGY:
            return Outcome.CRIMINAL_BY_ANALOGY
        if gates.all_met:
            return Outcome.CRIMINAL
    return _below_criminal(known)


def _below_criminal(factors: tuple[int, ...]) -> Outcome:
    """Tell civil, concern and none apart, once the criminal class is excluded (Rabat 29)."""
    _context, _speaker, intent, content, _extent, likelihood = factors
    substantial = sum(factor >= SUBSTANTIAL for factor in factors)
    if content >= SUBSTANTIAL and substantial >= 4 and likelihood >= 1 and intent >= 1:
        return Outcome.CIVIL
    if content >= 1 and (intent >= 1 or likelihood >= 1):
        return Outcome.CONCERN
    return Outcome.NONE
