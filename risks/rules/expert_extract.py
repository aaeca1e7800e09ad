"""What an outside expert is shown of a record, and for how long (GP18(a), 21(c); domain.md 0.2, 0.4, 7).

An extract is built from the fields named here and from nothing else: what has no field cannot be shared. It is frozen
when it is shared, so that what an expert read stays known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Extract = dict[str, Any]
NOTHING = "not on record"
ONLY_EXPERTS = (
    "Expert: choose an active person whose only role is outside expert. Others read the record itself."
)
QUOTE_KEPT = "Said in words that are not passed on: nobody agreed to be quoted."


@dataclass(frozen=True)
class HeadTold:
    """One head of a judgement of severity: its level of 5, or None, and why."""

    name: str
    level: int | None
    rationale: str


@dataclass(frozen=True)
class PieceTold:
    """One piece of public evidence."""

    title: str
    kind: str
    dated: date | None
    says: str
    reference: str


@dataclass(frozen=True)
class RiskTold:
    """A risk as far as an expert may know it: no owner, no vulnerabilities (7.2), no plans, no notes."""

    title: str
    summary: str
    rights: Sequence[str]
    groups: Sequence[str]
    places: str
    activity: str
    level: int
    band: str
    incomplete: bool
    heads: Sequence[HeadTold]
    ties: Sequence[str]
    evidence: Sequence[PieceTold]


@dataclass(frozen=True)
class FindingTold:
    """What people said in a consultation, once it was screened."""

    theme: str
    you_said: str
    is_quote: bool


@dataclass(frozen=True)
class ConsultationTold:
    """A screened consultation as far as an expert may know it: no place, no notes, no people (7.3, 8.5)."""

    title: str
    purpose: str
    question: str
    method: str
    state: str
    people: str
    may_quote: bool
    findings: Sequence[FindingTold]


def extract_of_risk(told: RiskTold) -> Extract:
    """Return the extract of a risk."""
    level = f"{told.level} of 5, {told.band}" + (", not every head is known" if told.incomplete else "")
    return {
        "title": told.title,
        "summary": told.summary,
        "facts": _facts(
            ("Severity", level),
            ("Where", told.places),
            ("Through", told.activity),
            ("People affected", "; ".join(told.groups)),
            ("Rights at stake", "; ".join(told.rights)),
            ("How the company is involved", "; ".join(told.ties) or "not found yet"),
        ),
        "parts": [
            _part(
                "How severity was judged", [_item(one.name, _level(one), one.rationale) for one in told.heads]
            ),
            _part("Public evidence", [_item(one.title, _dated(one), _cited(one)) for one in told.evidence]),
        ],
    }


def extract_of_consultation(told: ConsultationTold) -> Extract:
    """Return the extract of a screened consultation; words of people only where they agreed to be quoted (7.4)."""
    said = [
        _item(one.theme, "", QUOTE_KEPT if one.is_quote and not told.may_quote else one.you_said)
        for one in told.findings
    ]
    return {
        "title": told.title,
        "summary": "",
        "facts": _facts(
            ("Purpose", told.purpose),
            ("What was asked", told.question),
            ("How", told.method),
            ("State", told.state),
            ("People", told.people),
        ),
        "parts": [_part("What people said", said)],
    }


def _level(head: HeadTold) -> str:
    return f"level {head.level} of 5" if head.level is not None else "level unknown"


def _dated(piece: PieceTold) -> str:
    return f"{piece.kind}, {piece.dated:%-d %B %Y}" if piece.dated else piece.kind


def _cited(piece: PieceTold) -> str:
    return f"{piece.says}\n{piece.reference}".strip()


def _facts(*facts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"term": term, "said": said or NOTHING} for term, said in facts]


def _item(title: str, note: str, text: str) -> dict[str, str]:
    return {"title": title, "note": note, "text": text or NOTHING}


def _part(title: str, items: Sequence[Mapping[str, str]]) -> Extract:
    return {"title": title, "items": list(items)}


def texts_of(extract: Mapping[str, Any]) -> dict[str, str]:
    """Return every text of an extract by where it stands, to be screened for what could identify a person (0.4)."""
    return dict(_texts(extract))


def _texts(extract: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Title", extract["title"]
    yield "Summary", extract["summary"]
    for fact in extract["facts"]:
        yield fact["term"], fact["said"]
    for part in extract["parts"]:
        for number, item in enumerate(part["items"], start=1):
            yield f"{part['title']}, number {number}", f"{item['title']}\n{item['note']}\n{item['text']}"


def refused_period(starts_on: date | None, until: date | None, *, on: date, longest: int) -> list[str]:
    """Return why a record is not shared for such a time, in sentences; empty if it may be.

    Args:
        starts_on: the first day on which the expert reads it.
        until: the last day, which is still in time (domain.md 0.1).
        on: today.
        longest: the most days from the first to the last.
    """
    if until is None:
        return ["Until: every share with an expert has an end. Choose the last day (UNGP 21(c))."]
    first = starts_on or on
    refusals = []
    if first < on:
        refusals.append("From: this day has passed. A share begins today at the earliest.")
    if until < max(first, on):
        refusals.append("Until: this day lies before the first day of the share, or has passed.")
    if until > first + timedelta(days=longest):
        refusals.append(
            f"Until: at most {longest} days after the first day. Share it again if the expert needs more time."
        )
    return refusals
