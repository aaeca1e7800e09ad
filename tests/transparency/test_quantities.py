"""A report tells the quantities of the DSA: counted, entered with a source, or not recorded (domain.md 8.3, 8.5)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from hrdd.governance.rules import NotAllowed
from risks.models import Measure, Risk, StatementOfReasons
from tests.cast import NOW, Cast, freeze, publish, sign
from transparency.actions import quantities as acts
from transparency.actions import reports as actions
from transparency.models import EnteredQuantity, Release, Report
from transparency.queries.coverage import authors_of
from transparency.rules.dsa_quantities import Entry

WHY = "Orders come to another company of our group."


def enter(report: Report, cast: Cast, quantity: str, value: int | None = 1200, **given: Any) -> None:
    entry = Entry(
        **{
            "of": "",
            "value": None if value is None else Decimal(value),
            "words": "",
            "rests_on": None,
            "not_held": "",
            "source": "Tracker of notices",
        }
        | given
    )
    acts.enter_quantity(report, quantity=quantity, entry=entry, by=cast.pia, at=NOW)


def told(report: Report) -> dict[str, Any]:
    return {one["code"]: one for one in report.parsed_content["quantities"]}


def statements(cast: Cast, many: int) -> None:
    """Issue statements in 2021 about measures on risks that are not published: only their people can read them."""
    for measure in Measure.objects.order_by("pk")[:many]:
        Risk.objects.filter(pk=measure.risk_id).update(published=False)
        StatementOfReasons.objects.create(
            measure=measure,
            puid=uuid4(),
            content={
                "source_type": "SOURCE_VOLUNTARY",
                "automated_detection": "No",
                "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
            },
            text="x",
            ground="DECISION_GROUND_ILLEGAL_CONTENT",
            category="STATEMENT_CATEGORY_VIOLENCE",
            sha256="x",
            issued_by=cast.ana,
            issued_at=NOW.replace(year=2021),
        )


def test_what_nobody_entered_is_told_as_not_recorded_and_nothing_is_made_up(frozen: Report) -> None:
    found = told(frozen)

    assert found["notices"]["kind"] == "not_recorded"
    assert (found["notices"]["total"], found["notices"]["rows"]) == ("", [])
    assert found["kind"]["kind"] == "counted"
    assert found["complaints"]["kind"] == "told"


def test_an_entered_count_leaves_through_suppression_and_only_then(
    record: None, draft: Report, cast: Cast
) -> None:
    enter(draft, cast, "notices", 1200)
    enter(draft, cast, "disputes", 4)
    for of, many in {"France": 3, "Spain": 42, "Malta": 60}.items():
        enter(draft, cast, "orders_act", many, of=of)
    freeze(draft, cast.pia)

    found = told(draft)
    assert found["notices"]["total"] == "1200"
    assert found["notices"]["source"] == "Tracker of notices"
    assert "4" not in found["disputes"]["total"]
    assert found["disputes"]["total"].startswith("fewer than")
    shown = {row["of"]: row["said"] for row in found["orders_act"]["rows"]}
    assert shown["France"] == "fewer than 10"
    assert sorted(shown) == ["France", "Malta", "Spain"]
    assert "3" not in shown.values()
    left = Release.objects.filter(report=draft, figures__startswith="dsa_disputes.")
    assert [one.printed["total"] for one in left] == [found["disputes"]["total"]]


def test_a_quantity_may_be_not_held_for_a_reason_that_the_report_prints(
    record: None, draft: Report, cast: Cast
) -> None:
    enter(draft, cast, "orders_act", 40, of="France")
    enter(draft, cast, "orders_act", None, not_held=WHY, source="")
    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)

    assert told(draft)["orders_act"]["kind"] == "not_held"
    html = bytes(draft.documents.get(format="html").body).decode()
    assert f"Not held: {WHY}" in html
    assert "Not recorded." in html
    assert html.count("<svg") == len(draft.parsed_content["charts"]) > 0


def test_a_median_on_few_and_words_are_told_as_they_may(record: None, draft: Report, cast: Cast) -> None:
    enter(draft, cast, "notices_time", 26, rests_on=9)
    enter(draft, cast, "tools", None, words="Two days of training.")
    freeze(draft, cast.pia)

    assert told(draft)["notices_time"]["total"] == "not shown: it rests on fewer than 10"
    assert told(draft)["tools"]["words"] == "Two days of training."


def test_few_statements_that_nobody_can_read_are_not_told_as_a_number(
    record: None, draft: Report, cast: Cast
) -> None:
    statements(cast, 3)
    freeze(draft, cast.pia)

    found = told(draft)["kind"]
    assert "fewer than 10" in found["total"]
    assert "3" not in found["total"]
    assert found["rows"] == []


def test_the_same_quantity_of_days_already_told_is_withheld(record: None, draft: Report, cast: Cast) -> None:
    enter(draft, cast, "orders_act", 40, of="France")
    freeze(draft, cast.pia)
    publish(draft, cast)

    half = actions.draft_report(
        title="Half", begin=date(2021, 1, 1), end=date(2021, 6, 30), by=cast.pia, at=NOW
    )
    enter(half, cast, "orders_act", 25, of="France")
    freeze(half, cast.pia)
    again = actions.draft_report(
        title="Corrected", begin=draft.period_from, end=draft.period_to, by=cast.pia, at=NOW
    )
    enter(again, cast, "orders_act", 30, of="Spain")
    freeze(again, cast.pia)

    assert told(half)["orders_act"]["kind"] == "withheld"
    assert "told already for 2021" in told(half)["orders_act"]["why"]
    assert told(half)["kind"]["kind"] == "withheld"
    assert "with other rows" in told(again)["orders_act"]["why"]
    assert told(again)["kind"]["kind"] == "counted"


def test_a_report_stands_beside_the_published_one_of_the_period_before(
    record: None, draft: Report, cast: Cast
) -> None:
    freeze(draft, cast.pia)
    publish(draft, cast)
    assert draft.parsed_content["compared"] is None
    after = actions.draft_report(
        title="2022", begin=date(2022, 1, 1), end=date(2022, 12, 31), by=cast.pia, at=NOW
    )
    freeze(after, cast.pia)
    actions.render_documents(after, at=NOW)

    beside = after.parsed_content["compared"]
    assert beside["with"]["title"] == "Human rights report 2021"
    before = {one["code"]: str(one["value"]) for one in draft.parsed_content["figures"]}
    assert {one["code"]: one["before"] for one in beside["rows"] if one["code"] in before} == before
    series = {one["code"]: one["rows"] for one in after.parsed_content["charts"]}
    assert [row["label"] for row in series["over_time_salient_risks"]] == ["2021", "2022"]
    html = bytes(after.documents.get(format="html").body).decode()
    assert 'id="compared"' in html


def test_who_entered_a_quantity_signs_nothing_of_the_report(record: None, draft: Report, cast: Cast) -> None:
    enter(draft, cast, "notices")

    assert authors_of(draft) == {"pia"}
    EnteredQuantity.objects.update(by=cast.rex)
    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)
    actions.ask_clearance(draft, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="SD1"):
        sign(draft, cast.rex)
    with pytest.raises(DatabaseError, match="neither clears nor approves"), transaction.atomic():
        Report.objects.filter(pk=draft.pk).update(state="safety_cleared", cleared_by=cast.rex, cleared_at=NOW)


def test_only_a_publisher_enters_only_in_a_draft_and_only_what_people_enter(
    frozen: Report, cast: Cast
) -> None:
    with pytest.raises(NotAllowed, match="The report is frozen"):
        enter(frozen, cast, "notices")
    with pytest.raises(NotAllowed, match="The report is frozen"):
        acts.forget_quantity(frozen, quantity="notices", of="All", by=cast.pia, at=NOW)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        EnteredQuantity.objects.create(
            report=frozen, quantity="notices", of="All", value=1, source="x", by=cast.pia, at=NOW
        )
    actions.thaw_figures(frozen, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="the others are counted"):
        enter(frozen, cast, "kind")
    with pytest.raises(NotAllowed, match="Your role may not"):
        acts.enter_quantity(
            frozen, quantity="notices", entry=Entry("", None, "", None, WHY, ""), by=cast.ana, at=NOW
        )


@pytest.mark.parametrize(
    ("value", "not_held", "source"), [(-1, "", "x"), (5, "", ""), (5, WHY, "x"), (None, "", "x")]
)
def test_the_database_wants_a_source_or_why_it_is_not_held(
    draft: Report, cast: Cast, value: int | None, not_held: str, source: str
) -> None:
    row = {"report": draft, "quantity": "notices", "of": "All", "by": cast.pia, "at": NOW}

    with pytest.raises(DatabaseError, match="entered_quantity_held_or_why_not"), transaction.atomic():
        EnteredQuantity.objects.create(value=value, not_held=not_held, source=source, **row)


def test_a_quantity_can_be_changed_again_until_the_report_is_published(
    record: None, draft: Report, cast: Cast, client: Client
) -> None:
    client.force_login(cast.pia)
    page = f"/desk/reports/{draft.pk}/quantities/notices/"
    freeze(draft, cast.pia)
    assert "Taken back to draft" in client.get(page).content.decode()
    publish(draft, cast)
    shown = client.get(page).content.decode()
    assert "a correction is a new edition" in shown
    assert "Taken back to draft" not in shown


def test_a_quantity_is_entered_and_taken_out_on_its_page(draft: Report, cast: Cast, client: Client) -> None:
    client.force_login(cast.pia)
    page = f"/desk/reports/{draft.pk}/quantities/"
    wrong = client.post(f"{page}orders_act/", {"of": "France", "value": "1.5", "source": "x", "not_held": ""})
    assert wrong.status_code == 400
    assert "a count is a whole number" in wrong.content.decode()
    assert 'value="1.5"' in wrong.content.decode()

    client.post(f"{page}orders_act/", {"of": "France", "value": "1500", "source": "Desk", "not_held": ""})

    assert "1500" in client.get(f"{page}orders_act/").content.decode()
    assert "1 row" in client.get(f"{page}?article=15").content.decode()
    client.post(f"{page}orders_act/forget/", {"of": "France"})
    assert not EnteredQuantity.objects.exists()
    assert client.get(f"{page}kind/").status_code == 404
    client.force_login(cast.ana)
    assert "<button>Record" not in client.get(f"{page}orders_act/").content.decode()
    assert client.post(f"{page}orders_act/forget/", {"of": "France"}).status_code == 403
