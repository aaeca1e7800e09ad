"""A report says of each question of the Reporting Framework where it is answered, or why not (domain.md 8.1)."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.models import Risk
from tests.cast import NOW, Cast, freeze, sign
from transparency.actions import coverage
from transparency.actions import reports as actions
from transparency.models import CoverageAnswer, Report
from transparency.queries.coverage import coverage_of
from transparency.rules.workflows import State

REASON = "Nobody asked people about this in the period."


def say(
    report: Report, by: User, code: str, *, risk: Risk | None = None, told_in: str = "", reason: str = ""
) -> None:
    coverage.answer_question(report, question=code, risk=risk, told_in=told_in, reason=reason, by=by, at=NOW)


def test_figures_are_not_frozen_while_a_question_has_neither_place_nor_reason(
    record: None, draft: Report, cast: Cast
) -> None:
    with pytest.raises(NotAllowed, match=r"UNGP 21\(b\), Reporting Framework: .*: A1, A1\.1"):
        actions.freeze_figures(draft, by=cast.pia, at=NOW)
    coverage.answer_from_the_record_alone(draft, by=cast.pia, at=NOW)
    coverage.forget_answer(draft, question="A2", risk=None, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match=r"or why not: A2\.$"):
        actions.freeze_figures(draft, by=cast.pia, at=NOW)
    say(draft, cast.pia, "A2", told_in="about")
    actions.freeze_figures(draft, by=cast.pia, at=NOW)

    assert draft.state == State.DATA_FROZEN


def test_a_content_that_was_frozen_without_an_index_is_not_published(
    rendered: Report, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    rendered.refresh_from_db()
    monkeypatch.setattr(Report, "parsed_content", rendered.parsed_content | {"coverage": []})

    with pytest.raises(NotAllowed, match="where each question is answered"):
        actions.publish_report(rendered, by=cast.pia, at=NOW)


def test_supporting_questions_may_share_a_reason_and_the_threshold_may_not(
    record: None, draft: Report, cast: Cast
) -> None:
    coverage.leave_open_unanswered(draft, reason=REASON, by=cast.pia, at=NOW)

    found = coverage_of(draft)
    assert found.open_supporting == []
    assert {"A1", "A2", "B4", "C2", "C6"} <= {row.question.code for row in found.open}
    with pytest.raises(NotAllowed, match="No supporting question is open"):
        coverage.leave_open_unanswered(draft, reason=REASON, by=cast.pia, at=NOW)


def test_what_was_said_of_one_risk_stays_when_the_rest_is_given_a_reason(
    record: None, draft: Report, cast: Cast
) -> None:
    key, title = coverage_of(draft).risks[1]
    say(draft, cast.pia, "C2.1", risk=Risk.objects.get(pk=key), told_in="risk")
    coverage.answer_from_the_record_alone(draft, by=cast.pia, at=NOW)
    actions.freeze_figures(draft, by=cast.pia, at=NOW)

    content = draft.parsed_content
    [row] = [row for row in content["coverage"] if row["code"] == "C2.1"]
    assert content["risks"][1]["title"] == title
    assert {one["told_in"]: [place["risk"] for place in one["places"]] for one in row["answers"]} == {
        "": [number for number in range(1, len(content["risks"]) + 1) if number != 2],
        "The account of the risk": [2],
    }


def test_only_a_publisher_answers_and_only_in_a_draft(rendered: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="Your role may not"):
        say(rendered, cast.ana, "A2", told_in="about")
    with pytest.raises(NotAllowed, match="The report is frozen"):
        say(rendered, cast.pia, "A2", told_in="about")
    with pytest.raises(NotAllowed, match="The report is frozen"):
        coverage.forget_answer(rendered, question="A2", risk=None, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="The report is frozen"):
        coverage.leave_open_unanswered(rendered, reason=REASON, by=cast.pia, at=NOW)


def test_a_question_of_the_company_is_not_said_of_a_risk(record: None, draft: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="asked of the company"):
        say(draft, cast.pia, "A2", risk=Risk.objects.all()[0], told_in="about")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_coverageanswer SET reason = 'Something else altogether.' WHERE told_in = ''",
        "DELETE FROM transparency_coverageanswer",
        "INSERT INTO transparency_coverageanswer (report_id, question, told_in, reason, by_id, at) "
        "SELECT report_id, 'B1', 'about', '', by_id, at FROM transparency_coverageanswer LIMIT 1",
        "TRUNCATE transparency_coverageanswer",
    ],
)
def test_the_database_keeps_the_answers_of_a_frozen_report(rendered: Report, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match=r"frozen|append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_the_database_wants_a_place_or_a_reason_and_one_answer_a_question(
    record: None, draft: Report, cast: Cast
) -> None:
    row = {"report": draft, "question": "A2", "by": cast.pia, "at": NOW}
    for wrong in ({}, {"told_in": "about", "reason": REASON}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CoverageAnswer.objects.create(**row, **wrong)
    CoverageAnswer.objects.create(**row, reason=REASON)
    with pytest.raises(DatabaseError), transaction.atomic():
        CoverageAnswer.objects.create(**row, reason=REASON)


def test_who_answered_a_question_signs_nothing_of_the_report(record: None, draft: Report, cast: Cast) -> None:
    paul = User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PUBLISHER, Role.REDACTOR])
    say(draft, paul, "A2", told_in="about")
    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)
    actions.ask_clearance(draft, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(draft, paul)
    with pytest.raises(DatabaseError, match="neither clears nor approves"), transaction.atomic():
        Report.objects.filter(pk=draft.pk).update(state="safety_cleared", cleared_by=paul, cleared_at=NOW)


def test_a_new_edition_keeps_what_was_said_of_the_same_period(published: Report, cast: Cast) -> None:
    second = actions.draft_report(
        title="Corrected", begin=published.period_from, end=published.period_to, by=cast.pia, at=NOW
    )

    assert coverage_of(second).open == []
    kept = ["question", "risk", "told_in", "reason", "by", "at"]
    assert list(second.coverage.values_list(*kept)) == list(published.coverage.values_list(*kept))  # type: ignore[attr-defined]
    later = actions.draft_report(
        title="Next", begin=NOW.date().replace(day=1), end=NOW.date(), by=cast.pia, at=NOW
    )
    assert coverage_of(later).open != []


def test_the_index_stands_in_every_format_and_its_links_lead_somewhere(
    published: Report, client: Client
) -> None:
    html = client.get("/reports/2021/").content.decode()
    told = client.get("/reports/2021.json").json()["coverage"]

    assert [row["code"] for row in told][:3] == ["A1", "A1.1", "A1.2"]
    anchors = {place["anchor"] for row in told for one in row["answers"] for place in one["places"]} - {""}
    assert {"risks", "about", "complaints"} < anchors
    assert not [
        anchor for anchor in anchors if f'id="{anchor}"' not in html or f'href="#{anchor}"' not in html
    ]
    assert "which does not answer it" in html


def test_every_answer_is_on_the_audit_log_without_its_words(record: None, draft: Report, cast: Cast) -> None:
    say(draft, cast.pia, "A2", reason=REASON)

    [event] = AuditEvent.objects.filter(action="report: answered questions of the index")
    assert (event.actor, event.detail["questions"]) == ("pia", ["A2"])
    assert REASON not in str(event.detail)


def test_a_publisher_answers_question_by_question_and_is_led_to_the_next(
    record: None, draft: Report, cast: Cast, client: Client
) -> None:
    client.force_login(cast.pia)
    page = f"/desk/reports/{draft.pk}/coverage/"

    assert "questions are open" in client.get(page).content.decode()
    wrong = client.post(f"{page}A1/", {"told_in": "", "reason": "no"})
    assert wrong.status_code == 400
    assert "at least 20 characters" in wrong.content.decode()
    assert ">no</textarea>" in wrong.content.decode().replace("\n", "")
    answer = client.post(f"{page}A1/", {"told_in": "page-policies", "reason": ""})
    assert answer["Location"] == f"{page}A1.1/"
    client.post(f"{page}open/", {"reason": REASON})
    assert coverage_of(draft).open[0].question.code == "A2"
    assert "Public page /policies/" in client.get(f"{page}?show=answered").content.decode()
    client.post(f"{page}A1/forget/", {"risk": ""})
    assert "A1" in [row.question.code for row in coverage_of(draft).open]
    assert client.get(f"{page}Z9/").status_code == 404


def test_who_only_reads_sees_the_index_and_no_form(
    record: None, draft: Report, cast: Cast, client: Client
) -> None:
    client.force_login(cast.ana)
    page = f"/desk/reports/{draft.pk}/coverage/"

    assert "<textarea" not in client.get(page).content.decode()
    assert "<textarea" not in client.get(f"{page}A1/").content.decode()
    assert client.post(f"{page}open/", {"reason": REASON}).status_code == 403
    assert client.post(f"{page}A1/", {"told_in": "about", "reason": ""}).status_code == 403
    assert not CoverageAnswer.objects.exists()


def test_the_index_asks_as_often_of_few_risks_as_of_many(
    record: None, draft: Report, django_assert_num_queries: Any
) -> None:
    Risk.objects.exclude(pk__in=Risk.objects.values("pk")[:2]).update(published=False)
    with CaptureQueriesContext(connection) as few:
        coverage_of(draft)
    Risk.objects.update(published=True)

    with django_assert_num_queries(len(few)):
        coverage_of(draft)
