"""Correct the summary of a risk without losing what somebody else wrote, and follow what changed.

With `hrdd_client` beside it (script/client):
HRDD_URL=https://desk.example.org HRDD_TOKEN=hrdd_… python example.py 12
"""

import os
import sys

from hrdd_client import AuthenticatedClient
from hrdd_client.api.change_feed import change_feed_list
from hrdd_client.api.risks import risks_partial_update, risks_retrieve
from hrdd_client.models import ChangeFeed, PatchedCorrecting, Problem, Risk


def correct(client: AuthenticatedClient, number: int, summary: str) -> Risk:
    """Return the risk as it stands after the correction.

    Raises:
        RuntimeError: refused; with the sentence of the rule, and 412 where somebody changed it meanwhile.
    """
    read = risks_retrieve.sync_detailed(number, client=client)
    changed = risks_partial_update.sync(
        number, client=client, body=PatchedCorrecting(summary=summary), if_match=read.headers["ETag"]
    )
    if isinstance(changed, Risk):
        return changed
    raise RuntimeError(f"{changed.status} {changed.detail}" if isinstance(changed, Problem) else "No answer.")


def changed_since(client: AuthenticatedClient, cursor: str) -> ChangeFeed:
    """Return what changed after a cursor; the first one is `now`.

    Raises:
        RuntimeError: refused, with the sentence.
    """
    feed = change_feed_list.sync(client=client, cursor=cursor)
    if isinstance(feed, ChangeFeed):
        return feed
    raise RuntimeError(f"{feed.status} {feed.detail}" if isinstance(feed, Problem) else "No answer.")


def main(client: AuthenticatedClient, number: int) -> list[str]:
    """Correct a risk, and return the addresses of what changed by it."""
    begun = changed_since(client, "now")
    correct(client, number, "Posts carry where they were written, and armed groups read them.")
    cursor = begun.next_.partition("cursor=")[2]
    return [one.address for one in changed_since(client, cursor).results]


if __name__ == "__main__":
    here = AuthenticatedClient(base_url=os.environ["HRDD_URL"], token=os.environ["HRDD_TOKEN"])
    print("\n".join(main(here, int(sys.argv[1]))))  # noqa: T201
