"""The tokens of the style sheet, and how well its colours can be told apart (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

LIGHT, DARK, MORE, MORE_DARK, PRINT = "light", "dark", "more", "more-dark", "print"
# By mode, which conditions of the sheet hold in it, in the order in which the sheet states them.
MODES: Mapping[str, tuple[str, ...]] = {
    LIGHT: ("",),
    DARK: ("", "screen and (prefers-color-scheme: dark)"),
    MORE: ("", "(prefers-contrast: more)"),
    MORE_DARK: (
        "",
        "screen and (prefers-color-scheme: dark)",
        "(prefers-contrast: more)",
        "screen and (prefers-contrast: more) and (prefers-color-scheme: dark)",
    ),
    PRINT: ("", "print"),
}
TEXT, SHAPE = 4.5, 3.0  # least ratios: of text, and of what is told by its shape (1.4.3, 1.4.11)
TEXT_WITH_MORE = 7.0  # where somebody asked for more contrast (1.4.6)
BLOCK = re.compile(r"(?:@media\s+([^{]+?)\s*\{\s*)?:root\s*\{([^}]*)\}")
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """Two tokens that stand on one another, what for, and the least ratio that they need."""

    front: str
    back: str
    use: str
    least: float = TEXT

    @property
    def name(self) -> str:
        """Return it as the name of a class of the sheet."""
        return f"{self.front}-on-{self.back}"

    def least_in(self, mode: str) -> float:
        """Return the least ratio in a mode: whoever asks for more contrast gets more."""
        return TEXT_WITH_MORE if mode in {MORE, MORE_DARK} and self.least == TEXT else self.least


PAIRS = (
    Pair("ink", "paper", "Text on the page"),
    Pair("ink", "sheet", "Text in tables, panels and fields"),
    Pair("ink", "sunken", "Labels of filters"),
    Pair("soft", "paper", "What explains, on the page"),
    Pair("soft", "sheet", "What explains, in tables and panels"),
    Pair("soft", "sunken", "Heads of tables"),
    Pair("accent", "paper", "Links on the page"),
    Pair("accent", "sheet", "Links in tables and panels, the ring of the focus"),
    Pair("accent", "sunken", "Links in filters"),
    Pair("accent-strong", "sheet", "A link under the pointer"),
    Pair("on-accent", "accent", "Buttons"),
    Pair("on-accent", "accent-strong", "A button under the pointer"),
    Pair("on-brand", "brand", "The head of the desk, the page one is on"),
    Pair("on-brand-soft", "brand", "The head of the desk"),
    Pair("spark", "brand", "The ring of the focus in the head", SHAPE),
    Pair("urgent", "urgent-tint", "Urgent, and refusals"),
    Pair("urgent", "sheet", "Overdue, and mistakes in forms"),
    Pair("urgent", "paper", "Overdue, on the page"),
    Pair("due", "due-tint", "Due, warnings, the notice of the demonstration"),
    Pair("ok", "ok-tint", "In order, and what was recorded"),
    Pair("expire", "expire-tint", "Ended by its end date"),
    Pair("human", "human-tint", "A person decides"),
    *(Pair(f"l{level}-ink", f"l{level}", f"Severity {level}, in the map") for level in range(1, 6)),
    Pair("edge", "paper", "Edges of fields, on the page", SHAPE),
    Pair("edge", "sheet", "Edges of fields, in panels", SHAPE),
    Pair("l4", "sheet", "The bars of severity 4", SHAPE),
    Pair("l5", "sheet", "The bars of severity 5", SHAPE),
)


def tokens_of(css: str) -> dict[str, dict[str, str]]:
    """Return by mode what each token is, its name without the dashes.

    Args:
        css: a style sheet that sets tokens in `:root`, at most inside one condition.

    Raises:
        ValueError: tokens are set under a condition that is none of the modes.
    """
    said = {" ".join(condition.split()): dict(TOKEN.findall(body)) for condition, body in BLOCK.findall(css)}
    if strange := said.keys() - {one for conditions in MODES.values() for one in conditions}:
        raise ValueError(f"Tokens under {', '.join(sorted(strange))}, which is no mode.")
    return {
        mode: {
            name.removeprefix("--"): value for one in conditions for name, value in said.get(one, {}).items()
        }
        for mode, conditions in MODES.items()
    }


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours, from 1 (the same) to 21 (black and white), as WCAG 2.2 defines it.

    Raises:
        ValueError: one of them is not written as #rgb or #rrggbb.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    if not (found := HEX.fullmatch(colour)):
        raise ValueError(f"{colour} is no colour that can be measured.")
    digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def scoped(tokens: Mapping[str, Mapping[str, str]]) -> str:
    """Return a sheet in which an element of class `in-MODE` looks as it does in that mode, and one class a pair."""
    modes = (
        f".in-{mode} {{ color-scheme: {'dark' if mode in {DARK, MORE_DARK} else 'light'}; {_said(of)} }}"
        for mode, of in tokens.items()
    )
    pairs = (f".{one.name} {{ color: var(--{one.front}); background: var(--{one.back}); }}" for one in PAIRS)
    return "\n".join([*modes, *pairs]) + "\n"


def _said(tokens: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in tokens.items())
