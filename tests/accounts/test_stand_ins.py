"""A stand-in and whom they stand in for count as one person, also where nothing is signed (SD1, SD6; 0.2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from hrdd.accounts.actions import delegations
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.oversight.actions.meetings import answer_escalation
from risks.actions import consultations
from risks.actions.corrective_plans import verify_milestone
from risks.actions.salience import take_step
from risks.models import (
    Consultation,
    CorrectivePlan,
    Milestone,
    MitigationPlan,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
    SeverityAssessment,
)
from tests.accounts.conftest import proposed_plan
from tests.oversight.stage import escalated

NOW = timezone.now()
TODAY = NOW.date()
WHY = "Agreed with the head of the function on Monday, for the days of absence."


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


def lend(by: User, to: User) -> None:
    delegations.delegate(
        role=by.roles[0],
        to=to,
        starts_on=TODAY,
        until=TODAY + timedelta(days=7),
        why=WHY,
        by=by,
        at=timezone.now(),
    )


@pytest.fixture
def first(db: None) -> User:
    """Who did the first thing, and holds a role that may be lent."""
    return person("fay", Role.DECIDER)


@pytest.fixture
def second(first: User) -> User:
    """Who would do the second thing."""
    return person("sol", Role.REVIEWER, Role.ANALYST, Role.PUBLISHER, Role.SENIOR)


def confirmed(first: User, second: User) -> None:
    risk = Risk.objects.create(
        title="x", summary="x", opened_on=TODAY, recorded_by=first.username, status="assessed"
    )
    take_step(risk, "confirm", reasons=WHY, by=second, at=NOW)


def closed(first: User, second: User) -> None:
    risk = Risk.objects.create(title="x", summary="x", opened_on=TODAY, status="managed")
    risk.held = SeverityAssessment.objects.create(
        risk=risk,
        level=2,
        incomplete=False,
        reason="x",
        holds_from=TODAY,
        recorded_at=NOW,
        recorded_by=first.username,
    )
    risk.state_of_harm = "actual_remedied"
    risk.save()
    take_step(risk, "close", reasons=WHY, by=second, at=NOW)


def a_milestone(first: User) -> Milestone:
    tied = RelationshipRisk.objects.create(
        relationship=Relationship.objects.create(
            partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
        ),
        risk=Risk.objects.create(title="x", summary="x", opened_on=TODAY),
        known_since=TODAY - timedelta(days=20),
        how_known="Press",
    )
    plan = CorrectivePlan.objects.create(
        tied=tied, agreed="Train staff", agreed_on=TODAY, recorded_by=first, recorded_at=NOW
    )
    return plan.milestones.create(what="Train", due=TODAY, logged_by=first, logged_at=NOW)


def verified(first: User, second: User) -> None:
    verify_milestone(
        a_milestone(first), verification="on_site", verified_on=TODAY, how="Seen.", by=second, at=NOW
    )


def a_consultation(first: User, **changes: Any) -> Consultation:
    return Consultation.objects.create(**{"title": "x", "organiser": first} | changes)


def checked(first: User, second: User) -> None:
    held = a_consultation(first, risk_to_participants=4)
    held.team.add(second)
    consultations.check_safeguards(held, by=second, at=NOW)


def screened(first: User, second: User) -> None:
    held = a_consultation(first, state="held", summary="People are afraid.", risk_to_participants=1)
    held.team.add(second)
    consultations.screen(held, seen_hash="x", by=second, at=NOW)


def answered(first: User, second: User) -> None:
    answer_escalation(escalated(at=NOW, raised_by=first.username), answer=WHY, by=second, at=NOW)


ACTS = [confirmed, closed, verified, checked, screened, answered]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("lender", ["first", "second"])
def test_whoever_stands_in_does_not_do_the_second_thing(
    first: User, second: User, act: Callable[[User, User], None], lender: str
) -> None:
    if lender == "first":
        lend(first, second)
    else:
        lend(second, first)
    second.refresh_from_db()

    with pytest.raises(NotAllowed, match=r"stands? in for"):
        act(first, second)


@pytest.mark.parametrize("act", ACTS)
def test_without_a_delegation_another_person_is_not_refused_for_standing_in(
    first: User, second: User, act: Callable[[User, User], None]
) -> None:
    try:
        act(first, second)
    except NotAllowed as refusal:
        assert "stands in for" not in str(refusal)  # noqa: PT017  # other rules may refuse this bare record


def test_the_database_refuses_it_as_well(first: User, second: User) -> None:
    lend(first, second)
    milestone, held = a_milestone(first), a_consultation(first)
    plan = proposed_plan(milestone.plan.tied.risk, by=first)
    seen = {"verification": "on_site", "verified_on": TODAY, "verified_how": "x"}
    writes: list[Callable[[User], object]] = [
        lambda who: Milestone.objects.filter(pk=milestone.pk).update(verified_by=who, **seen),
        lambda who: Consultation.objects.filter(pk=held.pk).update(safeguards_checked_by=who),
        lambda who: Consultation.objects.filter(pk=held.pk).update(screened_by=who),
        lambda who: MitigationPlan.objects.filter(pk=plan.pk).update(
            state="approved", decided_by=who, decided_at=NOW, reasons=WHY
        ),
    ]
    other = person("oda", Role.REVIEWER)
    for write in writes:
        with pytest.raises(DatabaseError, match="SD1"), transaction.atomic():
            write(second)
        assert write(other) == 1
