"""What a report must hold before it may be cleared and signed (UNGP 21; domain.md 8.1)."""

from collections.abc import Iterator, Mapping
from typing import Any

from transparency.rules.coverage import open_questions


def texts_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Return every text of a report, joined by the risk that it stands with, to look for names in."""
    head = {name: value for name, value in content.items() if name != "risks"}
    texts = {"Report": "\n".join(_words(head))}
    return texts | {f"“{risk['title']}”": "\n".join(_words(risk)) for risk in content["risks"]}


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)


def missing_from(content: Mapping[str, Any]) -> list[str]:
    """Return what a report lacks to let readers judge the response, one sentence each; empty when it suffices.

    Args:
        content: the frozen content of a report.
    """
    sentences = []
    for risk in content["risks"]:
        title = risk["title"]
        if not risk["summary"].strip():
            sentences.append(f"UNGP 21(b): say what “{title}” is, and who is harmed.")
        if not risk["rights"] and not risk["gaps"]:
            sentences.append(
                f"UNGP 12: name the rights at stake in “{title}”, or the gap that none is named."
            )
    unanswered = open_questions(content)
    if unanswered:
        sentences.append(
            "UNGP 21(b), Reporting Framework: say where each question is answered, or why not: "
            f"{', '.join(unanswered)}."
        )
    return sentences
