"""Training, incentives and people per user: recorded by people, the latest row holds (domain.md 1.10, K22, K26)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.oversight.models import Incentive, Staffing, Training


@transaction.atomic
def record_training(
    *,
    audience: str,
    due_n: int,
    done_n: int,
    due_on: date,
    as_of: date,
    owner_role: str,
    by: User,
    at: datetime,
) -> Training:
    """Record how many of an audience had a training, of those who are due it; the row before stays.

    Raises:
        NotAllowed: the role, more who had it than were due, nobody due, or a day to come.
    """
    by.demand(Permission.RECORD_OVERSIGHT)
    if due_n < 1:
        raise NotAllowed("Due: at least one person. An audience of nobody is no training.")
    if done_n > due_n:
        raise NotAllowed("Had it: not more people than were due it. Count those who were due only.")
    _not_to_come(as_of, at=at)
    made = Training.objects.create(
        audience=audience.strip(),
        due_n=due_n,
        done_n=done_n,
        due_on=due_on,
        as_of=as_of,
        owner_role=owner_role,
        recorded_by=by,
        recorded_at=at,
    )
    _log(by, at, "recorded training", f"training {made.pk}")
    return made


@transaction.atomic
def record_incentive(
    *, role: str, linked_to_rights_kpi: bool, goal: str, holds_from: date, by: User, at: datetime
) -> Incentive:
    """Record whether the pay of an executive role depends on a goal about rights; no amount, no name.

    Raises:
        NotAllowed: the role, or a link without its goal or a goal without a link.
    """
    by.demand(Permission.RECORD_OVERSIGHT)
    if linked_to_rights_kpi != bool(goal.strip()):
        raise NotAllowed(
            "Goal: name the goal where pay depends on it, and leave it empty where pay does not. Which is it?"
        )
    made = Incentive.objects.create(
        role=role.strip(),
        linked_to_rights_kpi=linked_to_rights_kpi,
        goal=goal.strip(),
        holds_from=holds_from,
        recorded_by=by,
        recorded_at=at,
    )
    _log(by, at, "recorded incentive", f"incentive {made.pk}")
    return made


@transaction.atomic
def record_staffing(
    *,
    language: str,
    country: str,
    moderators_fte: Decimal,
    rights_fte: Decimal,
    users: int,
    as_of: date,
    by: User,
    at: datetime,
) -> Staffing:
    """Record the people who moderate and work on rights for users of a language in a country, on a day.

    Raises:
        NotAllowed: the role, a day to come, or a row for this language, country and day already.
    """
    by.demand(Permission.RECORD_OVERSIGHT)
    _not_to_come(as_of, at=at)
    try:
        with transaction.atomic():
            made = Staffing.objects.create(
                language=language.strip(),
                country=country,
                moderators_fte=moderators_fte,
                rights_fte=rights_fte,
                users=users,
                as_of=as_of,
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotAllowed(
            "As of: this language and country have a count of that day already. Count again on a later day."
        ) from None
    _log(by, at, "recorded staffing", f"staffing {made.pk}")
    return made


def _not_to_come(day: date, *, at: datetime) -> None:
    if day > at.date():
        raise NotAllowed("As of: count what is, not what will be. Choose today or an earlier day.")


def _log(by: User, at: datetime, action: str, subject: str) -> None:
    record_event(by=by.username, at=at, action=action, subject=subject)
