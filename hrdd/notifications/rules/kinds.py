"""What may wait for somebody, the gravest first, and what every mail counts."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "case": "Concerns and cases",
    "escalation": "Raised with you",
    "incitement": "Incitement referred to you",
    "sign_off": "To sign",
    "overdue": "Re-assessments that nobody answered",
    "asked": "Questions asked of you",
    "clock": "Clocks of partners",
    "partner": "Records of partners",
    "risk": "Risks to judge again",
    "plan": "Plans to decide on",
    "finding": "Findings to answer",
    "mention": "Comments that ask for you",
}

ALWAYS_TOLD = frozenset({"case", "escalation", "incitement"})
MAY_BE_MUTED = {kind: said for kind, said in KINDS.items() if kind not in ALWAYS_TOLD}
