"""When a relationship may be ended or kept, and what must be true first (UNGP 19)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.exit import (
    EXIT_STEPS,
    NOT_YET_DECIDED,
    Comparison,
    ExitFacts,
    ExitKind,
    ExitState,
    ImpactAssessment,
    Trigger,
    missing_from_assessment,
    next_review,
    refusals,
)

TODAY = date(2026, 11, 24)
SOUND = ExitFacts(
    kind=ExitKind.TERMINATE_WHOLE,
    trigger=Trigger.LEVERAGE_FAILED,
    trigger_reasons="",
    level=5,
    assessed_on=TODAY - timedelta(days=10),
    level_when_assessed=5,
    leverage_with_outcome=1,
    comparison=Comparison.EXIT_LESS_HARM,
    conditions="",
    consequences_accepted="",
    board_agrees=False,
)
WRITTEN = ImpactAssessment(
    groups=1,
    sources=(False, True),
    consulted=True,
    why_not_consulted="",
    alternatives=2,
    mitigation=True,
    comparison="comparable",
    comparison_reasons="People lose a service, and others lose the protection that our presence gives.",
)


def test_a_sound_decision_is_not_refused() -> None:
    assert refusals(SOUND, on=TODAY) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"assessed_on": None}, "UNGP 19: complete the exit impact assessment first."),
        ({"assessed_on": TODAY - timedelta(days=181)}, "older than 180 days"),
        ({"level_when_assessed": 4}, "severity was 4 when"),
        ({"judged_since": "the severity of “A” was judged again on 1 November 2026"}, "was judged again on"),
        ({"leverage_with_outcome": 0}, "use leverage and record its outcome"),
        (
            {"leverage_with_outcome": 0, "trigger": Trigger.LAW_PROHIBITS},
            "which breach or law leaves no room for leverage",
        ),
        ({"comparison": Comparison.EXIT_MANIFESTLY_MORE_HARM}, "manifestly more harm"),
        ({"kind": ExitKind.REMAIN_WITH_CONDITIONS}, "what must be done while staying"),
        ({"kind": ExitKind.REMAIN_WITH_CONDITIONS, "conditions": "x"}, "accept the consequences"),
    ],
)
def test_a_decision_without_its_grounds_is_refused_in_a_sentence(
    change: dict[str, object], says: str
) -> None:
    [sentence] = refusals(replace(SOUND, **change), on=TODAY)  # type: ignore[arg-type]

    assert says in sentence
    assert sentence.startswith("UNGP 19: ")


@pytest.mark.parametrize(
    "change",
    [
        {"assessed_on": TODAY - timedelta(days=180)},
        {"leverage_with_outcome": 0, "kind": ExitKind.SUSPEND_PART},
        {"leverage_with_outcome": 0, "trigger": Trigger.LAW_PROHIBITS, "trigger_reasons": "Sanctions law."},
        {"comparison": Comparison.EXIT_MANIFESTLY_MORE_HARM, "kind": ExitKind.SUSPEND_PART},
        {"comparison": Comparison.EXIT_MANIFESTLY_MORE_HARM, "board_agrees": True},
        {
            "kind": ExitKind.REMAIN_WITH_CONDITIONS,
            "conditions": "Audit.",
            "consequences_accepted": "Yes, by name.",
        },
    ],
)
def test_a_decision_with_its_grounds_is_not_refused(change: dict[str, object]) -> None:
    assert refusals(replace(SOUND, **change), on=TODAY) == []  # type: ignore[arg-type]


@given(st.sampled_from(ExitKind), st.sampled_from(Trigger), st.text(), st.booleans())
def test_no_exit_is_approved_without_an_impact_assessment(
    kind: ExitKind, trigger: Trigger, reasons: str, agrees: bool
) -> None:
    facts = replace(
        SOUND, kind=kind, trigger=trigger, trigger_reasons=reasons, board_agrees=agrees, assessed_on=None
    )
    assert "UNGP 19: complete the exit impact assessment first." in refusals(facts, on=TODAY)


def test_a_whole_assessment_lacks_nothing() -> None:
    assert missing_from_assessment(WRITTEN) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"groups": 0}, "at least one group"),
        ({"sources": (True,)}, "at least 2 sources"),
        ({"sources": (False, False)}, "outside the company"),
        ({"consulted": False}, "in which people were heard"),
        ({"consulted": False, "why_not_consulted": "too expensive"}, "in which people were heard"),
        ({"unjudged": ("Traders",)}, "for: Traders"),
        ({"comparison_reasons": "Short."}, "at least 50 characters"),
        ({"alternatives": 1}, "at least 2 alternatives"),
        ({"mitigation": False}, "softened"),
        ({"comparison": ""}, "compare the harm"),
    ],
)
def test_what_an_assessment_lacks_is_named(change: dict[str, object], says: str) -> None:
    [sentence] = missing_from_assessment(replace(WRITTEN, **change))  # type: ignore[arg-type]

    assert says in sentence


def test_every_state_is_reached_and_only_closed_and_withdrawn_are_ends() -> None:
    reached = {step.after for step in EXIT_STEPS.values()} | {ExitState.CONSIDERING}
    leads_on = {state for step in EXIT_STEPS.values() for state in step.before}

    assert reached == set(ExitState)
    assert set(ExitState) - leads_on == {ExitState.CLOSED, ExitState.WITHDRAWN}


def test_nothing_is_approved_that_was_not_assessed_and_proposed() -> None:
    to_approved = [step for step in EXIT_STEPS.values() if step.after is ExitState.APPROVED]

    assert [step.before for step in to_approved] == [frozenset({ExitState.PROPOSED})]
    assert EXIT_STEPS["withdraw"].before == NOT_YET_DECIDED


@given(st.integers(1, 4))
def test_the_graver_the_harm_the_sooner_staying_is_looked_at_again(level: int) -> None:
    def due(at: int) -> date:
        return next_review(
            ExitKind.REMAIN_WITH_CONDITIONS, level=at, comparison=Comparison.COMPARABLE, decided=TODAY
        )

    assert due(level + 1) <= due(level)
    assert due(5) < due(4) < due(3)
