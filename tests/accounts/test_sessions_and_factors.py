"""Sign in with two factors, prove it again, list and end sessions (reliability.md 2.9)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from hrdd.accounts.access.session_store import SessionStore, hash_of_key
from hrdd.accounts.actions.factors import new_recovery_codes
from hrdd.accounts.actions.sessions import clear_what_is_over
from hrdd.accounts.models import FactorStanding, RecoveryCode, Session, Totp
from hrdd.accounts.queries.breached import BreachedPassword
from hrdd.accounts.rules.proofs import (
    are_two,
    device_of,
    hash_of_code,
    matching_step,
    session_ended,
    step_of,
    totp_code,
)
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.settings import fresh_minutes, refuse_password_alone
from tests.accounts.conftest import PASSWORD, SECRET, person, with_password
from tests.accounts.device import add_device, sign_in_with
from tests.cast import NOW


def code_now(later: int = 0) -> str:
    return totp_code(SECRET, step=step_of(timezone.now()) + later)


def signed_in(client: Client) -> bool:
    return client.get("/desk/account/").status_code == 200


def signed_in_with_code(client: Client) -> Client:
    with_password(client, "ana")
    assert client.post("/sign-in/code/", {"code": code_now()}).status_code == 302
    return client


def aged(**columns: timedelta) -> None:
    """Let every session be older, as the store keeps it."""
    for session in Session.objects.all():
        store = SessionStore()
        data = store.decode(session.data)
        for name, older in columns.items():
            said = data.get(f"_{name}")
            if said:
                data[f"_{name}"] = (datetime.fromisoformat(said) - older).isoformat()
        changed = {f"{name}_at": getattr(session, f"{name}_at") - older for name, older in columns.items()}
        Session.objects.filter(pk=session.pk).update(data=store.encode(data), **changed)


RFC_6238 = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105  # the standard's
    at = datetime.fromtimestamp(seconds, UTC)

    assert totp_code(secret, step=step_of(at)) == code
    assert matching_step(secret, code, at=at, after=0) == step_of(at)


@pytest.mark.parametrize(
    ("factors", "two"),
    [
        ((), False),
        (("password",), False),
        (("totp",), False),
        (("password", "totp"), True),
        (("password", "recovery"), True),
        (("passkey",), True),
        (("organisation",), False),
        (("organisation", "totp"), True),
        (("organisation", "organisation asked for two"), True),
    ],
)
def test_what_counts_as_two_factors(factors: tuple[str, ...], two: bool) -> None:
    assert are_two(factors) is two


@pytest.mark.parametrize(
    ("began", "seen", "known", "over"),
    [
        (0, 0, True, False),
        (29, 29, True, False),
        (30, 30, True, True),
        (719, 1, True, False),
        (720, 1, True, True),
        (14, 1, False, False),
        (15, 1, False, True),
    ],
)
def test_a_session_ends_after_half_an_hour_unused_and_twelve_hours_in_all(
    began: int, seen: int, known: bool, over: bool
) -> None:
    minutes = lambda n: NOW - timedelta(minutes=n)  # noqa: E731

    assert session_ended(began=minutes(began), seen=minutes(seen), at=NOW, known=known) is over


def test_a_password_alone_opens_the_account_page_and_nothing_else(db: None, client: Client) -> None:
    person("eve", Role.SENIOR)
    with_password(client, "eve")

    assert client.get("/desk/account/").status_code == 200
    assert b"Set a second way" in client.get("/desk/account/").content
    for address in ("/desk/", "/desk/risks/", "/board/", "/desk/signoffs/"):
        assert client.get(address).headers["Location"] == "/desk/account/"
    told = client.get("/api/v1/risks/")
    assert (told.status_code, told.headers["Content-Type"]) == (403, "application/problem+json")


def test_a_passkey_set_on_the_first_day_opens_the_desk(db: None, client: Client) -> None:
    person("eve", Role.SENIOR)
    with_password(client, "eve")
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    device, added = add_device(client)

    assert added.status_code == 200
    assert b"Write these down" in added.content
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/desk/").status_code == 200
    other = Client()
    assert sign_in_with(other, device).headers["Location"] == "/desk/"
    assert other.get("/desk/").status_code == 200


def test_an_app_is_set_with_its_first_code_and_gives_recovery_codes(db: None, client: Client) -> None:
    eve = person("eve", Role.SENIOR)
    with_password(client, "eve")
    client.get("/desk/account/app/")
    secret = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)["_new_app"]

    wrong = client.post("/desk/account/app/", {"code": "000000"})
    right = client.post("/desk/account/app/", {"code": totp_code(secret, step=step_of(timezone.now()))})

    assert wrong.status_code == 400
    assert right.content.count(b"<li><code>") == 8
    assert secret.encode() not in bytes(Totp.objects.get(user=eve).sealed)
    assert client.get("/desk/").status_code == 200


def test_the_name_and_password_lead_to_the_code_and_the_code_to_the_desk(ana: User, client: Client) -> None:
    first = with_password(client, "ana", next="/desk/risks/")
    between = signed_in(client)
    second = client.post("/sign-in/code/", {"code": code_now()})

    assert first.headers["Location"] == "/sign-in/code/"  # type: ignore[attr-defined]
    assert not between
    assert second.headers["Location"] == "/desk/risks/"
    assert client.get("/desk/").status_code == 200
    assert AuditEvent.objects.filter(action="signed in", detail={"by": ["password", "totp"]}).count() == 1


def test_a_recovery_code_is_good_once_however_it_is_typed(ana: User, client: Client) -> None:
    code = new_recovery_codes(ana, at=NOW)[0]
    with_password(client, "ana")
    first = client.post("/sign-in/code/", {"code": f" {code.lower().replace('-', ' ')} "})
    other = Client()
    with_password(other, "ana")
    again = other.post("/sign-in/code/", {"code": code})

    assert (first.status_code, again.status_code) == (302, 400)
    assert RecoveryCode.objects.get(code_hash=hash_of_code(code)).used_at is not None


def test_what_was_typed_is_kept_while_somebody_proves_it_again(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    aged(proved=timedelta(minutes=11))
    Totp.objects.update(last_step=0)

    asked = client.post("/desk/account/codes/", {"note": 'kept "as" typed'})
    refused = client.post(
        "/desk/account/codes/", {"proof": "x", "proof_password": "wrong", "proof_code": code_now()}
    )
    given = client.post(
        "/desk/account/codes/",
        {"note": "x", "proof": "password", "proof_password": PASSWORD, "proof_code": code_now()},
    )

    assert (asked.status_code, refused.status_code, given.status_code) == (403, 403, 200)
    assert b'name="note" value="kept &quot;as&quot; typed"' in asked.content
    assert b"Write these down" in given.content


@pytest.mark.parametrize(
    "address",
    ["/desk/risks/export.csv", "/desk/measures/export.csv", "/desk/signoffs/1/", "/desk/account/password/"],
)
def test_what_weighs_asks_again_after_ten_minutes(ana: User, client: Client, address: str) -> None:
    signed_in_with_code(client)
    aged(proved=timedelta(minutes=11))

    asked = client.get(address)

    assert asked.status_code == 403
    assert b"Is it you?" in asked.content


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_the_sign_in_page(
    db: None, client: Client
) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "https://desk.example/desk/risks/?tier=P1"}

    answer = client.get("/desk/risks/1/owner/", headers=asked, follow=True)

    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fdesk%2Frisks%2F%3Ftier%3DP1"
    assert answer.content == b""


def test_the_proof_leads_back_to_the_export(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    aged(proved=timedelta(minutes=11))
    Totp.objects.update(last_step=0)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    given = {"proof": "password", "proof_password": PASSWORD, "proof_code": code_now()}
    answer = client.post("/desk/account/prove/", {**given, "next": "/desk/risks/export.csv"})

    assert answer.headers["Location"] == "/desk/risks/export.csv"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != key
    exported = client.get("/desk/risks/export.csv")
    list(exported)
    assert exported.status_code == 200


def test_proving_again_does_not_lengthen_the_twelve_hours(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    aged(began=timedelta(hours=11, minutes=59), proved=timedelta(minutes=30))
    Totp.objects.update(last_step=0)
    began = Session.objects.get().began_at
    client.post("/desk/account/prove/", {"proof_password": PASSWORD, "proof_code": code_now()})

    assert Session.objects.get().began_at == began
    aged(began=timedelta(minutes=1))
    assert not signed_in(client)


def test_the_list_shows_where_one_is_signed_in_and_ends_the_others(ana: User, client: Client) -> None:
    phone = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    signed_in_with_code(phone)
    Totp.objects.update(last_step=0)
    signed_in_with_code(client)

    shown = client.get("/desk/account/").content
    client.post("/desk/account/sessions/end/")

    assert b"Safari on iPhone" in shown
    assert b"This one" in shown
    assert not signed_in(phone)
    assert signed_in(client)


def test_a_new_password_ends_the_sessions_elsewhere_and_leaks_are_refused(ana: User, client: Client) -> None:
    other = signed_in_with_code(Client())
    Totp.objects.update(last_step=0)
    signed_in_with_code(client)

    known = {"current": PASSWORD}
    refused = client.post("/desk/account/password/", known | {"password": "passwordpassword"})
    client.post("/desk/account/password/", known | {"password": "a sentence about herons"})

    assert refused.status_code == 400
    assert b"list of those that leaked" in refused.content
    assert signed_in(client)
    assert not signed_in(other)


@pytest.mark.parametrize("current", ["", "not the one", PASSWORD.upper(), f" {PASSWORD}"])
def test_a_new_password_needs_the_one_that_is_known(ana: User, client: Client, current: str) -> None:
    signed_in_with_code(client)

    answer = client.post(
        "/desk/account/password/", {"current": current, "password": "a sentence about herons"}
    )

    assert answer.status_code == 400
    assert b"herons" not in answer.content
    assert User.objects.get(pk=ana.pk).check_password(PASSWORD)


def test_no_password_is_held_by_the_page_that_asks_again(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    aged(proved=timedelta(minutes=11))

    given = {"current": PASSWORD, "password": "a sentence about herons"}
    answer = client.post("/desk/account/password/", given)

    assert answer.headers["Location"] == "/desk/account/prove/?next=%2Fdesk%2Faccount%2Fpassword%2F"
    assert b"herons" not in answer.content


@pytest.mark.parametrize(
    "password", ["herons stand still at dawn " * 5, "ALL CAPITALS ONLY", "  herons at dawn  ", "密码" * 8]
)
def test_any_signs_do_and_are_kept_as_typed(ana: User, client: Client, password: str) -> None:
    """64 characters and more, one kind of sign only, spaces at the ends: no rule but length and lists."""
    signed_in_with_code(client)
    client.post("/desk/account/password/", {"current": PASSWORD, "password": password})

    changed = User.objects.get(pk=ana.pk)
    assert changed.check_password(password)
    assert not changed.check_password(password.strip() + "x")
    assert not changed.check_password(password[:-1])


def test_to_end_sessions_one_proves_again_who_one_is(ana: User, client: Client) -> None:
    phone = Client()
    signed_in_with_code(phone)
    Totp.objects.update(last_step=0)
    signed_in_with_code(client)
    aged(proved=timedelta(minutes=11))

    answer = client.post("/desk/account/sessions/end/")

    assert answer.status_code == 403
    assert b"Is it you?" in answer.content
    assert signed_in(phone)


@pytest.mark.parametrize(
    "said",
    ["passwordpassword", "123456789012345", "qwertyuiop12345", "ana ana ana ana ana", "letmeinletmein1!"],
)
def test_leaked_words_and_names_are_no_passwords_however_often_they_stand(said: str) -> None:
    with pytest.raises(ValidationError):
        BreachedPassword().validate(said, User(username="ana", display_name="Ana"))


def test_the_operators_list_is_looked_up_by_its_hashes(tmp_path: Any, settings: Any) -> None:
    import hashlib

    leaked = [f"leaked sentence {n}" for n in range(300)]
    hashes = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in leaked)  # noqa: S324
    settings.BREACHED_PASSWORDS = str(tmp_path / "list.txt")
    (tmp_path / "list.txt").write_text("".join(f"{one}:{n}\n" for n, one in enumerate(hashes)))

    for one in leaked:
        with pytest.raises(ValidationError):
            BreachedPassword().validate(one)
    for n in range(300):
        BreachedPassword().validate(f"fresh sentence {n}")


def test_a_step_that_was_used_is_spent_for_the_rule_too() -> None:
    step = step_of(NOW)
    code = totp_code(SECRET, step=step)

    assert matching_step(SECRET, code, at=NOW, after=step - 1) == step
    assert matching_step(SECRET, code, at=NOW, after=step) is None


def test_an_answer_of_a_passkey_proves_once(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    device, _added = add_device(client)
    said = device.sign(client.post("/desk/account/prove/options/").json(), counted=False)

    first = client.post("/desk/account/prove/", {"proof_passkey": said})
    again = client.post("/desk/account/prove/", {"proof_passkey": said})

    assert (first.status_code, again.status_code) == (302, 403)


def test_a_password_of_an_account_with_a_passkey_asks_for_a_code(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    add_device(client)
    client.post("/desk/account/app/remove/")
    answer: Any = with_password(Client(), "ana")

    assert not Totp.objects.filter(user=ana).exists()
    assert answer.headers["Location"] == "/sign-in/code/"


def test_a_session_of_one_factor_ends_where_a_second_was_set_meanwhile(ana: User, client: Client) -> None:
    client.force_login(ana)

    assert client.get("/desk/account/").headers["Location"] == "/sign-in/"
    assert Session.objects.filter(user=ana).count() == 0


def test_signing_out_clears_what_the_browser_keeps(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    answer = client.post("/sign-out/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert Session.objects.filter(user=ana).count() == 0


def test_the_worker_clears_what_is_over(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    kept = clear_what_is_over(at=timezone.now())
    cleared = clear_what_is_over(at=timezone.now() + timedelta(minutes=31))

    assert (kept, cleared, Session.objects.count()) == (0, 1, 0)


def test_the_last_second_factor_cannot_be_removed(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    refused = client.post("/desk/account/app/remove/")
    _device, _added = add_device(client)
    passkey = ana.passkeys.get()
    client.post("/desk/account/app/remove/")
    last = client.post(f"/desk/account/passkeys/{passkey.pk}/remove/")

    assert b"only second factor" in refused.content
    assert not Totp.objects.filter(user=ana).exists()
    assert b"only second factor" in last.content


def test_the_database_keeps_no_key_of_a_session(ana: User, client: Client) -> None:
    signed_in_with_code(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    assert Session.objects.get().key_hash == hash_of_key(key)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(key_hash=key, data="", began_at=NOW, seen_at=NOW)


def test_the_database_closes_a_factor_at_a_hundred(ana: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorStanding.objects.create(user=ana, factor="totp", in_vain=100)


@pytest.mark.parametrize("hosts", [["hrdd.example.org"], ["localhost", "10.0.0.4"], ["*"]])
def test_a_password_is_never_enough_where_others_can_reach_the_site(hosts: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="HRDD_PASSWORD_IS_ENOUGH"):
        refuse_password_alone(True, hosts=hosts, debug=False)
    refuse_password_alone(False, hosts=hosts, debug=False)


def test_a_password_may_be_enough_at_home() -> None:
    refuse_password_alone(True, hosts=["127.0.0.1", "localhost", "trial.localhost"], debug=False)


@pytest.mark.parametrize("said", ["", "4", "11", "ten", "-5", "5.5"])
def test_a_proof_lasts_five_to_ten_minutes(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HRDD_FRESH_MINUTES"):
        fresh_minutes(said)


def test_the_list_of_sessions_names_browsers_and_keeps_no_header() -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    assert device_of(agent) == "Firefox on Linux"
    assert device_of("") == "An unknown browser"
    assert json.dumps(device_of(agent)).count("140") == 0
