"""When a signature is owed, who is reminded, and what changed since it was last asked (0.3, 3.8)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.rules import Permission, differences, fingerprints
from hrdd.oversight.rules.sign_offs import Level, due_at, levels_above, owed

ASKED = datetime(2026, 11, 2, 9, tzinfo=UTC)


def reminders(days: float, permission: Permission = Permission.CLEAR_REPORT) -> list[tuple[str, int]]:
    due = due_at(asked_at=ASKED, answer_by=None, days=7)
    found = owed(asked_at=ASKED, due=due, at=ASKED + timedelta(days=days), permission=permission)
    return [(str(level), number) for level, number in found]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, []),
        (7, []),
        (7.01, [("ASKED", 1)]),
        (13.9, [("ASKED", 1)]),
        (14, [("ASKED", 2), ("SENIOR", 1)]),
        (21, [("ASKED", 3), ("SENIOR", 1), ("BOARD", 1)]),
        (70, [("ASKED", 10), ("SENIOR", 1), ("BOARD", 1)]),
    ],
)
def test_a_late_signature_is_reminded_of_and_climbs_one_time_after_the_other(
    days: float, expected: list[tuple[str, int]]
) -> None:
    assert reminders(days) == expected


@pytest.mark.parametrize(
    ("permission", "above"),
    [
        (Permission.CLEAR_REPORT, (Level.SENIOR, Level.BOARD)),
        (Permission.APPROVE_REPORT, (Level.BOARD,)),
        (Permission.SIGN_SALIENT_LIST, ()),
    ],
)
def test_who_is_told_stands_above_those_who_may_sign(
    permission: Permission, above: tuple[Level, ...]
) -> None:
    assert levels_above(permission) == above


def test_a_deadline_of_the_record_itself_counts_instead_of_the_methods() -> None:
    until = ASKED + timedelta(hours=72)
    assert due_at(asked_at=ASKED, answer_by=until, days=7) == until
    late = owed(
        asked_at=ASKED, due=until, at=ASKED + timedelta(days=6), permission=Permission.APPROVE_GRAVE_MEASURE
    )
    assert late == [(Level.ASKED, 2), (Level.BOARD, 1)]


@given(
    hours=st.lists(st.integers(0, 3000), min_size=1, max_size=40),
    permission=st.sampled_from(sorted(Permission)),
)
def test_however_often_the_job_runs_each_level_above_is_told_once_and_nothing_is_owed_in_time(
    hours: list[int], permission: Permission
) -> None:
    due, sent = due_at(asked_at=ASKED, answer_by=None, days=7), set()
    for passed in sorted(hours):
        at = ASKED + timedelta(hours=passed)
        now = set(owed(asked_at=ASKED, due=due, at=at, permission=permission))
        assert now or at <= due
        sent |= now
    above = [level for level, _ in sent if level != Level.ASKED]
    assert len(above) == len(set(above))
    assert all(number == 1 for level, number in sent if level != Level.ASKED)


def test_what_changed_names_the_parts_and_says_days_and_quantities_but_keeps_no_text() -> None:
    before = fingerprints(
        {"reasons": "They were named.", "ends_on": "2026-12-01", "level": 5, "stages": [1], "warned": False}
    )
    now = fingerprints(
        {
            "reasons": "They were not.",
            "ends_on": "2027-01-01",
            "level": 4,
            "warned": True,
            "counsel": "Heard.",
        }
    )

    assert "named" not in str(before)
    told = [(one.part, one.change, one.was, one.now) for one in differences(before, now)]
    assert told == [
        ("Counsel", "added", "", ""),
        ("Ends on", "changed", "2026-12-01", "2027-01-01"),
        ("Level", "changed", "5", "4"),
        ("Reasons", "changed", "", ""),
        ("Stages", "taken out", "", ""),
        ("Warned", "changed", "no", "yes"),
    ]
    assert differences(now, now) == []
