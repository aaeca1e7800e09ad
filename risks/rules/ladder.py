"""The ladder of measures, from leaving things alone to withdrawing from a country (domain.md 3.1)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rung:
    """One kind of measure: its label, its intrusiveness 0 to 5 and the rights it burdens (rights.csv codes)."""

    label: str
    intrusion: int
    rights_burdened: tuple[str, ...]


LADDER: Mapping[str, Rung] = {
    "no_action": Rung("No action", 0, ()),
    "label": Rung("Label", 1, ("EXPRESSION",)),
    "interstitial": Rung("Click-through warning", 1, ("EXPRESSION",)),
    "reduce_reach": Rung("Reduced reach", 2, ("EXPRESSION", "WORK")),
    "interaction_limit": Rung("Interaction limit", 2, ("EXPRESSION", "ASSEMBLY", "ASSOCIATION")),
    "demonetise": Rung("Demonetisation", 2, ("WORK", "PROPERTY", "EXPRESSION")),
    "age_gate": Rung("Age gate", 2, ("EXPRESSION", "PRIVACY", "DATA_PROTECTION")),
    "geoblock": Rung("Block in one territory", 3, ("EXPRESSION",)),
    "remove_item": Rung("Removal of an item", 3, ("EXPRESSION", "CULTURE")),
    "feature_limit": Rung("Feature limit", 3, ("EXPRESSION", "ASSEMBLY", "WORK")),
    "temp_suspension": Rung(
        "Temporary suspension", 4, ("EXPRESSION", "ASSOCIATION", "WORK", "PARTICIPATION")
    ),
    "permanent_ban": Rung(
        "Permanent ban",
        5,
        ("EXPRESSION", "ASSOCIATION", "WORK", "PARTICIPATION", "PRIVACY", "CULTURE"),
    ),
    "service_termination": Rung("Termination of service", 5, ("EXPRESSION", "WORK")),
    "country_withdrawal": Rung("Withdrawal from a country", 5, ("EXPRESSION", "HEALTH", "WORK")),
}

NEEDS_END_DATE = frozenset({"temp_suspension", "feature_limit"})
