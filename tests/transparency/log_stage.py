"""A signing key, places outside, and a copy of what the site serves, as a stranger would fetch it."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from pytest_django import Settings

PERIOD = "2021"
NAMES = ("manifest.json", "manifest.json.sig", "manifest.json.tlog-proof", "SHA256SUMS", "key.pem")
LOG = ".well-known/hrdd-log"


def new_key(file: Path) -> Path:
    """Write a fresh Ed25519 key."""
    private = Ed25519PrivateKey.generate()
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def log_key(tmp_path: Path, settings: Settings) -> Path:
    """Give this test a key of its own: what it signed must not outlive the database of the test."""
    file = new_key(tmp_path / "log_key.pem")
    settings.LOG_KEY_FILE = str(file)
    return file


@pytest.fixture
def outside(tmp_path: Path, log_key: Path, settings: Settings) -> tuple[Path, Path]:
    """Configure two places outside: a folder and a bare Git repository."""
    folder, repository = tmp_path / "folder", tmp_path / "anchor.git"
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "--bare", str(repository)], check=True)
    settings.ANCHORS = [f"dir:{folder}", f"git:{repository}"]
    return folder, repository


def fetched(client: Client, folder: Path, *, size: int) -> Path:
    """Save what a stranger fetches to verify a report, under the same addresses."""
    addresses = [
        *(f"reports/{PERIOD}.{ending}" for ending in ("html", "pdf", "json", "csv")),
        *(f"reports/{PERIOD}/{name}" for name in NAMES),
        *(f"{LOG}/{name}" for name in ("checkpoint", "keys")),
        *(f"{LOG}/tile/{level}/000.p/{size}" for level in ("0", "entries")),
    ]
    for address in addresses:
        answer = client.get(f"/{address}")
        assert answer.status_code == 200, address
        file = folder / address
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.content)
    return folder
