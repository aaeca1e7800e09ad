"""A passkey's device in software: makes key pairs and signs, truly or as an attacker would."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData, CollectedClientData

HERE, HOST = "http://testserver", "testserver"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Device:
    """One key pair, for one account."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    uses: int = 0

    def make(
        self,
        options: dict[str, Any],
        *,
        origin: str = HERE,
        host: str = HOST,
        flags: int = PRESENT | VERIFIED,
    ) -> str:
        """Answer what a new passkey is asked from."""
        asked = options["publicKey"]
        data = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        authenticator = AuthenticatorData.create(
            sha256(host.encode()), flags | ATTESTED, self.uses, bytes(data)
        )
        from fido2.webauthn import AttestationObject

        response = {
            "clientDataJSON": self._client("webauthn.create", asked["challenge"], origin),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", authenticator, {}))),
        }
        return self._told(response)

    def sign(
        self,
        options: dict[str, Any],
        *,
        origin: str = HERE,
        host: str = HOST,
        flags: int = PRESENT | VERIFIED,
        kind: str = "webauthn.get",
        handle: bytes | None = None,
        counted: bool = True,
    ) -> str:
        """Answer a challenge; the keywords are what an attacker bends."""
        self.uses += counted
        authenticator = bytes(AuthenticatorData.create(sha256(host.encode()), flags, self.uses))
        client = CollectedClientData.create(kind, options["publicKey"]["challenge"], origin)
        response = {
            "clientDataJSON": websafe_encode(bytes(client)),
            "authenticatorData": websafe_encode(authenticator),
            "signature": websafe_encode(
                self.key.sign(authenticator + sha256(bytes(client)), ec.ECDSA(SHA256()))
            ),
        }
        if handle or self.handle:
            response["userHandle"] = websafe_encode(handle or self.handle)
        return self._told(response)

    def _client(self, kind: str, challenge: str, origin: str) -> str:
        return websafe_encode(bytes(CollectedClientData.create(kind, challenge, origin)))

    def _told(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def add_device(client: Client, **bent: Any) -> tuple[Device, Any]:
    """Add a passkey to the account that is signed in; return the device and the answer of the page."""
    device = Device()
    options = client.post("/desk/account/passkeys/options/").json()
    return device, client.post(
        "/desk/account/passkeys/", {"passkey": device.make(options, **bent), "name": "Laptop"}
    )


def sign_in_with(client: Client, device: Device, **bent: Any) -> Any:
    """Sign in with a passkey; return the answer."""
    options = client.post("/sign-in/passkey/options/").json()
    return client.post("/sign-in/passkey/", {"passkey": device.sign(options, **bent)})
