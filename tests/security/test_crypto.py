"""docs/security/crypto.md names every file that takes something from a library of cryptography, and what it takes."""

import ast
import re
from pathlib import Path

from tests.security.test_code import modules, nodes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security" / "crypto.md"
LIBRARIES = {"cryptography", "joserfc", "fido2", "hashlib", "hmac", "secrets", "ssl", "pyrage"}
# What needs no line of its own: SHA-256 of what is no secret, and random values (test_code.py keeps others out).
PLAIN = {"sha256", "hashlib.sha256", "hashlib.file_digest"}
OF_DJANGO = {("django.core", "signing"), ("django.utils.crypto", "salted_hmac")}
OF_DJANGO |= {("django.utils.crypto", "constant_time_compare")}
LISTED = re.compile(r"^\| `([\w/]+\.py)` \| (.*) \|$", re.MULTILINE)


def taken(tree: ast.Module) -> set[str]:
    """Return what a module takes: `AESGCM` of a library, `hashlib.sha256` of one that is imported whole."""
    found, whole = set(), set()
    for one in nodes(tree):
        if isinstance(one, ast.Import):
            whole |= {name.name for name in one.names if name.name.partition(".")[0] in LIBRARIES}
        elif isinstance(one, ast.ImportFrom):
            module = one.module or ""
            of_library = module.partition(".")[0] in LIBRARIES
            found |= {name.name for name in one.names if of_library or (module, name.name) in OF_DJANGO}
    for one in nodes(tree):
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id in whole:
            found.add(f"{one.value.id}.{one.attr}")
    return found


def in_the_code() -> dict[str, str]:
    found = {path: taken(tree) for path, tree in modules().items()}
    return {
        path: ", ".join(f"`{one}`" for one in sorted(names))
        for path, names in found.items()
        if any(one not in PLAIN and not one.startswith("secrets.") for one in names)
    }


def test_the_inventory_is_what_the_code_takes() -> None:
    listed, found = dict(LISTED.findall(PAGE.read_text(encoding="utf-8"))), in_the_code()
    lines = [f"| `{path}` | {names} |" for path, names in found.items() if listed.get(path) != names]

    assert lines == [], f"Say in {PAGE.name} what it is for, and put these lines into its last table."
    assert set(listed) - set(found) == set()


def test_each_primitive_is_explained_by_its_name() -> None:
    """What is taken by name stands in the table of algorithms, too."""
    told = PAGE.read_text(encoding="utf-8").partition("## Where, exactly")[0]
    said = {
        "AESGCM": "AES-256-GCM",
        "HKDF": "HKDF-SHA-256",
        "Argon2id": "Argon2id",
        "Fernet": "Fernet",
        "MLKEM768PrivateKey": "ML-KEM-768",
        "X25519PrivateKey": "X25519",
        "hpke": "HPKE",
        "TOTP": "RFC 6238",
        "Ed25519PrivateKey": "Ed25519",
        "SHA1": "HMAC-SHA-1",
        "SHA256": "SHA-256",
        "jwt": "joserfc",
        "hashlib.sha1": "SHA-1",
        "hashlib.sha256": "SHA-256",
        "hmac.digest": "HMAC-SHA-256",
        "pyrage.encrypt": "age",
    }
    everything = set().union(*(taken(tree) for tree in modules().values()))

    assert set(said) <= everything
    assert [name for name in said.values() if name not in told] == []
    hashes = {name for name in everything if name.startswith("hashlib.")}
    assert hashes == {"hashlib.sha1", "hashlib.sha256", "hashlib.file_digest"}
