"""How words that somebody types are searched for, in every register."""

import re

from django.contrib.postgres.search import SearchQuery


def searched(said: str) -> SearchQuery:
    """Return what was typed as a search: the last word may be the beginning of one, unless it is marked otherwise."""
    whole = SearchQuery(said, search_type="websearch", config="simple")
    head, _blank, last = said.rpartition(" ")
    unfinished = said.count('"') % 2 == 0 and re.fullmatch(r"\w+", last) and last.lower() != "or"
    if not unfinished or re.search(r"(^|\s)or\s*$", head, re.IGNORECASE):
        return whole
    begun = SearchQuery(f"{last}:*", search_type="raw", config="simple")
    return SearchQuery(head, search_type="websearch", config="simple") & begun if head.strip() else begun
