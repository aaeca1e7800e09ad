"""How a frozen report says its days."""

from datetime import date

from django import template

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
