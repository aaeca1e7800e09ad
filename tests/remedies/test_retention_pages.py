"""The page of what is erased when: numbers, weeks and kinds, for custodians; holds by two of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from hrdd.governance.rules import Role
from remedies.models import Case, LegalHold
from remedies.rules.case import week_of
from tests.remedies.vault_stage import person

PAGE = "/desk/cases/retention/"
REASONS = "A court asked us to keep this until its proceedings are over, by its letter of today."


def signed_in(name: str, *roles: Role) -> Client:
    browser = Client()
    browser.force_login(person(name, *roles))
    return browser


@pytest.fixture
def closed(db: None) -> Case:
    today = datetime.now(UTC).date()
    return Case.objects.create(
        received_week=week_of(today - timedelta(days=900)),
        type="privacy",
        language="en",
        state="closed",
        closed_on=today - timedelta(days=800),
    )


def test_a_custodian_sees_what_goes_tonight_and_two_hold_and_lift_it(closed: Case) -> None:
    cleo, milo = signed_in("cleo", Role.CUSTODIAN), signed_in("milo", Role.CUSTODIAN)
    page = cleo.get(PAGE).content.decode()
    assert closed.short in page
    assert "go tonight" in page
    assert cleo.get(PAGE)["Cache-Control"] == "no-store"

    assert "50 characters" in cleo.post(f"{PAGE}{closed.pk}/", {"reasons": "short"}).content.decode()
    assert cleo.post(f"{PAGE}{closed.pk}/", {"reasons": REASONS}).status_code == 302
    hold = LegalHold.objects.get()
    page = cleo.get(PAGE).content.decode()
    assert "waits for a second person" in page
    assert "Somebody else answers" in page
    assert "Nothing goes tonight" in page
    assert "two people" in cleo.post(f"{PAGE}holds/{hold.pk}/place/", follow=True).content.decode()
    assert "Recorded." in milo.post(f"{PAGE}holds/{hold.pk}/place/", follow=True).content.decode()
    assert "Ask to lift" in milo.get(PAGE).content.decode()
    milo.post(f"{PAGE}holds/{hold.pk}/ask-lift/", {"reasons": REASONS})
    assert "Somebody else lifts it" in milo.get(PAGE).content.decode()
    cleo.post(f"{PAGE}holds/{hold.pk}/lift/")
    hold.refresh_from_db()

    assert hold.lifted_on is not None
    assert "Nothing is held" in cleo.get(PAGE).content.decode()


def test_a_hold_can_be_refused_and_other_addresses_are_not_there(closed: Case) -> None:
    cleo, milo = signed_in("cleo", Role.CUSTODIAN), signed_in("milo", Role.CUSTODIAN)
    cleo.post(f"{PAGE}{closed.pk}/", {"reasons": REASONS})
    hold = LegalHold.objects.get()

    assert milo.get(f"{PAGE}holds/{hold.pk}/place/").status_code == 302
    assert LegalHold.objects.get().placed_on is None
    milo.post(f"{PAGE}holds/{hold.pk}/refuse/")
    assert LegalHold.objects.get().refused_on is not None
    assert milo.post(f"{PAGE}holds/{hold.pk}/burn/").status_code == 404
    Case.objects.filter(pk=closed.pk).update(state="reopened", reopened_for="new_facts")
    assert cleo.get(f"{PAGE}{closed.pk}/").status_code == 404


@pytest.mark.parametrize("role", [one for one in Role if one != Role.CUSTODIAN])
def test_nobody_else_opens_it(closed: Case, role: Role) -> None:
    assert signed_in("x", role).get(PAGE).status_code == 403
