"""Which words leave a report before it is frozen, for which reason (domain.md 8.5); reputation is not one of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SHORTEST = 3


class Reason(StrEnum):
    """Why words are taken out (8.5)."""

    SAFETY_AFFECTED = "safety_affected"
    SAFETY_STAFF = "safety_staff"
    SAFETY_SOURCE = "safety_source"
    CHILD = "child"
    PRIVACY = "privacy"
    LEGAL_PROCEEDINGS = "legal_proceedings"
    SECURITY_EXPLOIT = "security_exploit"
    LEGITIMATE_CONFIDENTIALITY = "legitimate_confidentiality"
    SMALL_NUMBER = "small_number"


REASON_WORDS: Mapping[str, str] = {
    Reason.SAFETY_AFFECTED: "safety of affected people",
    Reason.SAFETY_STAFF: "safety of staff",
    Reason.SAFETY_SOURCE: "safety of a source",
    Reason.CHILD: "a child",
    Reason.PRIVACY: "privacy",
    Reason.LEGAL_PROCEEDINGS: "legal proceedings",
    Reason.SECURITY_EXPLOIT: "a weakness that could be exploited",
    Reason.LEGITIMATE_CONFIDENTIALITY: "legitimate confidentiality",
    Reason.SMALL_NUMBER: "a small number of people",
}

# What identifies the report itself, or is computed of numbers: never redacted, changed at its source.
_FIXED = frozenset(
    {"format", "organisation", "title", "period", "as_of", "frozen_at", "rules_version", "edition"}
)
# Codes and anchors that carry no words of anybody.
_CODES = frozenset(
    {
        *(
            "code",
            "kind",
            "anchor",
            "where",
            "query_version",
            "letter",
            "light",
            "state",
            "unit",
            "provision",
        ),
        *("address", "told_in"),
    }
)


@dataclass(frozen=True)
class Taken:
    """What is taken out: the words as they stand in the content, and why."""

    words: str
    reason: str


@dataclass(frozen=True)
class Field:
    """A text of a report that can be redacted: where it stands, in words, and what it says."""

    path: str
    label: str
    text: str


def marker(reason: str) -> str:
    """Return what stands in the place of words that were taken out."""
    return f"[redacted: {REASON_WORDS[reason]}]"


def fields(content: Mapping[str, Any]) -> list[Field]:
    """Return every text of a content that somebody could have to take out, in the order of the report."""
    return [
        Field(path, _label(path, content), text)
        for path, text in _texts(content, "")
        if path.split(".", 1)[0] in {"risks", "sections", "coverage", "quantities"}
        and len(text.strip()) >= SHORTEST
    ]


def redacted(content: Mapping[str, Any], taken: Sequence[Taken]) -> tuple[dict[str, Any], list[int]]:
    """Return a content without the words that are taken out, wherever they stand, and how often each was found.

    The longest words go first, so that what lies within another passage leaves with it.

    Args:
        content: the content to be frozen.
        taken: what is taken out, by confirmed redactions.
    """
    found = [0] * len(taken)
    order = sorted(range(len(taken)), key=lambda nth: -len(taken[nth].words))

    def without(text: str) -> str:
        for nth in order:
            many = text.count(taken[nth].words)
            if many:
                found[nth] += many
                text = text.replace(taken[nth].words, marker(taken[nth].reason))
        return text

    return {key: value if key in _FIXED else _mapped(value, without) for key, value in content.items()}, found


def still_there(content: Any, taken: Sequence[Taken]) -> bool:
    """Whether any of the words is left in any text of a content, its fixed parts included."""
    return any(one.words in text for _path, text in _texts(content, "") for one in taken)


def counted(reasons: Sequence[str]) -> list[dict[str, Any]]:
    """Return how many redactions there are by reason; each reason that occurs is told, with its number."""
    many = Counter(reasons)
    return [
        {"code": str(reason), "label": REASON_WORDS[reason], "count": many[str(reason)]}
        for reason in Reason
        if many[str(reason)]
    ]


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key not in _CODES:
                yield from _texts(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for nth, one in enumerate(value):
            yield from _texts(one, f"{path}.{nth}")


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: one if key in _CODES else _mapped(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    return value


_NAMES = {
    "risks": "Risk",
    "sections": "Section",
    "coverage": "Index",
    "quantities": "Quantity",
    "said": "right at stake",
    "how": "how it is touched",
}


def _label(path: str, content: Mapping[str, Any]) -> str:
    head, nth, *rest = path.split(".")
    one = content[head][int(nth)]
    about = one.get("title") or one.get("label") or one.get("code") or nth
    detail = " ".join(
        str(int(part) + 1) if part.isdigit() else _NAMES.get(part, part.replace("_", " ")) for part in rest
    )
    return f"{_NAMES[head]} “{about}”: {detail}"
