"""The lists of the desk: where each stands, who reads it, and which of its columns may be left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hrdd.governance.rules import Permission

AWAY = timedelta(minutes=30)  # as long as nobody merely reads one page of a list


@dataclass(frozen=True)
class DeskList:
    """A list: the name of its page, what it lists, the columns beside the first, and whether its views are shared."""

    page: str
    label: str
    columns: Mapping[str, str]
    permission: Permission = Permission.READ_DESK
    shares: bool = True


LISTS: Mapping[str, DeskList] = {
    "risks": DeskList(
        "risk-list",
        "Risks",
        {
            "severity": "Severity",
            "tier": "Tier and next review",
            "state": "State",
            "involvement": "Involvement",
            "where": "Where",
            "owner": "Owner",
            "measures": "Measures",
            "decide": "To decide",
        },
    ),
    "partners": DeskList(
        "partner-list",
        "Partners",
        {
            "relationship": "Relationship",
            "status": "Status",
            "clock": "Clock",
            "by": "By",
            "owner": "Owner",
        },
    ),
    "measures": DeskList(
        "measure-list",
        "Measures",
        {
            "state": "State",
            "finding": "Latest finding",
            "from": "From",
            "until": "Until",
            "review": "Last review",
        },
    ),
    "dilemmas": DeskList(
        "dilemma-list",
        "Dilemmas",
        {"state": "State", "due": "Due", "options": "Options", "prepared": "Prepared"},
    ),
    "consultations": DeskList(
        "consultation-list",
        "Consultations",
        {
            "state": "State",
            "asked": "Who was asked",
            "when": "When",
            "about": "About",
            "answer": "To answer",
        },
    ),
    "statements": DeskList(
        "statement-list",
        "Statements of reasons",
        {"ground": "Ground", "category": "Category", "issued": "Issued"},
    ),
    # A name that somebody gives a view of cases could tell of one: these views stay with their owner.
    "cases": DeskList(
        "case-list",
        "Cases",
        {"about": "About", "week": "Week", "state": "State", "needs": "Needs you", "due": "Due"},
        permission=Permission.READ_CASES,
        shares=False,
    ),
}


def since_of(*, seen_at: datetime, since: datetime | None, at: datetime) -> datetime | None:
    """Return since when things are new to somebody: since they last left, while they stay as it was when they came.

    Args:
        seen_at: when they last opened the list.
        since: what was new then.
        at: now.
    """
    return seen_at if at - seen_at > AWAY else since
