"""Where the restrictions of another organisation stand on our ladder (domain.md 3.1, 8.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risks.rules.ladder import LADDER
from risks.rules.statement import VISIBILITY
from risks.rules.statement_schema import DECISIONS, END_DATES, label_of, values_of

OFF_THE_LADDER = ""
OTHER_LABEL = "Another restriction, in their words"
TWO_RUNGS = frozenset({"interstitial"})
RUNG_OF: Mapping[str, str] = {
    **{
        f"DECISION_VISIBILITY_CONTENT_{said}": kind
        for kind, said in VISIBILITY.items()
        if kind not in TWO_RUNGS
    },
    "DECISION_MONETARY_SUSPENSION": "demonetise",
    "DECISION_MONETARY_TERMINATION": "demonetise",
    "DECISION_PROVISION_PARTIAL_SUSPENSION": "feature_limit",
    "DECISION_PROVISION_PARTIAL_TERMINATION": "feature_limit",
    "DECISION_PROVISION_TOTAL_SUSPENSION": "temp_suspension",
    "DECISION_PROVISION_TOTAL_TERMINATION": "service_termination",
    "DECISION_ACCOUNT_SUSPENDED": "temp_suspension",
    "DECISION_ACCOUNT_TERMINATED": "permanent_ban",
}


@dataclass(frozen=True)
class Restriction:
    """One restriction of a statement: its code, its rung on our ladder (or none), and its end (or none)."""

    decision: str
    kind: str
    ends_on: str | None


def restrictions(statement: Mapping[str, Any]) -> list[Restriction]:
    """Return the restrictions that a statement names; a statement may name several.

    A label is a label, though our ladder knows the warning before the content, too. Access disabled is a block in the
    countries that are named. A service stopped for a time is a suspension.
    """
    return [
        Restriction(code, RUNG_OF.get(code, OFF_THE_LADDER), statement.get(END_DATES[name]))
        for name in DECISIONS
        for code in _codes(statement.get(name))
    ]


def _codes(said: Any) -> list[str]:
    return list(dict.fromkeys(said)) if isinstance(said, list) else [said] if said else []


def rung_label(kind: str) -> str:
    """Return a rung in words."""
    return LADDER[kind].label if kind in LADDER else OTHER_LABEL


def words_of(field: str, code: str) -> str:
    """Return a value of a field in words."""
    return values_of(field).get(code, code or label_of(field))
