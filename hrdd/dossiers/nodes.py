"""YAML as written: every scalar is text, every node knows its line and key path.

YAML would read NO as false, 17:41 as a number and 2021-02 as it likes. A dossier is evidence, so nothing is
converted: "NO" is Norway, and a date keeps the precision it was written with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 1_048_576
MOST_DEPTH = 12
LONGEST_TEXT = 5_000
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class DossierError(Exception):
    """A dossier is refused: one line with file, line, key path and what to mend."""

    def __init__(self, file: str, line: int, key: str, message: str) -> None:
        self.file, self.line, self.key, self.message = file, line, key, message
        where = f"{file}:{line}: {key}: " if key else f"{file}:{line}: "
        super().__init__(where + " ".join(message.split()))


@dataclass(frozen=True)
class Item:
    """A node of the file: text, None, a list or a mapping of Items."""

    file: str
    line: int
    key: str
    value: "str | list[Item] | dict[str, Item] | None"

    def error(self, message: str) -> DossierError:
        """Return the refusal that points here."""
        return DossierError(self.file, self.line, self.key, message)

    def tree(self) -> Any:
        """Return everything below as texts, nulls, lists and mappings, for the record."""
        if isinstance(self.value, dict):
            return {name: child.tree() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.tree() for child in self.value]
        return self.value


def read_bytes(path: Path) -> bytes:
    """Return what a dossier file holds.

    Raises:
        DossierError: the file cannot be read, or is over 1 MiB.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DossierError(path.name, 1, "", f"cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise DossierError(path.name, 1, "", "larger than 1 MiB; a dossier is a few pages")
    return content


def read_nodes(file: str, content: bytes) -> Item:
    """Return the root of a dossier.

    Raises:
        DossierError: the content is not UTF-8, not YAML, or uses what a dossier has no need for (anchors, tags,
            several documents, repeated keys, control characters, deep nesting).
    """
    text = _text(file, content)
    try:
        _refuse_what_is_not_needed(file, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise DossierError(file, line, "", f"not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise DossierError(file, 1, "", f"not YAML: {error}") from None
    if node is None:
        raise DossierError(file, 1, "", "the file is empty")
    return _item(node, file, "")


def _text(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DossierError(file, line, "", "the file is not UTF-8; save it as UTF-8") from None


def _refuse_what_is_not_needed(file: str, text: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        refusal = _refusal(event, depth=depth, documents=documents)
        if refusal:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise DossierError(file, line, "", refusal)


def _refusal(event: yaml.Event, *, depth: int, documents: int) -> str:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors and aliases are not used in a dossier; write it out"
    if tag := getattr(event, "tag", None):
        return f"the tag {tag} is not used in a dossier"
    if depth > MOST_DEPTH:
        return f"nested deeper than {MOST_DEPTH} levels"
    return "one file holds one dossier" if documents > 1 else ""


def _item(node: yaml.Node, file: str, key: str) -> Item:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Item(file, line, key, _scalar(node, file, line, key))
    if isinstance(node, yaml.SequenceNode):
        children = [_item(child, file, f"{key}[{number}]") for number, child in enumerate(node.value)]
        return Item(file, line, key, children)
    return Item(file, line, key, dict(_pairs(node, file, key)))


def _scalar(node: yaml.ScalarNode, file: str, line: int, key: str) -> str | None:
    text = node.value
    if node.style is None and text in NULLS:
        return None
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text) or "\ufffe" in text or "\uffff" in text:
        raise DossierError(file, line, key, "the text holds a control character")
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise DossierError(file, line, key, "the text holds half a character")
    if len(text) > LONGEST_TEXT:
        raise DossierError(file, line, key, f"the text is longer than {LONGEST_TEXT} characters")
    return str(text)


def _pairs(node: yaml.Node, file: str, key: str) -> Iterator[tuple[str, Item]]:
    seen: set[str] = set()
    for name_node, value_node in node.value:
        line = name_node.start_mark.line + 1
        if not isinstance(name_node, yaml.ScalarNode):
            raise DossierError(file, line, key, "a key must be a word")
        name = str(name_node.value)
        path = f"{key}.{name}" if key else name
        if name in seen:
            raise DossierError(file, line, path, "the key stands twice")
        seen.add(name)
        yield name, _item(value_node, file, path)
