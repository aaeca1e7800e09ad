"""Who joins, moves, stands in, is reviewed and leaves; refused by rule and, where a constraint can, by database."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions import delegations, people, reviews
from hrdd.accounts.models import (
    AccessReview,
    Delegation,
    Invitation,
    Passkey,
    ReviewLine,
    RoleChange,
    Session,
    Totp,
)
from hrdd.accounts.rules.people import Cause, demand_delegation, review_is_overdue
from hrdd.governance.actions import JOB
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import (
    CASE_ROLES,
    ONLY_TO_REFUSE,
    NotAllowed,
    Permission,
    Role,
    RoleMayNot,
    demand_together,
    may_sign_off,
)
from tests.accounts.conftest import PASSWORD, person, with_password
from tests.accounts.device import add_device
from tests.cast import NOW

WHY = "Agreed with the head of the function on Monday."
TODAY = NOW.date()


def strong(user: User) -> Client:
    """Return the browser of somebody who signed in with two factors."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["_factors"] = ["passkey"]
    session.save()
    return client


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


@pytest.fixture
def bob(db: None) -> User:
    return person("bob", Role.BOARD)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


def refused_by_the_database(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


# Roles that one person holds ----------------------------------------------------------------------------------------

FORBIDDEN = [
    *((Role.SYSADMIN, role) for role in sorted(CASE_ROLES)),
    *((Role.BOARD, role) for role in sorted(CASE_ROLES)),
    *((Role.ENGAGE, role) for role in sorted(CASE_ROLES)),
    *((Role.AUDITOR, role) for role in Role if role != Role.AUDITOR),
    *((Role.EXPERT, role) for role in Role if role != Role.EXPERT),
]


@pytest.mark.parametrize("pair", FORBIDDEN, ids="+".join)
def test_roles_that_nobody_holds_together_are_refused_by_rule_and_database(
    db: None, pair: tuple[Role, Role]
) -> None:
    with pytest.raises(NotAllowed):
        demand_together(frozenset(pair))
    refused_by_the_database(lambda: person("both", *pair))


def test_all_other_pairs_go_together(db: None) -> None:
    for one in Role:
        for other in Role:
            if one < other and (one, other) not in FORBIDDEN and (other, one) not in FORBIDDEN:
                demand_together(frozenset({one, other}))
    person("many", Role.ANALYST, Role.SENIOR, Role.BOARD, Role.PUBLISHER, Role.REDACTOR, Role.SYSADMIN)
    person("handles", *CASE_ROLES)


# Joining ------------------------------------------------------------------------------------------------------------


def link_of(answer: Any) -> str:
    return unescape(answer.content.decode().split("http://testserver")[1].split("<")[0])


def test_an_invitation_is_accepted_once_with_a_factor_and_its_roles(sam: User) -> None:
    given = {"username": "nia", "display_name": "Nia, analyst", "roles": ["ANALYST"], "why": WHY}
    given["language"] = "fr"
    link = link_of(strong(sam).post("/desk/people/invite/", given))
    client = Client()

    shown = client.get(link).content
    weak = client.post(link, {"password": "short"})
    taken = client.post(link, {"password": "herons at the lake"})
    again = Client().post(link, {"password": "somebody else was here"})

    assert b"Nia, analyst" in shown
    assert b"Your roles will be: Analyst." in shown
    assert weak.status_code == 400
    assert taken.headers["Location"] == "/desk/account/"
    assert client.get("/desk/").headers["Location"] == "/desk/account/"
    add_device(client)
    assert client.get("/desk/").status_code == 200
    assert again.status_code == 404
    nia = User.objects.get(username="nia")
    assert (nia.roles, nia.language) == (["ANALYST"], "fr")
    assert RoleChange.objects.get(user=nia).cause == Cause.JOINED


@pytest.mark.parametrize("what", ["late", "withdrawn", "guessed", "taken"])
def test_a_link_that_is_not_good_opens_nothing(sam: User, what: str) -> None:
    at = NOW if what != "late" else timezone.now() - timedelta(hours=73)
    invitation, secret = people.invite(
        username="nia", display_name="Nia", roles=["ANALYST"], why=WHY, by=sam, at=at
    )
    Invitation.objects.exclude(asked_at__lt=timezone.now() - timedelta(hours=72)).update(
        expires_at=timezone.now() + timedelta(hours=1)
    )
    if what == "withdrawn":
        people.withdraw_invitation(invitation, by=sam, at=NOW)
    if what == "taken":
        person("nia")
    secret = "0" * 64 if what == "guessed" else secret

    answer = Client().post(f"/sign-in/invitation/{secret}/", {"password": "herons at the lake"})

    assert answer.status_code == 404
    assert not User.objects.filter(username="nia", roles=["ANALYST"]).exists()


def test_the_secret_of_a_link_is_kept_nowhere(sam: User) -> None:
    _invitation, secret = people.invite(
        username="nia", display_name="Nia", roles=["ANALYST"], why=WHY, by=sam, at=NOW
    )

    assert secret not in str(list(Invitation.objects.values()))
    assert secret not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("roles", "why", "says"),
    [
        ([], WHY, "at least one role"),
        (["ANALYST"], "because", "at least 20"),
        (["SYSADMIN", "GRV_INV"], WHY, "SD10"),
        (["KING"], WHY, "of the list"),
    ],
)
def test_who_is_invited_wrongly_is_not(sam: User, roles: list[str], why: str, says: str) -> None:
    with pytest.raises(NotAllowed, match=says):
        people.invite(username="nia", display_name="Nia", roles=roles, why=why, by=sam, at=NOW)


def test_only_who_manages_people_invites(eve: User) -> None:
    with pytest.raises(RoleMayNot):
        people.invite(username="nia", display_name="Nia", roles=["ANALYST"], why=WHY, by=eve, at=NOW)
    assert strong(eve).get("/desk/people/invite/").status_code == 403


def test_the_first_operator_is_invited_from_the_shell_and_no_second(db: None) -> None:
    said = io.StringIO()
    call_command("invite", "sam", "Sam, operator", stdout=said)
    Client().post(said.getvalue().strip(), {"password": "herons at the lake"})

    assert User.objects.get(username="sam").roles == ["SYSADMIN"]
    with pytest.raises(CommandError, match="already"):
        call_command("invite", "mallory", "Mallory")


# Moving -------------------------------------------------------------------------------------------------------------


def test_roles_change_with_a_reason_and_the_person_signs_in_anew(sam: User, dan: User) -> None:
    theirs = strong(dan)
    answer = strong(sam).post(f"/desk/people/{dan.pk}/roles/", {"roles": ["DECIDER", "ANALYST"], "why": WHY})

    assert answer.status_code == 302
    assert theirs.get("/desk/").status_code == 302
    change = RoleChange.objects.get(user=dan)
    assert (change.before, change.after, change.by) == (["DECIDER"], ["ANALYST", "DECIDER"], sam)
    event = AuditEvent.objects.get(action="changed roles")
    assert (event.actor, event.subject, event.detail["why"]) == ("sam", "dan", WHY)


@pytest.mark.parametrize(
    ("roles", "why", "says"),
    [
        (["DECIDER"], WHY, "have already"),
        (["DECIDER", "ANALYST"], "x", "at least 20"),
        (["AUDITOR", "DECIDER"], WHY, "writes nothing"),
        (["BOARD", "APPEAL"], WHY, "does not edit cases"),
    ],
)
def test_a_wrong_change_of_roles_is_refused(
    sam: User, dan: User, roles: list[str], why: str, says: str
) -> None:
    with pytest.raises(NotAllowed, match=says):
        people.change_roles(dan, roles=roles, why=why, by=sam, at=NOW)
    dan.refresh_from_db()
    assert dan.roles == ["DECIDER"]


def test_nobody_changes_their_own_roles(sam: User) -> None:
    answer = strong(sam).post(f"/desk/people/{sam.pk}/roles/", {"roles": ["SYSADMIN", "SENIOR"], "why": WHY})

    assert answer.status_code == 400
    assert b"Nobody changes their own roles" in answer.content
    refused_by_the_database(
        lambda: RoleChange.objects.create(
            user=sam, before=[], after=[], cause=Cause.MOVED, why=WHY, by=sam, at=NOW
        )
    )


def test_the_history_of_roles_is_not_rewritten(sam: User, dan: User) -> None:
    people.change_roles(dan, roles=["ANALYST"], why=WHY, by=sam, at=NOW)

    refused_by_the_database(lambda: RoleChange.objects.update(why="Something else was said here"))
    refused_by_the_database(lambda: RoleChange.objects.all().delete())


def test_a_change_of_roles_asks_who_it_is_again(sam: User, dan: User) -> None:
    client = strong(sam)
    session = client.session
    session["_proved"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    answer = client.post(f"/desk/people/{dan.pk}/roles/", {"roles": ["ANALYST"], "why": WHY})

    assert answer.status_code == 403
    assert b'name="roles" value="ANALYST"' in answer.content
    assert not RoleChange.objects.exists()


# Standing in --------------------------------------------------------------------------------------------------------


def lend(by: User, to: User, role: Role = Role.DECIDER, *, days: int = 7, at: Any = None) -> Delegation:
    at = at or timezone.now()
    return delegations.delegate(
        role=role, to=to, starts_on=at.date(), until=at.date() + timedelta(days=days), why=WHY, by=by, at=at
    )


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
    ({"job": True}, "JOB"),
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
    with pytest.raises(NotAllowed, match="JOB"):
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
    asked = SignOff.objects.create(
        subject_kind="x",
        subject_id=1,
        subject="x",
        step="x",
        step_label="x",
        permission="x",
        content_hash="x",
        asked_by=author,
        asked_at=NOW,
    )
    refused_by_the_database(
        lambda: SignOff.objects.filter(pk=asked.pk).update(
            decision="approved", decided_by=decider, decided_at=timezone.now()
        )
    )


@pytest.mark.parametrize("lent", [False, True])
def test_a_stand_in_approves_no_plan_of_whom_they_stand_in_for(ana: User, dan: User, lent: bool) -> None:
    from risks.actions.plans import decide_plan
    from risks.models import MitigationPlan, Risk

    vera = person("vera", Role.DECIDER)
    risk = Risk.objects.create(title="x", summary="x", opened_on=TODAY)
    plan = MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions="x",
        target="x",
        owner=ana,
        due=TODAY,
        proposed_by=ana,
        proposed_at=NOW,
    )
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
    asked = SignOff.objects.create(
        subject_kind="x",
        subject_id=1,
        subject="x",
        step="x",
        step_label="x",
        permission="x",
        content_hash="x",
        asked_by=dan,
        asked_at=NOW,
    )
    SignOff.objects.filter(pk=asked.pk).update(decision="approved", decided_by=ana, decided_at=timezone.now())

    assert ana.stands_with() == frozenset()


def test_who_loses_a_role_lends_it_no_longer(sam: User, ana: User, dan: User) -> None:
    lend(dan, ana)
    people.change_roles(dan, roles=["REVIEWER"], why=WHY, by=sam, at=timezone.now())
    ana.refresh_from_db()

    assert not ana.may(Permission.APPROVE_MEASURE)


# Reviewing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "due", "late"),
    [
        (None, None, True),
        (NOW - timedelta(days=180), None, False),
        (NOW - timedelta(days=181), None, True),
        (None, TODAY, False),
        (NOW, TODAY - timedelta(days=1), True),
    ],
)
def test_a_review_is_late_after_half_a_year_or_past_its_day(last: Any, due: Any, late: bool) -> None:
    assert review_is_overdue(last_signed=last, due_on=due, today=TODAY) is late


def test_a_review_is_done_by_two_signed_and_takes_the_roles_away(
    eve: User, bob: User, dan: User, sam: User
) -> None:
    client = strong(eve)
    assert b"access review is due" in client.get("/desk/").content
    client.post("/desk/people/reviews/open/")
    review = AccessReview.objects.get()
    at = f"/desk/people/reviews/{review.pk}/"
    dans = ReviewLine.objects.get(user=dan)
    eves = ReviewLine.objects.get(user=eve)

    without_reason = client.post(f"{at}decide/", {"verdict": "remove", "line": dans.pk, "why": "x"})
    own = client.post(f"{at}decide/", {"verdict": f"keep {eves.pk}"})
    client.post(
        f"{at}decide/", {"verdict": "remove", "line": dans.pk, "why": "Works on something else since May."}
    )
    client.post(f"{at}decide/", {"verdict": "keep-rest"})
    early = client.post(f"{at}sign/")
    strong(bob).post(f"{at}decide/", {"verdict": f"keep {eves.pk}"})
    signed = client.post(f"{at}sign/")

    assert b"at least 20" in without_reason.content
    assert f'value="{dans.pk}" aria-label="Decider of Dan" checked'.encode() in without_reason.content
    assert b"Nobody reviews their own roles" in own.content
    assert b"1 line is not decided yet" in early.content
    assert signed.status_code == 302
    dan.refresh_from_db()
    assert dan.roles == []
    assert RoleChange.objects.get(user=dan).cause == Cause.REVIEWED
    assert b"access review is due" not in client.get("/desk/").content
    refused_by_the_database(lambda: ReviewLine.objects.update(why="Something else was said"))
    refused_by_the_database(lambda: AccessReview.objects.update(content_hash="x"))


def test_one_review_is_open_at_a_time_and_only_reviewers_decide(eve: User, sam: User) -> None:
    review = reviews.open_review(by=eve, at=NOW)

    with pytest.raises(NotAllowed, match="A review is open"):
        reviews.open_review(by=eve, at=NOW)
    with pytest.raises(RoleMayNot):
        reviews.decide_lines(review, lines=[1], verdict="keep", why="", by=sam, at=NOW)
    line = ReviewLine.objects.get(user=eve)
    refused_by_the_database(
        lambda: ReviewLine.objects.filter(pk=line.pk).update(verdict="keep", decided_by=eve, decided_at=NOW)
    )


# Leaving ------------------------------------------------------------------------------------------------------------


def test_who_leaves_is_out_at_once_and_stays_by_name(sam: User, ana: User, dan: User) -> None:
    lend(dan, ana)
    theirs = strong(ana)
    page = strong(sam).get(f"/desk/people/{ana.pk}/leave/")
    answer = strong(sam).post(f"/desk/people/{ana.pk}/leave/", {"why": WHY})
    ana.refresh_from_db()

    assert b"Nothing in hand" in page.content
    assert answer.status_code == 302
    assert theirs.get("/desk/").status_code == 302
    assert (ana.is_active, ana.roles, ana.delegated, ana.display_name) == (False, [], [], "Ana")
    assert not Session.objects.filter(user=ana).exists()
    assert not Totp.objects.filter(user=ana).exists()
    assert not Passkey.objects.filter(user=ana).exists()
    assert with_password(Client(), "ana", PASSWORD).status_code == 200  # type: ignore[attr-defined]
    assert Delegation.objects.get().ended_by == sam
    with pytest.raises(NotAllowed, match="has left"):
        people.change_roles(ana, roles=["ANALYST"], why=WHY, by=sam, at=NOW)


def test_what_somebody_holds_is_listed_to_hand_over_and_an_operator_reads_no_titles(
    sam: User, ana: User, eve: User
) -> None:
    from risks.models import Risk

    Risk.objects.create(title="Surveillance of journalists", summary="x", owner=ana, opened_on=TODAY)

    read_by_eve = strong(eve).get(f"/desk/people/{ana.pk}/").content
    read_by_sam = strong(sam).get(f"/desk/people/{ana.pk}/leave/").content

    assert b"Surveillance of journalists" in read_by_eve
    assert b"Surveillance of journalists" not in read_by_sam
    assert b"1 in hand" in read_by_sam


def test_a_lost_account_comes_back_by_two_people_with_nothing_of_before(
    sam: User, ana: User, eve: User
) -> None:
    strong(sam).post(f"/desk/people/{ana.pk}/renew/", {"why": WHY})
    asked = Invitation.objects.get()
    by_sam = strong(sam).post(f"/desk/people/invitations/{asked.pk}/confirm/")
    link = link_of(strong(eve).post(f"/desk/people/invitations/{asked.pk}/confirm/"))
    owner = Client()
    owner.post(link, {"password": "cranes at another lake"})

    assert by_sam.status_code == 302
    assert not Totp.objects.exists()
    assert owner.get("/desk/account/").status_code == 200
    assert owner.get("/desk/").headers["Location"] == "/desk/account/"
    refused_by_the_database(lambda: Invitation.objects.update(confirmed_by=sam))


def test_the_list_of_people_is_filtered_and_counted(sam: User, ana: User, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(is_active=False)
    client = strong(sam)
    everybody = client.get("/desk/people/").content

    assert b"2 open, 1 closed" in everybody
    assert b">Eve<" not in everybody
    assert b">Eve<" in client.get("/desk/people/?state=closed").content
    assert b">Ana<" not in client.get("/desk/people/?state=weak").content
    assert b">Ana<" in client.get("/desk/people/?role=ANALYST").content
    assert b"Nobody fits" in client.get("/desk/people/?q=zzz").content


def test_the_list_asks_as_often_for_many_as_for_few(sam: User, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    client = strong(sam)
    with CaptureQueriesContext(connection) as few:
        client.get("/desk/people/")
    for n in range(12):
        person(f"p{n}", Role.ANALYST)
    with django_assert_num_queries(len(few)):
        client.get("/desk/people/")
