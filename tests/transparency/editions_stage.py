"""A report of which a second edition was published, for the tests of what readers then find."""

import pytest

from tests.cast import NOW, Cast, freeze, judge, sign
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
    actions.render_documents(second, at=NOW)
    actions.ask_clearance(second, by=cast.pia, at=NOW)
    sign(second, cast.rex)
    sign(second, cast.eve)
    second.refresh_from_db()
    judge(second, cast)
    actions.publish_report(second, by=cast.pia, at=NOW)
    return second
