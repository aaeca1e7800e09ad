"""Who joins, moves, stands in, is reviewed and leaves; refused by rule and, where a constraint can, by database."""

import io
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions import people, reviews
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
from hrdd.accounts.rules.people import Cause, review_is_overdue
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import (
    CASE_ROLES,
    NotAllowed,
    Role,
    RoleMayNot,
    demand_together,
)
from tests.accounts.conftest import (
    PASSWORD,
    WHY,
    lend,
    person,
    refused_by_the_database,
    strong,
    with_password,
)
from tests.accounts.device import add_device
from tests.cast import NOW

TODAY = NOW.date()


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
    assert b"Your role will be: Analyst." in shown
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
