"""The worksheet of the Rabat threshold test: guidance, what contradicts itself, what an outcome means (domain.md 4).

The outcome is input to the three-part test and never the decision. A company's view makes nobody a criminal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hrdd.governance.rules import LEAST_REASONS
from risks.rules.rabat import SUBSTANTIAL, Gates, Mode, Outcome

FEWEST_ASSESSORS = 2
TENSE = frozenset({"armed_conflict", "election", "communal_tension"})


class Ground(StrEnum):
    NATIONAL = "national"
    RACIAL = "racial"
    RELIGIOUS = "religious"
    OTHER_POLICY_GROUND = "other_policy_ground"


PROTECTED_GROUNDS = frozenset({Ground.NATIONAL, Ground.RACIAL, Ground.RELIGIOUS})


class HarmSought(StrEnum):
    DISCRIMINATION = "discrimination"
    HOSTILITY = "hostility"
    VIOLENCE = "violence"


class SpeechException(StrEnum):
    """What speech may be although its words are those of hatred."""

    REPORTING = "reporting"
    CONDEMNATION = "condemnation"
    SATIRE_ART = "satire_art"
    ACADEMIC = "academic"
    COUNTER_SPEECH = "counter_speech"
    QUOTING = "quoting"


@dataclass(frozen=True)
class Factor:
    """One factor: its name, what is asked, and the anchors of 0 to 3 (4.2)."""

    name: str
    label: str
    ask: str
    anchors: tuple[str, str, str, str]


FACTORS: tuple[Factor, ...] = (
    Factor(
        "context",
        "Context",
        "Social and political setting when it was said: conflict, past violence, elections, discrimination, media "
        "freedom.",
        (
            "calm, no history",
            "tension reported",
            "recent violence or systematic discrimination",
            "ongoing or imminent violence, warning signs of atrocities",
        ),
    ),
    Factor(
        "speaker",
        "Speaker",
        "Standing and influence over that very audience; public officials have a duty to condemn violence.",
        (
            "no influence",
            "modest local standing",
            "notable authority or large following",
            "head of State or government, commander, religious leader with command over followers",
        ),
    ),
    Factor(
        "intent",
        "Intent",
        "Purpose to incite an audience against a target. Negligence and recklessness are not enough.",
        (
            "none, or contrary: to report, condemn, satirise",
            "reckless or negligent: should have known",
            "purpose reasonably inferred: wording, repetition, timing, coded signals",
            "explicit purpose",
        ),
    ),
    Factor(
        "content",
        "Content and form",
        "Directness, provocation, dehumanising, style, imagery.",
        (
            "none",
            "offensive, ambiguous",
            "hostile, dehumanising or coded call",
            "direct call to discriminate, attack, expel",
        ),
    ),
    Factor(
        "extent",
        "Extent",
        "Reach, publicity, repetition, means, size of the audience, resharing.",
        ("private or unseen", "small", "large or repeated", "mass, amplified, or reaching the exact actors"),
    ),
    Factor(
        "likelihood",
        "Likelihood and imminence",
        "Reasonable probability that it succeeds in inciting action; the action itself need not occur.",
        ("improbable, window closed", "possible", "likely", "imminent: time, place or means named"),
    ),
)
GATES: Mapping[str, str] = {
    "advocacy": "Is it advocacy of hatred on a protected ground? Criticism of ideas, institutions or leaders is not.",
    "target_group": "Is there a target group?",
    "incitement": "Does it incite discrimination, hostility or violence against that group?",
}
GATE_ANSWERS: Mapping[str, str] = {"y": "Yes", "n": "No", "?": "Not known"}

NAMES: Mapping[Outcome, str] = {
    Outcome.CRIMINAL: "A: criminal-threshold view",
    Outcome.CRIMINAL_BY_ANALOGY: "A*: the same by analogy",
    Outcome.CIVIL: "B: civil or administrative",
    Outcome.CONCERN: "C: no sanction, concern for tolerance",
    Outcome.NONE: "N: no incitement concern",
    Outcome.INCOMPLETE: "Incomplete",
}
_HIGHEST = (
    "Preserve the evidence. Removal and the like may pass the necessity question. Check whether DSA Article 18 asks to "
    "notify an authority. Refer it to a senior executive the same day. Never call a person a criminal in public."
)
MEANINGS: Mapping[Outcome, str] = {
    Outcome.CRIMINAL: _HIGHEST,
    Outcome.CRIMINAL_BY_ANALOGY: f"{_HIGHEST} Say that the six factors are used by analogy.",
    Outcome.CIVIL: "Measures up to class I3 usually. A measure on an account needs a history.",
    Outcome.CONCERN: "Counter-speech or a label. No removal on this basis.",
    Outcome.NONE: "No ground of incitement. Other rules may apply.",
    Outcome.INCOMPLETE: "A gate or a factor is not known yet. Nothing rests on this worksheet until it is.",
}
IS_INPUT = (
    "This is input to the three-part test and not the decision. A company may restrict below A under its own published "
    "rules if the three-part test passes, and must not restrict because A is met if the measure no longer serves."
)


@dataclass(frozen=True)
class Given:
    """What an assessor gave besides the scores, as far as it can contradict itself."""

    mode: Mode
    gates: Gates
    grounds: Sequence[str]
    harm_sought: Sequence[str]
    exceptions: Sequence[str]
    intent: int | None
    intent_text: str


def contradictions(given: Given) -> dict[str, str]:
    """Return what contradicts itself, as sentences by field (4.1)."""
    found = {}
    if given.gates.advocacy and not given.grounds:
        found["grounds"] = "Grounds: advocacy of hatred is on a ground. Choose it (ICCPR 20(2))."
    elif (
        given.mode is Mode.ART20 and given.gates.all_met and not PROTECTED_GROUNDS.intersection(given.grounds)
    ):
        found["grounds"] = (
            "Grounds: Article 20(2) covers national, racial and religious hatred. On another ground use the six "
            "factors by analogy, or decide under the three-part test alone."
        )
    if given.gates.incitement and not given.harm_sought:
        found["harm_sought"] = (
            "Harm sought: say whether discrimination, hostility or violence is incited (ICCPR 20(2))."
        )
    contrary = given.exceptions and given.intent is not None and given.intent >= SUBSTANTIAL
    if contrary and len(given.intent_text.strip()) < LEAST_REASONS:
        found["intent_text"] = (
            f"Intent: an exception speaks against purpose. Say in at least {LEAST_REASONS} characters why it is a "
            "pretext, or score intent 0 or 1 (method 6)."
        )
    return found


def advice_on_mode(mode: Mode, gates: Gates) -> str:
    """Return what to say about the mode: Article 20 does not reach what fails its gates."""
    if mode is Mode.ANALOGY:
        return "The six factors are used by analogy; Article 20(2) itself is not applied."
    if gates.known and not gates.all_met:
        return (
            "Article 20(2) is not met at its gates, so the criminal class cannot be reached. Use the factors by "
            "analogy, or decide under the three-part test alone."
        )
    return ""


def valid_until(at: datetime, *, context_tags: Sequence[str], days: int, tense_days: int) -> datetime:
    """Return until when scores made at a moment may be relied on: shorter while people are on edge (4.1).

    Args:
        at: when the scores were made.
        context_tags: those of the risk.
        days, tense_days: the numbers of the method.
    """
    return at + timedelta(days=tense_days if TENSE.intersection(context_tags) else days)


@dataclass(frozen=True)
class Assessor:
    """One assessor of a worksheet: whether they agree, and attest language and local context."""

    name: str
    agrees: bool
    attests: bool


def lacking_assessors(assessors: Sequence[Assessor]) -> list[str]:
    """Return what a worksheet lacks before it is confirmed (SD9)."""
    lacking = []
    agreeing = {one.name for one in assessors if one.agrees}
    if len(agreeing) < FEWEST_ASSESSORS:
        lacking.append(f"SD9: {len(agreeing)} of {FEWEST_ASSESSORS} assessors stand behind it so far.")
    if not any(one.attests for one in assessors):
        lacking.append("SD9: no assessor attested competence in the language and the local context.")
    return lacking
