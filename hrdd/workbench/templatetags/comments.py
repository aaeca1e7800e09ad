"""Comments on the page of a record."""

from typing import Any

from django import template
from django.template import RequestContext

from hrdd.governance.access import person
from hrdd.governance.rules import Permission
from hrdd.workbench.queries.comments import comments_on, is_seen, readers_of

register = template.Library()


@register.inclusion_tag("workbench/_comments.html", takes_context=True)
def comments_of(context: RequestContext, kind: str, record: int) -> dict[str, Any]:
    """Show what was said about a record, and the form to say something; nothing to whoever does not see it."""
    request = context["request"]
    user = person(request)
    if not is_seen(user, kind, record):
        return {"seen": False}
    held = request.session.pop("unsent_comment", None) if "unsent_comment" in request.session else None
    unsent, refused = held[2:] if held and held[:2] == [kind, record] else ("", "")
    said = list(comments_on(kind, record))
    return {
        "seen": True,
        "kind": kind,
        "record": record,
        "comments": [
            (one, next((m for m in one.mentions.all() if m.user_id == user.pk and not m.done_at), None))
            for one in said
        ],
        "may": user.may(Permission.COMMENT),
        "readers": readers_of(kind, record) if user.may(Permission.COMMENT) else [],
        "unsent": unsent,
        "refused": refused,
        "csrf_token": context.get("csrf_token"),
    }
