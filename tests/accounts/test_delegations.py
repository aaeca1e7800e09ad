"""Who lends a role, to whom and until when; refused by rule and, where a constraint can, by database."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hrdd.accounts.actions import delegations, people
from hrdd.accounts.models import Delegation
from hrdd.accounts.rules.people import demand_delegation
from hrdd.governance.actions import JOB
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    ONLY_TO_REFUSE,
    NotAllowed,
    Permission,
    Role,
    may_sign_off,
)
from tests.accounts.conftest import (
    WHY,
    asked_by,
    lend,
    person,
    proposed_plan,
    refused_by_the_database,
    strong,
)
from tests.cast import NOW

TODAY = NOW.date()


def test_who_stands_in_may_what_the_role_may_until_the_day(
    ana: User, dan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = lend(dan, ana)
    ana.refresh_from_db()

    assert ana.may(Permission.APPROVE_MEASURE)
    for day, may in (
        (given.until, True),
        (given.until + timedelta(days=1), False),
        (given.starts_on - timedelta(days=1), False),
    ):
        monkeypatch.setattr("hrdd.governance.models._today", lambda day=day: day)
        assert ana.may(Permission.APPROVE_MEASURE) is may


def test_what_is_held_in_person_is_not_lent_with_a_role(eve: User, ana: User) -> None:
    lend(eve, ana, Role.SENIOR)
    ana.refresh_from_db()

    assert ana.may(Permission.DECIDE_EXIT)
    assert not ana.may(Permission.REVIEW_ACCESS)
    assert not ana.may(Permission.READ_PEOPLE)


def test_a_delegation_is_given_on_the_page_and_ended_there(ana: User, dan: User) -> None:
    client, today = strong(dan), timezone.now().date()
    given = {
        "role": "DECIDER",
        "to": ana.pk,
        "starts_on": today,
        "until": today + timedelta(days=3),
        "why": WHY,
    }
    answer = client.post("/desk/account/delegations/", given)
    shown = client.get("/desk/account/delegations/").content
    client.post(f"/desk/account/delegations/{Delegation.objects.get().pk}/end/")
    ana.refresh_from_db()

    assert answer.status_code == 302
    assert b"In force" in shown
    assert ana.delegated == []
    assert Delegation.objects.get().ended_by == dan


HOLDS, OTHER = frozenset({Role.DECIDER}), frozenset({Role.ANALYST})
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"job": True}, "delegated to a job"),
    ({"role": Role.SENIOR}, "hold yourself"),
    ({"role": Role.GRV_INV, "delegator": frozenset({Role.GRV_INV})}, "in person"),
    ({"role": Role.AUDITOR, "delegator": frozenset({Role.AUDITOR})}, "in person"),
    ({"role": Role.SYSADMIN, "delegator": frozenset({Role.SYSADMIN})}, "in person"),
    ({"delegate": HOLDS}, "already"),
    ({"delegate": frozenset({Role.AUDITOR})}, "writes nothing"),
    (
        {"delegate": frozenset({Role.GRV_INV}), "role": Role.BOARD, "delegator": frozenset({Role.BOARD})},
        "does not edit cases",
    ),
    ({"starts_on": TODAY - timedelta(days=1)}, "today or later"),
    ({"until": TODAY - timedelta(days=1)}, "on that day or after"),
    ({"until": TODAY + timedelta(days=90)}, "90 days"),
]


@pytest.mark.parametrize(("bent", "says"), WRONG)
def test_a_wrong_delegation_is_refused(bent: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {
        "delegator": HOLDS,
        "delegate": OTHER,
        "role": Role.DECIDER,
        "starts_on": TODAY,
        "until": TODAY + timedelta(days=89),
        "today": TODAY,
        "job": False,
    }
    demand_delegation(**given)
    with pytest.raises(NotAllowed, match=says):
        demand_delegation(**{**given, **bent})


def test_nothing_is_lent_to_a_job_or_to_oneself_or_on(ana: User, dan: User, eve: User) -> None:
    job = User.objects.create_user(JOB, "x", display_name="Job", roles=[Role.ANALYST])
    with pytest.raises(NotAllowed, match="delegated to a job"):
        lend(dan, job)
    with pytest.raises(NotAllowed, match="another person"):
        lend(dan, dan)
    lend(dan, ana)
    ana.refresh_from_db()
    with pytest.raises(NotAllowed, match="hold yourself"):
        lend(ana, eve)
    refused_by_the_database(
        lambda: Delegation.objects.create(
            delegator=dan, delegate=dan, role="DECIDER", starts_on=TODAY, until=TODAY, why=WHY, given_at=NOW
        )
    )
    refused_by_the_database(
        lambda: Delegation.objects.create(
            delegator=dan, delegate=eve, role="GRV_INV", starts_on=TODAY, until=TODAY, why=WHY, given_at=NOW
        )
    )


def test_a_delegation_is_never_made_longer(ana: User, dan: User) -> None:
    lend(dan, ana)

    refused_by_the_database(lambda: Delegation.objects.update(until=date(2099, 1, 1)))
    refused_by_the_database(lambda: Delegation.objects.update(role="SENIOR"))
    refused_by_the_database(lambda: Delegation.objects.all().delete())


@pytest.mark.parametrize("asks", ["delegator", "delegate"])
def test_neither_of_the_two_signs_what_the_other_asked(ana: User, dan: User, asks: str) -> None:
    """SD1 holds for whoever stands in and for whom they stand in, in the rule and in the database."""
    lend(dan, ana)
    for user in (ana, dan):
        user.refresh_from_db()
    author, decider = (dan, ana) if asks == "delegator" else (ana, dan)
    assert decider.stands_with() == {author.username}
    with pytest.raises(NotAllowed, match="stand in"):
        may_sign_off(
            decider=decider.username,
            authors=frozenset({author.username}),
            approve=True,
            reasons="",
            seen_hash="x",
            content_hash="x",
            least=ONLY_TO_REFUSE,
            stands_with=decider.stands_with(),
        )
    asked = asked_by(author)
    refused_by_the_database(
        lambda: SignOff.objects.filter(pk=asked.pk).update(
            decision="approved", decided_by=decider, decided_at=timezone.now()
        )
    )


@pytest.mark.parametrize("lent", [False, True])
def test_a_stand_in_approves_no_plan_of_whom_they_stand_in_for(ana: User, dan: User, lent: bool) -> None:
    from risks.actions.plans import decide_plan
    from risks.models import Risk

    vera = person("vera", Role.DECIDER)
    risk = Risk.objects.create(title="x", summary="x", opened_on=TODAY)
    plan = proposed_plan(risk, by=ana)
    if lent:
        lend(vera, ana)
        vera.refresh_from_db()
        with pytest.raises(NotAllowed, match="SD1"):
            decide_plan(plan, approve=True, reasons=WHY * 2, by=vera, at=NOW)
    decide_plan(plan, approve=True, reasons=WHY * 2, by=dan, at=NOW)
    plan.refresh_from_db()

    assert plan.decided_by == dan


def test_who_earns_by_a_partner_lends_nobody_the_role_to_decide_on_it(
    eve: User, ana: User, bob: User
) -> None:
    """SD4 holds for whoever stands in for a person with a revenue target."""
    from risks.actions.crucial import judge_crucial
    from risks.models import Partner, Relationship

    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
    )
    relationship.revenue_owners.add(eve)
    lend(eve, ana, Role.SENIOR)
    ana.refresh_from_db()

    with pytest.raises(NotAllowed, match="SD4"):
        judge_crucial(
            relationship, crucial=True, essential="x", no_alternative="x", reasons=WHY * 2, by=ana, at=NOW
        )


def test_after_a_delegation_both_sign_again(ana: User, dan: User) -> None:
    delegations.end_delegation(lend(dan, ana), by=dan, at=timezone.now())
    ana.refresh_from_db()
    asked = asked_by(dan)
    SignOff.objects.filter(pk=asked.pk).update(decision="approved", decided_by=ana, decided_at=timezone.now())

    assert ana.stands_with() == frozenset()


def test_who_loses_a_role_lends_it_no_longer(sam: User, ana: User, dan: User) -> None:
    lend(dan, ana)
    people.change_roles(dan, roles=["REVIEWER"], why=WHY, by=sam, at=timezone.now())
    ana.refresh_from_db()

    assert not ana.may(Permission.APPROVE_MEASURE)
