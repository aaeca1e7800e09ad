"""The keys that act on pages of the desk, as the help sheet tells them (WCAG 2.2, 2.1.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shortcut:
    """Keys and what they do; `page` is where a letter after g leads."""

    keys: Sequence[str]
    does: str
    page: str = ""


SHEET: Mapping[str, Sequence[Shortcut]] = {
    "Always": (
        Shortcut(("Ctrl", "K"), "Search, or go to a page; on a Mac ⌘ K"),
        Shortcut(("Esc",), "Close what was opened"),
    ),
    "Single letters, outside of fields": (
        Shortcut(("/",), "Search"),
        Shortcut(("?",), "This sheet"),
        Shortcut(("j",), "Next row of the list"),
        Shortcut(("k",), "Row before"),
        Shortcut(("Enter",), "Open the row"),
        Shortcut(("x",), "Choose the row, where rows can be chosen"),
    ),
    "g, then a letter": (
        Shortcut(("g", "d"), "Desk", "desk"),
        Shortcut(("g", "i"), "Inbox", "inbox"),
        Shortcut(("g", "c"), "Calendar", "calendar"),
        Shortcut(("g", "r"), "Risks", "risk-list"),
        Shortcut(("g", "m"), "Measures", "measure-list"),
        Shortcut(("g", "p"), "Partners", "partner-list"),
        Shortcut(("g", "q"), "Dilemmas", "dilemma-list"),
        Shortcut(("g", "o"), "Consultations", "consultation-list"),
        Shortcut(("g", "s"), "Sign-offs", "sign-off-list"),
    ),
}
