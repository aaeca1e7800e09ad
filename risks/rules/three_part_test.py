"""The three-part test as questions: legality, legitimate aim, necessity and proportionality (ICCPR 19(3); 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question; `fails_on` is the answer that fails the test, or empty where the answer only informs."""

    code: str
    text: str
    fails_on: str


QUESTIONS: tuple[Question, ...] = (
    Question("L1", "Is the rule published, findable and in the person's language?", "no"),
    Question("L2", "Is it precise enough to foresee consequences and to bind reviewers?", "no"),
    Question("L3", "Was it in force when the conduct occurred?", "no"),
    Question("A3", "Is the aim a listed one and genuine (not convenience, reputation or revenue)?", "no"),
    Question("N1", "Is there a precise threat, and a direct link between the conduct and it?", "no"),
    Question("N2", "Is the measure able to reduce the threat?", "no"),
    Question("N3", "Could means that do not touch the right do it?", "yes"),
    Question("N4", "Were all less intrusive rungs considered and rejected for a reason?", "no"),
    Question("P3", "Are duration, territory and reach the minimum?", "no"),
    Question("P4", "Are notice, reasons and appeal in place?", "no"),
    Question("P5", "Does the benefit outweigh the burden for the people most affected?", "no"),
)
ANSWERS = ("yes", "no", "unknown")


@dataclass(frozen=True)
class TestVerdict:
    """passes, fails or incomplete, with the sentence that explains it."""

    outcome: str
    reason: str


def verdict(answers: Mapping[str, str]) -> TestVerdict:
    """Return the outcome of the test: any failing answer fails it, any unknown leaves it incomplete.

    Args:
        answers: yes, no or unknown by question code; a missing answer counts as unknown.
    """
    failing = [question for question in QUESTIONS if answers.get(question.code) == question.fails_on]
    if failing:
        return TestVerdict("fails", f"The test fails at {failing[0].code}: {failing[0].text}")
    unknown = [question for question in QUESTIONS if answers.get(question.code) not in {"yes", "no"}]
    if unknown:
        return TestVerdict("incomplete", f"Not answered yet: {', '.join(one.code for one in unknown)}.")
    return TestVerdict("passes", "Every question of the three-part test is answered for the measure.")
