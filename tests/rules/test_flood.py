"""A flood is met with a question, then with “not received”; nobody in it is known (ADR 23)."""

from hypothesis import given
from hypothesis import strategies as st

from remedies.rules.flood import Gate, Standing


def pressed(gate: Gate, times: int, *, now: float, answered: bool = False, cost: float = 1) -> list[Standing]:
    return [gate.enter(cost, answered=answered, now=now) for _ in range(times)]


def test_a_question_is_asked_above_the_first_budget_and_nothing_is_received_above_the_second() -> None:
    gate = Gate(quiet_a_minute=5, most_a_minute=8)

    assert pressed(gate, 6, now=0) == [Standing.OPEN] * 5 + [Standing.ASKS]
    assert gate.asks(now=0)
    assert pressed(gate, 4, now=0, answered=True) == [Standing.OPEN] * 3 + [Standing.FULL]
    assert pressed(gate, 1, now=0) == [Standing.FULL]


def test_a_budget_fills_again_within_a_minute() -> None:
    gate = Gate(quiet_a_minute=6, most_a_minute=60)
    pressed(gate, 6, now=100)

    assert gate.asks(now=105)
    assert not gate.asks(now=110.1)
    assert pressed(gate, 7, now=160.1) == [Standing.OPEN] * 6 + [Standing.ASKS]


def test_a_press_that_was_turned_away_costs_nothing() -> None:
    gate = Gate(quiet_a_minute=1, most_a_minute=3)
    pressed(gate, 1, now=0)

    assert set(pressed(gate, 50, now=0)) == {Standing.ASKS}
    assert pressed(gate, 2, now=0, answered=True) == [Standing.OPEN] * 2


def test_one_that_costs_more_than_the_whole_budget_still_gets_through_when_it_is_empty() -> None:
    gate = Gate(quiet_a_minute=20, most_a_minute=40)

    assert pressed(gate, 2, now=0, cost=51) == [Standing.OPEN, Standing.FULL]
    assert pressed(gate, 1, now=0) == [Standing.FULL]


@given(st.lists(st.tuples(st.floats(0, 30), st.booleans(), st.sampled_from([1, 11])), max_size=80))
def test_never_more_than_the_budget_and_what_drained_is_taken(presses: list[tuple[float, bool, int]]) -> None:
    gate, now, taken, unasked = Gate(10, 40), 0.0, 0.0, 0.0

    for later, answered, cost in presses:
        now += later
        if gate.enter(cost, answered=answered, now=now) == Standing.OPEN:
            taken += cost
            unasked += 0 if answered else cost
        assert taken <= 40 + 11 + now * 40 / 60 + 1e-6
        assert unasked <= 10 + 11 + now * 10 / 60 + 1e-6


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    gate = Gate(2, 9)
    pressed(gate, 2, now=50)

    assert gate.asks(now=0)
    assert gate.asks(now=50)
