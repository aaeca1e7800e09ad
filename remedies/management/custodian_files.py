"""The file of a custodian on the command line."""

from getpass import getpass
from pathlib import Path

from hrdd.governance.rules import NotAllowed
from remedies.actions.vault import open_custodian_file
from remedies.models import VaultKey
from remedies.queries.keys import custodian_key
from remedies.rules.wraps import KeyPair


def opened_by(username: str, file: Path) -> tuple[VaultKey, KeyPair]:
    """Ask a custodian for their passphrase and return their key with the key pair from their own file.

    Raises:
        NotAllowed: they have no key, or the file does not open.
        OSError: the file cannot be read.
    """
    key = custodian_key(username)
    if key is None:
        raise NotAllowed(f"{username} has no key as a custodian.")
    passphrase = getpass(f"Passphrase of {username}: ")
    return key, open_custodian_file(file.read_bytes(), key=key, passphrase=passphrase)
