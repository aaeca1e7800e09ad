"""What is sealed opens with its key, at its place, unchanged, and in no other way (reliability.md T10, T30)."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remedies.rules.envelope import (
    BUCKETS,
    HEADER,
    LONGEST,
    SEGMENT,
    TAG,
    CannotOpen,
    Place,
    TooLong,
    new_key,
    open_envelope,
    open_file,
    pad,
    seal,
    seal_file,
)
from remedies.rules.form_token import TokenRefused, key_of_day, new_token, open_token, seal_token
from remedies.rules.receipt import new_receipt
from remedies.rules.wraps import (
    Cost,
    KeyPair,
    TooFewCustodians,
    checked_pair,
    join_shares,
    lock,
    new_pair,
    open_sealed_to,
    seal_to,
    share_recovery,
    unlock,
    unwrap,
    wrap,
)

CHEAP = Cost(memory_kib=64, passes=1)
PLACE = Place("message", "sealed", uuid4(), uuid4())
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PAIRS = [new_pair() for _ in range(4)]
names = st.text("abc_|", max_size=8)
places = st.builds(Place, names, names, st.uuids(), st.uuids(), st.integers(0, 9))


@given(st.binary(max_size=LONGEST), places)
def test_a_text_comes_back_as_it_was(text: bytes, place: Place) -> None:
    key = new_key()

    assert open_envelope(seal(text, key=key, place=place), key=key, place=place) == text


@given(places, places)
def test_an_envelope_opens_at_no_other_place(one: Place, other: Place) -> None:
    key = new_key()
    sealed = seal(b"told", key=key, place=one)

    if one != other:
        assert one.bound() != other.bound()
        with pytest.raises(CannotOpen):
            open_envelope(sealed, key=key, place=other)


@given(st.data())
def test_no_changed_or_missing_byte_is_accepted(data: st.DataObject) -> None:
    key = new_key()
    sealed = bytearray(seal(b"told", key=key, place=PLACE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    if data.draw(st.booleans()):
        sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del sealed[place:]

    with pytest.raises(CannotOpen):
        open_envelope(bytes(sealed), key=key, place=PLACE)


def test_another_key_opens_nothing() -> None:
    sealed = seal(b"told", key=new_key(), place=PLACE)

    for key in (new_key(), b"", b"short"):
        with pytest.raises(CannotOpen):
            open_envelope(sealed, key=key, place=PLACE)


def test_only_the_bucket_shows() -> None:
    key, lengths = new_key(), {}
    for size in [*range(0, 5000, 7), *range(5000, LONGEST, 501), LONGEST]:
        lengths.setdefault(len(seal(b"x" * size, key=key, place=PLACE)), []).append(size)

    assert sorted(lengths) == [bucket + HEADER + TAG for bucket in BUCKETS]
    assert max(lengths[BUCKETS[0] + HEADER + TAG]) <= BUCKETS[0]
    with pytest.raises(TooLong):
        pad(b"x" * (LONGEST + 1))


def test_the_same_text_never_looks_the_same_and_does_not_compress() -> None:
    key = new_key()
    sealed = [seal(b"same", key=key, place=PLACE) for _ in range(50)]

    assert len(set(sealed)) == 50
    assert len(gzip.compress(sealed[0])) > BUCKETS[0]


@given(st.integers(0, 3), st.integers(-2, 2))
def test_a_file_comes_back_and_no_segment_can_be_cut_swapped_or_doubled(segments: int, more: int) -> None:
    key, what = new_key(), bytes(max(segments * SEGMENT + more, 0))
    head, *parts = seal_file(what, key=key, place=PLACE)

    assert b"".join(open_file(b"".join([head, *parts]), key=key, place=PLACE)) == what
    wrong = [parts[:-1], [*parts, parts[-1]], [*parts[:-1], parts[-1][:-1]]]
    if len(parts) > 1:
        wrong += [[parts[1], parts[0], *parts[2:]], parts[1:]]
    for changed in wrong:
        with pytest.raises(CannotOpen):
            list(open_file(b"".join([head, *changed]), key=key, place=PLACE))
    with pytest.raises(CannotOpen):
        list(open_file(b"".join([head, *parts]), key=new_key(), place=PLACE))


def test_a_wrap_opens_for_its_person_at_its_place_only() -> None:
    mine, other = PAIRS[:2]
    key = new_key()
    wrapped = wrap(key, to=mine.public, place=PLACE)

    assert unwrap(wrapped, pair=mine, place=PLACE) == key
    wrongs = [
        (wrapped, other, PLACE),
        (wrapped, mine, replace(PLACE, case_id=uuid4())),
        (wrapped, mine, replace(PLACE, version=2)),
        (wrapped[:-1], mine, PLACE),
        (b"", mine, PLACE),
        (bytes([wrapped[0] ^ 1]) + wrapped[1:], mine, PLACE),
        (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), mine, PLACE),
    ]
    for wrong, pair, place in wrongs:
        with pytest.raises(CannotOpen):
            unwrap(wrong, pair=pair, place=place)
    with pytest.raises(CannotOpen):
        wrap(key, to=b"no key", place=PLACE)


@given(st.binary(max_size=300))
def test_what_is_sealed_to_a_person_opens_for_them(text: bytes) -> None:
    sealed = seal_to(text, to=PAIRS[0].public, place=PLACE)

    assert open_sealed_to(sealed, pair=PAIRS[0], place=PLACE) == text
    with pytest.raises(CannotOpen):
        open_sealed_to(sealed, pair=PAIRS[1], place=PLACE)


def test_a_private_half_opens_with_its_passphrase_and_its_owner_only() -> None:
    pair, owner, salt = PAIRS[0], uuid4(), b"s" * 16
    locked = lock(pair, passphrase="five words that nobody knows", owner=owner, salt=salt, cost=CHEAP)

    def opened(said: str, whose: UUID, public: bytes) -> KeyPair:
        return unlock(locked, public=public, passphrase=said, owner=whose, salt=salt, cost=CHEAP)

    assert opened("five words that nobody knows", owner, pair.public) == pair
    for said, whose, public in (
        ("five words that somebody knows", owner, pair.public),
        ("five words that nobody knows", uuid4(), pair.public),
        ("five words that nobody knows", owner, PAIRS[1].public),
    ):
        with pytest.raises(CannotOpen):
            opened(said, whose, public)
    with pytest.raises(CannotOpen):
        checked_pair(PAIRS[1].private, public=pair.public)


def test_any_two_custodians_recover_and_no_one_alone() -> None:
    recovery, name = new_pair(), uuid4()
    custodians = {uuid4(): pair for pair in PAIRS}
    shares = share_recovery(recovery, {one: pair.public for one, pair in custodians.items()}, recovery=name)

    assert len(shares) == len(list(combinations(custodians, 2)))
    for share in shares:
        outer, inner = custodians[share.outer], custodians[share.inner]
        joined = join_shares(share, outer=outer, inner=inner, recovery=name, public=recovery.public)
        assert joined == recovery
        for wrong_outer, wrong_inner in ((outer, outer), (inner, inner), (inner, outer)):
            with pytest.raises(CannotOpen):
                join_shares(
                    share, outer=wrong_outer, inner=wrong_inner, recovery=name, public=recovery.public
                )


def test_a_recovery_key_needs_three_custodians_with_three_keys() -> None:
    two = {uuid4(): pair.public for pair in PAIRS[:2]}

    for custodians in ({}, two, two | {uuid4(): PAIRS[0].public}):
        with pytest.raises(TooFewCustodians):
            share_recovery(new_pair(), custodians, recovery=uuid4())


def test_a_form_token_lives_a_day_for_one_form() -> None:
    key, receipt = key_of_day(new_key(), pepper=b"p" * 32), new_receipt()
    keys = {7: key}
    text = seal_token(new_token(receipt, at=NOW, shown=("a", "b")), key=key, day=7, purpose="raise")

    def opened(said: str, *, at: datetime = NOW, purpose: str = "raise") -> str:
        return open_token(said, keys=keys, purpose=purpose, at=at).receipt

    assert opened(text) == opened(text, at=NOW + timedelta(hours=24)) == receipt
    assert receipt not in text
    for refused in (
        lambda: opened(text, at=NOW + timedelta(hours=24, seconds=1)),
        lambda: opened(text, at=NOW - timedelta(hours=1)),
        lambda: opened(text, purpose="follow"),
        lambda: opened(text[:-8]),
        lambda: opened(text.swapcase()),
        lambda: opened(""),
        lambda: opened("é" * 40),
        lambda: open_token(text, keys={8: key}, purpose="raise", at=NOW),
        lambda: open_token(text, keys={7: new_key()}, purpose="raise", at=NOW),
    ):
        with pytest.raises(TokenRefused):
            refused()
