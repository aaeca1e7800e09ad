"""Risks that a form offers: a few, and others by their words; “Look” records nothing."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import QueryDict

from risks.models import Risk
from risks.queries.register import offered_risks

LONGEST_ID = 18


def offered(given: QueryDict, among: QuerySet[Risk], *, kept: Iterable[str]) -> list[Risk]:
    """Return the risks to offer.

    Args:
        given: what was typed, with the words under `look_for`.
        among: what may be chosen at all.
        kept: the ids chosen so far, as they were typed.
    """
    words = given.get("look_for", "").replace("\0", "")[:200]
    return offered_risks(among, words=words, kept=ids_among(kept))


def ids_among(typed: Iterable[str]) -> list[int]:
    """Return what may be an id of what was typed."""
    return [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) <= LONGEST_ID]
