"""People, an authenticator of software, and a desk that asks for two factors as in production."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions import delegations
from hrdd.accounts.actions.factors import set_totp
from hrdd.accounts.models import Delegation
from hrdd.accounts.rules.proofs import new_totp_secret, step_of, totp_code
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Role
from risks.models import MitigationPlan, Risk
from tests.cast import NOW

PASSWORD = "four words nobody would join"  # noqa: S105
SECRET = new_totp_secret()
WHY = "Agreed with the head of the function on Monday."


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


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


@pytest.fixture
def bob(db: None) -> User:
    return person("bob", Role.BOARD)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


def strong(user: User) -> Client:
    """Return the browser of somebody who signed in with two factors."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["_factors"] = ["passkey"]
    session.save()
    return client


def refused_by_the_database(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


# Roles that one person holds ----------------------------------------------------------------------------------------


def lend(by: User, to: User, role: Role = Role.DECIDER, *, days: int = 7, at: Any = None) -> Delegation:
    at = at or timezone.now()
    return delegations.delegate(
        role=role, to=to, starts_on=at.date(), until=at.date() + timedelta(days=days), why=WHY, by=by, at=at
    )


def asked_by(author: User) -> SignOff:
    """Return a bare request for a signature."""
    return SignOff.objects.create(
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


def proposed_plan(risk: Risk, *, by: User) -> MitigationPlan:
    return MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions="x",
        target="x",
        owner=by,
        due=NOW.date(),
        proposed_by=by,
        proposed_at=NOW,
    )
