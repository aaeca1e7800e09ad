"""How the text of a policy is shown."""

from django import template
from django.utils.safestring import SafeString

from risks.rules.policy_text import as_html

register = template.Library()


@register.filter
def clause_html(text: str) -> SafeString:
    """Return the safe part of Markdown as HTML; the rule escapes all else."""
    return SafeString(as_html(text))
