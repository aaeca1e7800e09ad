"""The form of a dossier: which keys it may hold, and what each must look like."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hrdd.dossiers.dates import DateError, HistoricDate, read_historic_date
from hrdd.dossiers.nodes import Item, read_nodes
from risks.rules.ladder import LADDER

EVERYWHERE = ("date", "time", "note", "actor", "source")
# The keys of every section: None for text, a tuple for a mapping, a list of keys for a list of mappings.
LISTS: Mapping[str, tuple[str, ...]] = {
    "relationships": ("party", "kind", "leverage"),
    "rights": ("right", "udhr", "iccpr", "icescr", "how", "groups"),
    "affected_groups": ("group", "size"),
    "involvement": ("mode", "argued_by", "reasoning"),
    "measures": ("code", "kind", "target", "policy", "law", "end", "review_date"),
    "parallel_measures_elsewhere": ("company", "kind", "policy", "reversed"),
    "leverage": ("action", "towards", "result"),
    "consultations": ("with", "form", "count"),
    "grievance_and_remedy": ("mechanism", "by", "outcome"),
    "timeline": ("event",),
    "transparency": ("what", "complete"),
}
MAPPINGS: Mapping[str, tuple[str, ...]] = {
    "company": ("name", "sector", "role", "hrdd_commitment"),
    "period": ("from", "to"),
    "severity": ("scale", "scope", "irremediability", "likelihood"),
    "rabat": ("applied_by", "source", "factors"),
    "exit": ("considered", "decided", "impact_assessment", "alternatives_recorded"),
}
TEXTS = ("id", "title", "summary", "outcome")
TEXT_LISTS = ("jurisdictions", "dilemma", "unknown", "sources")
FACTORS = ("context", "speaker", "intent", "content_and_form", "extent", "likelihood_and_imminence")
REQUIRED = ("id", "title", "summary")
HEADS = ("scale", "scope", "irremediability")
INDEFINITE = frozenset({"indefinite", "indefinitely", "permanent", "open-ended", "none"})
NO_MEASURE = ("lifted", "other_action")
LIST_FIELDS = ("groups", "udhr", "iccpr", "icescr", "alternatives_recorded")
INVOLVEMENT = {
    "cause": "cause",
    "contribute": "contribute_facilitate",
    "linked": "directly_linked",
    "undetermined": "undetermined",
}


@dataclass(frozen=True)
class Dossier:
    """A dossier that keeps to the form; sections are reached by name, missing ones are empty."""

    root: Item
    sections: Mapping[str, Item]

    def text(self, name: str) -> str:
        """Return a text section, empty when it is missing."""
        return text(self.sections.get(name))

    def texts(self, name: str) -> list[str]:
        """Return a section that lists texts."""
        return texts(self.sections.get(name))

    def entries(self, name: str) -> list[dict[str, Item]]:
        """Return the entries of a list section."""
        item = self.sections.get(name)
        children = item.value if item and isinstance(item.value, list) else []
        return [child.value for child in children if isinstance(child.value, dict)]

    def mapping(self, name: str) -> dict[str, Item]:
        """Return a mapping section."""
        item = self.sections.get(name)
        return item.value if item and isinstance(item.value, dict) else {}

    def item(self, name: str) -> Item:
        """Return the node of a section, the root when it is missing."""
        return self.sections.get(name, self.root)


def text(item: Item | None) -> str:
    """Return the text of a node, empty for null."""
    return item.value if item and isinstance(item.value, str) else ""


def texts(item: Item | None) -> list[str]:
    """Return the texts of a node that is one text or a list of them."""
    if item is None or item.value is None:
        return []
    if isinstance(item.value, str):
        return [item.value]
    if isinstance(item.value, dict):
        raise item.error("a text or a list of texts is needed")
    return [_one_text(child) for child in item.value if child.value is not None]


def when(item: Item | None) -> HistoricDate | None:
    """Return the date of a node, None for null; raise DossierError for a day that does not exist."""
    if item is None or item.value is None:
        return None
    try:
        return read_historic_date(_one_text(item))
    except DateError as error:
        raise item.error(str(error)) from None


def when_if_any(item: Item | None) -> HistoricDate | None:
    """Return the date of a node that may also be a remark: only what begins with a digit must be a date."""
    said = text(item)
    return when(item) if said[:1].isdigit() else None


def level(item: Item | None) -> int | None:
    """Return a head of severity given as a number 1 to 5, None where it is told in words."""
    said = text(item).strip()
    if item is None or not said.lstrip("+-").replace(".", "", 1).isdigit():
        return None
    if said not in {"1", "2", "3", "4", "5"}:
        raise item.error(f"level {said} is not on the scale 1 to 5")
    return int(said)


def count(item: Item | None) -> int | None:
    """Return how many people took part, None where not known."""
    said = text(item)
    if item is None or item.value is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise item.error(f"a whole number is needed, not {said!r}")
    return int(said)


def read_dossier(path: Path) -> Dossier:
    """Return the dossier of a file.

    Raises:
        DossierError: the first thing that is wrong, with file, line and key path.
    """
    root = read_nodes(path)
    sections = _mapping(root, (*TEXTS, *TEXT_LISTS, *LISTS, *MAPPINGS))
    for name in REQUIRED:
        if name not in sections or not text(sections[name]).strip():
            raise root.error(f"the key {name} is missing or empty")
    if len(text(sections["title"])) > 200:
        raise sections["title"].error("the title is longer than 200 characters")
    if len(text(sections["id"])) > 40:
        raise sections["id"].error("the id is longer than 40 characters")
    dossier = Dossier(root, sections)
    for item in sections.values():
        _check_section(item)
    for _checked in _checks(dossier):
        pass
    return dossier


def _check_section(item: Item) -> None:
    name = item.key
    if item.value is None:
        return
    if name in TEXTS:
        _one_text(item)
    elif name in TEXT_LISTS:
        texts(item)
    elif name in LISTS:
        if not isinstance(item.value, list):
            raise item.error("a list is needed here, each entry beginning with a dash")
        for child in item.value:
            _check_entry(child, (*LISTS[name], *EVERYWHERE))
    else:
        _check_entry(item, MAPPINGS[name])


def _check_entry(item: Item, known: tuple[str, ...]) -> None:
    for name, child in _mapping(item, known).items():
        if name in LIST_FIELDS:
            texts(child)
        elif name == "factors":
            for factor in _mapping(child, FACTORS).values():
                _check_entry(factor, ("finding", "text"))
        elif name == "impact_assessment":
            _check_entry(child, ("done", "published"))
        elif child.value is not None:
            _one_text(child)


def _mapping(item: Item, known: tuple[str, ...]) -> dict[str, Item]:
    if item.value is None and item.key:
        return {}
    if not isinstance(item.value, dict):
        raise item.error(f"keys with values are needed here: {', '.join(known)}")
    for name, child in item.value.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
            raise child.error(f"the key {name} is not known; {hint}")
    return item.value


def _one_text(item: Item) -> str:
    if not isinstance(item.value, str):
        raise item.error("a text is needed here")
    return item.value


def _checks(dossier: Dossier) -> Iterator[object]:
    """Read every value that has a form, so that a bad one refuses the file before a row is written."""
    for name in LISTS:
        for entry in dossier.entries(name):
            yield when(entry.get("date"))
            yield count(entry.get("count"))
            yield when_if_any(entry.get("reversed"))
    for item in dossier.mapping("period").values():
        yield when(item)
    for head in (*HEADS, "likelihood"):
        yield level(dossier.mapping("severity").get(head))
    yield when_if_any(dossier.mapping("exit").get("decided"))
    for entry in dossier.entries("measures"):
        _check_measure(dossier, entry)


def _check_measure(dossier: Dossier, entry: Mapping[str, Item]) -> None:
    code = text(entry.get("code"))
    if code not in LADDER and code not in NO_MEASURE:
        item = entry.get("code", dossier.item("measures"))
        raise item.error(f"{code!r} is not a kind of measure; known: {', '.join([*LADDER, *NO_MEASURE])}")
    start, end = when(entry.get("date")), when_if_any(entry.get("end"))
    when_if_any(entry.get("review_date"))
    if code in LADDER and start is None and dossier.mapping("period").get("from") is None:
        raise entry.get("date", dossier.item("measures")).error(
            "a measure needs a date, or the dossier a period"
        )
    if start and end and end.last < start.first:
        raise entry["end"].error(f"the measure ends ({end.said}) before it begins ({start.said})")
