"""How pages of oversight print days, countries and large numbers."""

from datetime import date

from django import template
from django.utils.formats import date_format

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
