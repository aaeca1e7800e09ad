"""A name as a database looks for it in texts, so that it finds whatever the screen finds (domain.md 8.6 N8)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from math import prod

from risks.rules.screening import folded_parts

SHORTEST_NAME = 2
SHORT_PIECE, LONG_PIECE = 2, 3
MOST_PIECES = 6
MOST_SPELLINGS = 128
LETTERS_AND_DIGITS_END = 0x20000  # signs beyond have neither case nor a value as a digit
SHARP = "ß\u1e9e"
TWO_S = "ss"  # what the screen makes of either


def pattern_of(name: str) -> str:
    """Return the regular expression of a name in a text without marks: its first part first or last.

    Args:
        name: as it is on record.

    Returns:
        Nothing where the name is too short to be told from a word.
    """
    parts = folded_parts(name)
    if len("".join(parts)) < SHORTEST_NAME:
        return ""
    edge = r"\y" if "".join(parts).isascii() else ""
    orders = ([*parts], [*parts[1:], parts[0]])
    said = (r"(?:\W|_)+".join(map(_spelled, order)) for order in orders)
    return "|".join(f"{edge}{one}{edge}" for one in dict.fromkeys(said))


def pieces_of(name: str) -> list[list[str]]:
    """Return a few pieces that a text must have to hold a name, each in every spelling, to find it by an index.

    A piece is three signs that stand side by side, two where a part of the name is no longer.

    Args:
        name: as it is on record.

    Returns:
        Nothing where the name is too short, or has too many spellings: then only its pattern tells.
    """
    spelled = (
        [_spellings().get(sign, sign) for sign in piece]
        for part in folded_parts(name)
        for run in part.split(TWO_S)
        for piece in _pieces(run)
    )
    few = [piece for piece in spelled if prod(map(len, piece)) <= MOST_SPELLINGS]
    return [["".join(one) for one in product(*piece)] for piece in few[:MOST_PIECES]]


def _pieces(run: str) -> Iterator[str]:
    long = LONG_PIECE if len(run) >= LONG_PIECE else SHORT_PIECE
    return (run[start : start + long] for start in range(len(run) - long + 1))


def _spelled(part: str) -> str:
    said = "".join(_class(sign) for sign in part)
    return said.replace(_class("s") * len(TWO_S), f"(?:{_class('s') * len(TWO_S)}|[{SHARP}])")


def _class(sign: str) -> str:
    spellings = _spellings().get(sign)
    return f"[{spellings}]" if spellings else re.escape(sign)


@cache
def _spellings() -> Mapping[str, str]:
    """Return by sign every sign that the screen reads as it: itself, in capitals, or as a digit of another script.

    Signs that are written apart (NFKD) stand in no text where they are looked for.
    """
    spelled: dict[str, str] = {}
    for sign in map(chr, range(LETTERS_AND_DIGITS_END)):
        read = "".join(folded_parts(sign)) if sign.isdecimal() or sign.casefold() != sign else sign
        if len(read) == 1 and read != sign and unicodedata.is_normalized("NFKD", sign):
            spelled[read] = spelled.get(read, read) + sign
    return spelled
