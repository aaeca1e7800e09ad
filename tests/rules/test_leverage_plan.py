"""The loop of leverage, its ladder, and what counts as change (UNGP 19, 20; domain.md 5.1 to 5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.leverage_plan import (
    LEVERAGE_STEPS,
    PLAN_OVER,
    PLAN_STATES,
    Measured,
    PlanFacts,
    collaboration_refusals,
    corrective_refusals,
    effect_refusals,
    plan_refusals,
    rung_refusals,
)


def test_every_state_is_reached_and_only_an_ended_plan_is_a_dead_end() -> None:
    reached = {step.after for step in LEVERAGE_STEPS.values()} | {"identified"}
    left = {state for step in LEVERAGE_STEPS.values() for state in step.before}

    assert reached == set(PLAN_STATES)
    assert left == set(PLAN_STATES) - PLAN_OVER


@pytest.mark.parametrize(
    ("step", "facts", "says"),
    [
        ("assess", PlanFacts(), "what leverage there is, what lacks"),
        ("apply", PlanFacts(), "Log an action of leverage first"),
        ("measure", PlanFacts(actions=1), "Measure the effect of an action first"),
        ("find_effective", PlanFacts(best_effect=2), "The best effect measured is 2"),
        ("find_effective", PlanFacts(best_effect=None), "The best effect measured is 0"),
        ("find_ineffective", PlanFacts(best_effect=3), "Correct the measurement if it was wrong"),
        ("exhaust", PlanFacts(best_effect=0), "put attempts with their outcome on record first"),
        ("exhaust", PlanFacts(measured=1, best_effect=4), "leverage is not exhausted"),
        ("monitor", PlanFacts(best_effect=2), "no longer holds"),
        ("close", PlanFacts(best_effect=1), "does not hold"),
        ("close", PlanFacts(best_effect=3, open_corrective_plans=1), "Close the corrective plan first"),
    ],
)
def test_a_step_without_its_ground_is_refused(step: str, facts: PlanFacts, says: str) -> None:
    assert says in plan_refusals(step, facts)[0]


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ("assess", PlanFacts(assessed=True)),
        ("apply", PlanFacts(actions=1)),
        ("measure", PlanFacts(measured=1)),
        ("find_effective", PlanFacts(best_effect=3)),
        ("find_ineffective", PlanFacts(best_effect=2)),
        ("exhaust", PlanFacts(measured=1, best_effect=0)),
        ("increase", PlanFacts()),
        ("close", PlanFacts(best_effect=3)),
        ("consider_exit", PlanFacts()),
    ],
)
def test_a_step_with_its_ground_is_taken(step: str, facts: PlanFacts) -> None:
    assert plan_refusals(step, facts) == []


def climb(rung: int, used: int | None, *, level: int = 4, zero: bool = False, why: str = "") -> list[str]:
    return rung_refusals(
        rung, highest_used=used, level=level, zero_tolerance=zero, skip_reasons=why, has_measure=True
    )


@pytest.mark.parametrize(
    ("rung", "used", "more", "says"),
    [
        (1, None, {}, "the next one is 0"),
        (3, 1, {}, "the next one is 2"),
        (3, 1, {"why": "Urgent."}, "the next one is 2"),
        (4, 0, {"level": 5}, "say why rung 1 would not do"),
        (4, 0, {"zero": True}, "say why rung 1 would not do"),
        (6, 5, {"level": 5, "why": "x"}, "is no action of leverage"),
        (7, 5, {"level": 5, "why": "x"}, "decided on the page of an exit"),
    ],
)
def test_a_rung_out_of_turn_is_refused(rung: int, used: int | None, more: dict, says: str) -> None:
    assert says in climb(rung, used, **more)[0]


@given(used=st.integers(0, 5), rung=st.integers(0, 5), level=st.integers(1, 5))
def test_going_down_or_up_by_one_is_free_and_skipping_is_for_the_gravest_with_reasons(
    used: int, rung: int, level: int
) -> None:
    assert (climb(rung, used, level=level, why="x") == []) is (rung <= used + 1 or level == 5)


def test_a_suspension_names_the_measure_that_suspends() -> None:
    said = rung_refusals(5, highest_used=4, level=4, zero_tolerance=False, skip_reasons="", has_measure=False)

    assert "Propose it as a measure" in said[0]


def test_acting_together_names_the_body_and_keeps_competition_law() -> None:
    alone = collaboration_refusals(kind="technical", rung=2, body="", competition_note="")
    together = collaboration_refusals(kind="collaborative", rung=0, body="", competition_note="")
    collective = collaboration_refusals(
        kind="contractual", rung=3, body="An industry body", competition_note=" "
    )

    assert alone == []
    assert [said.partition(":")[0] for said in together] == ["Body", "Competition law"]
    assert [said.partition(":")[0] for said in collective] == ["Competition law"]


texts = st.sampled_from(["", " ", "0", "12"])


@given(
    effect=st.integers(0, 4),
    indicator=texts,
    baseline=texts,
    value=texts,
    evidence=texts,
    own_word=st.booleans(),
)
def test_change_counts_only_when_an_indicator_moved_and_somebody_else_shows_it(
    effect: int, indicator: str, baseline: str, value: str, evidence: str, own_word: bool
) -> None:
    given_one = Measured(effect, indicator, baseline, value, evidence, self_report_only=own_word)
    whole = all(one.strip() for one in (indicator, baseline, value, evidence))
    shown = whole and baseline.strip() != value.strip() and not own_word

    assert (effect_refusals(given_one) == []) is (effect < 2 or shown)


@pytest.mark.parametrize(
    ("level", "verifications", "says"),
    [
        (3, [], "a plan without one"),
        (3, ["document", ""], "1 of 2 not verified yet"),
        (4, ["independent", "on_site"], "independently or confirmed by rightsholders"),
        (5, ["self_report"], "independently or confirmed by rightsholders"),
    ],
)
def test_a_corrective_plan_that_is_not_verified_as_it_must_stays_open(
    level: int, verifications: list[str], says: str
) -> None:
    assert says in corrective_refusals(level=level, verifications=verifications)[0]


def test_a_verified_corrective_plan_closes() -> None:
    assert corrective_refusals(level=3, verifications=["self_report"]) == []
    assert corrective_refusals(level=5, verifications=["independent", "rightsholder_confirmed"]) == []
