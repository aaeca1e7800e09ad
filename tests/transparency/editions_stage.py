"""A report of which a second edition was published, for the tests of what readers then find."""

import pytest

from tests.cast import NOW, Cast, freeze, publish
from transparency.actions import reports as actions
from transparency.models import Report


@pytest.fixture
def corrected(published: Report, cast: Cast) -> Report:
    """The second edition, which replaced the first."""
    second = actions.draft_report(
        title="Human rights report 2021, corrected",
        begin=published.period_from,
        end=published.period_to,
        by=cast.pia,
        at=NOW,
    )
    freeze(second, cast.pia)
    publish(second, cast)
    return second
