"""What in a text may identify a person at risk (domain.md 0.4 SECRET_SAFETY, 8.6 N1, N2).

A screen, not a proof: it finds what has a form (addresses, numbers, places to the metre, accounts) and the names it is
told. A name it is not told passes, so the pages still say to write of groups.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

EMAIL, PHONE, NUMBER = "an e-mail address", "a telephone number", "a long number as of a person or a device"
PLACE, HANDLE, PROFILE = "an exact place", "an account name", "a link to a profile"
NETWORK, NAME = "a network address", "a name that must not be written here"

DATE = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2})(?!\d)"
    r"(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,20})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
LEGAL_NUMBER = re.compile(
    r"\b(?:case|application|docket|decision|petition|judgment|complaint|resolution|regulation|directive)s?\b"
    r"[\s,:#]{0,3}(?:nos?\b\.?|nrs?\b\.?|numbers?\b)?[\s:#]{0,3}[\w./()-]{0,40}\d[\w./()-]{0,40}",
    re.IGNORECASE,
)
THOUSANDS = re.compile(r"\+?\d{1,3}(?:[ .,']\d{3})+")

EMAILS = re.compile(
    r"[\w.+-]\s?@\s?[\w-]{1,63}\.[\w-]|\w\s?[\[({]\s?at\s?[\])}]\s?[\w-]{1,63}\s?(?:\.|[\[({]\s?dot\s?[\])}])\s?\w",
    re.IGNORECASE,
)
HANDLES = re.compile(r"(?<![\w.@/])@(?=\w{0,30}[^\W\d])\w{2}")
PROFILES = re.compile(
    r"(?<![\w-])(?:facebook|fb|twitter|x|instagram|tiktok|vk|weibo|linkedin|snapchat|threads|bsky|telegram|t|wa|signal|"
    r"youtube|reddit|mastodon|ok|odnoklassniki|discord|line|koo)"
    r"\.(?:com|net|me|ru|social|app|org|gg)/(?:@|in/|u/|user/|profile/|people/|add/|channel/|c/|invite/)?[\w.+-]{2,}",
    re.IGNORECASE,
)
PLACES = re.compile(
    r"""\d{1,3}(?:\.\d{1,20})?\s?°\s?(?:\d{1,2}(?:\.\d{1,20})?\s?['\u2032\u2019]\s?)?(?:\d{1,2}(?:\.\d{1,20})?\s?(?:["\u201d]|['\u2032\u2019]{2})\s?)?[NSEWO]\b"""
    r"|\d{1,2}\.\d{2,20}\s?[NS]\W{1,4}\d{1,3}\.\d{2,20}\s?[EW]\b"
    r"|(?<![\w/])///[^\W\d_]+\.[^\W\d_]+\.[^\W\d_]+"
    r"|\b[2-9CFGHJMPQRVWX]{8}\+[2-9CFGHJMPQRVWX]{2,3}\b"
    r"|\b(?:maps\.google\.|google\.\w+(?:\.\w+)?/maps|goo\.gl/maps|maps\.app\.goo\.gl|maps\.apple\.com|"
    r"openstreetmap\.org|osm\.org)",
    re.IGNORECASE,
)
DECIMAL_PAIR = re.compile(
    r"(?<![\d.])([+-]?\d{1,2}\.\d{4,20})°?\s?[,;/ ]\s?([+-]?\d{1,3}\.\d{4,20})(?!\d|\.\d)"
)
OCTETS = re.compile(r"(?<![\d.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
HARDWARE = re.compile(
    r"\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}\b", re.IGNORECASE
)

SEPARATED = r"(?:[ ./-]?\(?\d{1,4}\)?)"
ABROAD = re.compile(rf"(?<![\w+])(?<!\d[ .,])(?:\+|00)\s?\(?[1-9]\d{{0,3}}\)?{SEPARATED}{{1,8}}(?!\d)")
AT_HOME = re.compile(
    r"(?<![\w+/-])(?<!\d[ .,])(?:\(0\d{1,4}\)|0\d{1,4})[ ./-]?\d{2,4}(?:[ .-]?\d{2,4}){1,3}(?![\d/])"
)
AMERICAN = re.compile(r"(?<![\w+/-])(?:\(\d{3}\)\s?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w/-])")
CALLED = re.compile(
    r"\b(?:tel|telephone|phone|mobile|cell|whatsapp|signal|telegram|viber|fax|handy|call|text)\b"
    r"[\s:.]{0,3}(?:nos?\b|numbers?\b|nr\b)?[\s:.]{0,3}(\d(?:[ .-]?\d){5,14})(?!\d)",
    re.IGNORECASE,
)
LONG = re.compile(r"(?<![\w.,/-])\d{10,19}(?![\w/-])")
ROUND = re.compile(r"\d{1,14}0{5,}")


def identifying_details(text: str, *, known: Iterable[str] = ()) -> list[str]:
    """Return what in a text may identify a person at risk, as kinds ("an e-mail address"), each once.

    The details themselves are never returned: what this returns may be shown and logged. Dates, years, counts such as
    10 000 000, article numbers and numbers of cases are no details.

    Args:
        text: what somebody wrote.
        known: names and pseudonyms that must not occur in it; however they are capitalised or accented, and with
            the first name first or last.
    """
    plain = _plain(text)
    without_dates = LEGAL_NUMBER.sub(" case ", DATE.sub(" day ", plain))
    found = [kind for kind, holds in _SHAPES if holds(plain if kind in _AS_WRITTEN else without_dates)]
    if _names(plain, known):
        found.append(NAME)
    return found


def names_one(text: str, known: Iterable[str]) -> bool:
    """Whether a text holds one of some names, as identifying_details compares them."""
    return _names(_plain(text), known)


def folded_parts(name: str) -> list[str]:
    """Return the parts of a name as they are compared: small letters without accents."""
    return _folded(name).split()


def refusal(label: str, text: str, *, known: Iterable[str] = ()) -> str:
    """Return why a text is refused and how to write it instead, or nothing where it passes.

    Args:
        label: the field, as people read it.
        text, known: as in identifying_details.
    """
    found = identifying_details(text, known=known)
    if not found:
        return ""
    return (
        f"{label}: this holds {_listed(found)}, which may lead to a person at risk. Write of the group instead "
        "(“reporters in one province”), and keep the detail where only the case team reads it."
    )


def _listed(found: list[str]) -> str:
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"


def _plain(text: str) -> str:
    """Return a text in one way of writing: full-width signs narrow, digits of any script 0 to 9, nothing invisible."""
    if text.isascii():
        return text
    narrow = unicodedata.normalize("NFKC", text)
    visible = (one for one in narrow if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in visible)


def _digits(text: str) -> int:
    return sum(one.isdigit() for one in text)


def _email(text: str) -> bool:
    return EMAILS.search(text) is not None


def _handle(text: str) -> bool:
    return HANDLES.search(EMAILS.sub(" ", text)) is not None


def _phone(text: str) -> bool:
    return (
        any(_is_abroad(found.group()) for found in ABROAD.finditer(text))
        or any(9 <= _digits(found.group()) <= 12 for found in AT_HOME.finditer(text))
        or AMERICAN.search(text) is not None
        or any(not THOUSANDS.fullmatch(found.group(1)) for found in CALLED.finditer(text))
    )


def _is_abroad(number: str) -> bool:
    """Tell +44 20 7946 0018 from a count such as +10 000 000."""
    least = 9 if THOUSANDS.fullmatch(number) else 7
    return least <= _digits(number) <= 17


def _number(text: str) -> bool:
    return any(not ROUND.fullmatch(found.group()) for found in LONG.finditer(text))


def _place(text: str) -> bool:
    pairs = (
        (abs(float(found.group(1))), abs(float(found.group(2)))) for found in DECIMAL_PAIR.finditer(text)
    )
    return PLACES.search(text) is not None or any(north <= 90 and east <= 180 for north, east in pairs)


def _network(text: str) -> bool:
    """Tell an address such as 196.188.120.7 from a section such as 3.2.1.4."""
    octets = ([int(one) for one in found.groups()] for found in OCTETS.finditer(text))
    return HARDWARE.search(text) is not None or any(max(four) <= 255 and sum(four) > 100 for four in octets)


def _names(text: str, known: Iterable[str]) -> bool:
    folded = _folded(text)
    return any(_occurs(parts, folded) for parts in (_folded(name).split() for name in known) if parts)


def _occurs(parts: list[str], text: str) -> bool:
    """Whether a name occurs; in scripts that write without blanks, or glue particles on, also inside a word."""
    orders = [parts, [*parts[1:], parts[0]]]
    edge = r"\b" if "".join(parts).isascii() else ""
    return len("".join(parts)) > 1 and any(
        re.search(edge + r"[\W_]+".join(map(re.escape, order)) + edge, text) for order in orders
    )


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", _plain(text).casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


_SHAPES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (EMAIL, _email),
    (PHONE, _phone),
    (NUMBER, _number),
    (PLACE, _place),
    (NETWORK, _network),
    (PROFILE, lambda text: PROFILES.search(text) is not None),
    (HANDLE, _handle),
)
_AS_WRITTEN = frozenset({EMAIL, PLACE, PROFILE, HANDLE, NETWORK})
