"""A sample can be drawn again, is large enough, and tells a share with its interval (domain.md 3.2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.action_sample import (
    ClosedSample,
    SampleError,
    appeals_refusal,
    draw,
    references_in,
    refusal_to_maintain,
    share,
)

KEYS = st.lists(st.integers(0, 10**6).map(str), min_size=1, max_size=120, unique=True)


@given(keys=KEYS, seed=st.integers(0, 2**53), data=st.data())
def test_a_draw_is_repeated_from_its_seed_whatever_the_order_and_takes_each_once(
    keys: list[str], seed: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(min(50, len(keys)), len(keys)))

    drawn = draw(keys, size=size, seed=seed)

    assert drawn == draw(list(reversed(keys)), size=size, seed=seed)
    assert len(set(drawn)) == size
    assert set(drawn) <= set(keys)


@pytest.mark.parametrize(("many", "size"), [(100, 49), (100, 101), (49, 48), (60, 0)])
def test_a_sample_that_is_too_small_is_refused(many: int, size: int) -> None:
    with pytest.raises(SampleError, match="at least 50, or all"):
        draw([str(one) for one in range(many)], size=size, seed=1)


@given(of=st.integers(0, 10_000), data=st.data())
def test_the_interval_holds_the_share_and_stays_between_none_and_all(of: int, data: st.DataObject) -> None:
    many = data.draw(st.integers(0, of))

    found = share(many, of)

    assert 0 <= found.low <= (many / of if of else 0.5) <= found.high <= 1


@pytest.mark.parametrize(
    ("many", "of", "low", "high"), [(0, 50, 0.0, 0.0713), (5, 50, 0.0435, 0.2136), (25, 50, 0.3664, 0.6336)]
)
def test_the_interval_is_the_one_of_wilson(many: int, of: int, low: float, high: float) -> None:
    found = share(many, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(("many", "of"), [(2, 1), (-1, 1)])
def test_a_count_that_cannot_be_is_refused(many: int, of: int) -> None:
    with pytest.raises(SampleError):
        share(many, of)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "give the key"),
        (" \n,\n", "give the key"),
        ("a-1\na-1", "line 2: “a-1” stands twice"),
        ("a-1\nJane Doe", "line 2: use a key"),
        ("jane@example.org", "line 1: use a key"),
        ("x" * 121, "line 1: use a key"),
    ],
)
def test_references_that_are_no_keys_are_refused_by_line(text: str, sentence: str) -> None:
    with pytest.raises(SampleError, match=sentence):
        references_in(text)


def test_references_are_read_one_a_line() -> None:
    assert references_in("a-1,\r\n  b:2 \n\nc/3;") == ["a-1", "b:2", "c/3"]


LAST = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("samples", "refused"),
    [
        ([], True),
        ([ClosedSample(date(2026, 10, 31), 50, 900)], True),
        ([ClosedSample(LAST, 49, 900)], True),
        ([ClosedSample(LAST, 50, 900)], False),
        ([ClosedSample(LAST, 7, 7)], False),
        ([ClosedSample(LAST, 6, 7)], True),
        ([ClosedSample(date(2026, 10, 1), 50, 900), ClosedSample(LAST, 50, 900)], False),
    ],
)
def test_a_rule_is_maintained_only_on_a_sample_since_its_last_review(
    samples: list[ClosedSample], refused: bool
) -> None:
    assert bool(refusal_to_maintain(samples, reviewed_on=LAST)) is refused


@pytest.mark.parametrize(
    ("lodged", "decided", "upheld", "refused"),
    [(3, 2, 1, False), (0, 0, 0, False), (1, 2, 0, True), (2, 1, 2, True), (2, 1, -1, True)],
)
def test_appeals_that_cannot_be_are_refused(lodged: int, decided: int, upheld: int, refused: bool) -> None:
    assert bool(appeals_refusal(lodged=lodged, decided=decided, upheld=upheld)) is refused
