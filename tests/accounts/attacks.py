"""What every scripted attack on an account begins with, and the list of them."""

from collections.abc import Callable

from django.conf import settings
from django.test import Client

from hrdd.accounts.models import Totp
from hrdd.governance.models import User
from tests.accounts.device import Device, add_device
from tests.accounts.test_sessions_and_factors import signed_in_with_code

Attack = Callable[[User], Client]
ATTACKS: dict[str, Attack] = {}
COOKIE = settings.SESSION_COOKIE_NAME


def attack(script: Attack) -> Attack:
    ATTACKS[script.__name__] = script
    return script


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = value
    return client


def victim(ana: User) -> Client:
    Totp.objects.update(last_step=0)
    return signed_in_with_code(Client())


def victims_device(ana: User) -> tuple[Client, Device]:
    client = victim(ana)
    return client, add_device(client)[0]
