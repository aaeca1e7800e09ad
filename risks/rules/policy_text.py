"""The text of a clause as people read it: a small, safe part of Markdown."""

from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

BULLET, INDENT = "• ", "    "
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


def as_words(text: str) -> str:
    """Return the same without a mark: lists with their bullets and numbers, quotes set in, links with their address."""
    return _blocks(SyntaxTreeNode(_reader().parse(text)))


def _blocks(within: SyntaxTreeNode) -> str:
    tight = within.type == "list_item"
    return ("\n" if tight else "\n\n").join(_block(one) for one in within.children)


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list":
            return "\n".join(BULLET + _set_in(_blocks(item)) for item in node.children)
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return "\n".join(f"{first + n}. {_set_in(_blocks(item))}" for n, item in enumerate(node.children))
        case "blockquote":
            return INDENT + _set_in(_blocks(node))
    return _words(node)


def _set_in(words: str) -> str:
    return words.replace("\n", f"\n{INDENT}")


def _words(node: SyntaxTreeNode) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.is_root or not node.children:
        return node.content if node.token else ""
    words = "".join(_words(one) for one in node.children)
    address = str(node.attrs.get("href", "")) if node.type == "link" else ""
    return words if address in {"", words} else f"{words} ({address})"
