"""What of a statement of reasons may leave for the DSA Transparency Database (DSA 17, 24(5); domain.md 8.4, 8.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from risks.rules.screening import refusal
from risks.rules.statement import digest
from risks.rules.statement_schema import facts, label_of, problems

BATCH = 100
CHANGED = "what is stored is not what was issued: its SHA-256 differs. Find out who changed it."
OTHER_PUID = "the identifier in its fields is not that of the statement."


@dataclass(frozen=True)
class Issued:
    """A statement as it is stored."""

    puid: str
    content: Mapping[str, Any]
    text: str
    sha256: str


def payload(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as the database takes them, in a batch too: what is empty is left out."""
    sent = {name: value for name, value in content.items() if value not in (None, "", [])}
    if number := sent.pop("content_id_ean", None):
        sent["content_id"] = {"EAN-13": number}
    return sent


def is_outside(content: Mapping[str, Any]) -> bool:
    """Whether it applies in no country of the EU or EEA, so that it is for the person and not for the database."""
    return not content.get("territorial_scope")


def refusals(issued: Issued, *, known: Iterable[str] = ()) -> list[str]:
    """Return why a statement does not leave, one sentence each; empty where it does.

    Args:
        issued: as it is stored.
        known: names that must not occur in it: of its account or partner, and of whom naming endangers.
    """
    sent = payload(issued.content)
    found = list(problems(sent, strict=True).values())
    if sent.get("puid") != issued.puid:
        found.append(f"{label_of('puid')}: {OTHER_PUID}")
    if issued.sha256 != digest(issued.content, issued.text):
        found.append(f"Statement: {CHANGED}")
    return found + identifying(issued.content, known=known)


def identifying(content: Mapping[str, Any], *, known: Iterable[str] = ()) -> list[str]:
    """Return which fields hold what may lead to a person, or a name that must not be written, one sentence each."""
    names = list(known)
    texts = ((name, content.get(name)) for name in _free_texts())
    found = (refusal(label_of(name), text, known=names) for name, text in texts if isinstance(text, str))
    return [said for said in found if said]


@cache
def _free_texts() -> tuple[str, ...]:
    """Return the fields that people fill with words of their own."""
    fields = facts()["fields"]
    return tuple(one["name"] for one in fields if one["type"] == "string" and not one.get("pattern"))
