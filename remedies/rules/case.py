"""The words of a case (domain.md 6.1, 6.3, 6.4), and the week that stands for a time."""

from datetime import date, timedelta
from enum import StrEnum


class CaseType(StrEnum):
    """What a case is about; `unsorted` until triage sorts what a person could not."""

    HUMAN_RIGHTS_HARM = "human_rights_harm"
    MODERATION_DECISION_APPEAL = "moderation_decision_appeal"
    NOTICE_NOT_ACTED_ON = "notice_not_acted_on"
    PRIVACY = "privacy"
    DISCRIMINATION = "discrimination"
    SAFETY_THREAT = "safety_threat"
    LABOUR_SUPPLY_CHAIN = "labour_supply_chain"
    RETALIATION = "retaliation"
    WHISTLEBLOWER = "whistleblower"
    ACCESSIBILITY = "accessibility"
    POLICY_FEEDBACK = "policy_feedback"
    UNSORTED = "unsorted"


class Channel(StrEnum):
    """How a concern reached us."""

    WEB_FORM = "web_form"
    IN_PRODUCT = "in_product"
    E_MAIL = "e-mail"
    POSTAL = "postal"
    PHONE = "phone"
    MESSAGING = "messaging"
    IN_PERSON_PARTNER_NGO = "in_person_partner_ngo"
    TOR_ONION = "tor_onion"
    TRUSTED_FLAGGER = "trusted_flagger"
    UNION = "union"


class IdentityMode(StrEnum):
    """How the person wants to be known."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    OPEN = "open"


class Region(StrEnum):
    """Where it happened, as coarse as can be; the place itself is inside the sealed text."""

    UNSAID = ""
    AFRICA_NORTH = "north_africa"
    AFRICA = "africa"
    AMERICA_NORTH = "north_america"
    AMERICA_LATIN = "latin_america"
    ASIA_CENTRAL = "central_asia"
    ASIA_EAST = "east_asia"
    ASIA_SOUTH = "south_asia"
    ASIA_SOUTH_EAST = "south_east_asia"
    ASIA_WEST = "west_asia"
    EUROPE = "europe"
    EUROPE_EAST = "eastern_europe"
    OCEANIA = "oceania"


class CaseState(StrEnum):
    """Where a case stands (domain.md 6.4)."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    SCREENING = "screening"
    ADMISSIBLE = "admissible"
    INVESTIGATING = "investigating"
    FINDINGS_DRAFTED = "findings_drafted"
    DECIDED = "decided"
    REFERRED = "referred"
    INADMISSIBLE = "inadmissible"
    REMEDY_PROPOSED = "remedy_proposed"
    REMEDY_AGREED = "remedy_agreed"
    REMEDY_CONTESTED = "remedy_contested"
    IN_DELIVERY = "in_delivery"
    DELIVERED = "delivered"
    VERIFIED = "verified"
    APPEAL = "appeal"
    APPEAL_DECIDED = "appeal_decided"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENED = "reopened"


class CaseRole(StrEnum):
    """What somebody does on one case; nobody holds two of them on the same case (domain.md 0.2, SD3)."""

    GRV_INTAKE = "GRV_INTAKE"
    GRV_INV = "GRV_INV"
    GRV_DEC = "GRV_DEC"
    APPEAL = "APPEAL"


TRIAGE_STATES = frozenset({CaseState.RECEIVED, CaseState.ACKNOWLEDGED, CaseState.SCREENING})
TYPE_WORDS = {
    CaseType.HUMAN_RIGHTS_HARM: "Harm to a person",
    CaseType.MODERATION_DECISION_APPEAL: "Complaint about a moderation decision",
    CaseType.NOTICE_NOT_ACTED_ON: "Notice not acted on",
    CaseType.PRIVACY: "Privacy",
    CaseType.DISCRIMINATION: "Discrimination",
    CaseType.SAFETY_THREAT: "Threat to safety",
    CaseType.LABOUR_SUPPLY_CHAIN: "Labour, here or in the supply chain",
    CaseType.RETALIATION: "Retaliation",
    CaseType.WHISTLEBLOWER: "Report from inside",
    CaseType.ACCESSIBILITY: "Accessibility",
    CaseType.POLICY_FEEDBACK: "A rule or function",
    CaseType.UNSORTED: "Not sorted yet",
}
LANGUAGES = ("en", "fr", "es", "ar")


def week_of(day: date) -> date:
    """Return the Monday that stands for every day of its week, so that nothing finer is stored."""
    return day - timedelta(days=day.weekday())
