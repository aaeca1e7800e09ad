"""A three-part test that passes, for whoever needs one."""

from risks.rules.ladder import LADDER
from risks.rules.three_part_test import QUESTIONS, Alternative, Answer, GivenTest

WHY = "Said in words that another person can follow and check."


def passing(kind: str) -> GivenTest:
    """Return answers with which the test passes for a kind of measure."""
    lower = [code for code, rung in LADDER.items() if rung.intrusion < LADDER[kind].intrusion]
    return GivenTest(
        answers={question.code: Answer("yes", WHY) for question in QUESTIONS},
        aims=("rights_of_others",),
        alternatives=tuple(Alternative(code, "insufficient", WHY) for code in lower),
        rights_burdened=("EXPRESSION",),
    )


def answering(kind: str, **answers: str) -> GivenTest:
    """Return the passing test with some answers changed."""
    given = passing(kind)
    changed = {code: Answer(answer, WHY) for code, answer in answers.items()}
    return GivenTest(
        answers={**given.answers, **changed},
        aims=given.aims,
        alternatives=given.alternatives,
        rights_burdened=given.rights_burdened,
    )
