"""Where a person can go and what they can begin: the pages and acts of their roles, for the palette and the search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from hrdd.governance.access import PAGES
from hrdd.governance.models import User
from hrdd.governance.rules import Permission

MORE_PAGES = (
    ("calendar", "Calendar", Permission.READ_DESK),
    ("clock-list", "Clocks of partners", Permission.READ_DESK),
    ("exit-list", "Exits", Permission.READ_DESK),
    ("statement-list", "Statements of reasons", Permission.READ_DESK),
    ("stakeholder-list", "Stakeholder groups", Permission.READ_DESK),
    ("risk-map", "Map of risks", Permission.READ_DESK),
    ("cycle-list", "Re-assessments", Permission.READ_DESK),
    ("what-if-method", "What if the intervals changed", Permission.READ_DESK),
    ("notification-settings", "How I hear of what waits", Permission.READ_DESK),
    ("components", "Tokens and components", Permission.READ_DESK),
    ("shortcuts", "Keyboard shortcuts", Permission.READ_DESK),
    ("api-docs", "The API", Permission.READ_DESK),
)
ACTS = (
    ("record-risk", "Record a risk", Permission.RECORD_RISK),
    ("risk-import", "Import risks from a file", Permission.RECORD_RISK),
    ("measure-propose", "Propose a measure", Permission.PROPOSE_MEASURE),
    ("dilemma-open", "Open a dilemma", Permission.PREPARE_DILEMMA),
    ("record-relationship", "Record a relationship with a partner", Permission.LOG_LEVERAGE),
    ("partner-import", "Import partners from a file", Permission.LOG_LEVERAGE),
    ("consultation-plan", "Plan a consultation", Permission.RUN_CONSULTATION),
    ("policy-record", "Record a policy", Permission.DRAFT_POLICY),
    ("change-propose", "Propose a product or market change", Permission.PROPOSE_CHANGE),
    ("escalation-new", "Raise a matter with leadership", Permission.RAISE_ESCALATION),
    ("mandate-new", "Give a mandate", Permission.GIVE_MANDATE),
    ("meeting-new", "Record an oversight meeting", Permission.RECORD_MEETING),
    ("case-take-in", "Take in a concern", Permission.TRIAGE_CASE),
)


@dataclass(frozen=True)
class Place:
    """A page or an act, and its address."""

    label: str
    url: str


def pages_for(user: User) -> list[Place]:
    """Return the pages that open for a person, those of the head of the desk first."""
    return [*_open_to(user, (*PAGES, *MORE_PAGES)), Place("Your account", reverse("account"))]


def acts_for(user: User) -> list[Place]:
    """Return what a person can begin."""
    return list(_open_to(user, ACTS))


def _open_to(user: User, offered: Iterable[tuple[str, str, Permission]]) -> Iterator[Place]:
    return (Place(label, reverse(name)) for name, label, permission in offered if user.may(permission))


def called(said: str, places: Iterable[Place]) -> list[Place]:
    """Return the places whose names hold every word that was typed, each at the beginning of a word."""
    words = said.lower().split()
    return [
        one
        for one in places
        if all(any(part.startswith(word) for part in one.label.lower().split()) for word in words)
    ]
