"""Figures leave once, frozen and suppressed; whoever subtracts two outputs learns nothing (domain.md 8.5)."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role, canonical_hash
from remedies.models import Case, Rating
from remedies.queries.effectiveness import facts
from remedies.rules.case import week_of
from remedies.rules.effectiveness import Indicator
from risks.rules.suppression import Earlier, Split, Table
from tests.cast import NOW, Cast, cast, freeze, judge, sign
from tests.transparency.test_withdrawal import withdraw
from transparency.actions import reports as actions
from transparency.models import Release, Report
from transparency.queries.releases import board_of_criteria, latest_complaints
from transparency.rules.releases import Figures, overlapping, printed_indicators, released

__all__ = ["cast"]
H1 = (date(2026, 1, 1), date(2026, 6, 30))
NUMBER = re.compile(r"(?<![\d.])[1-9](?![\d.])")


def cases(kind: str, many: int, *, on: date = date(2026, 3, 2), language: str = "en", **more: Any) -> None:
    """Let so many cases come in a week."""
    Case.objects.bulk_create(
        Case(received_week=week_of(on), type=kind, language=language, **more) for _ in range(many)
    )


@dataclass
class Desk:
    """Who publishes, and a clock that goes on by a minute each time."""

    cast: Cast
    minutes: int = 0

    def now(self) -> datetime:
        """Return the next minute."""
        self.minutes += 1
        return NOW + timedelta(minutes=self.minutes)

    def published(self, begin: date = H1[0], end: date = H1[1]) -> Report:
        """Take a report on a period all its way."""
        report = self.frozen(begin, end)
        self.publish(report)
        return report

    def publish(self, report: Report) -> None:
        """Have a frozen report signed, and publish it."""
        actions.render_documents(report, at=self.now())
        actions.ask_clearance(report, by=self.cast.pia, at=self.now())
        sign(report, self.cast.rex)
        sign(report, self.cast.eve)
        report.refresh_from_db()
        judge(report, self.cast, at=self.now())
        actions.publish_report(report, by=self.cast.pia, at=self.now())

    def frozen(self, begin: date = H1[0], end: date = H1[1]) -> Report:
        """Draft a report on a period and freeze its figures."""
        report = actions.draft_report(title="Report", begin=begin, end=end, by=self.cast.pia, at=self.now())
        freeze(report, self.cast.pia, at=self.now())
        return report


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)


def table_of(report: Report, code: str) -> dict[str, Any]:
    return next(one for one in report.parsed_content["released"]["tables"] if one["code"] == code)


def rows_of(report: Report, code: str) -> dict[str, str]:
    return {one["label"]: one["said"] for one in table_of(report, code)["rows"]}


def test_a_report_tells_no_small_number_of_people_in_any_format(desk: Desk, client: Client) -> None:
    cases("privacy", 43)
    cases("retaliation", 3)
    cases("discrimination", 27, language="ar")

    report = desk.published()

    assert table_of(report, "cases_by_type")["total"] == "73"
    told = rows_of(report, "cases_by_type")
    assert (told["Retaliation"], told["Report from inside"]) == ("fewer than 10", "fewer than 10")
    assert told["Discrimination"] == "not shown"
    assert told["Privacy"] == "about 45"
    said = [one["said"] for one in table_of(report, "cases_by_type")["rows"]]
    assert not [words for words in said if NUMBER.search(words)]
    page = client.get("/reports/2026-H1/").content.decode()
    assert "about 45" in page
    assert json.loads(client.get("/reports/2026-H1.json").content) == report.parsed_content


def test_what_a_report_counts_exactly_stands_in_it_item_by_item(published: Report) -> None:
    content = published.parsed_content
    figures = {one["code"]: one["value"] for one in content["figures"]}
    begin = content["period"]["from"]
    measures = [one for risk in content["risks"] for one in risk["measures"]]

    assert figures["salient_risks"] == len(content["risks"])
    assert figures["severe_risks"] == sum(risk["severity"]["level"] >= 4 for risk in content["risks"])
    assert figures["measures_standing"] == sum(one["state"] == "In force" for one in measures)
    assert figures["decisions"] == sum(said["on"] >= begin for one in measures for said in one["decisions"])
    assert figures["consultations"] == sum(len(risk["consultations"]) for risk in content["risks"])
    assert figures["gaps"] == sum(len(risk["gaps"]) for risk in content["risks"])
    assert figures["measures_begun"] + figures["measures_ended"] <= 2 * len(measures)
    found = content["reassessments"]["by_finding"]
    assert sum(one["count"] for one in found) <= len(measures)
    assert set(figures) == {
        *("salient_risks", "severe_risks", "measures_begun", "measures_ended", "measures_standing"),
        *("decisions", "consultations", "gaps"),
    }


def test_the_same_period_again_repeats_what_changed_by_few(desk: Desk, client: Client) -> None:
    cases("privacy", 43)
    cases("discrimination", 60)
    cases("safety_threat", 20)  # the next smallest hides with those that nobody chose
    first = desk.published()
    assert rows_of(first, "cases_by_type")["Privacy"] == "about 45"
    cases("privacy", 4)
    cases("discrimination", 30)

    second = desk.published()

    assert rows_of(second, "cases_by_type")["Privacy"] == "counted in the total only"
    assert second.edition == 2
    assert Release.objects.filter(figures="cases_by_type").count() == 2
    cases("privacy", 40)
    third = desk.published()
    assert rows_of(third, "cases_by_type")["Privacy"] == "not shown"  # what was hidden stays hidden


def test_a_period_that_shares_days_with_an_earlier_one_is_not_told_again(desk: Desk) -> None:
    cases("privacy", 43)
    desk.published()

    year = desk.published(date(2026, 1, 1), date(2026, 9, 30))

    told = year.parsed_content["released"]
    assert [one["code"] for one in told["tables"] if one["code"].startswith("cases")] == []
    assert told["criteria"] == []
    assert {one["what"] for one in told["withheld"]} == {
        "Cases received, by what they are about",
        "Cases received, by language",
        "Cases decided, by what was found",
        "Indicators of the complaint mechanism",
    }
    assert "1 January 2026 to 30 June 2026" in told["withheld"][0]["why"]
    later = desk.published(date(2026, 7, 1), date(2026, 9, 30))
    assert len(later.parsed_content["released"]["tables"]) == 9


def test_what_never_left_is_no_earlier_release(desk: Desk) -> None:
    cases("privacy", 43)
    report = desk.frozen()
    actions.thaw_figures(report, by=desk.cast.pia, at=desk.now())
    cases("privacy", 4)

    freeze(report, desk.cast.pia, at=desk.now())

    assert table_of(report, "cases_by_type")["total"] == "47"
    assert latest_complaints() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_release SET printed = '{}'",
        "DELETE FROM transparency_release",
        "TRUNCATE transparency_release",
    ],
)
def test_a_release_stays_as_it_is(desk: Desk, statement: str) -> None:
    desk.frozen()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_release_holds_no_small_number_in_the_clear(desk: Desk) -> None:
    cases("privacy", 43)
    cases("retaliation", 3)
    cases("discrimination", 27)

    desk.frozen()

    for one in Release.objects.all():
        assert one.sha256 == canonical_hash(one.printed)
        assert one.row_count is None or one.row_count >= one.k
        assert (one.query_version, one.k, bool(one.sealed)) == ("hrdd-figures-1", 10, True)
        said = [row["said"] for row in one.printed.get("rows", [])]
        assert not [words for words in said if NUMBER.search(words)]
    by_type = Release.objects.get(figures="cases_by_type")
    assert by_type.row_count == 73
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.create(
            report=by_type.report,
            figures="x",
            period="x",
            period_from=H1[0],
            period_to=H1[1],
            query_version="x",
            as_of=NOW,
            k=10,
            row_count=9,
            printed={},
            sha256="0" * 64,
            sealed=b"x",
        )


def test_public_pages_show_what_was_published_and_count_nothing_anew(desk: Desk, client: Client) -> None:
    assert "No figures were published yet" in client.get("/complaints/").content.decode()
    assert "No figures were published yet" in client.get("/partners/").content.decode()
    cases("privacy", 43)
    cases("safety_threat", 20)
    Rating.objects.bulk_create(Rating(quarter=date(2026, 4, 1), fairness=4) for _ in range(12))
    report = desk.frozen()
    assert "No figures were published yet" in client.get("/complaints/").content.decode()

    desk.publish(report)
    before = client.get("/complaints/").content.decode()
    cases("privacy", 30)

    assert client.get("/complaints/").content.decode() == before
    assert "about 45" in before
    assert "4 of 5" in before
    assert "Fewer than 10 in all, so not split." in client.get("/partners/").content.decode()


def test_a_withdrawn_report_shows_nothing_and_still_counts_as_told(desk: Desk, client: Client) -> None:
    cases("privacy", 43)
    report = desk.published()
    withdraw(report, desk.cast)

    assert "No figures were published yet" in client.get("/complaints/").content.decode()
    later = desk.frozen(date(2026, 1, 1), date(2026, 9, 30))
    assert later.parsed_content["released"]["withheld"]


def person(name: str, *roles: Role) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_user(name, "x", display_name=name, roles=list(roles)))
    return browser


def test_staff_see_exact_indicators_and_the_board_suppressed_ones(db: None) -> None:
    today = datetime.now(UTC).date()
    cases("privacy", 4, on=today)

    exact = person("grace", Role.GRV_INTAKE).get("/desk/cases/effectiveness/").content.decode()
    shown = person("bob", Role.BOARD).get("/desk/cases/effectiveness/").content.decode()

    assert "1 channels (of 4)" in exact
    assert "1 channels" not in shown
    assert "Numbers under 10 are not shown." in shown
    for page in (exact, shown):
        assert page.count("31(") == 8
        assert "score" in page
    assert person("ana2", Role.ANALYST).get("/desk/cases/effectiveness/").status_code == 403


def test_the_page_of_indicators_asks_a_fixed_number_of_queries(db: None) -> None:
    spans = [H1]
    with CaptureQueriesContext(
        connection,
    ) as few:
        board_of_criteria(spans, exact=True)
    cases("privacy", 50)
    with CaptureQueriesContext(connection) as many:
        board_of_criteria(spans, exact=True)
    assert len(few) == len(many)


def row(*counts: int) -> Table:
    return Table((Split("x", tuple(map(str, range(len(counts)))), sensitive=True),), (counts,))


def test_tables_that_share_a_total_do_not_give_it_away() -> None:
    told = released(
        [
            Figures("a", "A", row(0, 12), shares_total="all"),
            Figures("b", "B", row(12), shares_total="all"),
            Figures("c", "C", row(12)),
        ],
        10,
        {},
    )

    assert [one.printed["total"] for one in told] == [
        "not shown",
        "not split, so that no small number can be computed",
        "12",
    ]
    assert [bool(one.printed["rows"]) for one in told] == [True, False, True]
    assert [one.row_count for one in told] == [None, None, 12]


def test_an_earlier_release_reaches_the_rule() -> None:
    told = released([Figures("a", "A", row(17))], 10, {"a": [Earlier(((14,),), frozenset())]})

    assert told[0].printed["rows"][0]["said"] == "counted in the total only"


def test_an_indicator_that_changed_by_few_says_again_what_it_said() -> None:
    one = Indicator("d2", "x", "x", "100 %", part=33, whole=43, good=lambda value: value >= 100)

    def said(earlier: dict[str, tuple[int, int, str, str]]) -> tuple[str, str]:
        found = next(told for told in printed_indicators([one], 10, earlier) if told["letter"] == "d")
        return found["indicators"][0]["said"], found["light"]

    assert said({}) == ("77 %", "off target")
    assert said({"d2": (30, 40, "75 %", "off target")}) == ("75 %", "off target")
    assert said({"d2": (20, 30, "67 %", "off target")}) == ("77 %", "off target")


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        ((date(2025, 7, 1), date(2025, 12, 31)), False),
        ((date(2026, 7, 1), date(2026, 12, 31)), False),
        ((date(2026, 1, 1), date(2026, 6, 30)), False),
        ((date(2026, 6, 30), date(2026, 7, 31)), True),
        ((date(2026, 1, 1), date(2026, 3, 31)), True),
        ((date(2025, 1, 1), date(2026, 12, 31)), True),
    ],
)
def test_periods_that_share_days_and_are_not_the_same(other: tuple[date, date], shares: bool) -> None:
    assert bool(overlapping(*H1, [other])) == shares


def test_the_indicators_read_what_is_counted_of_a_case_and_no_more(db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        facts(last_published=None)

    [cases] = [one["sql"] for one in captured if 'FROM "remedies_case"' in one["sql"]]
    assert "received_week" in cases
    assert not [column for column in ("identity_mode", "danger_seen_at", "region") if column in cases]
