"""Single sign-on against a provider in a process of its own: what it may open, and every lie that it may tell."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions.organisation import Said, connect
from hrdd.accounts.models import OrganisationAccount, Totp
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.trial.servers import dies_with_parent
from tests.accounts.conftest import PASSWORD, person, with_password
from tests.accounts.test_sessions_and_factors import code_now, signed_in_with_code
from tests.cast import NOW
from tests.conftest import ROOT

LIES = [
    "issuer",
    "audience",
    "audiences",
    "azp",
    "nonce",
    "nonceless",
    "expired",
    "future",
    "key",
    "unsigned",
    "symmetric",
]


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.accounts.provider"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=dies_with_parent()
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def organisation(provider: str, settings: Any) -> str:
    settings.OIDC = {
        "issuer": provider,
        "client_id": "hrdd",
        "client_secret": "known to both",
        "two_factors": frozenset({"mfa"}),
    }
    tell(provider, "bend", "")
    tell(provider, "as", "s-1")
    return provider


@pytest.fixture
def connected(ana: User, organisation: str) -> User:
    connect(ana, Said(organisation, "s-1", two_factors=False), at=NOW)
    return ana


def tell(provider: str, what: str, said: str) -> None:
    urllib.request.urlopen(f"{provider}/{what}/{said}").close()  # noqa: S310


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def there_and_back(client: Client, address: str = "/sign-in/organisation/", **given: str) -> str:
    """Go to the provider as a browser would; return the address that it leads back to."""
    page = client.post(address, given).content.decode()
    out = unescape(page.split("0; url=")[1].split('"')[0])
    try:
        urllib.request.build_opener(_Stop).open(out)
    except urllib.error.HTTPError as moved:
        moved.close()
        back = urlsplit(moved.headers["Location"])
        return f"{back.path}?{back.query}"
    raise AssertionError


def opens(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def test_who_is_vouched_for_still_proves_a_second_factor(connected: User, client: Client) -> None:
    answer = client.get(there_and_back(client, next="/desk/risks/"))

    assert b"url=/sign-in/code/" in answer.content
    assert not opens(client)
    assert client.post("/sign-in/code/", {"code": code_now()}).headers["Location"] == "/desk/risks/"
    assert opens(client)


def test_the_organisation_may_have_asked_for_two(connected: User, organisation: str, client: Client) -> None:
    tell(organisation, "bend", "amr")
    client.get(there_and_back(client))

    assert opens(client)


def test_an_account_without_a_second_factor_is_led_to_set_one(
    organisation: str, client: Client, db: None
) -> None:
    eve = person("eve", Role.SENIOR)
    connect(eve, Said(organisation, "s-1", two_factors=False), at=NOW)
    client.get(there_and_back(client))

    assert client.get("/desk/").headers["Location"] == "/desk/account/"


def test_an_account_is_connected_by_its_person(ana: User, organisation: str, client: Client) -> None:
    signed_in_with_code(client)
    client.get(there_and_back(client, "/desk/account/organisation/"))
    shown = client.get("/desk/account/").content

    assert OrganisationAccount.objects.get().user == ana
    assert b"Disconnect it" in shown


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_of_a_token_opens_anything(
    connected: User, organisation: str, client: Client, lie: str
) -> None:
    tell(organisation, "bend", lie)
    answer = client.get(there_and_back(client))

    assert answer.status_code == 400
    assert b"did not prove who you are" in answer.content
    assert client.post("/sign-in/code/", {"code": code_now()}).headers["Location"] == "/sign-in/"
    assert not opens(client)


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    connected: User, organisation: str, client: Client
) -> None:
    tell(organisation, "bend", "metadata")

    assert client.post("/sign-in/organisation/").status_code == 400


def test_another_browser_brings_nothing_back(connected: User, client: Client) -> None:
    back = there_and_back(client)
    thief = Client()

    assert thief.get(back).status_code == 400
    thiefs_own = Client()
    there_and_back(thiefs_own)
    assert thiefs_own.get(back).status_code == 400
    assert not opens(thief)


def test_a_way_back_is_good_once(connected: User, organisation: str, client: Client) -> None:
    tell(organisation, "bend", "amr")
    back = there_and_back(client)
    cookie = client.cookies["journey"].value
    client.get(back)
    thief = Client()
    thief.cookies["journey"] = cookie

    assert opens(client)
    assert thief.get(back).status_code == 400
    assert not opens(thief)


@pytest.mark.parametrize(
    "changed", [{"state": "x"}, {"iss": "https://other.example"}, {"code": "x"}, {"code": ""}]
)
def test_what_comes_back_changed_opens_nothing(
    connected: User, client: Client, changed: dict[str, str]
) -> None:
    back = urlsplit(there_and_back(client))
    given = {name: values[0] for name, values in parse_qs(back.query).items()} | changed

    assert client.get(back.path, given).status_code == 400
    assert not opens(client)


def test_nobody_is_made_or_given_a_role_by_signing_in(ana: User, organisation: str, client: Client) -> None:
    """The provider's person has the very name of an account here: a likeness connects nothing."""
    tell(organisation, "as", "ana")
    before = list(User.objects.values_list("username", "roles"))
    answer = client.get(there_and_back(client))

    assert answer.status_code == 400
    assert b"No account here is connected" in answer.content
    assert list(User.objects.values_list("username", "roles")) == before


def test_one_account_of_the_organisation_is_connected_with_one_here(
    connected: User, organisation: str
) -> None:
    with pytest.raises(NotAllowed, match="connected already"):
        connect(person("mallory"), Said(organisation, "s-1", two_factors=False), at=NOW)


def test_without_single_sign_on_its_addresses_are_not_there(ana: User, client: Client) -> None:
    assert client.post("/sign-in/organisation/").status_code == 404
    assert client.get("/sign-in/organisation/back/").status_code == 404
    assert b"organisation's account" not in client.get("/sign-in/").content


def test_closed_accounts_are_vouched_for_in_vain(connected: User, organisation: str, client: Client) -> None:
    tell(organisation, "bend", "amr")
    User.objects.update(is_active=False)
    client.get(there_and_back(client))

    assert not opens(client)
    assert Totp.objects.get().last_step < timezone.now().timestamp()
    assert with_password(client, "ana", PASSWORD).status_code == 200  # type: ignore[attr-defined]
