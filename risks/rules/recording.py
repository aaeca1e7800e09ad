"""What the record of a risk must say before it is kept (UNGP 12, 18, 23; domain.md 1.1, 2.5, 7.2; R1)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from risks.rules.countries import country_names
from risks.rules.screening import refusal
from risks.rules.words import Activity, ContextTag, Driver, Source, Vulnerability

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME = 120, 5000, 120
GLOBAL = "GLOBAL"
LABELS = {
    "title": "Title",
    "summary": "What could happen",
    "rights": "Rights",
    "affected_groups": "Affected groups",
    "vulnerabilities": "Heightened vulnerability",
    "why_vulnerable": "Why they are vulnerable here",
    "countries": "Countries",
    "products": "Products",
    "activity": "Activity",
    "source": "Source",
    "drivers": "Drivers",
    "context_tags": "Context",
    "context_until": "Context until",
    "how": "How the rights are touched",
    "owner": "Owner",
}
CLOSED_LISTS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("vulnerabilities", Vulnerability),
    ("drivers", Driver),
    ("context_tags", ContextTag),
)
ONE_OF: tuple[tuple[str, type[StrEnum]], ...] = (("activity", Activity), ("source", Source))
SCREENED = ("title", "summary", "affected_groups", "why_vulnerable", "products", "how")
NAME_OF_A_FIELD = re.compile(r"[A-Za-z0-9_ -]{1,60}")
ABOUT_THE_COMPANY = frozenset(
    {
        *(
            "money",
            "revenue",
            "revenues",
            "turnover",
            "profit",
            "profits",
            "profitability",
            "earnings",
            "income",
        ),
        *("sales", "cost", "costs", "margin", "budget", "ebitda", "financial", "finance", "financials"),
        *("reputation", "reputational", "brand", "eur", "usd", "gbp", "valuation", "shareholder"),
    }
)


@dataclass(frozen=True)
class Facts:
    """What a risk is, without any judgement of how severe it is."""

    title: str
    summary: str
    rights: tuple[str, ...]
    affected_groups: tuple[str, ...]
    vulnerabilities: tuple[str, ...] = ()
    why_vulnerable: str = ""
    countries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    activity: str = ""
    source: str = ""
    drivers: tuple[str, ...] = ()
    context_tags: tuple[str, ...] = ()
    context_until: date | None = None
    threat_to_life: bool = False
    gross_abuse: bool = False
    how: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a record is refused: the column, and a sentence that names it and says what to do."""

    column: str
    sentence: str
    secret: bool = field(default=False, compare=False)


def about_the_company(names: Iterable[str]) -> list[str]:
    """Return the fields that are about money or reputation: R1 ignores them, and the log keeps their names.

    Args:
        names: names of fields or columns; what is no plain name is left out.
    """
    return sorted({name for name in names if NAME_OF_A_FIELD.fullmatch(name) and _of_the_company(name)})


def _of_the_company(name: str) -> bool:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return not ABOUT_THE_COMPANY.isdisjoint(re.split(r"[^a-z]+", apart))


def listed(said: str, *, between: str = ";") -> tuple[str, ...]:
    """Return the parts of a text without the space around them, each once, in order."""
    parts = (" ".join(one.split()) for one in re.split(f"[{re.escape(between)}]", said))
    return tuple(dict.fromkeys(one for one in parts if one))


def country_codes(said: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of countries told by code or by name; what is neither stays as it was written."""
    by_name = {name.casefold(): code for code, name in country_names().items()}
    return tuple(dict.fromkeys(by_name.get(one.casefold(), one.upper()) for one in said))


def problems(facts: Facts, *, catalogue: Collection[str]) -> list[Problem]:
    """Return everything that is wrong with a record, in the order of its fields; nothing means that it may be kept.

    Args:
        facts: the record.
        catalogue: the codes of all rights.
    """
    found = [*_texts(facts), *_rights(facts, catalogue), *_people(facts), *_words(facts), *_context(facts)]
    return [*found, *_screened(facts)]


def _problem(column: str, sentence: str) -> Problem:
    return Problem(column, f"{LABELS[column]}: {sentence}")


def _texts(facts: Facts) -> Iterable[Problem]:
    if not facts.title.strip():
        yield _problem("title", "say in a few words who could be harmed by what.")
    if len(facts.title) > LONGEST_TITLE:
        yield _problem(
            "title", f"keep it to {LONGEST_TITLE} characters; the rest belongs into what could happen."
        )
    if not facts.summary.strip():
        yield _problem("summary", "say it in a few sentences, in the words of the people affected.")
    for column in ("summary", "why_vulnerable", "how"):
        if len(getattr(facts, column)) > LONGEST_TEXT:
            yield _problem(column, f"keep it under {LONGEST_TEXT} characters.")


def _rights(facts: Facts, catalogue: Collection[str]) -> Iterable[Problem]:
    if not facts.rights:
        yield _problem("rights", "choose at least one right that is touched (UNGP 12).")
    unknown = [code for code in facts.rights if code not in catalogue]
    if unknown:
        yield _problem(
            "rights", f"{_quoted(unknown)} is not in the catalogue; use its codes, such as EXPRESSION."
        )


def _people(facts: Facts) -> Iterable[Problem]:
    if not facts.affected_groups:
        yield _problem("affected_groups", "say who could be harmed, as a group of people (UNGP 18).")
    for column in ("affected_groups", "products"):
        if any(len(one) > LONGEST_NAME for one in getattr(facts, column)):
            yield _problem(column, f"keep each under {LONGEST_NAME} characters, and separate them.")
    if facts.vulnerabilities and not facts.why_vulnerable.strip():
        yield _problem(
            "why_vulnerable", "say why these people are at heightened risk here; it depends on the situation."
        )


def _words(facts: Facts) -> Iterable[Problem]:
    for column, words in CLOSED_LISTS:
        unknown = [one for one in getattr(facts, column) if one not in set(words)]
        if unknown:
            yield _problem(column, f"{_quoted(unknown)} is none of {', '.join(words)}.")
    for column, words in ONE_OF:
        said = getattr(facts, column)
        if said and said not in set(words):
            yield _problem(column, f"{_quoted([said])} is none of {', '.join(words)}.")
    unknown = [code for code in facts.countries if code != GLOBAL and code not in country_names()]
    if unknown:
        yield _problem("countries", f"{_quoted(unknown)} is no ISO 3166-1 code of two letters, nor GLOBAL.")
    if GLOBAL in facts.countries and len(facts.countries) > 1:
        yield _problem("countries", "GLOBAL stands alone; name countries, or write GLOBAL.")


def _context(facts: Facts) -> Iterable[Problem]:
    if facts.context_until and not facts.context_tags:
        yield _problem("context_until", "say first which context lasts until then, such as an election.")


def _screened(facts: Facts) -> Iterable[Problem]:
    for column in SCREENED:
        said = getattr(facts, column)
        sentence = refusal(LABELS[column], said if isinstance(said, str) else "\n".join(said))
        if sentence:
            yield Problem(column, sentence, secret=True)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"“{word[:40]}”" for word in list(words)[:5])
