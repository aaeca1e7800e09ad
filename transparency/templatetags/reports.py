"""How a frozen report says its days."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def day(said: str) -> str:
    """Return an ISO day as people write it; other words ("2021-02", "indefinite") stay as they were said."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return said
    return f"{found:%-d %B %Y}"
