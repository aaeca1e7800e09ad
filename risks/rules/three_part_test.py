"""The three-part test as questions: legality, legitimate aim, necessity and proportionality (ICCPR 19(3); 3.3).

Every question is put so that "no" speaks against the measure. An honest "unknown" leaves the test incomplete: a measure
may then stand for 72 hours at most, as an emergency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from risks.rules.ladder import LADDER

ANSWERS = ("yes", "no", "unknown")
ANSWERS_OR_NOT_ASKED = (*ANSWERS, "not_applicable")
NEEDS_ALTERNATIVES = 2  # from this intrusiveness on, at least one lower rung was weighed


class Part(StrEnum):
    """The parts of the test, in the order in which they are asked."""

    LEGALITY = "Legality"
    AIM = "Legitimate aim"
    NECESSITY = "Necessity"
    BALANCE = "Proportionality in the strict sense"


class OutcomeOfTest(StrEnum):
    """What the test says of a measure."""

    FAILS = "fails"
    INCOMPLETE = "incomplete"
    PASSES = "passes"


class Because(StrEnum):
    """Why a less intrusive measure was not chosen (N4)."""

    INSUFFICIENT = "insufficient"
    TOO_SLOW = "too_slow"
    EVADED_BEFORE = "evaded_before"
    NOT_AVAILABLE = "not_available"
    INCREASES_HARM = "increases_harm"


BECAUSE_LABELS: Mapping[Because, str] = {
    Because.INSUFFICIENT: "It would not be enough",
    Because.TOO_SLOW: "It would come too late",
    Because.EVADED_BEFORE: "It was evaded before",
    Because.NOT_AVAILABLE: "We cannot do it",
    Because.INCREASES_HARM: "It would add to the harm",
}

# The aims for which each freedom may be limited; a right that names none of its own takes those of expression.
AIMS_OF: Mapping[str, tuple[str, ...]] = {
    "expression": (
        "rights_of_others",
        "reputation_of_others",
        "national_security",
        "public_order",
        "public_health",
        "public_morals",
    ),
    "religion": ("public_safety", "order", "health", "morals", "fundamental_rights_of_others"),
    "assembly_and_association": (
        "national_security",
        "public_safety",
        "public_order",
        "health",
        "morals",
        "rights_of_others",
    ),
}
# What the freedoms of religion, assembly and association call nearly as expression does.
AIMS_READ_AS: Mapping[str, str] = {
    "order": "Order, where religion or belief is shown (ICCPR 18(3))",
    "health": "Health, where people believe, assemble or associate (ICCPR 18(3), 21, 22(2))",
    "morals": "Morals, where people believe, assemble or associate (ICCPR 18(3), 21, 22(2))",
    "fundamental_rights_of_others": "Fundamental rights of others, where religion or belief is shown (ICCPR 18(3))",
}
AIMS: tuple[str, ...] = tuple(dict.fromkeys(aim for aims in AIMS_OF.values() for aim in aims))


@dataclass(frozen=True)
class Question:
    """One question of the test; `explains` says that the answer is nothing without words."""

    code: str
    part: Part
    text: str
    explains: bool = False
    may_be_left_out: bool = False


QUESTIONS: tuple[Question, ...] = (
    Question("L1", Part.LEGALITY, "Is the rule published, findable and in the person's language?"),
    Question("L2", Part.LEGALITY, "Is it precise enough to foresee consequences and to bind reviewers?"),
    Question("L3", Part.LEGALITY, "Was it in force when the conduct occurred?"),
    Question(
        "L4",
        Part.LEGALITY,
        "If a State asked: is there a written, valid legal basis, and was it read narrowly?",
        may_be_left_out=True,
    ),
    Question("A2", Part.AIM, "Is it clear which person or group is protected?", explains=True),
    Question("A3", Part.AIM, "Is the aim genuine, not convenience, reputation or revenue?"),
    Question(
        "N1",
        Part.NECESSITY,
        "Is there a precise threat, and a direct link between this expression or conduct and it?",
        explains=True,
    ),
    Question("N2", Part.NECESSITY, "Is the measure able to reduce the threat?"),
    Question("N3", Part.NECESSITY, "Is it shown that means which do not touch the right cannot do it?"),
    Question("N4", Part.NECESSITY, "Was every less intrusive rung considered and rejected for a reason?"),
    Question("N5", Part.NECESSITY, "Is the measure at least not counter-productive?"),
    Question("P1", Part.BALANCE, "Was the weight of the right burdened taken into account?", explains=True),
    Question("P2", Part.BALANCE, "Was it asked who else is hit?", explains=True),
    Question("P3", Part.BALANCE, "Are duration, territory and reach the minimum?"),
    Question("P4", Part.BALANCE, "Are notice, reasons and appeal in place?"),
    Question(
        "P5",
        Part.BALANCE,
        "Does the benefit outweigh the burden for the people most affected?",
        explains=True,
    ),
)
BY_CODE: Mapping[str, Question] = {question.code: question for question in QUESTIONS}
GUIDANCE: Mapping[str, str] = {
    "N1": "Name the threat and how this very conduct leads to it, not a general danger (GC34 para 35).",
    "N3": "Support, reporting to others, better defaults: anything that leaves the right alone (A/74/486 para 52).",
    "N5": "Attention drawn to the content, evidence lost, people driven elsewhere (A/74/486 para 52).",
    "P1": "Political, journalistic, minority and artistic speech weighs more (GC34 paras 34, 38).",
    "P2": "Readers, communities, customers downstream, evidence that courts will need.",
}


@dataclass(frozen=True)
class Answer:
    """One answer with its words."""

    answer: str
    text: str = ""


@dataclass(frozen=True)
class Alternative:
    """A less intrusive measure that was weighed, and why it was not chosen."""

    kind: str
    because: str
    text: str = ""


@dataclass(frozen=True)
class GivenTest:
    """What an assessor gave: answers by question, the aims, the rungs weighed, the rights burdened (by code)."""

    answers: Mapping[str, Answer]
    aims: Sequence[str] = ()
    alternatives: Sequence[Alternative] = ()
    rights_burdened: Sequence[str] = ()
    no_aim_is_listed: bool = field(default=False)


@dataclass(frozen=True)
class VerdictOfTest:
    """passes, fails or incomplete, the sentence that explains it, and the question that decided."""

    outcome: OutcomeOfTest
    reason: str
    code: str = ""


def judge(given: GivenTest, *, kind: str, unlimitable: frozenset[str]) -> VerdictOfTest:
    """Return the outcome of the test and what decided it.

    A burdened right that may not be limited fails the test before anything is balanced; then "no" to any question
    fails it; then what is unknown or unexplained leaves it incomplete.

    Args:
        given: the answers.
        kind: the measure, as a code of the ladder.
        unlimitable: codes of the rights that no measure may limit (rights.csv, may_be_limited_by_measure).
    """
    if touched := sorted(unlimitable.intersection(given.rights_burdened)):
        return VerdictOfTest(
            OutcomeOfTest.FAILS,
            f"The measure burdens {', '.join(touched)}, which may never be limited: nothing is balanced (ICCPR 4(2)).",
        )
    if given.no_aim_is_listed:
        return VerdictOfTest(
            OutcomeOfTest.FAILS, "The test fails at A1: the aim is none of those that the treaty lists.", "A1"
        )
    for question in QUESTIONS:
        if _answer(given, question).answer == "no":
            return VerdictOfTest(
                OutcomeOfTest.FAILS, f"The test fails at {question.code}: {question.text}", question.code
            )
    if missing := _missing(given, kind=kind):
        return VerdictOfTest(
            OutcomeOfTest.INCOMPLETE, f"Not answered yet: {', '.join(missing)}.", missing[0][:2]
        )
    return VerdictOfTest(
        OutcomeOfTest.PASSES, "Every question of the three-part test is answered for the measure."
    )


def _answer(given: GivenTest, question: Question) -> Answer:
    return given.answers.get(question.code, Answer("unknown"))


def _missing(given: GivenTest, *, kind: str) -> list[str]:
    missing = [] if given.aims else ["A1 (the aim)"]
    for question in QUESTIONS:
        answer = _answer(given, question)
        left_out = question.may_be_left_out and answer.answer == "not_applicable"
        if answer.answer != "yes" and not left_out:
            missing.append(question.code)
        elif question.explains and not answer.text.strip():
            missing.append(f"{question.code} (in words)")
    if (rung := LADDER[kind]).intrusion >= NEEDS_ALTERNATIVES and not _lower(given, than=rung.intrusion):
        missing.append("N4 (name at least one less intrusive measure and why it was rejected)")
    return missing


def _lower(given: GivenTest, *, than: int) -> list[Alternative]:
    return [
        one
        for one in given.alternatives
        if one.kind in LADDER and LADDER[one.kind].intrusion < than and one.because in set(Because)
    ]
