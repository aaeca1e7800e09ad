"""Attacks with what was seen, copied or relayed of a passkey; `test_takeovers` runs them."""

from typing import Any

from django.test import Client

from hrdd.accounts.models import Passkey
from hrdd.governance.models import User
from tests.accounts.attacks import attack, victims_device
from tests.accounts.conftest import person, with_password
from tests.accounts.device import Device, add_device, sign_in_with


def signed_in_by(device: Device, **lies: Any) -> Client:
    """Return the browser of whoever signs in with a passkey, telling what they should not."""
    client = Client()
    sign_in_with(client, device, **lies)
    return client


@attack
def passkey_relayed_through_a_false_site(ana: User) -> Client:
    _victim, device = victims_device(ana)
    return signed_in_by(device, origin="https://hrdd.example.evil")


@attack
def passkey_for_another_host(ana: User) -> Client:
    _victim, device = victims_device(ana)
    return signed_in_by(device, host="evil.example")


@attack
def passkey_answer_replayed(ana: User) -> Client:
    _victim, device = victims_device(ana)
    first = Client()
    options = first.post("/sign-in/passkey/options/").json()
    said = device.sign(options)
    first.post("/sign-in/passkey/", {"passkey": said})
    assert first.get("/desk/").status_code == 200
    thief = Client()
    thief.post("/sign-in/passkey/options/")
    thief.post("/sign-in/passkey/", {"passkey": said})
    return thief


@attack
def passkey_answer_without_a_challenge(ana: User) -> Client:
    _victim, device = victims_device(ana)
    client = Client()
    client.post("/sign-in/passkey/", {"passkey": device.sign({"publicKey": {"challenge": "AAAA"}})})
    return client


@attack
def passkey_touched_by_whoever_found_it(ana: User) -> Client:
    _victim, device = victims_device(ana)
    return signed_in_by(device, flags=1)


@attack
def passkey_answer_made_for_something_else(ana: User) -> Client:
    _victim, device = victims_device(ana)
    return signed_in_by(device, kind="webauthn.create")


@attack
def passkey_cloned_from_a_device_that_counts(ana: User) -> Client:
    _victim, device = victims_device(ana)
    copy = Device(key=device.key, credential_id=device.credential_id, uses=device.uses)
    signed_in_by(device)
    signed_in_by(device)
    return signed_in_by(copy)


@attack
def passkey_of_ones_own_with_the_handle_of_another(ana: User) -> Client:
    from hrdd.accounts.actions.passkeys import handle_of

    mallory = person("mallory")
    theirs = Client()
    with_password(theirs, mallory.username)
    device, _added = add_device(theirs)
    return signed_in_by(device, handle=handle_of(ana))


@attack
def passkey_that_was_removed(ana: User) -> Client:
    owner, device = victims_device(ana)
    owner.post(f"/desk/account/passkeys/{Passkey.objects.get(user=ana).pk}/remove/")
    return signed_in_by(device)
