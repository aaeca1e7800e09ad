"""Which catalogue rights a treaty article names (rights.csv; domain.md 0.5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INSTRUMENTS = ("udhr", "iccpr", "icescr")
NUMBER = re.compile(r"\s*(\d+)")
CITED = re.compile(r"(\d{1,3})((?:\(\w{1,3}\))*)")


class UnknownArticle(ValueError):
    """No catalogue right rests on the article; the text says which."""


@dataclass(frozen=True)
class CatalogueRight:
    """A right with its articles as the catalogue writes them, by instrument."""

    code: str
    articles: Mapping[str, str]

    def numbers(self, instrument: str) -> frozenset[tuple[str, int]]:
        """Return the article numbers of one instrument; remarks in brackets are no articles."""
        parts = self.articles.get(instrument, "").split(";")
        found = (NUMBER.match(part) for part in parts)
        return frozenset((instrument, int(match.group(1))) for match in found if match)


def match(catalogue: Sequence[CatalogueRight], cited: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes that the cited articles touch, in catalogue order.

    Each article goes to the right or rights whose own articles fit all that is cited best (Jaccard overlap in the
    instruments cited); rights that fit equally well are all touched.

    Args:
        catalogue: every right.
        cited: article texts such as "19" or "19(2)" by instrument (udhr, iccpr, icescr).

    Raises:
        UnknownArticle: an article that no right of the catalogue rests on.
    """
    wanted = {
        (instrument, _number(instrument, text)) for instrument, texts in cited.items() for text in texts
    }
    named = {instrument for instrument, _article in wanted}
    own = {right.code: frozenset().union(*(right.numbers(one) for one in named)) for right in catalogue}
    fit = {
        code: len(articles & wanted) / len(articles | wanted) for code, articles in own.items() if articles
    }
    touched: set[str] = set()
    for instrument, number in wanted:
        holders = [code for code, articles in own.items() if (instrument, number) in articles]
        if not holders:
            raise UnknownArticle(f"{instrument.upper()} article {number} is not in the rights catalogue")
        best = max(fit[code] for code in holders)
        touched.update(code for code in holders if fit[code] == best)
    return [right.code for right in catalogue if right.code in touched]


def _number(instrument: str, text: str) -> int:
    found = CITED.fullmatch(text.strip())
    if found is None:
        raise UnknownArticle(f"{text!r} is not an article of the {instrument.upper()}; write 19 or 19(2)")
    return int(found.group(1))
