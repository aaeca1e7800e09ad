"""What a page says of itself to search engines and to those who show a link to it."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
CLOSING = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def json_ld(told: dict[str, Any]) -> SafeString:
    """Return structured data for a script element; nothing in it can close the element."""
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(CLOSING))  # noqa: S308  # escaped above


@register.simple_block_tag
def titled(content: str) -> SafeString:
    """Return the title of a page, for the tab and for those who show a link."""
    words = " ".join(content.split())
    told = mark_safe(words.replace('"', "&quot;"))  # noqa: S308  # rendered, and so escaped, by the template
    return format_html('<title>{}</title>\n  <meta property="og:title" content="{}">', told, told)
