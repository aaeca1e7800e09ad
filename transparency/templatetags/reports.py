"""How a frozen report says its days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def day(said: str) -> str:
    """Return an ISO day, month or range as people write it; other words ("indefinite") stay as they were said."""
    try:
        return " to ".join(_in_words(part) for part in said.split("/"))
    except ValueError:
        return said


def _in_words(part: str) -> str:
    if len(part) == len("2021"):
        return f"{date(int(part), 1, 1):%Y}"
    if len(part) == len("2021-02"):
        return f"{date.fromisoformat(f'{part}-01'):%B %Y}"
    return f"{date.fromisoformat(part):%-d %B %Y}"


WIDTH, LABELS, NUMBERS, ROW, BAR, LONGEST = 640, 250, 60, 24, 14, 34
INK, ACCENT = "#15211f", "#0a5a61"


@register.simple_tag
def bars(chart: Mapping[str, Any]) -> str:
    """Return a chart of a report as bars, in the browser and in the PDF alike; its table stands beside it.

    Args:
        chart: with `title` and `rows`, each with `label` and `value`, a whole number of zero or more.
    """
    rows = chart["rows"]
    most = max((row["value"] for row in rows), default=0) or 1
    wide = WIDTH - LABELS - NUMBERS
    drawn = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="end" font-size="12" fill="{}">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
        '<text x="{}" y="{}" font-size="12" fill="{}">{}</text>',
        (
            (
                *(LABELS - 8, nth * ROW + 16, INK, _short(row["label"])),
                *(LABELS, nth * ROW + 5, f"{row['value'] / most * wide:.1f}", BAR, ACCENT),
                *(f"{LABELS + row['value'] / most * wide + 6:.1f}", nth * ROW + 16, INK, row["value"]),
            )
            for nth, row in enumerate(rows)
        ),
    )
    return format_html(
        '<svg class="bars" role="img" viewBox="0 0 {} {}" aria-label="{}">{}</svg>',
        *(WIDTH, len(rows) * ROW + 4, f"{chart['title']}; the table below has the numbers", drawn),
    )


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"
