"""Each column of a case is counted as what it is: a mechanism judged by mixed-up columns judges nothing (UNGP 31)."""

from datetime import date, timedelta

from remedies.models import Case
from remedies.queries.effectiveness import facts
from remedies.rules.case import Channel, week_of
from remedies.rules.case_workflow import Finding
from tests.cast import Cast, cast

__all__ = ["cast"]
CAME = week_of(date(2026, 3, 2))


def test_every_column_of_a_case_is_counted_as_what_it_is(cast: Cast) -> None:
    days = {
        name: CAME + timedelta(days=number)
        for number, name in enumerate(
            ("acknowledged_on", "told_on", "summary_offered_on", "appeal_decided_on", "closed_on"), 1
        )
    }
    days["decided_on"] = days["summary_offered_on"] + timedelta(days=30)
    plain = {
        "type": "privacy",
        "language": "am",
        "channel": str(Channel.IN_PRODUCT),
        "severity": 3,
        "on_behalf_of": True,
    }
    Case.objects.create(
        received_week=CAME,
        decided_by=cast.eve,
        automated_decision="NOT_AUTOMATED",
        finding="unable_to_determine",
        finding_before_appeal="not_upheld",
        **plain,
        **days,
    )

    [told] = facts(last_published=None).cases

    assert told.received_on == CAME
    assert (told.finding, told.finding_before_appeal) == (Finding.UNABLE_TO_DETERMINE, Finding.NOT_UPHELD)
    assert {name: getattr(told, name) for name in days} == days
    assert {name: getattr(told, name) for name in plain} == plain
    assert not told.has_risk
