"""What a reader of Arabic sees in Latin letters: every word of a page that nobody translated or marked as foreign."""

import re
from html.parser import HTMLParser

LATIN = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
APART = {"code", "pre", "script", "style", "title"}  # a title holds no mark of a language
NO_END = {"meta", "link", "img", "br", "input", "hr", "option"}
SPOKEN = ("aria-label", "title", "alt", "placeholder", "data-label")


class Reader(HTMLParser):
    """Notes each text in a language that has Latin letters although it claims to have none."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.open = language, list[tuple[str, str | None]]()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in NO_END:
            self.open.append((tag, given.get("lang")))
        for name in SPOKEN:
            self._read(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        while tag not in NO_END and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._read(data)

    def _read(self, said: str) -> None:
        spoken = next((language for _tag, language in reversed(self.open) if language), None)
        apart = any(tag in APART for tag, _language in self.open)
        if spoken == self.language and not apart and LATIN.search(said):
            self.found.add(" ".join(said.split()))


def foreign_words(page: str, language: str = "ar") -> set[str]:
    """Return the texts of a page in this language that hold Latin letters."""
    reader = Reader(language)
    reader.feed(page)
    return reader.found
