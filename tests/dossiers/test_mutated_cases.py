"""A real case with any one thing dropped or of a wrong type comes in whole, or is refused on one line; never else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
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


def wrong(item: Item) -> Iterator[Item]:
    """Yield an item of other types: null, words, a list; where every key stands also a figure, no day, a mapping."""
    text = replace(item, value="some words")
    more = ("7", "2021-02-30", [], {"other": text}) if item.file == FULL.name else ()
    for value in (None, "some words", [text], *more):
        if value != item.value:
            yield replace(item, value=value)


def mutants(item: Item) -> Iterator[Item]:
    """Yield the tree with one node dropped, misnamed or replaced."""
    if item.key:
        yield from wrong(item)
    if isinstance(item.value, dict):
        yield from mutants_of_mapping(item, item.value)
    elif isinstance(item.value, list):
        yield from mutants_of_list(item, item.value)


def mutants_of_mapping(item: Item, children: dict[str, Item]) -> Iterator[Item]:
    for name, child in children.items():
        rest = {key: value for key, value in children.items() if key != name}
        yield replace(item, value=rest)
        yield replace(item, value={**rest, f"{name}_": child})
        for other in mutants(child):
            yield replace(item, value=children | {name: other})


def mutants_of_list(item: Item, children: list[Item]) -> Iterator[Item]:
    """Every entry is dropped; inside, the first and the last are enough."""
    for number, child in enumerate(children):
        before, after = children[:number], children[number + 1 :]
        yield replace(item, value=[*before, *after])
        if not before or not after:
            for other in mutants(child):
                yield replace(item, value=[*before, other, *after])


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


@pytest.mark.parametrize("case", [*CASES, FULL], ids=lambda case: case.stem)
def test_a_mutant_comes_in_whole_or_is_refused_on_one_line(catalogue: None, case: Path) -> None:
    root, before = read_dossier(case).root, rows()
    pattern = re.compile(rf"{re.escape(root.file)}:[1-9][0-9]*: [^\n]+")

    refusals = [bring_in(mutant, before=before) for mutant in mutants(root)]

    assert [said for said in refusals if said and not pattern.fullmatch(said)] == []
    assert len(refusals) > 200
    assert 0.2 < sum(map(bool, refusals)) / len(refusals) < 0.9
    assert rows() == before
