"""The detail of an audit entry, in plain words."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def plain(said: Any) -> str:
    """Return a value of a detail as people read it: a list with commas, a table as name and value."""
    if isinstance(said, dict):
        return "; ".join(f"{name} {plain(one)}" for name, one in said.items())
    if isinstance(said, list):
        return ", ".join(plain(one) for one in said)
    if isinstance(said, bool):
        return "yes" if said else "no"
    return "none" if said is None else str(said)
