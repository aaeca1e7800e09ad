"""What was corrected of partners and relationships: each field before and after, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date

from risks.models import Relationship
from risks.rules.countries import country_names
from risks.rules.partner import LABELS, REVENUE_BANDS, PartnerFacts, RelationshipFacts
from risks.rules.screening import names_one

NAMES_IT, NOT_REPEATED = "(names the partner; see its page)", "(not repeated here; see its page)"
UNREPEATED = frozenset({LABELS["name"], LABELS["naming_endangers"]})


@dataclass(frozen=True)
class Change:
    """One field that was corrected; an empty text was not on record."""

    field: str
    before: str
    after: str


def changes_between(
    before: PartnerFacts | RelationshipFacts, after: PartnerFacts | RelationshipFacts
) -> list[Change]:
    """Return the fields in which two records differ, in words, in their order."""
    of_partner = isinstance(before, PartnerFacts)
    found = []
    for one in fields(before):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if _same(old) != _same(new):
            label = LABELS["partner_country" if of_partner and one.name == "country" else one.name]
            found.append(Change(label, in_words(one.name, old), in_words(one.name, new)))
    return found


def _same(value: object) -> object:
    """Return a value to be compared: products have no order."""
    return sorted(value) if isinstance(value, tuple) else value


def in_words(name: str, value: object) -> str:
    """Return a value as people read it."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    said = str(value) if value else ""
    known: dict[str, dict[str, str]] = {
        "kind": {str(kind): str(label) for kind, label in Relationship.Kind.choices},
        "country": country_names(),
        "revenue_band": {str(band): label for band, label in REVENUE_BANDS.items()},
    }
    return known.get(name, {}).get(said, said)


def told_to_the_audit(changes: Iterable[Change], *, names: Sequence[str]) -> list[dict[str, str]]:
    """Return changes as the audit log keeps them: for good, so never with a name that may endanger people (N8).

    Args:
        changes: what was corrected.
        names: what the partner is or was called.
    """
    return [
        {"field": one.field, "before": _told(one, one.before, names), "after": _told(one, one.after, names)}
        for one in changes
    ]


def _told(change: Change, said: str, names: Sequence[str]) -> str:
    if change.field in UNREPEATED and said:
        return NOT_REPEATED
    return NAMES_IT if names_one(said, names) else said
