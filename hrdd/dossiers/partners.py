"""The business partners of a dossier: whom history names, what leverage it tells of, and on whom it was used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

from hrdd.dossiers.measures import short
from hrdd.dossiers.nodes import Item
from hrdd.dossiers.reading import Dossier, text, told
from risks.models import Partner, Relationship, RelationshipRisk, Risk

IMPORTER = "import"
Kind = Relationship.Kind
# What dossiers call the kinds of domain.md 5.1; any other word stays as it was said, and a person says the kind.
CALLED: Mapping[str, Kind] = {
    **{str(kind).replace("_", " "): kind for kind in Kind},
    **{str(kind.label).lower(): kind for kind in Kind},
    **dict.fromkeys(("business customer", "corporate customer"), Kind.ENTERPRISE_CUSTOMER),
    **dict.fromkeys(("state customer", "public sector customer"), Kind.GOVERNMENT_CUSTOMER),
    **dict.fromkeys(("distributor", "sales partner"), Kind.RESELLER),
    **dict.fromkeys(("developer", "app developer", "third-party developer"), Kind.DEVELOPER_APP),
    **dict.fromkeys(("vendor", "contractor", "subcontractor", "service provider"), Kind.SUPPLIER),
    **dict.fromkeys(
        ("moderation contractor", "moderation vendor", "outsourced moderator"), Kind.OUTSOURCED_MODERATION
    ),
    **dict.fromkeys(("cloud provider", "hosting provider", "network operator"), Kind.INFRASTRUCTURE),
    **dict.fromkeys(("investor", "investee"), Kind.INVESTOR_INVESTEE),
    **dict.fromkeys(("joint venture partner",), Kind.JOINT_VENTURE),
}
CUSTOMER = re.compile(r"\b(customer|client)s?\b")
OF_A_STATE = re.compile(
    r"\b(governments?|states?|ministry|ministries|police|military|army|authority|authorities|intelligence)\b"
)
NO_TIE = re.compile(r"\s*(none|no|not)\b")
NEVER_BEGUN = re.compile(r"\b(not to enter|never entered|not entered|did not enter|no entry)\b")
WORD = re.compile(r"\w+")
SMALL = frozenset({"a", "an", "and", "by", "from", "in", "of", "on", "the", "to", "with"})


@dataclass
class Told:
    """The relationships that a dossier tells of, and the entries that name somebody without any tie."""

    relationships: list[Relationship] = field(default_factory=list)
    untied: list[Mapping[str, Item]] = field(default_factory=list)

    def about(self, said: str) -> Relationship | None:
        """Return the one relationship that words mean; None where they could mean several, or none.

        Args:
            said: whom a dossier names ("customers"); empty where it names nobody, which a lone relationship answers.
        """
        wanted = _words(said)
        found = [one for one in self.relationships if wanted <= _words(f"{one.partner.name} {one.kind_said}")]
        return found[0] if len(found) == 1 else None


def write_partners(risk: Risk, dossier: Dossier) -> Told:
    """Write the partners of a dossier, each tied to its risk; whom history never dates has no clock yet.

    A name of one dossier is never taken for that of another or of a partner of the company: "customers" are not the
    same people everywhere.

    Args:
        risk: the risk of the dossier.
        dossier: where they stand.
    """
    found = Told()
    never_begun = NEVER_BEGUN.search(text(dossier.mapping("exit").get("considered")).lower()) is not None
    with _as_importer():
        for entry in dossier.entries("relationships"):
            if not text(entry.get("party")).strip() or NO_TIE.match(text(entry.get("kind")).lower()):
                found.untied.append(entry)
            else:
                found.relationships.append(_relationship(risk, entry, never_begun=never_begun))
    return found


def _relationship(risk: Risk, entry: Mapping[str, Item], *, never_begun: bool) -> Relationship:
    party, kind = text(entry.get("party")), text(entry.get("kind"))
    name = short(" ".join(party.split()), 200)
    by = risk.imported_from or ""
    partner = Partner.objects.filter(name__iexact=name, told_by=by).first()
    if partner is None:
        partner = Partner.objects.create(name=name, told_by=by, about=party if name != party else "")
    status = Relationship.Status
    relationship = Relationship.objects.create(
        partner=partner,
        kind=kind_of(kind, party=party),
        kind_said=short(kind, 200),
        status=status.PROPOSED if never_begun else status.UNKNOWN,
        told=told(entry, "party", *(["kind"] if len(kind) <= 200 else [])),
        told_by=by,
        recorded_at=risk.recorded_at,
    )
    RelationshipRisk.objects.create(relationship=relationship, risk=risk, told_by=by)
    return relationship


def kind_of(said: str, *, party: str) -> str:
    """Return the kind of relationship that words mean, empty where they leave it open (domain.md 5.1).

    Args:
        said: what the dossier calls it.
        party: with whom; "customer" says the kind only of a State.
    """
    first = re.split(r"[;,(:]", said.lower())[0].replace("_", " ").strip()
    known = CALLED.get(first) or CALLED.get(first.removesuffix("s"))
    if known is not None:
        return str(known)
    if CUSTOMER.search(first) and OF_A_STATE.search(f"{first} {party.lower()}"):
        return str(Kind.GOVERNMENT_CUSTOMER)
    return ""


def _words(said: str) -> set[str]:
    return {word.removesuffix("s") for word in WORD.findall(said.lower())} - SMALL


@contextmanager
def _as_importer() -> Iterator[None]:
    """Tell the database that a dossier is being brought in, until the block ends: only then it takes what one tells."""
    before = _act_as(IMPORTER)
    yield
    _act_as(before)


def _act_as(actor: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hrdd.actor', true)")
        [before] = cursor.fetchone()
        cursor.execute("SELECT set_config('hrdd.actor', %s, true)", [actor])
    return before or ""


def parties(told_of: Sequence[Relationship]) -> int:
    """Return how many partners stand behind relationships."""
    return len({one.partner_id for one in told_of})
