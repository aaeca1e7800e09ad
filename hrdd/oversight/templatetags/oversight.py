"""How pages of oversight print days, countries, large numbers and small charts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html

from risks.rules.countries import country_names

register = template.Library()


@register.filter
def quarter(day: date) -> str:
    """Return the quarter of a day, such as Q3 2026."""
    return f"Q{(day.month + 2) // 3} {day.year}"


@register.filter
def country(code: str) -> str:
    """Return the name of a country."""
    return country_names().get(code, code)


@register.filter
def thousands(number: int) -> str:
    """Return a whole number in groups of three."""
    return f"{number:,}".replace(",", " ")


@register.filter
def isoday(said: str) -> str:
    """Return a day that was kept as text, for people."""
    return date_format(date.fromisoformat(said), "j F Y") if said else ""


WIDTH, HEIGHT, EDGE = 96, 26, 3


@register.simple_tag
def sparkline(points: Sequence[Any]) -> str:
    """Return frozen figures as a line, its figures in words beside it for whoever does not see it.

    Args:
        points: with `as_of`, `said` and `number`; those without a number are left out of the line.
    """
    drawn = [one for one in points if one.number is not None]
    if len(drawn) < 2:
        return ""
    low, high = min(one.number for one in drawn), max(one.number for one in drawn)
    spread, step = (high - low) or 1, (WIDTH - 2 * EDGE) / (len(drawn) - 1)
    at = [
        (EDGE + nth * step, HEIGHT - EDGE - (one.number - low) / spread * (HEIGHT - 2 * EDGE))
        for nth, one in enumerate(drawn)
    ]
    told = "; ".join(f"{one.as_of:%-d %B %Y}: {one.said}" for one in drawn)
    return format_html(
        '<svg class="spark" role="img" viewBox="0 0 {} {}" width="{}" height="{}" aria-label="{}"><title>{}</title>'
        '<polyline points="{}" fill="none" stroke="#0a5a61" stroke-width="1.5"/>'
        '<circle cx="{}" cy="{}" r="2.5" fill="#0a5a61"/></svg>',
        *(WIDTH, HEIGHT, WIDTH, HEIGHT, told, told),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in at),
        *(f"{one:.1f}" for one in at[-1]),
    )


@register.simple_tag
def bullet(number: float | None, line: int | None) -> str:
    """Return a share as a bar with the line under which it is red; the figure itself stands beside it in words."""
    if number is None or line is None:
        return ""
    filled = max(0.0, min(100.0, number)) / 100 * WIDTH
    told = f"{number:g} %, the line is at {line} %"
    return format_html(
        '<svg class="bullet" role="img" viewBox="0 0 {} 10" width="{}" height="10" aria-label="{}"><title>{}</title>'
        '<rect class="track" x="0" y="2" width="{}" height="6" fill="#d2dad8"/>'
        '<rect class="fill" x="0" y="2" width="{}" height="6" fill="#0a5a61"/>'
        '<rect class="line" x="{}" y="0" width="1.5" height="10" fill="#15211f"/></svg>',
        *(WIDTH, WIDTH, told, told, WIDTH, f"{filled:.1f}", f"{min(line / 100 * WIDTH, WIDTH - 1.5):.1f}"),
    )


@register.simple_tag
def bar(count: int, most: int) -> str:
    """Return a count as a bar against the largest of its kind; the count stands beside it in words."""
    long = 240 * count / max(most, 1)
    return format_html(
        '<svg class="bar-of" role="img" viewBox="0 0 240 12" width="240" height="12" aria-label="{}"><title>{}</title>'
        '<rect x="0" y="1" width="{}" height="10" fill="#0a5a61"/></svg>',
        *(count, count, f"{long:.1f}"),
    )
