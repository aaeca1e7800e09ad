"""The table of ASVS 5.0.0 level 2 is whole, rests on what exists, and nothing in it is put off for ever."""

import ast
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands

from hrdd.governance.management.commands.asvs_report import (
    CHAPTERS,
    DOES_NOT_APPLY,
    NOT_MET,
    PAGE,
    PASS,
    TABLE,
    evidence_of,
    page_of,
    rows_of,
)

ROOT = Path(__file__).resolve().parents[2]
ROWS = rows_of(ROOT / TABLE)
LEVELS_1_AND_2 = 253
# Every section of OWASP's 5.0.0 (its CSV), with the level of each requirement in its order.
SECTIONS = {
    "V1.1": "22",
    "V1.2": "1111122223",
    "V1.3": "112222222223",
    "V1.4": "222",
    "V1.5": "123",
    "V2.1": "122",
    "V2.2": "112",
    "V2.3": "12223",
    "V2.4": "23",
    "V3.1": "3",
    "V3.2": "113",
    "V3.3": "12223",
    "V3.4": "11222233",
    "V3.5": "11122333",
    "V3.6": "3",
    "V3.7": "22333",
    "V4.1": "12233",
    "V4.2": "23333",
    "V4.3": "22",
    "V4.4": "1222",
    "V5.1": "2",
    "V5.2": "112333",
    "V5.3": "113",
    "V5.4": "222",
    "V6.1": "222",
    "V6.2": "111111112222",
    "V6.3": "11223333",
    "V6.4": "112233",
    "V6.5": "22222333",
    "V6.6": "2223",
    "V6.7": "33",
    "V6.8": "2222",
    "V7.1": "222",
    "V7.2": "1111",
    "V7.3": "22",
    "V7.4": "11222",
    "V7.5": "223",
    "V7.6": "22",
    "V8.1": "1233",
    "V8.2": "1123",
    "V8.3": "133",
    "V8.4": "23",
    "V9.1": "111",
    "V9.2": "1222",
    "V10.1": "22",
    "V10.2": "223",
    "V10.3": "22223",
    "V10.4": "1111122222233333",
    "V10.5": "22222",
    "V10.6": "22",
    "V10.7": "222",
    "V11.1": "2233",
    "V11.2": "22233",
    "V11.3": "11233",
    "V11.4": "1222",
    "V11.5": "23",
    "V11.6": "23",
    "V11.7": "33",
    "V12.1": "12233",
    "V12.2": "11",
    "V12.3": "22223",
    "V13.1": "2333",
    "V13.2": "222223",
    "V13.3": "2233",
    "V13.4": "1222233",
    "V14.1": "22",
    "V14.2": "12223333",
    "V14.3": "122",
    "V15.1": "12233",
    "V15.2": "12233",
    "V15.3": "1222222",
    "V15.4": "3333",
    "V16.1": "2",
    "V16.2": "22222",
    "V16.3": "2222",
    "V16.4": "222",
    "V16.5": "2223",
    "V17.1": "23",
    "V17.2": "22223333",
    "V17.3": "22",
}
OFFICIAL = {
    f"{section}.{nth}": level
    for section, levels in SECTIONS.items()
    for nth, level in enumerate(levels, 1)
    if level != "3"
}


def what_is_wrong(rows: list[dict[str, str]], *, today: date) -> list[str]:
    """Return in sentences what keeps a table from being believed."""
    seen = Counter(row["id"] for row in rows)
    told = [f"{one} is missing." for one in OFFICIAL if one not in seen]
    told += [f"{one} stands there {many} times." for one, many in seen.items() if many > 1]
    told += [f"{one} is no requirement of level 1 or 2." for one in seen if one not in OFFICIAL]
    return told + [sentence for row in rows for sentence in of_row(row, today=today)]


def of_row(row: dict[str, str], *, today: date) -> Iterator[str]:
    name, state = row["id"], row["state"]
    if row["level"] != OFFICIAL.get(name) or not row["asks"]:
        yield f"{name} says another level than OWASP, or not what it asks."
    if state not in {PASS, NOT_MET, DOES_NOT_APPLY}:
        yield f"{name} is {state!r}, which is no state."
    if state == PASS and not row["evidence"]:
        yield f"{name} passes and names no evidence."
    if state != PASS and not row["why"]:
        yield f"{name} does not pass and does not say why."
    yield from of_deviation(row, today=today)
    yield from (
        f"{name} rests on {one}, which is not there." for one in evidence_of(row) if not is_there(one)
    )


def of_deviation(row: dict[str, str], *, today: date) -> Iterator[str]:
    said = (row["risk"], row["owner"], row["look_again"])
    if row["state"] != NOT_MET:
        if any(said):
            yield f"{row['id']} is no deviation, and has a risk, an owner or a day."
    elif not all(said):
        yield f"{row['id']} is not met: say risk, owner and the day to look again."
    elif date.fromisoformat(row["look_again"]) < today:
        yield (
            f"{row['id']} was to be looked at again on {row['look_again']} by the {row['owner']}: mend it, or say in "
            f"{TABLE} why it still stands and until when."
        )


def is_there(evidence: str) -> bool:
    if evidence.startswith("$ "):
        return is_command(evidence.removeprefix("$ ").split())
    path, _, test = evidence.partition("::")
    if not (ROOT / path).is_file():
        return False
    return test in names_of_tests(path) if test else True


def is_command(words: list[str]) -> bool:
    if words[0] == "manage.py":
        return words[1] in get_commands()
    if words[:2] == ["python", "-m"]:
        return find_spec(words[2]) is not None
    return (ROOT / words[0]).is_file()


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """Return the names of the tests in a file, `Class::test` for those in a class, read and not run."""
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    found = {one.name for one in body if isinstance(one, ast.FunctionDef)}
    found |= {
        f"{group.name}::{one.name}"
        for group in body
        if isinstance(group, ast.ClassDef)
        for one in group.body
        if isinstance(one, ast.FunctionDef)
    }
    return frozenset(name for name in found if "test_" in name)


def test_the_requirements_are_those_of_owasp() -> None:
    assert len(OFFICIAL) == LEVELS_1_AND_2
    assert {one.partition(".")[0] for one in OFFICIAL} == set(CHAPTERS)


def test_the_table_is_whole_and_rests_on_what_exists() -> None:
    assert what_is_wrong(ROWS, today=datetime.now(UTC).date()) == []


def test_the_page_is_what_the_table_gives() -> None:
    told = (ROOT / PAGE).read_text(encoding="utf-8")

    assert told == page_of(ROWS), "Run `manage.py asvs_report --write`."


def bent(number: int, **changes: str) -> list[dict[str, str]]:
    return [row | changes if nth == number else row for nth, row in enumerate(ROWS)]


PASSES = next(nth for nth, row in enumerate(ROWS) if row["state"] == PASS)
PUT_OFF = next(nth for nth, row in enumerate(ROWS) if row["state"] == NOT_MET)
OUT = next(nth for nth, row in enumerate(ROWS) if row["state"] == DOES_NOT_APPLY)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (ROWS[1:], "V1.1.1 is missing."),
        ([*ROWS, ROWS[0]], "V1.1.1 stands there 2 times."),
        (bent(0, id="V1.1.9"), "V1.1.9 is no requirement of level 1 or 2."),
        (bent(0, level="1"), "another level than OWASP"),
        (bent(PASSES, state="passed"), "is no state"),
        (bent(PASSES, evidence=""), "names no evidence"),
        (bent(PASSES, evidence="tests/test_access.py::test_that_was_renamed"), "which is not there"),
        (bent(PASSES, evidence="tests/no_such_file.py"), "which is not there"),
        (bent(PASSES, evidence="$ manage.py no_such_command"), "which is not there"),
        (bent(PASSES, evidence="$ script/no_such_script"), "which is not there"),
        (bent(PASSES, risk="some"), "is no deviation"),
        (bent(OUT, why=""), "does not say why"),
        (bent(PUT_OFF, owner=""), "say risk, owner and the day"),
        (bent(PUT_OFF, look_again="2026-01-31"), "was to be looked at again on 2026-01-31"),
    ],
)
def test_a_table_that_is_not_to_be_believed_is_found(rows: list[dict[str, str]], sentence: str) -> None:
    told = what_is_wrong(rows, today=date(2026, 11, 27))

    assert any(sentence in one for one in told), told
