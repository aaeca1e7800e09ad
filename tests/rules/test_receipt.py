"""Receipts are unguessable, and a typing error is seen before anything is looked up (reliability.md T7)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remedies.rules.receipt import (
    ALPHABET,
    BITS,
    DATA_SYMBOLS,
    SYMBOLS,
    NotAReceipt,
    key_of,
    lookup_of,
    mark_of,
    new_receipt,
    read_receipt,
    shown,
)

HOW_MANY = 100_000
CHI_SQUARE_31_AT_1_IN_A_MILLION = 85.0
RECEIPTS = st.lists(st.sampled_from(ALPHABET), min_size=DATA_SYMBOLS, max_size=DATA_SYMBOLS)


def is_refused(typed: str) -> bool:
    try:
        read_receipt(typed)
    except NotAReceipt:
        return True
    return False


def test_a_hundred_thousand_receipts_are_all_different_and_evenly_spread() -> None:
    receipts = [new_receipt() for _ in range(HOW_MANY)]

    assert BITS == 130
    assert len({receipt[:DATA_SYMBOLS] for receipt in receipts}) == HOW_MANY
    for place in range(DATA_SYMBOLS):
        counts = Counter(receipt[place] for receipt in receipts)
        expected = HOW_MANY / 32
        chi = sum((counts[symbol] - expected) ** 2 / expected for symbol in ALPHABET)
        assert chi < CHI_SQUARE_31_AT_1_IN_A_MILLION


def test_every_wrong_symbol_and_every_swap_of_neighbours_is_caught() -> None:
    """Exhaustive over places and symbols; the code is linear, so that what holds for one receipt holds for all."""
    for receipt in (new_receipt() for _ in range(20)):
        for place, right in enumerate(receipt):
            for wrong in ALPHABET.replace(right, ""):
                assert is_refused(receipt[:place] + wrong + receipt[place + 1 :])
        for place in range(SYMBOLS - 1):
            one, other = receipt[place : place + 2]
            if one != other:
                assert is_refused(receipt[:place] + other + one + receipt[place + 2 :])


@given(st.data())
def test_any_two_wrong_symbols_are_caught(data: st.DataObject) -> None:
    receipt = list(new_receipt())
    for place in data.draw(st.sets(st.integers(0, SYMBOLS - 1), min_size=2, max_size=2)):
        receipt[place] = data.draw(st.sampled_from(ALPHABET.replace(receipt[place], "")))

    assert is_refused("".join(receipt))


@given(st.randoms(use_true_random=False))
def test_what_people_write_instead_is_read(random: object) -> None:
    receipt = new_receipt()
    said = shown(receipt).replace(" ", getattr(random, "choice")(["-", "  ", "\u00a0", "\n", " - "]))  # noqa: B009
    said = said.replace("0", "o").replace("1", getattr(random, "choice")("iIlL"))  # noqa: B009

    assert read_receipt(said.lower()) == receipt
    assert read_receipt(f" {receipt}\t") == receipt


def test_digits_of_other_keyboards_are_read() -> None:
    receipt = new_receipt()
    arabic = receipt.translate({ord(str(digit)): chr(0x660 + digit) for digit in range(10)})

    assert read_receipt(arabic) == receipt
    assert read_receipt("".join(chr(ord(symbol) + 0xFEE0) for symbol in receipt)) == receipt


@given(st.text(max_size=60))
def test_anything_else_is_refused_without_an_error(typed: str) -> None:
    assert is_refused(typed)


@pytest.mark.parametrize("typed", ["", "U" * SYMBOLS, "A" * 27, "A" * 29, "\0" * SYMBOLS])
def test_the_wrong_shape_is_refused(typed: str) -> None:
    assert is_refused(typed)


def test_what_a_receipt_is_found_by_depends_on_the_pepper_and_gives_no_key() -> None:
    receipt = new_receipt()

    lookup = lookup_of(receipt, b"p" * 32)
    assert lookup != lookup_of(receipt, b"q" * 32)
    assert lookup != lookup_of(new_receipt(), b"p" * 32)
    assert len({lookup, key_of(receipt, b"reply"), key_of(receipt, b"mark"), mark_of(receipt, b"")}) == 4
    assert mark_of(receipt, b"x") == mark_of(receipt, b"x") != mark_of(receipt, b"y")
