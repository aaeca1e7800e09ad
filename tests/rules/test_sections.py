"""Who still owes what to a report, and what a section may answer (domain.md 8.1)."""

from typing import Any

import pytest

from transparency.rules.coverage import BY_CODE, Given, answers, section_place
from transparency.rules.sections import BY_CODE as KINDS
from transparency.rules.sections import SECTIONS, Debt, SectionState, Standing, debts, told_debts, where_of

EMPTY, DRAFT, READY = SectionState.EMPTY, SectionState.DRAFT, SectionState.READY


@pytest.mark.parametrize(
    ("owner", "state", "comments", "owes"),
    [
        ("", EMPTY, 0, []),
        ("Ana", EMPTY, 0, ["write it, or let the publisher take it back"]),
        ("Ana", DRAFT, 0, ["mark it as ready"]),
        ("", DRAFT, 0, ["mark it as ready"]),
        ("Ana", READY, 0, []),
        ("Ana", READY, 1, ["resolve 1 comment"]),
        ("", EMPTY, 2, ["resolve 2 comments"]),
        ("Ana", DRAFT, 2, ["mark it as ready", "resolve 2 comments"]),
    ],
)
def test_what_somebody_owes_to_a_section(owner: str, state: str, comments: int, owes: list[str]) -> None:
    assert debts([Standing("Lessons", owner, state, comments)]) == [
        Debt(owner, "Lessons", what) for what in owes
    ]


def test_debts_are_told_with_who_owes_them() -> None:
    assert told_debts([]) == ""
    assert told_debts(
        [Debt("Ana", "Lessons", "mark it as ready"), Debt("", "Tensions", "resolve 1 comment")]
    ) == (
        "Sections are not done (UNGP 21(b)): Lessons (Ana: mark it as ready); "
        "Tensions (the publisher: resolve 1 comment)."
    )


def test_every_section_answers_questions_that_there_are_and_of_its_kind() -> None:
    asked = {code for kind in KINDS.values() for code in kind.questions}
    assert asked <= set(BY_CODE)
    assert {code for code in KINDS["words"].questions if not BY_CODE[code].of_issues} == set()
    assert set(BY_CODE) - asked == {"B1", "C2.2", "C4.3", "C6.1", "C6.3"} - asked
    assert {where_of(one.code) for one in SECTIONS} == {"before", "after"}


RISK: dict[str, Any] = {"title": "x", "measures": [], "consultations": []}


@pytest.mark.parametrize(
    ("code", "written", "kinds"),
    [
        ("tensions", [], [None, None]),
        ("tensions", [{"code": "tensions", "risk": 0}], ["said", "said"]),
        ("words", [{"code": "words", "risk": 2}], [None, "said"]),
    ],
)
def test_a_section_that_nobody_wrote_answers_nothing(
    code: str, written: list[dict[str, Any]], kinds: list[str | None]
) -> None:
    content = {"risks": [RISK, RISK], "policies": [], "sections": written}

    found = answers(content, {("C4.2", 0): Given(section_place(code))})

    assert [one.kind for one in found if one.question.code == "C4.2"] == kinds
