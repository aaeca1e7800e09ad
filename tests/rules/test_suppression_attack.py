"""An attacker with every published number cannot narrow a hidden one to fewer than k people (reliability.md T17).

The attack is exact for one release: what linear programming finds in a table with its totals is what can flow around a
hidden number in whole people, from the true table, which is one of those that fit. Across two releases of people who
are only added, bounds are passed to and fro between the earlier, the later and the difference until nothing moves.
The attacker knows visible cells unrounded, which is more than is printed. Nothing here uses the rule's own network.
"""

import random
from collections.abc import Sequence
from itertools import product

import pytest

from risks.rules import suppression
from risks.rules.suppression import Earlier, Printable, Split, Table, printable

K = 10
FAR = 10**6
Bounds = dict[str, tuple[int, int]]


def made(counts: Sequence[Sequence[int]], *, sensitive: tuple[bool, ...]) -> Table:
    """Return a table whose questions are named by nothing but their number."""
    sizes = (len(counts), len(counts[0])) if len(sensitive) > 1 else (len(counts[0]),)
    splits = tuple(
        Split(f"question {nth}", tuple(map(str, range(size))), sensitive=one)
        for nth, (size, one) in enumerate(zip(sizes, sensitive, strict=True))
    )
    return Table(splits, tuple(map(tuple, counts)))


def values(counts: Sequence[Sequence[int]]) -> dict[str, int]:
    """Return every number of a table by the name under which the rule hides it."""
    found = {f"{r}:{c}": count for r, row in enumerate(counts) for c, count in enumerate(row)}
    if len(counts) > 1:
        found |= {f"{r}:": sum(row) for r, row in enumerate(counts)}
        found |= {f":{c}": sum(column) for c, column in enumerate(zip(*counts, strict=True))}
    return found | {"total": sum(map(sum, counts))}


def ends(name: str) -> tuple[str, str]:
    """Return the two sums that a number takes part in: it adds to the first, and to the second on the other side."""
    row, colon, column = name.partition(":")
    if not colon:
        return "all columns", "all rows"
    if not row:
        return f"column {column}", "all columns"
    if not column:
        return "all rows", f"row {row}"
    return f"row {row}", f"column {column}"


def widened(truth: dict[str, int], bounds: Bounds, of: str) -> tuple[int, int]:
    """Return the exact least and most that one number can be, every sum and every bound kept."""
    flat = all(name == "total" or name.startswith("0:") for name in truth) and ":0" not in truth
    low, high = bounds[of]
    extremes = []
    for sign, most in ((1, high - truth[of]), (-1, truth[of] - low)):
        now, moved = dict(truth), 0
        while moved < most:
            steps = way(now, bounds, of, sign, flat=flat)
            if steps is None:
                break
            step = min(most - moved, *(room(now, bounds, name, turn) for name, turn in steps))
            for name, turn in steps:
                now[name] += turn * step
            moved += step
        extremes.append(truth[of] + sign * moved)
    return extremes[1], extremes[0]


def room(now: dict[str, int], bounds: Bounds, name: str, turn: int) -> int:
    return bounds[name][1] - now[name] if turn > 0 else now[name] - bounds[name][0]


def way(  # noqa: C901  # a search in breadth
    now: dict[str, int], bounds: Bounds, of: str, sign: int, *, flat: bool
) -> list[tuple[str, int]] | None:
    """Return which numbers make up for a change of one, and by which sign each; None when none can."""

    def sums(name: str) -> tuple[str, str]:
        return ("row 0", "all") if flat and name != "total" else ("all", "row 0") if flat else ends(name)

    begin, goal = sums(of)[::-1] if sign > 0 else sums(of)
    reached: dict[str, list[tuple[str, int]]] = {begin: []}
    edge = [begin]
    while edge:
        following = []
        for at in edge:
            for name in now:
                if name == of:
                    continue
                first, second = sums(name)
                for here, there, turn in ((first, second, 1), (second, first, -1)):
                    if here == at and there not in reached and room(now, bounds, name, turn) > 0:
                        reached[there] = [*reached[at], (name, turn)]
                        following.append(there)
        if goal in reached:
            return reached[goal]
        edge = following
    return None


def attacked(counts: Sequence[Sequence[int]], hidden: frozenset[str], least: Bounds | None = None) -> Bounds:
    """Return what every number of one release can be."""
    truth = values(counts)
    known = {name: (0, FAR) if name in hidden else (count, count) for name, count in truth.items()}
    for name, (low, high) in (least or {}).items():
        known[name] = (max(known[name][0], low), min(known[name][1], high))
    return {name: widened(truth, known, name) if name in hidden else known[name] for name in truth}


def attacked_twice(
    first: Sequence[Sequence[int]], one: Printable, second: Sequence[Sequence[int]], two: Printable
) -> tuple[Bounds, Bounds]:
    """Return what every number of two releases can be, people having been added only."""
    added = [[b - a for a, b in zip(x, y, strict=True)] for x, y in zip(first, second, strict=True)]
    early, late = attacked(first, one.hidden), attacked(second, two.hidden)
    for _round in range(20):
        either = one.hidden | two.hidden
        between = {
            name: (max(0, late[name][0] - early[name][1]), max(0, late[name][1] - early[name][0]))
            for name in early
        }
        grown = attacked(added, either, between)
        early_now = {
            name: (max(low, late[name][0] - grown[name][1]), min(high, late[name][1] - grown[name][0]))
            for name, (low, high) in early.items()
        }
        late_now = {
            name: (max(low, early[name][0] + grown[name][0]), min(high, early[name][1] + grown[name][1]))
            for name, (low, high) in late.items()
        }
        narrowed = attacked(first, one.hidden, early_now), attacked(second, two.hidden, late_now)
        if narrowed == (early, late):
            break
        early, late = narrowed
    return early, late


def narrow(bounds: Bounds, hidden: frozenset[str], k: int = K) -> dict[str, tuple[int, int]]:
    return {name: bounds[name] for name in hidden if bounds[name][1] - bounds[name][0] < k}


def drawn(dice: random.Random) -> tuple[list[list[int]], list[list[int]], tuple[bool, ...]]:
    """Return a random table, the same after people were added, and which of its questions are sensitive."""
    height, width = (
        (1, dice.randint(2, 7)) if dice.random() < 0.3 else (dice.randint(2, 5), dice.randint(2, 5))
    )
    most = dice.choice((4, 12, 30, 80))
    first = [
        [0 if dice.random() < 0.15 else dice.randint(0, most) for _ in range(width)] for _ in range(height)
    ]
    grows = dice.choice((0, 3, 12, 40))
    second = [
        [count + (dice.randint(0, grows) if dice.random() < 0.6 else 0) for count in row] for row in first
    ]
    sensitive = (dice.random() < 0.6,) if height == 1 else (dice.random() < 0.6, dice.random() < 0.6)
    return first, second, sensitive


def found_in(many: int, seed: int) -> list[str]:
    """Return what an attack found in so many random tables, each released twice."""
    dice, found, hidden, shown = random.Random(seed), [], 0, 0  # noqa: S311  # the same tables each time
    for nth in range(many):
        first, second, sensitive = drawn(dice)
        one = printable(made(first, sensitive=sensitive), K)
        two = printable(made(second, sensitive=sensitive), K, [Earlier(tuple(map(tuple, first)), one.hidden)])
        early, late = attacked_twice(first, one, second, two)
        found += [f"{nth}, first, {cell}" for cell in narrow(early, one.hidden).items()]
        found += [f"{nth}, second, {cell}" for cell in narrow(late, two.hidden).items()]
        hidden += len(one.hidden) + len(two.hidden)
        shown += len(early) + len(late) - len(one.hidden) - len(two.hidden)
    assert hidden > many
    assert shown > many  # what hides everything is no rule
    return found


def test_no_hidden_number_of_two_releases_is_narrowed_to_fewer_than_k() -> None:
    assert found_in(300, seed=17) == []


def test_a_third_release_narrows_neither_of_the_two_before() -> None:
    dice, seen = random.Random(31), 0  # noqa: S311  # the same tables each time
    for _nth in range(30):
        first, second, sensitive = drawn(dice)
        third = [[count + dice.choice((0, 0, 2, 15)) for count in row] for row in second]
        released: list[tuple[list[list[int]], Printable]] = []
        for counts in (first, second, third):
            before = [Earlier(tuple(map(tuple, one)), found.hidden) for one, found in released]
            released.append((counts, printable(made(counts, sensitive=sensitive), K, before)))
        for early, late in ((0, 1), (0, 2), (1, 2)):
            bounds = attacked_twice(*released[early], *released[late])
            for told, (_counts, found) in zip(bounds, (released[early], released[late]), strict=True):
                assert narrow(told, found.hidden) == {}
                seen += len(found.hidden)
    assert seen > 30


@pytest.mark.nightly
def test_no_hidden_number_of_ten_thousand_tables_is_narrowed_to_fewer_than_k() -> None:
    assert found_in(10_000, seed=1717) == []


def test_who_knows_the_marks_as_well_is_left_half_of_what_each_allows() -> None:
    """“Fewer than k” and “not shown” are read as the rule means them; nothing follows exactly."""
    dice, seen = random.Random(29), 0  # noqa: S311  # the same tables each time
    for _nth in range(300):
        counts, _second, sensitive = drawn(dice)
        found = printable(made(counts, sensitive=sensitive), K)
        marks = {}
        for name, count in values(counts).items():
            if name in found.hidden:
                few = count < K
                zero = any(sensitive) or count == 0
                marks[name] = ((0 if zero else 1), K - 1) if few else (K, FAR)
        bounds = attacked(counts, found.hidden, marks)
        seen += len(found.hidden)
        assert {name: bounds[name] for name in marks if (bounds[name][1] - bounds[name][0] + 1) * 2 < K} == {}
    assert seen > 300


def test_the_attack_finds_numbers_once_nothing_but_the_small_ones_is_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suppression._Network, "first_unprotected", lambda _network: None)

    found = found_in(60, seed=17)

    assert len(found) > 60


def test_the_attack_finds_numbers_once_earlier_releases_are_forgotten() -> None:
    dice, found = random.Random(5), 0  # noqa: S311  # the same tables each time
    for _nth in range(40):
        first, second, sensitive = drawn(dice)
        one, two = (printable(made(counts, sensitive=sensitive), K) for counts in (first, second))
        early, late = attacked_twice(first, one, second, two)
        found += len(narrow(early, one.hidden)) + len(narrow(late, two.hidden))

    assert found > 0


def test_the_attack_knows_what_trying_every_table_knows() -> None:
    """All tables of two by two and rows of three with the same visible numbers give the very same bounds."""
    dice = random.Random(3)  # noqa: S311  # the same tables each time
    for nth in range(12):
        shape = (2, 2) if nth % 2 else (1, 3)
        counts = [[dice.randint(0, 6) for _ in range(shape[1])] for _ in range(shape[0])]
        names = list(values(counts))
        hidden = frozenset(name for name in names if name != "total" and dice.random() < 0.6)
        bounds = attacked(counts, hidden)
        told = {name: count for name, count in values(counts).items() if name not in hidden}
        fit = []
        for flat in product(range(values(counts)["total"] + 1), repeat=shape[0] * shape[1]):
            other = values([flat[row * shape[1] : (row + 1) * shape[1]] for row in range(shape[0])])
            if all(other[name] == count for name, count in told.items()):
                fit.append(other)
        tried = {name: (min(one[name] for one in fit), max(one[name] for one in fit)) for name in names}

        assert bounds == tried


def test_trying_every_pair_of_rows_tells_no_more_than_the_attack() -> None:
    """Two releases of a row, every pair that fits what was shown: each hidden number keeps its k (k is 5 here)."""
    dice, k, most = random.Random(8), 5, 22  # noqa: S311  # the same tables each time
    for _nth in range(40):
        first = [dice.randint(0, 9) for _ in range(3)]
        second = [count + dice.choice((0, 0, 1, 3, 6)) for count in first]
        one = printable(made([first], sensitive=(True,)), k)
        two = printable(made([second], sensitive=(True,)), k, [Earlier((tuple(first),), one.hidden)])

        def fitting(counts: list[int], hidden: frozenset[str]) -> list[tuple[int, ...]]:
            told = {name: count for name, count in values([counts]).items() if name not in hidden}
            free = [range(most) if f"0:{c}" in hidden else (count,) for c, count in enumerate(counts)]
            return [row for row in product(*free) if "total" not in told or sum(row) == told["total"]]

        early, late = fitting(first, one.hidden), fitting(second, two.hidden)
        if len(early) * len(late) > 400_000:
            continue
        pairs = [(a, b) for a in early for b in late if all(x <= y for x, y in zip(a, b, strict=True))]
        for cell in range(3):
            for nth, hidden in enumerate((one.hidden, two.hidden)):
                seen = {pair[nth][cell] for pair in pairs}
                assert f"0:{cell}" not in hidden or max(seen) - min(seen) >= k, (first, second)
