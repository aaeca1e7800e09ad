"""The incitement threshold: six factors are weighed, none is summed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.rabat import Gates, Mode, Outcome, RabatError, Scores, threshold

VECTORS = """
R01 yyy 3 3 3 3 3 3 art20 A
R02 yyy 3 3 1 3 3 3 art20 B
R03 yyy 3 3 3 3 3 1 art20 B
R04 yyy 2 2 2 2 2 2 art20 A
R05 yyy 2 2 2 2 2 1 art20 B
R06 yyy 3 0 3 3 0 0 art20 C
R07 yyn 2 1 1 1 2 0 art20 C
R08 nyn 3 2 0 1 3 0 art20 N
R09 nnn 1 1 0 0 1 0 art20 N
R10 nyy 3 3 3 3 3 3 analogy A*
R11 yyy 3 ? 3 3 3 3 art20 INCOMPLETE
R12 yyy 3 2 2 3 3 0 art20 C
R13 yyy 3 2 1 3 2 1 art20 B
R14 nyy 1 0 0 2 0 0 analogy N
R15 yyy 3 3 2 2 3 3 art20 A
"""
# The Board gave no gates; those of the analogies are coded "nyy".
BOARD = """
trump nyy 3 3 1 2 3 3 analogy B
tigray nyy 3 3 3 3 3 3 analogy A*
brazil nyy 3 3 2 3 3 3 analogy A*
cambodia nyy 3 3 2 3 3 2 analogy A*
india-france nyn 2 0 1 1 1 0 art20 C
iran nyn 2 0 0 1 1 0 analogy N
knin yyy 3 2 2 3 3 1 art20 B
haiti nyy 3 1 2 3 3 1 analogy B
"""
BOARD_RESULTS = {"trump": "restriction upheld", "haiti": "removal overturned", "knin": "removal required"}

factor = st.integers(min_value=0, max_value=3)
factors = st.tuples(factor, factor, factor, factor, factor, factor)
gate = st.text(alphabet="yn", min_size=3, max_size=3)
modes = st.sampled_from(Mode)
STRENGTH = [Outcome.NONE, Outcome.CONCERN, Outcome.CIVIL, Outcome.CRIMINAL, Outcome.CRIMINAL_BY_ANALOGY]


def rows(table):
    return [pytest.param(*line.split()[1:], id=line.split()[0]) for line in table.strip().splitlines()]


def scores(*values):
    return Scores(*(None if value == "?" else int(value) for value in values))


@pytest.mark.parametrize(
    ("gates", "ctx", "spk", "intent", "cont", "ext", "lik", "mode", "outcome"), rows(VECTORS + BOARD.lstrip())
)
def test_the_outcome_is_that_of_the_published_vectors(gates, ctx, spk, intent, cont, ext, lik, mode, outcome):
    assert threshold(gates, scores(ctx, spk, intent, cont, ext, lik), Mode(mode)) == outcome


def test_the_outcome_class_does_not_dictate_the_measure():
    by_case = {line.split()[0]: line.split()[-1] for line in BOARD.strip().splitlines()}
    assert by_case["trump"] == by_case["haiti"] == by_case["knin"] == "B"
    assert len({BOARD_RESULTS[case] for case in ("trump", "haiti", "knin")}) == 3


@given(gates=gate, values=factors, mode=modes)
def test_without_intent_the_outcome_is_at_most_a_concern(gates, values, mode):
    without = (*values[:2], 0, *values[3:])
    assert threshold(gates, Scores(*without), mode) in {Outcome.CONCERN, Outcome.NONE}


@given(gates=gate, values=factors, mode=modes)
def test_recklessness_never_reaches_the_criminal_class(gates, values, mode):
    reckless = (*values[:2], 1, *values[3:])
    outcome = threshold(gates, Scores(*reckless), mode)
    assert outcome not in {Outcome.CRIMINAL, Outcome.CRIMINAL_BY_ANALOGY}


@given(gates=gate, values=factors, position=st.integers(min_value=0, max_value=5), mode=modes)
def test_one_unknown_factor_leaves_the_outcome_open(gates, values, position, mode):
    holed = [None if index == position else value for index, value in enumerate(values)]
    assert threshold(gates, Scores(*holed), mode) is Outcome.INCOMPLETE


@given(gates=gate, values=factors, position=st.integers(min_value=0, max_value=5), mode=modes)
def test_a_stronger_factor_never_weakens_the_outcome(gates, values, position, mode):
    stronger = [min(3, value + 1) if index == position else value for index, value in enumerate(values)]
    before, after = threshold(gates, Scores(*values), mode), threshold(gates, Scores(*stronger), mode)
    assert STRENGTH.index(after) >= STRENGTH.index(before)


@pytest.mark.parametrize("gates", ["yyn", "yny", "nyy"])
def test_article_20_needs_all_three_gates_for_the_criminal_class(gates):
    assert threshold(gates, Scores(3, 3, 3, 3, 3, 3), Mode.ART20) is Outcome.CIVIL


@pytest.mark.parametrize("gates", ["?", "yy?", "?yy", "???"])
def test_an_unknown_gate_leaves_the_outcome_open(gates):
    assert threshold(gates, Scores(3, 3, 3, 3, 3, 3), Mode.ANALOGY) is Outcome.INCOMPLETE


def test_gates_can_be_given_without_letters():
    gates = Gates(advocacy=True, target_group=True, incitement=True)
    assert threshold(gates, Scores(2, 2, 2, 2, 2, 2), Mode.ART20) is Outcome.CRIMINAL


@pytest.mark.parametrize("text", ["", "yy", "yyyy", "YYY", "yyx", "yyy\n"])
def test_letters_that_cannot_be_read_are_refused(text):
    with pytest.raises(RabatError, match="The gate must be three letters"):
        Gates.parse(text)


@pytest.mark.parametrize("value", [-1, 4])
def test_a_factor_outside_zero_to_three_is_refused_by_name(value):
    with pytest.raises(RabatError, match="The speaker must be from 0 to 3"):
        Scores(3, value, 3, 3, 3, 3)
