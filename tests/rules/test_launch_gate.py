"""Nothing starts while a severe risk that it touches has no approved mitigation (GP18, G4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.launch_gate import CHANGE_STEPS, LinkedRisk, covers, gate

SAID = "Privacy, expression and assembly were looked at, with two groups; none is touched."
risks = st.builds(
    LinkedRisk,
    pk=st.integers(1, 5),
    level=st.integers(1, 5),
    is_open=st.booleans(),
    mitigated=st.booleans(),
)


@pytest.mark.parametrize(
    ("risk", "excepted", "opens"),
    [
        (LinkedRisk(1, 4, is_open=True, mitigated=False), {}, False),
        (LinkedRisk(1, 5, is_open=True, mitigated=False), {}, False),
        (LinkedRisk(1, 3, is_open=True, mitigated=False), {}, True),
        (LinkedRisk(1, 5, is_open=True, mitigated=True), {}, True),
        (LinkedRisk(1, 5, is_open=False, mitigated=False), {}, True),
        (LinkedRisk(1, 4, is_open=True, mitigated=False), {1: 4}, True),
        (LinkedRisk(1, 4, is_open=True, mitigated=False), {1: 5}, True),
        (LinkedRisk(1, 5, is_open=True, mitigated=False), {1: 4}, False),
        (LinkedRisk(1, 4, is_open=True, mitigated=False), {2: 5}, False),
    ],
)
def test_the_gate_opens_only_for_what_is_mitigated_mild_over_or_excepted(
    risk: LinkedRisk, excepted: dict[int, int], opens: bool
) -> None:
    found = gate([risk], excepted=excepted)

    assert found.open is opens
    assert found.blocking == (() if opens else (1,))
    assert found.sentence.startswith("G4:")


@pytest.mark.parametrize(("said", "opens"), [("", False), ("x" * 49, False), (" " * 60, False), (SAID, True)])
def test_a_change_without_a_risk_says_which_rights_were_looked_at(said: str, opens: bool) -> None:
    found = gate([], excepted={}, no_risk_reasons=said)

    assert found.open is opens
    assert found.sentence.startswith("GP18:")


def test_what_was_said_instead_of_risks_opens_nothing_once_a_severe_risk_is_linked() -> None:
    linked = [LinkedRisk(1, 5, is_open=True, mitigated=False)]

    assert not gate(linked, excepted={}, no_risk_reasons=SAID).open


@given(st.lists(risks, min_size=1, max_size=5), st.dictionaries(st.integers(1, 5), st.integers(4, 5)))
def test_the_gate_is_shut_exactly_when_something_blocks_that_no_exception_covers(
    linked: list[LinkedRisk], excepted: dict[int, int]
) -> None:
    uncovered = [one for one in linked if one.blocks and not covers(excepted, one)]

    found = gate(linked, excepted=excepted)

    assert found.open is (uncovered == [])
    assert found.blocking == tuple(one.pk for one in uncovered)


@given(st.lists(risks, min_size=1, max_size=4), risks)
def test_a_further_risk_never_opens_a_shut_gate(linked: list[LinkedRisk], further: LinkedRisk) -> None:
    if not gate(linked, excepted={}).open:
        assert not gate([*linked, further], excepted={}).open


def test_every_decision_starts_from_proposed_and_ends_there() -> None:
    assert {name: (step.before, step.after) for name, step in CHANGE_STEPS.items()} == {
        "approve": (frozenset({"proposed"}), "approved"),
        "refuse": (frozenset({"proposed"}), "refused"),
        "withdraw": (frozenset({"proposed"}), "withdrawn"),
    }
