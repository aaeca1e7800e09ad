"""People, an authenticator of software, and a desk that asks for two factors as in production."""

import pytest
from django.conf import settings as configured
from django.test import Client

from hrdd.accounts.actions.factors import set_totp
from hrdd.accounts.rules import new_totp_secret, step_of, totp_code
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from tests.cast import NOW

PASSWORD = "four words nobody would join"  # noqa: S105
SECRET = new_totp_secret()


@pytest.fixture(autouse=True)
def _two_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "PASSWORD_IS_ENOUGH", False)
    monkeypatch.setattr(configured, "FRESH_MINUTES", 10)


def person(name: str, *roles: Role, password: str = PASSWORD) -> User:
    return User.objects.create_user(name, password, display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    """An analyst with a password and an authenticator app."""
    user = person("ana", Role.ANALYST)
    set_totp(user, secret=SECRET, code=totp_code(SECRET, step=step_of(NOW)), at=NOW)
    return user


@pytest.fixture
def sam(db: None) -> User:
    """A technical operator."""
    return person("sam", Role.SYSADMIN)


def with_password(client: Client, name: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"username": name, "password": password, **more})
