"""Records of oversight for tests."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hrdd.governance.actions import give_mandate
from hrdd.governance.models import Mandate, User
from hrdd.governance.rules import Role
from hrdd.oversight.actions.figures import freeze_by_hand
from hrdd.oversight.models import (
    Escalation,
    Incentive,
    OversightMeeting,
    Staffing,
    Training,
)
from risks.models import Risk

LONG = "Long enough that somebody else can follow why this was decided as it was."


def mandate_of(person: User, *, by: User, at: datetime, **changes: Any) -> Mandate:
    given = {
        "person": person,
        "role": person.roles[0],
        "function": "Content policy",
        "authority": ["Stop a feature"],
        "reports_to": "The board",
        "budget_eur_year": 100_000,
        "fte": Decimal("1.5"),
        "starts_on": at.date(),
    }
    return give_mandate(**given | changes, by=by, at=at)


def meeting_on(day: date, *, by: User, at: datetime, **changes: Any) -> OversightMeeting:
    given = {
        "held_on": day,
        "body": "board",
        "attendees": ["Chair"],
        "rights_items": ["Salient risks"],
        "recorded_by": by,
        "recorded_at": at,
    }
    return OversightMeeting.objects.create(**given | changes)


def escalated(*, at: datetime, **changes: Any) -> Escalation:
    given = {
        "to_role": "SENIOR",
        "code": "person",
        "subject": "Moderators leave",
        "reason": LONG,
        "raised_by": "ana",
        "raised_at": at,
        "due_at": at + timedelta(days=7),
    }
    return Escalation.objects.create(**given | changes)


def some_of_each(by: User, *, person: User, at: datetime) -> None:
    """Put one record of each kind there, past the actions, and freeze the figures; the person may do that."""
    Mandate.objects.create(
        role=Role.SENIOR,
        person=person,
        function="x",
        authority=["x"],
        reports_to="x",
        budget_eur_year=1,
        fte=1,
        starts_on=at.date(),
        recorded_by=by,
        recorded_at=at,
    )
    meeting_on(at.date(), by=by, at=at)
    escalated(at=at)
    by_whom = {"recorded_by": by, "recorded_at": at}
    Training.objects.create(audience="x", due_n=2, done_n=1, due_on=at.date(), as_of=at.date(), **by_whom)
    Incentive.objects.create(role="x", linked_to_rights_kpi=False, holds_from=at.date(), **by_whom)
    Staffing.objects.create(
        language="am", country="ET", moderators_fte=1, rights_fte=1, users=1, as_of=at.date(), **by_whom
    )
    freeze_by_hand(by=person, at=at)


def severe_risk(title: str = "Detention", **changes: Any) -> Risk:
    given = {
        "title": title,
        "summary": title,
        "opened_on": date(2026, 1, 1),
        "level": 5,
        "tier": 1,
        "rank": 10**9,
        "salient": True,
        "incomplete": False,
    }
    return Risk.objects.create(**given | changes)
