"""What the record of a business partner must say, and when a relationship is crucial (domain.md 5.1, 5.5, 8.6 N8)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from risks.rules.countries import country_names

LONGEST_NAME, LONGEST_TEXT = 200, 5000


class RevenueBand(StrEnum):
    """What the partner brings in a year. INTERNAL: it never weighs against exit, nor makes a relationship crucial."""

    UNDER_1M = "under_1m"
    FROM_1M = "1m_10m"
    FROM_10M = "10m_100m"
    OVER_100M = "over_100m"


REVENUE_BANDS: Mapping[RevenueBand, str] = {
    RevenueBand.UNDER_1M: "Under 1 million euros a year",
    RevenueBand.FROM_1M: "1 to 10 million euros a year",
    RevenueBand.FROM_10M: "10 to 100 million euros a year",
    RevenueBand.OVER_100M: "Over 100 million euros a year",
}
LABELS: Mapping[str, str] = {
    "name": "Partner",
    "partner_country": "Country of the partner",
    "about": "About the partner",
    "naming_endangers": "Would naming it in public endanger somebody?",
    "kind": "Kind of relationship",
    "status": "Where it stands",
    "supplied": "What is supplied, by whom, for what use",
    "country": "Country where it takes effect",
    "products": "Products",
    "started_on": "Began on",
    "contract_end": "Contract ends on",
    "not_begun": "It has not begun yet",
    "revenue_band": "Revenue band",
    "owner": "Owner",
}
REVENUE = re.compile(
    r"\b(revenues?|turnover|profits?|profitab\w+|ebitda|margins?|sales (?:target|figure|volume)s?|our sales"
    r"|contract (?:value|worth)"
    r"|(?:largest|biggest|best|top)[- ](?:paying )?(?:customer|client|account|advertiser)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RelationshipFacts:
    """What a relationship is, without its terms, its risks or whether it is crucial."""

    kind: str
    supplied: str
    country: str = ""
    products: tuple[str, ...] = ()
    started_on: date | None = None
    contract_end: date | None = None
    revenue_band: str = ""


@dataclass(frozen=True)
class PartnerFacts:
    """Who a partner is; `naming_endangers` says who would be in danger if it were named."""

    name: str
    country: str = ""
    about: str = ""
    naming_endangers: str = ""


def refusals_of_partner(facts: PartnerFacts) -> list[tuple[str, str]]:
    """Return what is wrong with the record of a partner: the field, and the sentence that says what to do."""
    found = []
    if not facts.name.strip():
        found.append(("name", "say with whom."))
    if len(facts.name) > LONGEST_NAME:
        found.append(("name", f"keep it to {LONGEST_NAME} characters."))
    if facts.country and facts.country not in country_names():
        found.append(("partner_country", "use an ISO 3166-1 code of two letters, such as KE."))
    found += _too_long({"about": facts.about, "naming_endangers": facts.naming_endangers})
    return _labelled(found)


def refusals_of_relationship(
    facts: RelationshipFacts, *, kinds: Collection[str], today: date, begun: bool
) -> list[tuple[str, str]]:
    """Return what is wrong with the record of a relationship: the field, and the sentence that says what to do.

    Args:
        facts: the relationship.
        kinds: the kinds that there are (domain.md 5.1).
        today: the day it is recorded.
        begun: whether it goes on already; what has not begun has no day on which it began.
    """
    found = []
    if facts.kind not in kinds:
        found.append(("kind", f"choose one of {', '.join(kinds)}."))
    if not facts.supplied.strip():
        found.append(("supplied", "say what is supplied, by whom to whom, and for what use."))
    if facts.country and facts.country not in country_names():
        found.append(("country", "use an ISO 3166-1 code of two letters, such as KE."))
    if any(len(one) > 120 for one in facts.products):
        found.append(("products", "keep each name under 120 characters, and separate them."))
    if facts.revenue_band and facts.revenue_band not in set(RevenueBand):
        found.append(("revenue_band", f"choose one of {', '.join(RevenueBand)}."))
    found += _too_long({"supplied": facts.supplied})
    found += _days(facts, today, begun=begun)
    return _labelled(found)


def _days(facts: RelationshipFacts, today: date, *, begun: bool) -> list[tuple[str, str]]:
    found = []
    if facts.started_on and not begun:
        found.append(("started_on", "the relationship has not begun yet; leave the day empty until it does."))
    elif facts.started_on and facts.started_on > today:
        found.append(
            (
                "started_on",
                "this day is still to come. Say that it has not begun yet, and open the gate first.",
            )
        )
    if facts.started_on and facts.contract_end and facts.contract_end < facts.started_on:
        found.append(("contract_end", "the contract ends before the relationship began."))
    return found


def _too_long(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (name, f"keep it under {LONGEST_TEXT} characters.")
        for name, said in texts.items()
        if len(said) > LONGEST_TEXT
    ]


def _labelled(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, f"{LABELS[name].rstrip('?')}: {sentence}") for name, sentence in found]


def crucial_refusal(*, crucial: bool, essential: str, no_alternative: str) -> str:
    """Return why a relationship is not crucial for these reasons, or nothing (UNGP 19; domain.md 5.5, X8).

    Args:
        crucial: what the test comes to.
        essential: what essential thing it provides.
        no_alternative: why there is no reasonable alternative to it.
    """
    if not crucial:
        return ""
    if not (essential.strip() and no_alternative.strip()):
        return (
            "UNGP 19: a relationship is crucial only if it provides something essential and no reasonable "
            "alternative exists. Give both reasons; revenue is none."
        )
    if REVENUE.search(f"{essential}\n{no_alternative}"):
        return (
            "UNGP 19, X8: what the partner earns the company is no reason. Say what people, or the service that they "
            "rely on, would lose, and why nobody else could provide it."
        )
    return ""


def crucial_due(tested_on: date) -> date:
    """Return by when a relationship that is crucial is looked at again: a calendar year later (domain.md 5.5)."""
    try:
        return tested_on.replace(year=tested_on.year + 1)
    except ValueError:
        return date(tested_on.year + 1, 2, 28)


def takes_warning_off(before: str, after: str) -> bool:
    """Whether a warning not to name a partner loses anything that it said (8.6 N8)."""
    return bool(before.strip()) and " ".join(before.split()) not in " ".join(after.split())
