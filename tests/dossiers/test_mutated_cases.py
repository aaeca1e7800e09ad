"""A real case with any one thing dropped or of a wrong type comes in whole, or is refused on one line; never else."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction

from hrdd.dossiers.actions import import_dossier
from hrdd.dossiers.nodes import DossierError, Item
from hrdd.dossiers.reading import checked_dossier, read_dossier
from risks.models import Risk
from tests.dossiers.test_import_dossier import CASES, catalogue, rows
from tests.dossiers.test_whole_dossiers import FULL

__all__ = ["catalogue"]

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EVERY_CASE = [*CASES, FULL]
FEWEST_OF_A_CASE, FEWEST_KINDS, FEWEST_AT_NIGHT = 50, 1_400, 400


Kind = tuple[str, ...]


def wrong(item: Item) -> Iterator[tuple[str, Item]]:
    """Yield an item of other types: null, words, a list; where every key stands also a figure, no day, a mapping."""
    text = replace(item, value="some words")
    values = {"null": None, "words": "some words", "list": [text]}
    if item.file == FULL.name:
        values |= {"figure": "7", "no day": "2021-02-30", "nothing listed": [], "mapping": {"other": text}}
    for name, value in values.items():
        if value != item.value:
            yield name, replace(item, value=value)


def mutants(item: Item, at: Kind = ()) -> Iterator[tuple[Kind, Item]]:
    """Yield the tree with one node dropped, misnamed or replaced, and of which kind that is: where, and what."""
    if item.key:
        yield from (((*at, name), other) for name, other in wrong(item))
    if isinstance(item.value, dict):
        yield from mutants_of_mapping(item, item.value, at)
    elif isinstance(item.value, list):
        yield from mutants_of_list(item, item.value, at)


def mutants_of_mapping(item: Item, children: dict[str, Item], at: Kind) -> Iterator[tuple[Kind, Item]]:
    for name, child in children.items():
        rest = {key: value for key, value in children.items() if key != name}
        yield (*at, name, "dropped"), replace(item, value=rest)
        yield (*at, name, "misnamed"), replace(item, value={**rest, f"{name}_": child})
        for kind, other in mutants(child, (*at, name)):
            yield kind, replace(item, value=children | {name: other})


def mutants_of_list(item: Item, children: list[Item], at: Kind) -> Iterator[tuple[Kind, Item]]:
    """Every entry is dropped; inside, the first and the last are enough."""
    for number, child in enumerate(children):
        before, after = children[:number], children[number + 1 :]
        yield (*at, "[]", "dropped"), replace(item, value=[*before, *after])
        if not before or not after:
            for kind, other in mutants(child, (*at, "[]")):
                yield kind, replace(item, value=[*before, other, *after])


@cache
def tried_in() -> dict[Kind, Path]:
    """Return in which case each kind of mutant is tried at every push: the cases that have it take turns."""
    having: dict[Kind, list[Path]] = {}
    for case in EVERY_CASE:
        for kind in dict.fromkeys(kind for kind, _mutant in mutants(read_dossier(case).root)):
            having.setdefault(kind, []).append(case)
    return {kind: cases[turn % len(cases)] for turn, (kind, cases) in enumerate(having.items())}


def bring_in(root: Item, *, before: int) -> str:
    """Import one mutant and take it back; return the refusal, empty when it came in whole."""
    try:
        dossier = checked_dossier(root, digest="0" * 64)
    except DossierError as error:
        return str(error)
    with transaction.atomic():
        try:
            imported = import_dossier(dossier, at=NOW)
        except DossierError as error:
            assert rows() == before
            return str(error)
        assert Risk.objects.get().imported_record == root.tree()
        assert rows() - before == sum(imported.created.values()) + 1  # and the audit event
        assert all(gap.code and gap.message for gap in imported.gaps)
        transaction.set_rollback(True)
    return ""


def refusals(case: Path, chosen: Iterable[tuple[Kind, Item]]) -> list[str]:
    """Bring in each mutant of a case and return what was said; none is half done, none is refused but on one line."""
    root, before = read_dossier(case).root, rows()
    pattern = re.compile(rf"{re.escape(root.file)}:[1-9][0-9]*: [^\n]+")

    said = [bring_in(mutant, before=before) for _kind, mutant in chosen]

    assert [one for one in said if one and not pattern.fullmatch(one)] == []
    assert rows() == before
    return said


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.stem)
def test_a_mutant_of_each_kind_comes_in_whole_or_is_refused_on_one_line(catalogue: None, case: Path) -> None:
    """Each of the kinds once, in one of the cases that have it; every mutant of every case is tried nightly."""
    chosen = {kind: one for kind, one in mutants(read_dossier(case).root) if tried_in()[kind] == case}

    said = refusals(case, chosen.items())

    assert len(said) > FEWEST_OF_A_CASE
    assert 0.2 < sum(map(bool, said)) / len(said) < 0.9


def test_every_kind_of_mutant_is_tried_in_some_case() -> None:
    assert len(tried_in()) > FEWEST_KINDS
    assert {*tried_in().values()} == {*EVERY_CASE}


@pytest.mark.nightly
@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: case.stem)
def test_every_mutant_comes_in_whole_or_is_refused_on_one_line(catalogue: None, case: Path) -> None:
    said = refusals(case, mutants(read_dossier(case).root))

    assert len(said) > FEWEST_AT_NIGHT
    assert 0.2 < sum(map(bool, said)) / len(said) < 0.9
