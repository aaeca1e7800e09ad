"""The method as this installation configured it."""

from functools import cache

from django.conf import settings

from risks.rules.method import Method, configured


@cache
def method() -> Method:
    """Return the configured numbers of the method; settings.METHOD holds what differs from the defaults."""
    return configured(settings.METHOD)
