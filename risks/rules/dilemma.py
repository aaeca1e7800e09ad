"""How a dilemma between rights is prepared, advised on and decided (ICCPR 19(3), 20(2); UNGP 23; domain.md 1.6).

Nothing here adds up, averages or ranks effects on rights: a table shows them in words, and a person gives reasons (D3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hrdd.governance.rules import NotAllowed, Permission, Step
from risks.rules.ladder import LADDER, NEEDS_END_DATE

GRAVE = 5
INTERIM_HOURS = 72
NO_ACTION = "no_action"
FEWEST_OPTIONS = 2
EXPRESSION = "EXPRESSION"
LONGEST_INTERIM = f"{INTERIM_HOURS} hours"


class Kind(StrEnum):
    """What a dilemma is about; precedents are found by it."""

    HATRED = "hatred"
    VIOLENCE = "violence"
    GOVERNMENT_DEMAND = "government_demand"
    PRIVACY_OR_SAFETY = "privacy_or_safety"
    INFORMATION = "information"
    LIVELIHOOD = "livelihood"
    OTHER = "other"


KINDS: Mapping[Kind, str] = {
    Kind.HATRED: "Hatred or incitement against a group",
    Kind.VIOLENCE: "Threats or calls for violence, no protected ground",
    Kind.GOVERNMENT_DEMAND: "A government demands data or a restriction",
    Kind.PRIVACY_OR_SAFETY: "Privacy against somebody's safety",
    Kind.INFORMATION: "Some information against none",
    Kind.LIVELIHOOD: "A service that people depend on",
    Kind.OTHER: "Another tension between rights",
}


class Side(StrEnum):
    """Where a right stands in a dilemma."""

    PROTECTED = "protected"
    BURDENED = "burdened"
    AT_RISK = "at_risk"


SIDES: Mapping[Side, str] = {
    Side.PROTECTED: "Protected by acting",
    Side.BURDENED: "Burdened by acting",
    Side.AT_RISK: "Left at risk by doing less",
}
# Ordinal words for the eye; they are never added, averaged or ordered across rights (D3).
EFFECTS: Mapping[int, str] = {
    2: "protects strongly",
    1: "protects",
    0: "no effect",
    -1: "burdens",
    -2: "burdens heavily",
}
UNKNOWN_EFFECT = "not known"


class State(StrEnum):
    OPEN = "open"
    INTERIM_DECIDED = "interim_decided"
    ANALYSED = "analysed"
    CONSULTED = "consulted"
    DECIDED = "decided"
    IN_REVIEW = "in_review"
    CLOSED = "closed"


STATES: Mapping[State, str] = {
    State.OPEN: "Open",
    State.INTERIM_DECIDED: "Decided for the interim",
    State.ANALYSED: "Analysed",
    State.CONSULTED: "Consulted",
    State.DECIDED: "Decided",
    State.IN_REVIEW: "In review",
    State.CLOSED: "Closed",
}
PREPARED_IN = frozenset({State.OPEN, State.INTERIM_DECIDED, State.IN_REVIEW})
ADVISED_IN = frozenset({State.OPEN, State.INTERIM_DECIDED, State.ANALYSED, State.CONSULTED, State.IN_REVIEW})
SETTLED = (State.DECIDED, State.IN_REVIEW, State.CLOSED)
UNSETTLED = (State.OPEN, State.ANALYSED, State.CONSULTED)

STEPS: Mapping[str, Step] = {
    "decide_interim": Step(
        "Decide for the interim",
        frozenset({State.OPEN}),
        State.INTERIM_DECIDED,
        Permission.DECIDE_DILEMMA,
    ),
    "analyse": Step(
        "Close the analysis",
        frozenset({State.OPEN, State.INTERIM_DECIDED}),
        State.ANALYSED,
        Permission.PREPARE_DILEMMA,
    ),
    "consult": Step(
        "Close the consultation",
        frozenset({State.ANALYSED}),
        State.CONSULTED,
        Permission.PREPARE_DILEMMA,
    ),
    "decide": Step(
        "Decide",
        frozenset({State.CONSULTED, State.IN_REVIEW}),
        State.DECIDED,
        Permission.DECIDE_DILEMMA,
    ),
    "review": Step(
        "Open it again for review",
        frozenset({State.DECIDED}),
        State.IN_REVIEW,
        Permission.PREPARE_DILEMMA,
    ),
    "close": Step("Close it", frozenset({State.IN_REVIEW}), State.CLOSED, Permission.DECIDE_DILEMMA),
}

REVENUE = re.compile(
    r"\b(?:revenues?|turnover|profits?|profitab\w+|sales targets?|market share|share price|shareholders?|"
    r"quarterly (?:results|target)s?|commercial (?:value|interests?))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OptionFacts:
    """What the rules need to know of an option."""

    label: str
    kind: str
    interferes_with: frozenset[str]
    effects_missing: int
    test: str = ""

    @property
    def intrusion(self) -> int:
        """Return how intrusive it is; another course than the ladder's has no class."""
        return LADDER[self.kind].intrusion if self.kind in LADDER else 0

    @property
    def restricts(self) -> bool:
        """Whether it interferes with a right itself, and so must pass the three-part test."""
        return self.intrusion > 0 or bool(self.interferes_with)


@dataclass(frozen=True)
class DilemmaFacts:
    """What the rules need to know of a dilemma."""

    kind: str
    protected: frozenset[str]
    burdened: frozenset[str]
    options: Sequence[OptionFacts]
    advised_by_another: bool
    rabat_confirmed: bool

    @property
    def needs_rabat(self) -> bool:
        """Whether the Rabat worksheet is mandatory: expression is burdened on the ground of hatred (D2)."""
        return self.kind == Kind.HATRED and EXPRESSION in self.burdened


# What a decision may ask for, by the class of the options.
MAY_DECIDE = (Permission.DECIDE_DILEMMA, Permission.DECIDE_GRAVE_DILEMMA)


def permission_to_decide(kinds: Iterable[str]) -> Permission:
    """Return who decides: a senior executive once any option is of class I5 (domain.md 1.6).

    Args:
        kinds: the kinds of all options; another course has none.
    """
    grave = any(LADDER[kind].intrusion >= GRAVE for kind in kinds if kind in LADDER)
    return Permission.DECIDE_GRAVE_DILEMMA if grave else Permission.DECIDE_DILEMMA


def refuse_unlimitable(burdened: Iterable[str], unlimitable: frozenset[str]) -> None:
    """Refuse an interference with a right that may never be limited (D1).

    Raises:
        NotAllowed: naming each of them.
    """
    if touched := sorted(unlimitable.intersection(burdened)):
        raise NotAllowed(
            f"D1: {', '.join(touched)} may never be limited by a measure, so no option may burden it itself. If it is "
            "left at risk by doing less, name it under the rights left at risk."
        )


def refuse_revenue(texts: Mapping[str, str]) -> None:
    """Refuse revenue as a reason: it weighs nothing in a dilemma between rights (1.6; 3.3, A3).

    Raises:
        NotAllowed: naming the field and the word.
    """
    for label, said in texts.items():
        if found := REVENUE.search(said):
            raise NotAllowed(
                f"{label}: “{found.group()}” is no reason here. A dilemma is weighed by what it does to people's "
                "rights; what a decision earns or costs the company is left out of it (UNGP 23; ICCPR 19(3), A3)."
            )


def needs_end(kind: str, target_type: str) -> bool:
    """Whether a measure of a kind on a target must end on a day (3.2)."""
    if kind not in LADDER or LADDER[kind].intrusion in {0, GRAVE}:
        return False
    return kind in NEEDS_END_DATE or target_type in {"account", "feature", "partner", "territory"}


def lacking_to_analyse(facts: DilemmaFacts) -> list[str]:
    """Return what an analysis still lacks, one sentence each (D2, D3; 1.6)."""
    lacking = []
    if not facts.burdened or not facts.protected:
        lacking.append("Name at least one right that is protected and one that is burdened (UNGP 23).")
    if len(facts.options) < FEWEST_OPTIONS:
        lacking.append("Weigh at least two options (UNGP 23).")
    if not any(one.kind == NO_ACTION for one in facts.options):
        lacking.append("One option is to take no action: an omission is an act and is weighed too (GP13).")
    lacking += [
        f"{one.label}: say what it does to each right ({one.effects_missing} not said yet) (D3)."
        for one in facts.options
        if one.effects_missing
    ]
    lacking += [
        f"{one.label}: answer the three-part test (ICCPR 19(3))."
        for one in facts.options
        if one.intrusion > 0 and not one.test
    ]
    if facts.needs_rabat and not facts.rabat_confirmed:
        lacking.append(
            "D2: expression is burdened on the ground of hatred. The Rabat worksheet is needed, confirmed by two "
            "assessors (SD9)."
        )
    return lacking


def lacking_to_consult(facts: DilemmaFacts) -> list[str]:
    """Return why the consultation is not closed yet (1.6: prepared with an expert or the engagement lead)."""
    if facts.advised_by_another:
        return []
    return [
        "UNGP 23: nobody but those who prepared it gave advice. Ask an expert, or the engagement lead, and record what "
        "they say."
    ]


def refusals_to_choose(option: OptionFacts, *, interim: bool) -> list[str]:
    """Return why an option may not be chosen, by its three-part test (3.3).

    Args:
        option: what is chosen.
        interim: whether it stands for 72 hours only, in which an incomplete test may stand as well.
    """
    if option.intrusion == 0:
        return []
    if option.test == "fails":
        return [
            f"ICCPR 19(3): “{option.label}” fails the three-part test, so it cannot be chosen. Choose a lesser one."
        ]
    if option.test != "passes" and not interim:
        return [
            f"ICCPR 19(3): the three-part test of “{option.label}” is incomplete. That stands for {LONGEST_INTERIM} in "
            "an emergency and no longer."
        ]
    return []


def same_tags(
    one: tuple[str, frozenset[str], frozenset[str], frozenset[str]],
    other: tuple[str, frozenset[str], frozenset[str], frozenset[str]],
) -> bool:
    """Whether two dilemmas are alike enough for one to be a precedent of the other (D5) [D].

    Args:
        one, other: kind, rights protected, rights burdened, places; no places stand for anywhere.
    """
    kind, protected, burdened, places = one
    other_kind, other_protected, other_burdened, other_places = other
    somewhere = not places or not other_places or places & other_places
    return kind == other_kind and bool(
        protected & other_protected and burdened & other_burdened and somewhere
    )
