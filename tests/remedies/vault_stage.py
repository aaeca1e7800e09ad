"""A vault with three custodians, a recovery key and the people who handle cases; and a visitor of the form."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from remedies.actions import vault
from remedies.actions.intake import receive
from remedies.models import Case, RecoveryKey, VaultKey
from remedies.rules.case import CaseType
from remedies.rules.receipt import new_receipt, read_receipt
from remedies.rules.submission import Submission
from remedies.rules.wraps import KeyPair

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PASSPHRASE = "six words that only this person knows"  # noqa: S105
TOLD = "They came at night. My sister Nadira saw it."
PLAIN = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="token" value="([^"]+)"')
RECEIPT = re.compile(r'<p class="code"[^>]*>([^<]+)</p>')


@dataclass(frozen=True)
class Vault:
    """Who is there, with their open vaults."""

    grace: User
    ivan: User
    dora: User
    recovery: RecoveryKey
    custodians: tuple[tuple[VaultKey, KeyPair], ...]

    def pair(self, user: User) -> KeyPair:
        """Return somebody's key pair, as an open vault gives it."""
        return vault.pair_of(user, cookie=vault.open_vault(user, passphrase=PASSPHRASE, at=NOW), at=NOW)


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


def handler(name: str, *roles: Role, custodian: tuple[VaultKey, KeyPair]) -> User:
    user = person(name, *roles)
    key = vault.enrol_handler(user, passphrase=PASSPHRASE, at=NOW)
    vault.confirm_key(key, custodian=custodian[0], pair=custodian[1], at=NOW)
    return user


def made_vault() -> Vault:
    custodians = []
    for name in ("cleo", "milo", "tara"):
        key, file = vault.enrol_custodian(person(name, Role.CUSTODIAN), passphrase=PASSPHRASE, at=NOW)
        custodians.append((key, vault.open_custodian_file(file, key=key, passphrase=PASSPHRASE)))
    recovery = vault.hold_ceremony(by="test", at=NOW)
    return Vault(
        grace=handler("grace", Role.GRV_INTAKE, custodian=custodians[0]),
        ivan=handler("ivan", Role.GRV_INV, custodian=custodians[1]),
        dora=handler("dora", Role.GRV_DEC, Role.GRV_INV, custodian=custodians[2]),
        recovery=recovery,
        custodians=tuple(custodians),
    )


@pytest.fixture
def vault_of_three(db: None) -> Vault:
    return made_vault()


def told(**more: Any) -> Submission:
    return Submission(**({"type": CaseType.SAFETY_THREAT, "what": TOLD, "language": "en"} | more))


def received(**more: Any) -> tuple[Case, str]:
    """Take in a concern; return its case and receipt."""
    before = set(Case.objects.values_list("pk", flat=True))
    receipt = new_receipt()
    receive(told(**more), receipt=receipt, at=NOW)
    return Case.objects.exclude(pk__in=before).get(), receipt


def answers(**more: Any) -> dict[str, Any]:
    return {"type": "safety_threat", "what": TOLD, "identity_mode": "anonymous"} | more


def to_review(client: Client, *, said: dict[str, Any], **headers: Any) -> tuple[str, str]:
    """Go to the last page of the form; return the token and the receipt that it shows."""
    page = client.post("/raise/en/", _form({"step": "start"}), PLAIN, **headers).content.decode()
    token = TOKEN.findall(page)[0]
    page = client.post("/raise/en/", _form({"step": "review", "token": token} | said), PLAIN, **headers)
    text = page.content.decode()
    return TOKEN.findall(text)[0], read_receipt(RECEIPT.findall(text)[0])


def sent(client: Client, *, said: dict[str, Any], **headers: Any) -> str:
    """Send a concern as a person does; return the receipt."""
    token, receipt = to_review(client, said=said, **headers)
    page = post(client, "/raise/en/", step="send", token=token, **said, **headers)
    assert "We received your message" in page.content.decode()
    return receipt


def post(client: Client, address: str, **said: Any) -> Any:
    headers = {name: said.pop(name) for name in list(said) if name.isupper() or name == "headers"}
    return client.post(address, _form(said), PLAIN, **headers)


def _form(said: dict[str, Any]) -> str:
    return urlencode(said)


def uploads(*contents: bytes, name: str = "IMG_Nadira.jpg") -> list[SimpleUploadedFile]:
    """Return files as a browser sends them, each under a telling name and a false type."""
    return [SimpleUploadedFile(name, content, "image/svg+xml") for content in contents]


def sent_with_files(
    client: Client, *contents: bytes, said: dict[str, Any] | None = None, **more: Any
) -> tuple[Any, str]:
    """Send a concern with files from the last page; return the answer and the receipt."""
    words = said or answers()
    token, receipt = to_review(client, said=words)
    form = words | {"step": "send", "token": token, "files": uploads(*contents)} | more
    return client.post("/raise/en/", form), receipt
