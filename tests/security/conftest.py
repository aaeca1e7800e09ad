"""The program as it stands in production, asked from here."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

SETTINGS = Path(__file__).resolve().parents[2] / "hrdd" / "settings.py"
HOST = "hrdd.example.org"
# What a production decides by itself once it names its host and its secrets.
DECIDED = (
    "SECURE_",
    "SESSION_COOKIE_",
    "CSRF_",
    "PASSWORD_HASHERS",
    "PASSWORD_IS_ENOUGH",
    "ALLOWED_HOSTS",
    "DEBUG",
)
DECIDED += (
    "HTTPS",
    "DEMONSTRATION",
    "MESSAGE_STORAGE",
    "SILENCED_SYSTEM_CHECKS",
    "SECRET_KEY",
    "X_FRAME_OPTIONS",
)
DECIDED += ("CONTENT_SECURITY_POLICY", "MIDDLEWARE", "SURFACE")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Use the settings of an installation that names no more than it must; one process answers for all."""
    for name in ("HRDD_HTTPS", "HRDD_DEMO", "HRDD_DEBUG", "HRDD_PASSWORD_IS_ENOUGH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HRDD_ALLOWED_HOSTS", HOST)
    monkeypatch.setenv("HRDD_SURFACE", "all")
    monkeypatch.setenv("HRDD_SECRET_KEY", "".join(chr(ord("0") + one) for one in range(70)))
    found = {name: said for name, said in runpy.run_path(str(SETTINGS)).items() if name.startswith(DECIDED)}
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    found.setdefault("PASSWORD_HASHERS", [f"{PBKDF2PasswordHasher.__module__}.PBKDF2PasswordHasher"])
    with override_settings(**found):
        yield found


@pytest.fixture
def visitor(production: dict[str, Any]) -> Client:
    """A browser that asks by HTTPS, through the proxy; a failure is answered, not raised."""
    return Client(
        headers={"host": HOST, "x-forwarded-proto": "https"},
        raise_request_exception=False,
        enforce_csrf_checks=True,
    )
