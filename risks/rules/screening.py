"""What in a text could tell who a person is (domain.md 0.4, 7.4, 8.5).

A machine only points at it; a person rewrites. No rule tells the name of a person from other names, so that those that
must not occur are given as `known`, and a person screens the rest.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w/@.])@[A-Za-z_][\w.]{2,30}")
PROFILE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:facebook|instagram|twitter|x|tiktok|t|vk|linkedin|threads|youtube|mastodon)\.(?:com|me|net|social)"
    r"/(?!search|hashtag|about|help|policies|legal|blog|news|watch)[\w@.%/-]+",
    re.IGNORECASE,
)
COORDINATES = re.compile(
    r"[-+]?\d{1,2}\.\d{3,}\s?°?\s?[NS]?\s?[,;/ ]\s?[-+]?\d{1,3}\.\d{3,}\s?°?\s?[EW]?"
    r"|\d{1,3}\s?°\s?\d{1,2}\s?[′']\s?(?:\d{1,2}(?:\.\d+)?\s?[″\"]\s?)?[NSEW]",  # noqa: RUF001
)
# A plus and a country, or a leading zero or brackets, then seven digits or more: counts, years and dates are none.
PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+|00)[1-9][\d\s().-]{6,18}\d(?![\w-])|(?<![\w.,/+-])\(?0[1-9]\d{0,4}\)?(?:[\s./-]?\d{2,4}){2,4}(?![\w-])"
)
DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}")
LEAST_DIGITS = 8
SHORTEST_NAME = 3


def identifying_details(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """Return the passages of a text that could identify a person, in the order in which they stand; none is good.

    Args:
        text: what is to be stored or published.
        known: names, pseudonyms and contacts that must not occur, whatever their case and accents.
    """
    found = [*_patterns(unicodedata.normalize("NFKC", text)), *_known(text, known)]
    return list(dict.fromkeys(found))


def _patterns(text: str) -> Iterator[str]:
    spans = [
        (match.start(), match.group().strip())
        for pattern in (EMAIL, PROFILE, HANDLE, COORDINATES, PHONE)
        for match in pattern.finditer(text)
        if pattern is not PHONE or _is_phone(match.group())
    ]
    yield from (said for _start, said in sorted(spans))


def _is_phone(said: str) -> bool:
    return sum(sign.isdigit() for sign in said) >= LEAST_DIGITS and not DATE.fullmatch(said.strip())


def _known(text: str, known: Iterable[str]) -> Iterator[str]:
    plain = f" {_plain(text)} "
    for name in known:
        wanted = _plain(name)
        if len(wanted) >= SHORTEST_NAME and f" {wanted} " in plain:
            yield name.strip()


def _plain(text: str) -> str:
    """Return the words of a text without case, accents and punctuation."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", bare.casefold()))
