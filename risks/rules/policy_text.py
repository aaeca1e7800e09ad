"""The text of a clause as people read it: a small, safe part of Markdown."""

from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

UNDERSTOOD = ("list", "blockquote", "emphasis", "link", "newline", "escape", "entity")


def _may_link(address: str) -> bool:
    """Whether a link leads to a page over HTTPS, to an e-mail address, or to a page of this site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"https", "mailto"} or not (parts.scheme or parts.netloc)


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(UNDERSTOOD))
    reader.validateLink = _may_link  # type: ignore[method-assign,assignment]  # its own way to be stricter
    return reader


def as_html(text: str) -> str:
    """Return paragraphs, lists, quotes, emphasis and links as HTML; all else stands as it was typed."""
    return str(_reader().render(text))
