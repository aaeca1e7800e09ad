"""What the record counts for the indicators, with a record that turns each red (domain.md 9)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed
from hrdd.job import as_job
from hrdd.oversight.models import Incentive, Staffing, Training
from hrdd.oversight.queries import counts
from hrdd.oversight.queries.figures import indicator_values
from hrdd.oversight.rules.indicators import Value
from hrdd.oversight.tasks import note_refusal
from remedies.models import Case
from remedies.rules.case import week_of
from remedies.rules.effectiveness import quarter_of
from risks.models import (
    Cycle,
    Evidence,
    Finding,
    Measure,
    MitigationPlan,
    Reassessment,
    ReviewTask,
    Risk,
    SeverityAssessment,
)
from risks.rules.reassessment import REASON_CODES
from risks.tasks import remind_of_partners_clocks
from tests.cast import Cast
from tests.oversight.stage import escalated, meeting_on, severe_risk
from transparency.models import Report

NOW = timezone.now()
TODAY = NOW.date()


@pytest.fixture
def ana(cast: Cast) -> User:
    return cast.ana


def of(code: str) -> Value:
    return next(one for one in indicator_values(at=NOW) if one.code == code)


def planned(risk: Risk, ana: User, *, after: int, by: User) -> Risk:
    since = risk.tier_since
    assert since is not None
    MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions="x",
        target="x",
        owner=ana,
        due=TODAY,
        state="approved",
        proposed_by=ana,
        proposed_at=since,
        decided_by=by,
        decided_at=since + timedelta(days=after),
    )
    return risk


def test_k2_counts_p1_risks_planned_in_seven_days_and_leaves_out_those_still_in_time(cast: Cast) -> None:
    def p1(days: int) -> Risk:
        return severe_risk(tier_since=NOW - timedelta(days=days))

    p1(6)
    assert counts.p1_clock(NOW).said == "none yet"
    planned(p1(30), cast.ana, after=7, by=cast.eve)
    assert (counts.p1_clock(NOW).said, counts.p1_clock(NOW).red) == ("100 %", False)
    planned(p1(30), cast.ana, after=8, by=cast.eve)
    assert (counts.p1_clock(NOW).said, counts.p1_clock(NOW).red) == ("50 %", True)
    p1(8)
    assert counts.p1_clock(NOW).said == "33 %"


def judged(
    risk: Risk, level: int, days_ago: int, *, supersedes: SeverityAssessment | None = None
) -> SeverityAssessment:
    return SeverityAssessment.objects.create(
        risk=risk,
        level=level,
        scale=1,
        incomplete=False,
        reason="x",
        holds_from=TODAY - timedelta(days=days_ago),
        recorded_at=NOW,
        recorded_by="ana",
        supersedes=supersedes,
    )


def test_k3_is_red_where_severity_rose_on_balance_in_two_periods(db: None) -> None:
    risk = severe_risk()
    first = judged(risk, 2, 300)
    second = judged(risk, 3, 120, supersedes=first)
    assert (counts.severity_drift(TODAY).said, counts.severity_drift(TODAY).red) == ("0", False)
    third = judged(risk, 4, 10, supersedes=second)
    assert (counts.severity_drift(TODAY).said, counts.severity_drift(TODAY).red) == ("+1", True)
    judged(risk, 2, 5, supersedes=third)
    assert (counts.severity_drift(TODAY).said, counts.severity_drift(TODAY).red) == ("0", False)


def test_k5_counts_severe_risks_on_which_affected_people_were_heard(db: None) -> None:
    risk = severe_risk()
    held = judged(risk, 5, 3)
    Risk.objects.filter(pk=risk.pk).update(held=held)
    assert (counts.evidence_quality(NOW).said, counts.evidence_quality(NOW).red) == ("0 %", True)
    held.evidence.add(
        Evidence.objects.create(
            risk=risk,
            title="x",
            kind="data",
            says="x",
            from_affected=True,
            recorded_by="ana",
            recorded_at=NOW,
        )
    )
    assert (counts.evidence_quality(NOW).said, counts.evidence_quality(NOW).red) == ("100 %", False)


def measure(risk: Risk, **changes: Any) -> Measure:
    given = {
        "kind": "temp_suspension",
        "intrusion": 4,
        "target": "x",
        "target_type": "account",
        "starts_on": TODAY,
        "starts_said": "x",
        "ends_on": TODAY + timedelta(days=30),
        "level_then": 4,
        "reviewed_on": TODAY,
        "justified_on": TODAY,
    }
    return Measure.objects.create(risk=risk, **given | changes)


def test_k6_is_red_where_a_grave_measure_is_past_its_day(db: None) -> None:
    one = measure(severe_risk())
    cycle = Cycle.objects.create(period_start=NOW, as_of=TODAY, rules_version="x", started_at=NOW)
    finding = Finding.objects.create(cycle=cycle, measure=one, finding="REVIEW_DUE", code="INTERVAL")
    task = ReviewTask.objects.create(
        measure=one, finding=finding, opened_at=NOW, due_at=NOW + timedelta(days=1)
    )
    assert counts.on_time(NOW).said == "none yet"
    assert (counts.on_time(NOW + timedelta(days=2)).said, counts.on_time(NOW + timedelta(days=2)).red) == (
        "0 %",
        True,
    )
    assert "I4: 0 of 1" in counts.on_time(NOW + timedelta(days=2)).detail
    assert task.pk


def test_k11_counts_what_a_machine_decided_alone_from_suspension_upwards(db: None) -> None:
    measure(severe_risk(), automated_decision="FULLY", kind="remove_item", intrusion=3)
    assert (of("K11").said, of("K11").red) == ("0", False)
    measure(severe_risk(), automated_decision="FULLY")
    assert (of("K11").said, of("K11").red) == ("1", True)


def test_k11_counts_what_was_refused_to_a_job_and_nothing_else(db: None) -> None:
    task = remind_of_partners_clocks

    def ended(error: Exception) -> None:
        note_refusal(sender=task, exception=error)

    ended(ValueError("broken"))
    assert "within a year: 0" in of("K11").detail
    ended(NotAllowed("A person decides on this; the words stay out of the log."))
    one = measure(severe_risk())
    with pytest.raises(InternalError) as caught, transaction.atomic(), as_job():
        Measure.objects.filter(pk=one.pk).update(intrusion=5)
    ended(caught.value)

    value = of("K11")
    assert ("within a year: 2" in value.detail, value.red) == (True, True)
    told = AuditEvent.objects.filter(action="refused to a job").order_by("pk")
    assert [(one.subject, one.detail["by"]) for one in told] == [
        ("risks.tasks.remind_of_partners_clocks", "a rule"),
        ("risks.tasks.remind_of_partners_clocks", "the database"),
    ]
    assert "words" not in str([one.detail for one in told])


def test_k9_tells_the_kinds_that_were_decided_on_and_waits_for_ten_decisions_in_two_languages(
    db: None,
) -> None:
    measure(severe_risk(), state="reversed", kind="remove_item", intrusion=3, ended_on=TODAY)

    assert of("K9").said == "100 %"
    assert "Most often decided on: removal of an item 1 of 1." in of("K9").detail
    assert "Two languages with 10 decisions each are needed" in of("K9").detail
    assert not of("K9").red


@pytest.mark.parametrize(("undone", "red"), [(4, False), (5, True)])
def test_k9_is_red_where_one_language_is_reversed_over_twice_as_often_as_another(
    ana: User, undone: int, red: bool
) -> None:
    risk = severe_risk()
    for language, many in (("MY", undone), ("EN", 2)):
        for number in range(10):
            one = measure(risk, language=language, kind="remove_item", intrusion=3)
            eased = {"outcome": "lift", "restored": "The item"}
            kept = {"outcome": "escalate", "proposed": measure(risk, state="proposed")}
            Reassessment.objects.create(
                measure=one,
                reason_code=min(REASON_CODES),
                reasons="x",
                decided_by=ana.username,
                decided_at=NOW,
                **(eased if number < many else kept),
            )

    assert f"Highest in Burmese: {undone * 10} %, lowest in English: 20 %." in of("K9").detail
    assert of("K9").red is red


def test_k22_is_red_where_people_per_user_fall_in_a_country_of_a_severe_risk(ana: User) -> None:
    def counted(country: str, fte: int, days: int) -> None:
        Staffing.objects.create(
            language="x",
            country=country,
            moderators_fte=fte,
            rights_fte=0,
            users=1_000_000,
            as_of=TODAY - timedelta(days=days),
            recorded_by=ana,
            recorded_at=NOW,
        )

    assert of("K22").missing
    for country in ("KE", "ET"):
        counted(country, 9, 60)
        counted(country, 8, 2)
    severe_risk(countries=["UG"])
    assert (of("K22").said, of("K22").red) == ("0 of 0 falling", False)
    assert "Not counted: Uganda" in of("K22").detail
    severe_risk(countries=["ET"])
    assert (of("K22").said, of("K22").red) == ("1 of 1 falling", True)
    counted("ET", 9, 1)
    assert (of("K22").said, of("K22").red) == ("0 of 1 falling", False)


def test_k23_is_red_without_a_meeting_in_the_last_quarter_or_answers_in_time(ana: User) -> None:
    assert of("K23").red
    begin = date(TODAY.year, (TODAY.month - 1) // 3 * 3 + 1, 1)
    meeting_on(begin - timedelta(days=5), by=ana, at=NOW, rights_items=[], other_items=["Budget"])
    assert of("K23").red
    meeting_on(begin - timedelta(days=4), by=ana, at=NOW, body="executive")
    assert of("K23").red
    held = meeting_on(begin - timedelta(days=3), by=ana, at=NOW, body="committee")
    assert not of("K23").red
    escalated(at=NOW - timedelta(days=9), due_at=NOW - timedelta(days=1))
    assert of("K23").red
    assert of("K23").number == 0
    meeting_on(begin - timedelta(days=400), by=ana, at=NOW)
    assert of("K23").number == 3
    assert held.pk


def test_k24_is_red_without_a_report_and_once_the_next_one_is_late(cast: Cast) -> None:
    assert of("K24").red
    assert counts.reporting(TODAY).said == "none published"
    Report.objects.create(
        title="x",
        period="x",
        period_from=date(2020, 1, 1),
        period_to=TODAY,
        prepared_by=cast.pia,
        prepared_at=NOW,
    )
    assert of("K24").said == "none published"


def test_k26_is_red_where_trainings_or_pay_lag_and_takes_the_latest_rows(ana: User) -> None:
    by = {"recorded_by": ana, "recorded_at": NOW}

    def trained(done: int, days: int) -> None:
        Training.objects.create(
            audience="a", due_n=20, done_n=done, due_on=TODAY, as_of=TODAY - timedelta(days=days), **by
        )

    assert of("K26").missing
    trained(20, 90)
    assert not of("K26").red
    trained(17, 1)
    assert of("K26").red
    trained(18, 0)
    assert not of("K26").red
    Incentive.objects.create(role="Head of sales", linked_to_rights_kpi=False, holds_from=TODAY, **by)
    assert of("K26").red


@pytest.mark.parametrize(
    ("code", "stain"),
    [
        ("K1", lambda ana: severe_risk(owner=None)),
        ("K4", lambda ana: severe_risk(tier=1, assessed_on=TODAY - timedelta(days=31))),
        ("K10", lambda ana: measure(severe_risk(owner=ana))),
    ],
)
def test_an_indicator_of_a_register_turns_red_on_the_board_too(
    ana: User, code: str, stain: Callable[[User], object]
) -> None:
    assert not of(code).red
    stain(ana)
    assert of(code).red


def test_small_numbers_of_retaliation_are_not_told_on_the_board(db: None) -> None:
    assert of("K17").said == "<10 open; <10 confirmed"
    assert of("K17").number is None


def test_figures_of_complaints_are_those_that_were_published(published: Report) -> None:
    assert all(of(code).missing == "" for code in ("K15", "K18", "K20"))
    assert of("K18").said.endswith("of 8 off target")


def test_before_a_publication_the_board_says_so_instead_of_counting(db: None) -> None:
    for code in ("K15", "K16", "K18", "K20"):
        assert (of(code).said, of(code).number) == ("not published", None)
        assert "published" in of(code).missing


def test_k21_is_red_where_one_language_waits_half_as_long_again(cast: Cast) -> None:
    last_quarter = quarter_of(TODAY)[0] - timedelta(days=20)

    def decided(language: str, many: int, days: int, *, on: date = last_quarter) -> None:
        Case.objects.bulk_create(
            Case(
                received_week=week_of(on - timedelta(days=days)),
                decided_on=week_of(on),
                decided_by=cast.eve,
                automated_decision="NOT_AUTOMATED",
                finding="unable_to_determine",
                type="privacy",
                language=language,
            )
            for _ in range(many)
        )

    decided("en", 30, 28)
    decided("am", 9, 56)
    assert of("K21").missing
    decided("am", 1, 56)
    assert (of("K21").said, of("K21").red) == ("2", True)
    decided("fr", 50, 56)
    assert (of("K21").said, of("K21").red) == ("1", False)


def test_k21_does_not_move_with_the_cases_of_the_quarter_that_runs(cast: Cast) -> None:
    Case.objects.bulk_create(
        Case(
            received_week=week_of(TODAY - timedelta(days=7)),
            decided_on=quarter_of(TODAY)[0],
            decided_by=cast.eve,
            automated_decision="NOT_AUTOMATED",
            finding="unable_to_determine",
            type="privacy",
            language=language,
        )
        for language in ("en", "am")
        for _ in range(12)
    )
    assert of("K21").missing
