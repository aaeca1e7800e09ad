"""What strangers and partners name is not reached where it must not be: the way to a provider of single sign-on."""

from typing import Any

import pytest
from django.conf import settings

from hrdd.accounts.actions import organisation
from hrdd.governance.rules import NotAllowed

ISSUER = "https://login.example.org"


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where anything went, with a provider out in the world."""
    found: list[str] = []

    class Opener:
        def open(self, request: Any, timeout: float) -> Any:
            found.append(request.full_url)
            raise OSError

    monkeypatch.setattr(settings, "OIDC", {"issuer": ISSUER, "client_id": "hrdd", "client_secret": "x"})
    monkeypatch.setattr("urllib.request.build_opener", lambda *_handlers: Opener())
    return found


@pytest.mark.parametrize(
    "address",
    [
        *(
            "http://127.0.0.1:6379/",
            "http://localhost/keys",
            "http://[::1]/keys",
            "http://169.254.169.254/latest/meta-data/",
        ),
        *(
            "http://login.example.org/keys",
            "file:///etc/passwd",
            "ftp://login.example.org/keys",
            "gopher://127.0.0.1:6379/x",
        ),
        *(
            "data:application/json,{}",
            "//login.example.org/keys",
            "",
            "javascript:alert(1)",
            "HTTP://127.0.0.1/keys",
        ),
    ],
)
def test_a_provider_out_in_the_world_leads_to_nothing_at_home_and_nothing_in_the_clear(
    reached: list[str], address: str
) -> None:
    with pytest.raises(NotAllowed):
        organisation._answer(address)

    assert reached == []


def test_its_own_addresses_are_asked(reached: list[str]) -> None:
    with pytest.raises(NotAllowed):
        organisation._answer(f"{ISSUER}/keys")

    assert reached == [f"{ISSUER}/keys"]


def test_a_redirect_is_not_followed() -> None:
    assert organisation._NoWayOn().redirect_request() is None  # type: ignore[func-returns-value]
