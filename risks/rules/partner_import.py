"""The columns of a file of partners, and how one row is read (domain.md 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from risks.rules import table_import
from risks.rules.partner import LONGEST_NAME, PartnerFacts, RelationshipFacts, RevenueBand
from risks.rules.recording import Problem, country_codes, listed
from risks.rules.table_import import MARK, read_day, read_switches, says_yes

COLUMNS: Mapping[str, str] = {
    "partner": f"With whom, at most {LONGEST_NAME} characters. Needed. Of a partner on record only this is needed.",
    "partner_country": "Where the partner has its seat: a code of two letters, or a name",
    "about": "What the partner does. No person and no address: contacts are recorded on its page, sealed.",
    "naming_endangers": "Who would be in danger if the partner were named in public, and why",
    "kind": "One of enterprise_customer, government_customer, reseller, advertiser, developer_app, content_partner, "
    "supplier, outsourced_moderation, infrastructure, investor_investee, joint_venture, "
    "data_broker, user_group. Needed.",
    "supplied": "What is supplied, by whom to whom, and for what use. Needed.",
    "country": "Where it takes effect: a code of two letters, or a name",
    "products": "Names of products, separated by ; new ones are recorded",
    "not_begun": "yes where its onboarding is still ahead; empty where it goes on already",
    "started_on": "The day on which it began, as year-month-day",
    "contract_end": "The day on which the contract ends",
    "revenue_band": f"One of {', '.join(RevenueBand)}. Kept inside.",
    "owner": "The user name of whoever looks after it",
    "code_name": "The outside code or terms that the partner agreed to; versions of our policies on its page",
    "code_version": "Its version. Needed with code_name.",
    "agreed_from": "The day from which it was agreed. Needed with code_name.",
}
NEEDED = ("partner", "kind", "supplied")
DERIVED = frozenset(
    [
        "id",
        "status",
        "crucial",
        "crucial_due",
        "onboarding",
        "risks",
        "level",
        "clock",
        "code",
        "terms",
        "next_step_by",
    ]
)
EXAMPLE: Mapping[str, str] = dict.fromkeys(COLUMNS, "") | {
    "partner": f"{MARK} Northern Cloud",
    "partner_country": "DE",
    "about": "Resells hosting to public bodies.",
    "kind": "reseller",
    "supplied": "We supply hosting; the partner resells it to ministries, for their records.",
    "country": "KE",
    "products": "Hosting",
    "started_on": "2024-03-01",
    "contract_end": "2027-02-28",
    "revenue_band": "1m_10m",
    "code_name": "Code of conduct for resellers",
    "code_version": "2023",
    "agreed_from": "2024-03-01",
}
CODE = ("code_name", "code_version", "agreed_from")
read_header = partial(table_import.read_header, columns=COLUMNS, derived=DERIVED, needed=NEEDED)
read_row = partial(table_import.read_row, columns=COLUMNS)


@dataclass(frozen=True)
class RowFacts:
    """What one row gives: the partner, the relationship, and what was agreed."""

    partner: PartnerFacts
    relationship: RelationshipFacts
    not_begun: bool
    agreed_from: date | None


def read_facts(given: Mapping[str, str]) -> tuple[RowFacts, list[Problem]]:
    """Return the facts of a row, and what of it cannot be read; the rules of partners judge the rest."""
    wrong = read_switches(given, ["not_begun"])
    days = {}
    for name in ("started_on", "contract_end", "agreed_from"):
        days[name], unread = read_day(given, name)
        wrong += unread
    partner = PartnerFacts(
        name=" ".join(given.get("partner", "").split()),
        country=_country(given.get("partner_country", "")),
        about=given.get("about", ""),
        naming_endangers=given.get("naming_endangers", ""),
    )
    relationship = RelationshipFacts(
        kind=given.get("kind", "").lower(),
        supplied=given.get("supplied", ""),
        country=_country(given.get("country", "")),
        products=listed(given.get("products", "")),
        started_on=days["started_on"],
        contract_end=days["contract_end"],
        revenue_band=given.get("revenue_band", "").lower(),
    )
    if partner.name.startswith(MARK):
        wrong.append(Problem("partner", "partner: this is the example of the template. Delete the row."))
    wrong += _code(given)
    return RowFacts(partner, relationship, says_yes(given, "not_begun"), days["agreed_from"]), wrong


def _code(given: Mapping[str, str]) -> list[Problem]:
    """Return which parts of an outside code are missing; it is told whole or not at all."""
    missing = [name for name in CODE if not given.get(name)]
    if not missing or len(missing) == len(CODE):
        return []
    return [Problem(missing[0], f"{missing[0]}: an outside code needs its name, its version and since when.")]


def _country(said: str) -> str:
    return "".join(country_codes([said])) if said else ""
