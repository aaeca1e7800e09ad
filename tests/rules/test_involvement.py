"""The decision tree over every combination of answers, what it obliges to, and its clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.involvement import (
    CEASES,
    FACTORS,
    GRAVITY,
    QUESTIONS,
    Facts,
    contradictions,
    decide,
    drifts,
    fact_finding_due,
    needs_remediation_plan,
    of_legal_risk_alone,
    owed,
    stop_due,
)
from risks.rules.method import configured
from risks.rules.time_limits import TIME_LIMITS

NAMES = [one.name for one in QUESTIONS]
COMBINATIONS = [
    dict(zip(NAMES, answers, strict=True)) for answers in product(("yes", "no", "unknown"), repeat=5)
]
# What the company must do in the meantime: stop and remedy, use leverage, or nothing.
RESPONSE = dict.fromkeys(CEASES, 2) | {"directly_linked": 1, "none": 0}
TODAY = date(2026, 11, 25)
NO_TO_ALL = dict.fromkeys(NAMES, "no")
CONTRIBUTES = NO_TO_ALL | {"facilitates": "yes"}
SUBSTANTIAL = {"substantial": {"answer": "yes", "text": "Half of the calls."}}


def expected(answers: dict[str, str]) -> str:
    """Return the tie as domain.md 1.2 tells it, written independently of the code."""
    if answers["alone"] != "no":
        return "cause" if answers["alone"] == "yes" else "undetermined"
    parts = [answers[name] for name in ("facilitates", "incentivises", "adds")]
    if "yes" in parts:
        return GRAVITY[1 + parts.index("yes")]
    if "unknown" in parts:
        return "undetermined"
    return {"yes": "directly_linked", "no": "none", "unknown": "undetermined"}[answers["linked"]]


@pytest.mark.parametrize("answers", COMBINATIONS, ids=lambda answers: "-".join(answers.values()))
def test_every_combination_leads_to_one_tie_with_a_reason_and_a_path(answers: dict[str, str]) -> None:
    found = decide(answers)

    assert found.tie == expected(answers)
    assert found.reason.endswith(".")
    assert [(one.name, answer) for one, answer in found.path] == list(answers.items())[: len(found.path)]
    assert owed(found.tie)


@pytest.mark.parametrize("answers", COMBINATIONS, ids=lambda answers: "-".join(answers.values()))
def test_what_is_not_known_never_asks_for_less_than_the_worst_it_may_turn_out_to_be(
    answers: dict[str, str],
) -> None:
    choices = [("yes", "no") if answer == "unknown" else (answer,) for answer in answers.values()]
    reachable = [decide(dict(zip(NAMES, told, strict=True))).tie for told in product(*choices)]

    assert RESPONSE[decide(answers).tie] >= max(RESPONSE[tie] for tie in reachable)


@given(st.sampled_from(COMBINATIONS), st.sampled_from(NAMES))
def test_a_yes_never_asks_for_less_than_a_no(answers: dict[str, str], name: str) -> None:
    more, less = decide(answers | {name: "yes"}).tie, decide(answers | {name: "no"}).tie

    assert RESPONSE[more] >= RESPONSE[less]


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("yes", "no", "unknown"))))
def test_a_missing_answer_counts_as_not_known(answers: dict[str, str]) -> None:
    assert decide(answers) == decide(dict.fromkeys(NAMES, "unknown") | answers)


def test_several_kinds_of_contribution_are_named_by_the_gravest_and_it_says_so() -> None:
    found = decide(NO_TO_ALL | {"incentivises": "yes", "adds": "yes"})

    assert found.tie == "contribute_incentivise"
    assert "the gravest names it" in found.reason


@pytest.mark.parametrize("tie", GRAVITY)
def test_a_remediation_plan_is_needed_by_whoever_causes_contributes_or_does_not_know(tie: str) -> None:
    assert needs_remediation_plan(tie) == (tie not in {"directly_linked", "none"})
    assert any("remediation plan" in sentence for sentence in owed(tie)) == needs_remediation_plan(tie)


def test_a_claim_obliges_to_nothing_yet() -> None:
    assert owed("") == ()
    assert not needs_remediation_plan("")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"factors": {"substantial": {"answer": "no", "text": "x"}}}, "a contribution is substantial"),
        ({"factors": {}}, "a contribution is substantial"),
        ({"factors": {"substantial": {"answer": "yes", "text": " "}}}, "Substantial: say in a sentence why"),
        ({"factors": SUBSTANTIAL | {"enabled": {"answer": "no", "text": "x"}}}, "Enabled: the tree says"),
        (
            {
                "answers": NO_TO_ALL | {"incentivises": "yes"},
                "factors": SUBSTANTIAL | {"encouraged": {"answer": "no", "text": "x"}},
            },
            "Encouraged: the tree says",
        ),
        ({"mode": ""}, "Act or omission: who causes or contributes"),
        ({"answers": NO_TO_ALL | {"alone": "yes"}, "mode": ""}, "Act or omission: who causes or contributes"),
        ({"mode": "omission"}, "name at least one, or choose an act"),
        ({"mode": "both"}, "name at least one, or choose an act"),
        ({"omission_kinds": ["slow_response"]}, "they go with an omission"),
        ({"answers": NO_TO_ALL, "factors": {}}, "where no link was found"),
        ({"knew_since": TODAY + timedelta(days=1)}, "this day is still to come"),
        ({"mode": "omission", "omission_kinds": ["ignored_notice"]}, "Knew since: whoever ignored"),
        (
            {
                "mode": "omission",
                "omission_kinds": ["ignored_own_research"],
                "knew_since": TODAY,
                "factors": SUBSTANTIAL | {"foreseeable": {"answer": "no", "text": "x"}},
            },
            "could foresee the harm",
        ),
        ({"answers": NO_TO_ALL | {"linked": "yes"}, "mode": ""}, "name the relationship or the product"),
        (
            {
                "answers": NO_TO_ALL | {"linked": "yes"},
                "through": True,
                "factors": SUBSTANTIAL | {"enabled": {"answer": "yes", "text": "x"}},
            },
            "it contributed to",
        ),
        (
            {"answers": NO_TO_ALL, "mode": "", "factors": {"enabled": {"answer": "yes", "text": "x"}}},
            "is tied to it",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_in_a_sentence(change: dict[str, object], sentence: str) -> None:
    sound = {"answers": CONTRIBUTES, "factors": SUBSTANTIAL, "mode": "act"}
    assert contradictions(Facts(**sound), on=TODAY) == []

    [refusal] = contradictions(Facts(**(sound | change)), on=TODAY)

    assert sentence in refusal


def test_every_factor_that_is_answered_says_why() -> None:
    factors = {factor: {"answer": "yes", "text": ""} for factor in FACTORS}

    found = contradictions(Facts(answers=CONTRIBUTES, factors=factors, mode="act"), on=TODAY)

    assert len(found) == len(FACTORS)


@pytest.mark.parametrize(
    ("tier", "level", "hours"),
    [(1, 5, 72), (2, 4, 72), (2, 3, 168), (3, 3, 720), (4, 1, 720), (5, 2, 720), (5, 4, 72)],
)
def test_the_own_part_stops_by_tier_and_within_three_days_at_level_four(
    tier: int, level: int, hours: int
) -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)

    for tie in CEASES:
        assert stop_due(at, tie=tie, tier=tier, level=level) == at + timedelta(hours=hours)
    assert stop_due(at, tie="directly_linked", tier=tier, level=level) is None


def test_the_clocks_follow_the_configured_method() -> None:
    method = configured({"fact_finding_days": 10, "stop_hours": {"1": 24, "2": 48, "3": 72}})
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)

    assert stop_due(at, tie="cause", tier=2, level=3, method=method) == at + timedelta(hours=48)
    assert fact_finding_due(TODAY, tie="undetermined", method=method) == TODAY + timedelta(days=10)
    assert fact_finding_due(TODAY, tie="cause", method=method) is None


@given(
    level=st.integers(1, 5),
    days=st.integers(0, 600),
    effect=st.none() | st.integers(0, 4),
    tie=st.sampled_from(GRAVITY),
)
def test_a_link_drifts_past_the_time_to_change_unless_leverage_moved_something(
    level: int, days: int, effect: int | None, tie: str
) -> None:
    limit = TIME_LIMITS[level].change

    found = drifts(tie, TODAY - timedelta(days=days), level, effect, TODAY)

    late = limit is not None and days > limit
    assert found == (tie == "directly_linked" and late and (effect is None or effect < 2))


def test_a_limit_that_falls_today_is_still_met_and_without_a_day_nothing_drifts() -> None:
    assert not drifts("directly_linked", TODAY - timedelta(days=14), 5, None, TODAY)
    assert drifts("directly_linked", TODAY - timedelta(days=15), 5, 1, TODAY)
    assert not drifts("directly_linked", None, 5, None, TODAY)


@pytest.mark.parametrize(
    ("reasons", "alone"),
    [
        ("Counsel warns of liability, so this is better left unsaid for now.", True),
        ("Counsel warns of liability; besides, the evidence does not bear the second answer.", False),
        ("The sources speak of another company.", False),
    ],
)
def test_legal_risk_alone_is_told_from_reasons_about_facts(reasons: str, alone: bool) -> None:
    assert of_legal_risk_alone(reasons) == alone
