"""The style sheet of the site as it is served, read once."""

from functools import cache

from django.conf import settings

from hrdd.workbench.rules.tokens import tokens_of


@cache
def site_tokens() -> dict[str, dict[str, str]]:
    """Return by mode what each token of `static/css/site.css` is."""
    return tokens_of((settings.BASE_DIR / "static" / "css" / "site.css").read_text())
