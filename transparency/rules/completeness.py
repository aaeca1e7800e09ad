"""What a report must hold before it may be cleared and signed (UNGP 21; domain.md 8.1)."""

from collections.abc import Mapping
from typing import Any


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
    return sentences
