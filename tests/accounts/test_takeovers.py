"""T5 of reliability.md: scripted attacks on accounts, each with what a thief could have. None of them opens a desk.

`attack` registers one; it answers the browser of the attacker, and whoever adds one need do no more.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core import signing
from django.test import Client
from django.utils import timezone

from hrdd.accounts.access.session_store import SessionStore, hash_of_key
from hrdd.accounts.actions import people
from hrdd.accounts.actions.factors import new_recovery_codes, set_password
from hrdd.accounts.actions.sessions import end_sessions_of
from hrdd.accounts.models import FactorStanding, Passkey, RecoveryCode, Session, Totp, TryInVain
from hrdd.accounts.rules.proofs import MOST_FAILURES, TRIES, step_of, totp_code
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from tests.accounts import attacks_on_passkeys  # noqa: F401  # registers them
from tests.accounts.attacks import ATTACKS, COOKIE, attack, victim, victims_device, with_cookie
from tests.accounts.conftest import PASSWORD, person, strong, with_password
from tests.accounts.device import HERE, Device, add_device, sign_in_with
from tests.accounts.test_sessions_and_factors import aged, code_now
from tests.cast import NOW

# What a stolen copy of the database gives ------------------------------------------------------------------------


@attack
def hash_of_a_session_from_a_dump_as_the_cookie(ana: User) -> Client:
    victim(ana)
    return with_cookie(Session.objects.get(user=ana).key_hash)


@attack
def data_of_a_session_from_a_dump_as_the_cookie(ana: User) -> Client:
    victim(ana)
    return with_cookie(Session.objects.get(user=ana).data[:32])


@attack
def number_of_a_session_from_a_dump_as_the_cookie(ana: User) -> Client:
    victim(ana)
    return with_cookie(str(Session.objects.get(user=ana).pk))


@attack
def hash_of_a_recovery_code_from_a_dump(ana: User) -> Client:
    new_recovery_codes(ana, at=NOW)
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": RecoveryCode.objects.filter(user=ana)[0].code_hash[:40]})
    return client


@attack
def sealed_secret_from_a_dump_used_as_the_secret(ana: User) -> Client:
    client = Client()
    with_password(client, "ana")
    sealed = bytes(Totp.objects.get(user=ana).sealed).decode()
    import base64

    guessed = base64.b32encode(sealed.encode()[:20]).decode()
    client.post("/sign-in/code/", {"code": totp_code(guessed, step=step_of(timezone.now()))})
    return client


@attack
def public_half_of_a_passkey_from_a_dump(ana: User) -> Client:
    victims_device(ana)
    kept = Passkey.objects.get(user=ana)
    forged, client = Device(credential_id=bytes(kept.credential_id)), Client()
    sign_in_with(client, forged)
    return client


@attack
def hash_of_a_password_from_a_dump_as_the_password(ana: User) -> Client:
    client = Client()
    with_password(client, "ana", ana.password)
    client.post("/sign-in/code/", {"code": code_now()})
    return client


# Fixation, and sessions that should be over ------------------------------------------------------------------------


@attack
def session_planted_before_sign_in(ana: User) -> Client:
    planted = Client()
    planted.post("/sign-in/passkey/options/")
    key = planted.cookies[COOKIE].value
    theirs = with_cookie(key)
    with_password(theirs, "ana")
    theirs.post("/sign-in/code/", {"code": code_now()})
    assert theirs.get("/desk/").status_code == 200
    return with_cookie(key)


@attack
def session_planted_between_password_and_code(ana: User) -> Client:
    theirs = Client()
    with_password(theirs, "ana")
    key = theirs.cookies[COOKIE].value
    theirs.post("/sign-in/code/", {"code": code_now()})
    assert theirs.get("/desk/").status_code == 200
    return with_cookie(key)


@attack
def key_of_ones_own_choosing(ana: User) -> Client:
    theirs = with_cookie("a" * 32)
    with_password(theirs, "ana")
    theirs.post("/sign-in/code/", {"code": code_now()})
    return with_cookie("a" * 32)


@attack
def key_from_before_the_proof_was_given_again(ana: User) -> Client:
    client = victim(ana)
    key = client.cookies[COOKIE].value
    Totp.objects.update(last_step=0)
    client.post("/desk/account/prove/", {"proof_password": PASSWORD, "proof_code": code_now()})
    return with_cookie(key)


@attack
def key_from_before_a_factor_was_added(ana: User) -> Client:
    eve = person("eve", Role.SENIOR)
    client = Client()
    with_password(client, eve.username)
    key = client.cookies[COOKIE].value
    add_device(client)
    return with_cookie(key)


@attack
def session_after_sign_out(ana: User) -> Client:
    client = victim(ana)
    key = client.cookies[COOKIE].value
    client.post("/sign-out/")
    return with_cookie(key)


@attack
def session_that_was_revoked(ana: User) -> Client:
    client = victim(ana)
    end_sessions_of(ana, by="ana", at=timezone.now())
    return client


@attack
def session_that_was_revoked_and_then_written_to(ana: User) -> Client:
    client = victim(ana)
    store = SessionStore(client.cookies[COOKIE].value)
    store["x"] = 1
    end_sessions_of(ana, by="ana", at=timezone.now())
    with pytest.raises(UpdateError):
        store.save()
    return client


@attack
def session_unused_for_half_an_hour(ana: User) -> Client:
    client = victim(ana)
    aged(began=timedelta(minutes=31), seen=timedelta(minutes=30))
    return client


@attack
def session_kept_alive_for_twelve_hours(ana: User) -> Client:
    client = victim(ana)
    aged(began=timedelta(hours=12))
    return client


@attack
def session_after_the_password_was_changed(ana: User) -> Client:
    client = victim(ana)
    set_password(ana, "another sentence of herons", at=NOW)
    return client


@attack
def session_of_an_account_that_was_closed(ana: User) -> Client:
    client = victim(ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    return client


@attack
def session_data_of_ones_own_swapped_into_a_forged_signature(ana: User) -> Client:
    store = SessionStore()
    store.create()
    forged = signing.dumps(
        {"_auth_user_id": str(ana.pk), "_factors": ["passkey"]}, key="guessed", salt=store.key_salt
    )
    Session.objects.filter(key_hash=hash_of_key(store.session_key or "")).update(data=forged)
    return with_cookie(store.session_key or "")


# The second factor ------------------------------------------------------------------------------------------------


@attack
def password_alone(ana: User) -> Client:
    client = Client()
    with_password(client, "ana")
    return client


@attack
def code_read_over_a_shoulder_and_used_again(ana: User) -> Client:
    code = code_now()
    first = Client()
    with_password(first, "ana")
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    again = Client()
    with_password(again, "ana")
    again.post("/sign-in/code/", {"code": code})
    return again


@attack
def code_of_the_step_before_the_one_that_was_used(ana: User) -> Client:
    earlier = code_now(-1)
    victim(ana)
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": earlier})
    return client


@attack
def code_that_is_minutes_old(ana: User) -> Client:
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": code_now(-4)})
    return client


@attack
def recovery_code_used_twice(ana: User) -> Client:
    code = new_recovery_codes(ana, at=NOW)[0]
    first, again = Client(), Client()
    for client in (first, again):
        with_password(client, "ana")
        client.post("/sign-in/code/", {"code": code})
    assert first.get("/desk/").status_code == 200
    return again


@attack
def recovery_code_that_was_replaced(ana: User) -> Client:
    code = new_recovery_codes(ana, at=NOW)[0]
    new_recovery_codes(ana, at=NOW)
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": code})
    return client


@attack
def code_of_somebody_else_after_ones_own_password(ana: User) -> Client:
    mallory = person("mallory", Role.ANALYST)
    theirs = new_recovery_codes(mallory, at=NOW)[0]
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": theirs})
    return client


@attack
def code_without_any_password(ana: User) -> Client:
    client = Client()
    client.post("/sign-in/code/", {"code": code_now(), "user": str(ana.pk), "username": "ana"})
    return client


@attack
def password_changed_between_password_and_code(ana: User) -> Client:
    client = Client()
    with_password(client, "ana")
    set_password(ana, "another sentence of herons", at=NOW)
    client.post("/sign-in/code/", {"code": code_now()})
    return client


@attack
def own_factor_set_with_a_stolen_password(ana: User) -> Client:
    """The account has a passkey and no app: its password must not be enough to set one."""
    client, _device = victims_device(ana)
    client.post("/desk/account/app/remove/")
    thief = Client()
    with_password(thief, "ana")
    thief.get("/desk/account/app/")
    add_device(thief) if thief.get("/desk/account/").status_code == 200 else None
    return thief


@attack
def weak_session_from_before_the_factor_was_set(ana: User) -> Client:
    eve = person("eve", Role.SENIOR)
    thief, owner = Client(), Client()
    with_password(thief, eve.username)
    with_password(owner, eve.username)
    add_device(owner)
    thief.post("/desk/account/passkeys/options/")
    return thief


# Guessing, and being led astray -------------------------------------------------------------------------------------


@attack
def right_password_after_too_many_wrong_ones(ana: User) -> Client:
    client = Client()
    for n in range(TRIES):
        with_password(client, "ana", f"guess number {n} of many")
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": code_now()})
    return client


@attack
def right_code_after_too_many_wrong_ones(ana: User) -> Client:
    client = Client()
    with_password(client, "ana")
    for n in range(TRIES):
        client.post("/sign-in/code/", {"code": f"{n:06}"})
    client.post("/sign-in/code/", {"code": code_now()})
    return client


@attack
def right_code_after_a_hundred_wrong_ones_over_days(ana: User) -> Client:
    FactorStanding.objects.create(user=ana, factor="totp", in_vain=MOST_FAILURES - 1)
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": "000000"})
    TryInVain.objects.all().delete()
    client.post("/sign-in/code/", {"code": code_now()})
    return client


@attack
def guesses_spread_over_many_accounts(ana: User) -> Client:
    for n in range(60):
        with_password(Client(), f"nobody{n}", "guess")
    client = Client()
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": code_now()})
    return client


@attack
def name_in_other_letters_to_get_around_the_count(ana: User) -> Client:
    client = Client()
    for n in range(TRIES):
        with_password(client, " ANA " if n % 2 else "Ana", f"guess number {n} of many")
    with_password(client, "ana")
    client.post("/sign-in/code/", {"code": code_now()})
    return client


# An operator, and links ---------------------------------------------------------------------------------------------


@attack
def account_renewed_by_one_operator_alone(ana: User) -> Client:
    sam = person("sam", Role.SYSADMIN)
    asked = people.ask_renewal(ana, why="They called and said that the phone is gone.", by=sam, at=NOW)
    operator = strong(sam)
    operator.post(f"/desk/people/invitations/{asked.pk}/confirm/")
    asked.refresh_from_db()
    thief = Client()
    thief.post(
        f"/sign-in/invitation/{asked.code_hash or 'none'}/", {"password": "a sentence of the operator"}
    )
    with_password(thief, "ana", "a sentence of the operator")
    return thief


@attack
def hash_of_a_link_from_a_dump(ana: User) -> Client:
    sam = person("sam", Role.SYSADMIN)
    now = timezone.now()
    invited, _secret = people.invite(
        username="nia",
        display_name="Nia",
        roles=["ANALYST"],
        why="A new analyst from Monday on.",
        by=sam,
        at=now,
    )
    thief = Client()
    thief.post(f"/sign-in/invitation/{invited.code_hash}/", {"password": "a sentence of the thief"})
    return thief


@attack
def link_that_was_accepted_already(ana: User) -> Client:
    sam, eve = person("sam", Role.SYSADMIN), person("eve", Role.SENIOR)
    asked = people.ask_renewal(
        ana, why="They called and said that the phone is gone.", by=sam, at=timezone.now()
    )
    secret = people.confirm_renewal(asked, by=eve, at=timezone.now())
    people.accept(secret, password="a sentence of the owner", at=timezone.now())
    thief = Client()
    thief.post(f"/sign-in/invitation/{secret}/", {"password": "a sentence of the thief"})
    with_password(thief, "ana", "a sentence of the thief")
    return thief


@attack
def session_from_before_a_way_in_was_renewed(ana: User) -> Client:
    thief = victim(ana)
    sam, eve = person("sam", Role.SYSADMIN), person("eve", Role.SENIOR)
    asked = people.ask_renewal(
        ana, why="They called and said that the phone is gone.", by=sam, at=timezone.now()
    )
    people.accept(
        people.confirm_renewal(asked, by=eve, at=timezone.now()),
        password="a sentence of the owner",
        at=timezone.now(),
    )
    return thief


@attack
def session_from_before_a_change_of_roles(ana: User) -> Client:
    thief = victim(ana)
    sam = person("sam", Role.SYSADMIN)
    people.change_roles(
        ana, roles=["REVIEWER"], why="Moves to the team of reviewers.", by=sam, at=timezone.now()
    )
    return thief


@attack
def account_of_somebody_who_left(ana: User) -> Client:
    sam = person("sam", Role.SYSADMIN)
    people.leave(ana, why="Left the organisation on Friday.", by=sam, at=timezone.now())
    thief = Client()
    with_password(thief, "ana")
    thief.post("/sign-in/code/", {"code": code_now()})
    return thief


@pytest.mark.parametrize("name", list(ATTACKS))
def test_no_attack_opens_a_desk(ana: User, name: str) -> None:
    thief = ATTACKS[name](ana)

    for address in ("/desk/", "/desk/risks/", "/board/", "/api/v1/risks/"):
        assert thief.get(address).status_code in {302, 403}
    assert thief.get("/desk/").status_code == 302


def test_there_are_forty_of_them() -> None:
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/desk/",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "https:///evil.example",
        f"{HERE}.evil.example/",
        "/desk/\r\nLocation: https://evil.example",
    ],
)
def test_nobody_is_led_to_another_site(ana: User, onward: str) -> None:
    """The last of the list: an open redirect in `next`, at each door that takes one."""
    client = Client()
    with_password(client, "ana", next=onward)
    by_code = client.post("/sign-in/code/", {"code": code_now()})
    Totp.objects.update(last_step=0)
    given = {"proof_password": PASSWORD, "proof_code": code_now(), "next": onward}
    by_proof = client.post("/desk/account/prove/", given)

    for answer in (by_code, by_proof):
        assert answer.status_code == 302
        said: Any = answer.headers["Location"]
        assert said.startswith("/desk/")
        assert "evil" not in said or onward.startswith("/desk/")
