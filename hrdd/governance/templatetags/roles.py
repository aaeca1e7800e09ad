"""Roles as a page calls them."""

from django import template

from hrdd.governance.rules import CALLED

register = template.Library()


@register.filter
def role_name(role: str) -> str:
    """Return what a role is called; a word that is no role any more stands as it was recorded."""
    return {str(one): said for one, said in CALLED.items()}.get(role, role)


@register.filter
def role_names(roles: list[str]) -> str:
    """Return what several roles are called, in a row."""
    return ", ".join(role_name(one) for one in roles)
