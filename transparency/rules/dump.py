"""The daily dump of the DSA Transparency Database, row by row (domain.md 8.4; the dump is CC BY 4.0, European Union).

Real dumps leave lists empty, write a day with the hour 00:00:00, and come with or without the long texts.
"""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from risks.rules.statement_schema import ILLEGAL, problems, values_of
from transparency.rules.reference import Restriction, restrictions

FULL = (
    *("uuid", "decision_visibility", "decision_visibility_other", "end_date_visibility_restriction"),
    *("decision_monetary", "decision_monetary_other", "end_date_monetary_restriction", "decision_provision"),
    *("end_date_service_restriction", "decision_account", "end_date_account_restriction", "account_type"),
    *("decision_ground", "decision_ground_reference_url", "illegal_content_legal_ground"),
    *("illegal_content_explanation", "incompatible_content_ground", "incompatible_content_explanation"),
    *("incompatible_content_illegal", "category", "category_addition", "category_specification"),
    *("category_specification_other", "content_type", "content_type_other", "content_language"),
    *("content_date", "content_id_ean", "territorial_scope", "application_date", "decision_facts"),
    *("source_type", "source_identity", "automated_detection", "automated_decision", "platform_name"),
    *("platform_uid", "created_at"),
)
NOT_IN_LIGHT = frozenset(
    {
        *("illegal_content_explanation", "incompatible_content_explanation"),
        *("territorial_scope", "decision_facts"),
    }
)
LISTS = frozenset(
    {
        *("decision_visibility", "category_addition", "category_specification", "content_type"),
        "territorial_scope",
    }
)
ONLY_IN_THE_DUMP = frozenset({"uuid", "platform_name", "platform_uid", "created_at"})
NULL = "null"
MAY_SAY_NULL = frozenset(
    {
        *("decision_visibility", "decision_monetary", "decision_provision", "decision_account"),
        *("account_type", "category_specification"),
    }
)
DAY_WITH_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}:\d{2})?")
LONGEST_NAME, LONGEST_PUID = 200, 500
SHOWN = 100


class DumpRefused(Exception):
    """A dump that is not taken; it says what is wrong, line by line."""

    def __init__(self, wrong: Sequence[str], more: int = 0) -> None:
        self.wrong, self.more = list(wrong), more
        super().__init__(
            "\n".join([*self.wrong, *([f"and {more} more lines with something wrong."] if more else [])])
        )


@dataclass(frozen=True)
class Entry:
    """A statement of another organisation, by what we compare."""

    uuid: uuid.UUID
    organisation: str
    puid: str
    ground: str
    rule_said: str
    category: str
    source_type: str
    automated_detection: bool
    automated_decision: str
    content_date: date
    application_date: date
    restrictions: tuple[Restriction, ...]


def wrong_header(names: Sequence[str]) -> str:
    """Return what is wrong with the columns of a dump, or nothing: the full dump's and the light one's are taken."""
    missing = [name for name in FULL if name not in names and name not in NOT_IN_LIGHT]
    unknown = [name for name in names if name not in FULL]
    twice = sorted({name for name in names if names.count(name) > 1})
    said = [
        f"{what} {', '.join(which)}"
        for what, which in (("it lacks", missing), ("it has the unknown", unknown), ("it repeats", twice))
        if which
    ]
    if not said:
        return ""
    return (
        f"the columns are not those of a daily dump: {'; '.join(said)}. Take the file as it was downloaded."
    )


def read_row(row: Mapping[str, str]) -> tuple[Entry | None, dict[str, str]]:
    """Return a row as a statement, or what is wrong with it by column: one of the two is empty.

    Args:
        row: every column of the header with its cell.
    """
    given, wrong = _payload(row)
    absent = NOT_IN_LIGHT - row.keys()
    for name, said in problems(given).items():
        if name not in absent:
            wrong.setdefault("platform_uid" if name == "puid" else name, said)
    wrong |= _wrong_of_the_dump(row)
    return (None, wrong) if wrong else (_entry(row, given), {})


def _payload(row: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    given: dict[str, Any] = {"puid": row["platform_uid"]}
    wrong: dict[str, str] = {}
    for name, cell in row.items():
        said = cell.strip()
        if name in ONLY_IN_THE_DUMP or not said or (said == NULL and name in MAY_SAY_NULL):
            continue
        if "\0" in said:
            wrong[name] = "this holds a NUL character. Take the row from the dump again."
        elif name in LISTS:
            listed = _list(said)
            if listed is None:
                wrong[name] = (
                    f'this is not a list. Write it as ["…","…"], or leave the cell empty: {said[:60]}'
                )
            elif listed:
                given[name] = listed
        elif (day := DAY_WITH_HOUR.fullmatch(said)) and "date" in name:
            given[name] = day.group(1)
        else:
            given[name] = said
    return given, wrong


def _list(said: str) -> list[Any] | None:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _wrong_of_the_dump(row: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    name = row["platform_name"].strip()
    try:
        uuid.UUID(row["uuid"].strip())
    except ValueError:
        wrong["uuid"] = (
            f"this is not a UUID: {row['uuid'][:60] or 'nothing'}. Take the row from the dump again."
        )
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        wrong["platform_name"] = f"name the organisation, in at most {LONGEST_NAME} characters."
    return wrong


def _entry(row: Mapping[str, str], given: Mapping[str, Any]) -> Entry:
    ground = given["decision_ground"]
    rule = "illegal_content_legal_ground" if ground == ILLEGAL else "incompatible_content_ground"
    return Entry(
        uuid=uuid.UUID(row["uuid"].strip()),
        organisation=row["platform_name"].strip(),
        puid=given["puid"].strip(),
        ground=ground,
        rule_said=given[rule],
        category=given["category"],
        source_type=given["source_type"],
        automated_detection=given["automated_detection"] == "Yes",
        automated_decision=given["automated_decision"].removeprefix("AUTOMATED_DECISION_"),
        content_date=date.fromisoformat(given["content_date"]),
        application_date=date.fromisoformat(given["application_date"]),
        restrictions=tuple(restrictions(given)),
    )


AUTOMATION = {
    code.removeprefix("AUTOMATED_DECISION_"): label for code, label in values_of("automated_decision").items()
}
