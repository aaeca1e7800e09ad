"""People as a page calls them."""

from django import template
from django.template import Context

from hrdd.governance.actions import IMPORT, JOB
from hrdd.governance.queries import names_of_people

register = template.Library()
MACHINES = {JOB: "a scheduled job", IMPORT: "the import of the public record"}


@register.simple_tag(takes_context=True)
def called(context: Context, username: str) -> str:
    """Return what somebody is called whom a record tells by username; a machine is told in words.

    The names are read once for a whole page.
    """
    request = context.get("request")
    names: dict[str, str] | None = getattr(request, "names_of_people", None)
    if names is None:
        names = names_of_people()
        if request is not None:
            request.names_of_people = names
    return names.get(username) or MACHINES.get(username, username)
