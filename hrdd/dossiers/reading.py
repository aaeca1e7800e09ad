"""The form of a dossier: which keys it may hold, and what each must look like."""

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hrdd.dossiers.dates import DateError, HistoricDate, read_historic_date, read_leading_date
from hrdd.dossiers.nodes import DossierError, Item, read_bytes, read_nodes
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER

EVERYWHERE = ("date", "time", "note", "actor", "source")
REMARKS = ("note", "source")
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
ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_KEY, LONGEST_MESSAGE = 120, 500
HEADS = ("scale", "scope", "irremediability")
STILL_GOING_ON = frozenset({"ongoing", "present", "now", "today"})
NO_MEASURE = ("lifted", "other_action")
LIST_FIELDS = ("groups", "udhr", "iccpr", "icescr", "alternatives_recorded")
TIES = (
    *("cause", "contribute_facilitate", "contribute_incentivise", "contribute_cumulative"),
    *("directly_linked", "none", "undetermined"),
)
INVOLVEMENT = {"contribute": "contribute_facilitate", "linked": "directly_linked"} | {
    tie: tie for tie in TIES
}


@dataclass(frozen=True)
class Dossier:
    """A dossier that keeps to the form; sections are reached by name, missing ones are empty.

    The digest is the SHA-256 of the very bytes that were read; it tells a changed file from the same one.
    """

    root: Item
    sections: Mapping[str, Item]
    digest: str

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
        return [_one_text(item)]
    if isinstance(item.value, dict):
        raise item.error("a text or a list of texts is needed")
    return [_one_text(child) for child in item.value if child.value is not None]


def told(entry: Mapping[str, Item], *but: str) -> dict[str, str]:
    """Return every text of an entry by its key, lists joined; what is null or named in `but` is left out."""
    words = {key: "; ".join(texts(item)) for key, item in entry.items() if key not in but}
    return {key: said for key, said in words.items() if said}


def when(item: Item | None) -> HistoricDate | None:
    """Return the date of a node, None for null; raise DossierError for a day that does not exist."""
    if item is None or item.value is None:
        return None
    try:
        return read_historic_date(_one_text(item))
    except DateError as error:
        raise item.error(str(error)) from None


def when_if_any(item: Item | None) -> HistoricDate | None:
    """Return the date a node is or begins with, None for other words; raise DossierError for an impossible one."""
    if item is None:
        return None
    try:
        return read_leading_date(text(item))
    except DateError as error:
        raise item.error(str(error)) from None


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
    try:
        return _read(path)
    except DossierError as error:
        raise _on_one_line(error) from None


def _on_one_line(error: DossierError) -> DossierError:
    """Return the refusal with nothing in it that breaks a line or fills a screen, whatever the file holds."""
    file, key, message = (_printable(part) for part in (error.file, error.key, error.message))
    return DossierError(file, error.line, _cut(key, LONGEST_KEY), _cut(message, LONGEST_MESSAGE))


def _printable(said: str) -> str:
    return "".join(
        sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in said
    ).replace("\n", " ")


def _cut(said: str, longest: int) -> str:
    return said if len(said) <= longest else f"{said[:longest]}…"


def _read(path: Path) -> Dossier:
    _must_be_a_file(path)
    content = read_bytes(path)
    return checked_dossier(read_nodes(path.name, content), digest=hashlib.sha256(content).hexdigest())


def checked_dossier(root: Item, *, digest: str) -> Dossier:
    """Return the dossier under a root; raise DossierError where it does not keep to the form."""
    sections = _mapping(root, (*TEXTS, *TEXT_LISTS, *LISTS, *MAPPINGS))
    _check_required(root, sections)
    dossier = Dossier(root, sections, digest)
    for item in sections.values():
        _check_section(item)
    _check_places(sections.get("jurisdictions"))
    _check_period(dossier)
    _check_values(dossier)
    for entry in _children(sections.get("measures")):
        _check_measure(dossier, entry)
    return dossier


def _must_be_a_file(path: Path) -> None:
    """Refuse a pipe or a device, which could be read for ever; what is missing is left to the reader."""
    try:
        wrong = path.exists() and not path.is_file()
    except OSError:
        return
    if wrong:
        raise DossierError(path.name, 1, "", "cannot be read: not a file")


def _check_required(root: Item, sections: Mapping[str, Item]) -> None:
    for name in REQUIRED:
        item = sections.get(name, Item(root.file, root.line, name, None))
        if item.value is None or not _one_text(item).strip():
            raise item.error(f"the key {name} is missing or empty")
    if len(text(sections["title"])) > 200:
        raise sections["title"].error("the title is longer than 200 characters")
    if ID.fullmatch(text(sections["id"])) is None:
        raise sections["id"].error("the id must be 1 to 40 small letters, figures and dashes, no dash first")


def _children(item: Item | None) -> list[Item]:
    return item.value if item and isinstance(item.value, list) else []


def _check_places(item: Item | None) -> None:
    """Check what looks like a country code; longer words ("20 countries of victims") are kept as said."""
    for place in _children(item) or ([item] if item else []):
        said = text(place)
        if len(said) == 2 and said not in country_names():
            # The key is the section's, as everywhere a text may stand for a list of one; the line is the entry's.
            raise DossierError(
                place.file, place.line, "jurisdictions", f"{said} is not an ISO 3166-1 country code"
            )


def _check_period(dossier: Dossier) -> None:
    period = dossier.mapping("period")
    begin, to = when(period.get("from")), period.get("to")
    end = None if text(to).strip().lower() in STILL_GOING_ON else when(to)
    if to and begin and end and end.last < begin.first:
        raise to.error(f"the period ends ({end.said}) before it begins ({begin.said})")


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
        _check_entry(item, (*MAPPINGS[name], *REMARKS))


def _check_entry(item: Item, known: tuple[str, ...]) -> None:
    for name, child in _mapping(item, known).items():
        if name in LIST_FIELDS:
            texts(child)
        elif name == "factors":
            for factor in _mapping(child, FACTORS).values():
                _check_entry(factor, ("finding", "text", *REMARKS))
        elif name == "impact_assessment" and not isinstance(child.value, str):
            _check_entry(child, ("done", "published", *REMARKS))
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
        raise item.error("a text is needed here (one with a colon or a comma in it needs quotes)")
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in item.value):
        raise item.error("the text holds a control character")
    return item.value


def _check_values(dossier: Dossier) -> None:
    """Read every value that has a form, so that a bad one refuses the file before a row is written."""
    for name in LISTS:
        for entry in dossier.entries(name):
            when(entry.get("date"))
            count(entry.get("count"))
            when_if_any(entry.get("reversed"))
    for head in (*HEADS, "likelihood"):
        level(dossier.mapping("severity").get(head))
    when_if_any(dossier.mapping("exit").get("decided"))


def _check_measure(dossier: Dossier, measure: Item) -> None:
    if not isinstance(measure.value, dict):
        return
    entry = measure.value
    code = text(entry.get("code"))
    if code not in LADDER and code not in NO_MEASURE:
        item = entry.get("code", measure)
        raise item.error(f"{code!r} is not a kind of measure; known: {', '.join([*LADDER, *NO_MEASURE])}")
    start, end = when(entry.get("date")), when_if_any(entry.get("end"))
    when_if_any(entry.get("review_date"))
    if code in LADDER and start is None and not text(dossier.mapping("period").get("from")):
        raise entry.get("date", measure).error("a measure needs a date, or the dossier a period")
    if start and end and end.last < start.first:
        raise entry["end"].error(f"the measure ends ({end.said}) before it begins ({start.said})")
