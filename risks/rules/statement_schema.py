"""What the DSA Transparency Database accepts as a statement of reasons (DSA 17, 24(5); domain.md 8.4).

The facts stand in risks/data/statement_of_reasons.json; this reads them. Nothing is sent anywhere from here.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FACTS = Path(__file__).resolve().parent.parent / "data" / "statement_of_reasons.json"
DECISIONS = ("decision_visibility", "decision_monetary", "decision_provision", "decision_account")
ILLEGAL, INCOMPATIBLE = "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"
ILLEGAL_FIELDS = ("illegal_content_legal_ground", "illegal_content_explanation")
INCOMPATIBLE_FIELDS = (
    "incompatible_content_ground",
    "incompatible_content_explanation",
    "incompatible_content_illegal",
)
IN_WORDS = {
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
    "decision_monetary_other": ("decision_monetary", "DECISION_MONETARY_OTHER"),
    "content_type_other": ("content_type", "CONTENT_TYPE_OTHER"),
}
END_DATES = {
    "decision_visibility": "end_date_visibility_restriction",
    "decision_monetary": "end_date_monetary_restriction",
    "decision_provision": "end_date_service_restriction",
    "decision_account": "end_date_account_restriction",
}
NO_DECISION = "Say what was decided: a statement names one restriction or more."
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+\S*", re.IGNORECASE)


@cache
def facts() -> dict[str, Any]:
    """Return the facts of the schema in force since 1 July 2025: fields, their values and limits."""
    found: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return found


@cache
def _fields() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in facts()["fields"]}


def field_names() -> list[str]:
    """Return the fields in the order in which the database lists them."""
    return list(_fields())


def label_of(field: str) -> str:
    """Return a field as the database words it."""
    return str(_fields()[field]["label"])


def values_of(field: str) -> dict[str, str]:
    """Return the values a field may hold, each with its label; none where it is free."""
    named = _fields()[field].get("enum")
    values = facts()["enums"].get(named, {}) if named else {}
    return dict(values) if isinstance(values, dict) else {str(one): str(one) for one in values}


@cache
def _allowed(field: str) -> frozenset[str]:
    return frozenset(values_of(field))


def problems(
    payload: Mapping[str, Any], *, seen: Collection[str] = (), strict: bool = False
) -> dict[str, str]:
    """Return what is wrong with a statement, as a sentence by the name of its field; empty where it is accepted.

    Args:
        payload: the fields by their names.
        seen: every puid that was ever used; none is used twice.
        strict: also demand what the documentation asks for and the server lets pass: a place, and no end before the
            beginning. What we send passes both.
    """
    given = _read(payload)
    wrong = {} if any(given.get(name) for name in DECISIONS) else dict.fromkeys(DECISIONS, NO_DECISION)
    dropped = set(_dropped(given))
    for name, field in _fields().items():
        if name not in wrong and (said := _wrong_field(field, payload, given, dropped=name in dropped)):
            wrong[name] = f"{field['label']}: {said}"
    if "puid" not in wrong and given.get("puid") in seen:
        wrong["puid"] = f"{label_of('puid')}: it was used before, and is never used twice."
    return _beyond_the_server(given) | wrong if strict else wrong


def _wrong_field(
    field: Mapping[str, Any], payload: Mapping[str, Any], given: Mapping[str, Any], *, dropped: bool
) -> str:
    name = field["name"]
    value = given.get(name)
    if name in payload and value is None and field.get("nullable") is False:
        return "leave it out rather than empty."
    if dropped and not (field.get("max_checked_when_dropped") or field.get("nullable") is False):
        return ""
    if _is_empty(value):
        return "this is missing." if not dropped and _is_required(name, field, given) else ""
    return _wrong(field, value)


def as_stored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement as the database keeps it: what does not apply dropped, lists sorted without repeats."""
    given = _read(payload)
    dropped = _dropped(given)
    kept = {
        name: sorted(set(value)) if isinstance(value, list) else value
        for name, value in given.items()
        if name in _fields() and name not in dropped
    }
    if extra := kept.get("category_addition"):
        kept["category_addition"] = [one for one in extra if one != kept.get("category")]
    number = kept.pop("content_id", None)
    if isinstance(number, dict) and "EAN-13" in number and not kept.get("content_id_ean"):
        kept["content_id_ean"] = number["EAN-13"]
    return kept


def dropped_fields(payload: Mapping[str, Any]) -> list[str]:
    """Return what was given and does not apply to the ground or the source that was named."""
    given = _read(payload)
    return [name for name in _dropped(given) if given.get(name) is not None]


def is_indefinite(payload: Mapping[str, Any]) -> bool:
    """Whether one of its restrictions has no end."""
    return any(payload.get(name) and not payload.get(END_DATES[name]) for name in DECISIONS)


def _read(payload: Mapping[str, Any]) -> dict[str, Any]:
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in payload.items()}
    return {name: None if value == "" else value for name, value in trimmed.items()}


def _is_empty(value: object) -> bool:
    return value is None or value == []


def _holds(value: object, code: str) -> bool:
    return code in value if isinstance(value, list) else value == code


def _dropped(given: Mapping[str, Any]) -> list[str]:
    names = [name for name, (of, code) in IN_WORDS.items() if not _holds(given.get(of), code)]
    ground = given.get("decision_ground")
    if ground != ILLEGAL:
        names += ILLEGAL_FIELDS
    if ground != INCOMPATIBLE:
        names += INCOMPATIBLE_FIELDS
    if given.get("source_type") == "SOURCE_VOLUNTARY":
        names.append("source_identity")
    return names


def _is_required(name: str, field: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    if field["required"] == "always":
        return True
    if name in ILLEGAL_FIELDS:
        return given.get("decision_ground") == ILLEGAL
    return name in (*INCOMPATIBLE_FIELDS[:2], *IN_WORDS)


def _wrong(field: Mapping[str, Any], value: object) -> str:
    kind = field["type"]
    if kind == "array of enum":
        if not isinstance(value, list):
            return "give a list, even of one."
        allowed = _allowed(field["name"])
        unknown = [str(one) for one in value if not isinstance(one, str) or one not in allowed]
        return f"{', '.join(unknown)} is not one of the values in force." if unknown else ""
    if kind == "object":
        number = value.get("EAN-13") if isinstance(value, dict) else None
        return "" if isinstance(number, str) and re.fullmatch(r"[0-9]{13}", number) else "give 13 digits."
    if not isinstance(value, str):
        return "give one value as text."
    return _wrong_text(field, kind, value)


def _wrong_text(field: Mapping[str, Any], kind: str, value: str) -> str:
    longest = field.get("max_length")
    if longest and len(value) > longest:
        return f"it has {len(value)} characters; {longest} is the most."
    if kind == "enum" and value not in _allowed(field["name"]):
        return f"{value} is not one of the values in force."
    if kind == "date":
        return _wrong_day(field, value)
    if kind == "url" and not ADDRESS.fullmatch(value):
        return "give a whole address that begins with https://."
    pattern = field.get("pattern")
    if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value):
        return "it has characters that are not accepted."
    return ""


def _wrong_day(field: Mapping[str, Any], value: str) -> str:
    try:
        day = date.fromisoformat(value) if DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        return "give a day of the calendar as year-month-day, such as 2026-03-01."
    first, last = field.get("not_before"), field.get("not_after")
    if first and value < first:
        return f"it is before {first}."
    return f"it is after {last}." if last and value > last else ""


def _beyond_the_server(given: Mapping[str, Any]) -> dict[str, str]:
    begun = given.get("application_date")
    wrong = {
        name: f"{label_of(name)}: it is before the day the decision applies from."
        for name in END_DATES.values()
        if isinstance(begun, str) and isinstance(given.get(name), str) and given[name] < begun
    }
    if _is_empty(given.get("territorial_scope")):
        wrong["territorial_scope"] = f"{label_of('territorial_scope')}: this is missing."
    return wrong
