"""The receipt: 130 random bits that a frightened person can copy by hand (reliability.md 2.2; ADR 20).

26 symbols of Crockford's base 32 and two check symbols of a Reed-Solomon code over GF(32): its distance is 3, so that
any one or two mistaken symbols are seen before anything is looked up, and with them every swap of neighbours.
"""

import hashlib
import hmac
import secrets
import unicodedata

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DATA_SYMBOLS = 26
CHECK_SYMBOLS = 2
SYMBOLS = DATA_SYMBOLS + CHECK_SYMBOLS
GROUP = 4
BITS = 5 * DATA_SYMBOLS
SPOKEN_ALIKE = str.maketrans("OIL", "011")
BETWEEN = frozenset(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013._/\u200b\u200c\u200d\u200e\u200f\ufeff")

_POWERS = [1]
for _ in range(30):
    _next = _POWERS[-1] << 1
    _POWERS.append(_next ^ 0b100101 if _next & 32 else _next)  # x^5 + x^2 + 1 is primitive
_LOGS = {power: exponent for exponent, power in enumerate(_POWERS)}


class NotAReceipt(ValueError):
    """What was typed cannot be a receipt: a symbol is missing, too many, or mistaken."""


def new_receipt() -> str:
    """Return a new receipt of 28 symbols, 130 bits of them random."""
    data = [secrets.randbelow(32) for _ in range(DATA_SYMBOLS)]
    return "".join(ALPHABET[value] for value in data + _checks(data))


def read_receipt(typed: str) -> str:
    """Return the receipt that a person typed, in its one form.

    Small letters, O for 0, I or L for 1, digits of other scripts, spaces and hyphens are all welcome.

    Raises:
        NotAReceipt: it has another length, a symbol that is none, or check symbols that do not fit.
    """
    symbols = _symbols(typed)
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        raise NotAReceipt("A receipt has 28 letters and digits.")
    values = [ALPHABET.index(symbol) for symbol in symbols]
    if _syndrome(values, 1) or _syndrome(values, 2):
        raise NotAReceipt("A symbol of this receipt is mistaken.")
    return symbols


def shown(receipt: str) -> str:
    """Return a receipt as it is read and copied: seven groups of four."""
    return grouped(receipt)


def grouped(typed: str) -> str:
    """Return what a person typed, good or not, in groups of four to compare."""
    symbols = _symbols(typed)
    return " ".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))


def lookup_of(receipt: str, pepper: bytes) -> bytes:
    """Return what a receipt is found by; without the pepper and the receipt it says nothing."""
    return hmac.digest(pepper, b"rcpt-id" + _secret(receipt), hashlib.sha256)


def key_of(receipt: str, purpose: bytes) -> bytes:
    """Return the key of 32 bytes that only the receipt gives, one for each purpose."""
    return HKDF(SHA256(), 32, salt=b"hrdd-receipt-v1", info=purpose).derive(_secret(receipt))


def mark_of(receipt: str, text: bytes) -> bytes:
    """Return what tells that the same text came twice; whoever lacks the receipt cannot test a guess of the text."""
    return hmac.digest(key_of(receipt, b"mark"), text, hashlib.sha256)


def _symbols(typed: str) -> str:
    symbols = "".join(_latin(one) for one in typed if one not in BETWEEN)
    return unicodedata.normalize("NFKC", symbols).upper().translate(SPOKEN_ALIKE)


def _secret(receipt: str) -> bytes:
    return receipt[:DATA_SYMBOLS].encode("ascii")


def _latin(symbol: str) -> str:
    digit = unicodedata.decimal(symbol, None)
    return symbol if digit is None else str(digit)


def _times(one: int, other: int) -> int:
    return _POWERS[(_LOGS[one] + _LOGS[other]) % 31] if one and other else 0


def _syndrome(values: list[int], order: int) -> int:
    total = 0
    for place, value in enumerate(values):
        total ^= _times(value, _POWERS[(place * order) % 31])
    return total


def _checks(data: list[int]) -> list[int]:
    """Solve the two equations that make both syndromes zero; there is one solution, found among 32 by trying."""
    first, second = DATA_SYMBOLS, DATA_SYMBOLS + 1
    one, two = _syndrome(data, 1), _syndrome(data, 2)
    for value in range(32):
        rest = one ^ _times(value, _POWERS[first])
        other = _times(rest, _POWERS[-second % 31])
        fits = _times(value, _POWERS[2 * first % 31]) ^ _times(other, _POWERS[2 * second % 31])
        if fits == two:
            return [value, other]
    raise AssertionError("A code of distance 3 always has its two check symbols.")
