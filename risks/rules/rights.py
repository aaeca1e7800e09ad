"""Which catalogue rights a treaty article names (rights.csv; domain.md 0.5)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

INSTRUMENTS = ("udhr", "iccpr", "icescr")
REMARK = re.compile(r"\s\(.*\)")
ARTICLE = re.compile(r"([0-9]{1,3})((?:\([0-9a-z]{1,3}\))*)(?:-\(([0-9a-z]{1,3})\))?")
PARAGRAPH = re.compile(r"\(([0-9]{1,3})\)")

# Main article numbers, each with the paragraphs named, or None for the whole article.
Articles = dict[int, set[int] | None]


class UnknownArticle(ValueError):
    """No catalogue right rests on the article; the text says which."""

    def __init__(self, instrument: str, article: str, message: str = "") -> None:
        self.instrument, self.article = instrument, article
        super().__init__(message or f"{instrument.upper()} article {article} is not in the rights catalogue")


@dataclass(frozen=True)
class CatalogueRight:
    """A right with its articles as the catalogue writes them, by instrument."""

    code: str
    articles: Mapping[str, str]

    def parsed(self, instrument: str) -> Articles:
        """Return the articles of one instrument with their paragraphs."""
        return parse_articles(self.articles.get(instrument, ""))

    def numbers(self, instrument: str) -> frozenset[tuple[str, int]]:
        """Return the article numbers of one instrument."""
        return frozenset((instrument, number) for number in self.parsed(instrument))


def parse_articles(raw: str) -> Articles:
    """Read articles as the catalogue writes them: "2(1); 3; 26", "8(1)-(2)", "17 (and 19(3)(a) as a ground)".

    What follows a blank and a bracket is a remark. Letters are no paragraphs: "7(b)" is article 7.
    """
    articles: Articles = {}
    for part in re.split(r"[;,]", REMARK.sub("", raw)):
        found = ARTICLE.fullmatch(part.strip())
        if found is None:
            continue
        number, paragraphs = int(found.group(1)), _paragraphs(found)
        known = articles.get(number, set())
        articles[number] = None if known is None or paragraphs is None else known | paragraphs
    return articles


def match(catalogue: Sequence[CatalogueRight], cited: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes that the cited articles touch, in catalogue order.

    Each article goes to the right or rights whose own articles fit all that is cited best (Jaccard overlap in the
    instruments cited); rights that fit equally well are all touched. A cited paragraph, "19(2)", passes by the rights
    that rest on other paragraphs of the article only.

    Args:
        catalogue: every right.
        cited: article texts such as "19" or "19(2)" by instrument (udhr, iccpr, icescr).

    Raises:
        UnknownArticle: an article that no right of the catalogue rests on.
    """
    articles = list(_read(cited))
    wanted = {(instrument, number) for instrument, _text, number, _paragraphs in articles}
    named = {instrument for instrument, _number in wanted}
    own = {right.code: frozenset().union(*(right.numbers(one) for one in named)) for right in catalogue}
    fit = {code: len(numbers & wanted) / len(numbers | wanted) for code, numbers in own.items() if numbers}
    touched: set[str] = set()
    for instrument, text, number, paragraphs in articles:
        holders = [right.code for right in catalogue if _rests_on(right, instrument, number, paragraphs)]
        if not holders:
            raise UnknownArticle(instrument, text)
        best = max(fit[code] for code in holders)
        touched.update(code for code in holders if fit[code] == best)
    return [right.code for right in catalogue if right.code in touched]


def _read(cited: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, int, set[int] | None]]:
    for instrument, texts in cited.items():
        for text in texts:
            found = ARTICLE.fullmatch(text.strip())
            if found is None:
                message = f"{text!r} is not an article of the {instrument.upper()}; write 19 or 19(2)"
                raise UnknownArticle(instrument, text, message)
            yield instrument, text.strip(), int(found.group(1)), _paragraphs(found)


def _paragraphs(found: re.Match[str]) -> set[int] | None:
    """Return the paragraphs of "8(1)-(2)", None for a whole article or one divided by letters."""
    first = PARAGRAPH.match(found.group(2))
    if first is None:
        return None
    begin, last = int(first.group(1)), found.group(3) or ""
    # In "12(2)(b)-(c)" the range is one of letters inside paragraph 2.
    spans = last.isdigit() and first.end() == len(found.group(2))
    return {begin, *range(begin, int(last) + 1)} if spans else {begin}


def _rests_on(right: CatalogueRight, instrument: str, number: int, paragraphs: set[int] | None) -> bool:
    articles = right.parsed(instrument)
    if number not in articles:
        return False
    listed = articles[number]
    return paragraphs is None or listed is None or bool(paragraphs & listed)
