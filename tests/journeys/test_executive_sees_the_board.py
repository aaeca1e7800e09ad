"""An executive sees how the company stands."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_executive_reads_the_board(site: str, sign_in: Callable[..., Page]) -> None:
    tab = sign_in("eve")
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Board").click()
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    expect(tab.get_by_text("K7").first).to_be_visible()
