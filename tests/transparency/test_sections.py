"""A report is written in sections: each has an owner, comments are resolved, and who wrote signs nothing (8.1, SD1)."""

import json
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed
from risks.models import Risk
from tests.cast import NOW, Cast, freeze, publish, sign
from transparency.actions import coverage
from transparency.actions import reports as actions
from transparency.actions import sections as acts
from transparency.models import Report, ReportSection, SectionComment, SectionRevision
from transparency.queries.coverage import coverage_of
from transparency.queries.sections import listed_sections, owed

TEXT = "We asked **people in four regions** and changed two rules.\n\n- who\n- when"


def write(report: Report, by: User, code: str = "lessons", **given: object) -> ReportSection:
    options: dict[str, object] = {"risk": None, "text": TEXT, "ready": True} | given
    return acts.write_section(report, code=code, by=by, at=NOW, **options)  # type: ignore[arg-type]


def give(report: Report, owner: User | None, by: User, code: str = "lessons") -> None:
    acts.give_section(report, code=code, risk=None, owner=owner, by=by, at=NOW)


def ask(report: Report, by: User, code: str = "lessons") -> None:
    acts.comment(report, code=code, risk=None, text="Which four?", by=by, at=NOW)


def test_the_owner_writes_a_section_and_nobody_else_but_the_publisher(draft: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="Your role may not"):
        write(draft, cast.ana)
    with pytest.raises(NotAllowed, match="Your role may not"):
        give(draft, cast.ana, cast.ana)
    give(draft, cast.ana, cast.pia)

    write(draft, cast.ana)
    write(draft, cast.pia, text="Shorter.")

    assert list(SectionRevision.objects.order_by("pk").values_list("text", "by__username")) == [
        (TEXT, "ana"),
        ("Shorter.", "pia"),
    ]
    with pytest.raises(NotAllowed, match="Your role may not"):
        write(draft, cast.ana, "tensions")


@pytest.mark.parametrize(
    ("before", "owes"),
    [
        (lambda report, cast: write(report, cast.pia, ready=False), "the publisher: mark it as ready"),
        (lambda report, cast: give(report, cast.ana, cast.pia), "Ana: write it"),
        (lambda report, cast: ask(report, cast.ana), "the publisher: resolve 1 comment"),
    ],
)
def test_figures_are_not_frozen_while_somebody_owes_a_section(
    record: None, draft: Report, cast: Cast, before: Callable[[Report, Cast], object], owes: str
) -> None:
    before(draft, cast)

    with pytest.raises(NotAllowed, match=f"Errors, corrections and lessons .{owes}"):
        freeze(draft, cast.pia)

    draft.refresh_from_db()
    assert draft.content == ""


def test_a_comment_is_resolved_by_its_author_the_owner_or_the_publisher(draft: Report, cast: Cast) -> None:
    ask(draft, cast.rex)
    [one] = ReportSection.objects.get().comments.all()

    with pytest.raises(NotAllowed, match="Your role may not"):
        acts.resolve_comment(one, by=cast.ana, at=NOW)
    for may in (cast.rex, cast.pia):
        acts.resolve_comment(one, by=may, at=NOW)
        assert owed(draft) == []
        with pytest.raises(NotAllowed, match="resolved already"):
            acts.resolve_comment(one, by=may, at=NOW)
        acts.reopen_comment(one, by=cast.ana, at=NOW)
    give(draft, cast.ana, cast.pia)
    acts.resolve_comment(SectionComment.objects.get(), by=cast.ana, at=NOW)
    with pytest.raises(NotAllowed, match="write what should change"):
        acts.comment(draft, code="lessons", risk=None, text=" ", by=cast.ana, at=NOW)


def test_who_wrote_in_a_report_neither_clears_nor_approves_it(
    record: None, draft: Report, cast: Cast
) -> None:
    give(draft, cast.rex, cast.pia)
    write(draft, cast.rex)
    write(draft, cast.pia, text="Rewritten by another, and still partly his.")
    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)
    actions.ask_clearance(draft, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(draft, cast.rex)
    with pytest.raises(DatabaseError, match="neither clears nor approves"), transaction.atomic():
        Report.objects.filter(pk=draft.pk).update(state="safety_cleared", cleared_by=cast.rex, cleared_at=NOW)


def test_a_frozen_report_takes_no_word_and_the_database_neither(rendered: Report, cast: Cast) -> None:
    for act in (write, lambda report, by: give(report, None, by), ask):
        with pytest.raises(NotAllowed, match="The report is frozen"):
            act(rendered, cast.pia)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        ReportSection.objects.create(report=rendered, code="lessons")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_sectionrevision SET text = 'Other.'",
        "DELETE FROM transparency_sectionrevision",
        "UPDATE transparency_sectioncomment SET text = 'Other.'",
        "DELETE FROM transparency_sectioncomment",
        "INSERT INTO transparency_reportsection (report_id, code, text, state) "
        "SELECT report_id, 'lessons', '', 'empty' FROM transparency_reportsection",
        "INSERT INTO transparency_reportsection (report_id, code, text, state) "
        "SELECT report_id, 'words', 'Of no risk.', 'ready' FROM transparency_reportsection",
        "UPDATE transparency_reportsection SET state = 'empty'",
    ],
)
def test_the_database_keeps_what_was_written_and_asked(draft: Report, cast: Cast, statement: str) -> None:
    write(draft, cast.pia)
    ask(draft, cast.ana)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_section_answers_the_questions_that_its_writer_ticks(
    record: None, draft: Report, cast: Cast
) -> None:
    give(draft, cast.ana, cast.pia, "tensions")
    write(draft, cast.ana, "tensions", answers=["C4", "C4.2", "A1"])

    told = {one.question: one.told_in for one in draft.coverage.all()}  # type: ignore[attr-defined]
    assert told == {"C4": "section-tensions", "C4.2": "section-tensions"}
    write(draft, cast.ana, "tensions", answers=["C4.2"])
    assert coverage_of(draft).row("C4").is_open
    assert not coverage_of(draft).row("C4.2").is_open
    write(draft, cast.ana, "tensions", text="")
    assert coverage_of(draft).row("C4.2").is_open


def test_sections_stand_in_the_report_where_they_belong_and_as_safe_text(
    record: None, draft: Report, cast: Cast
) -> None:
    risk = listed_sections(draft)[-1].risk
    write(draft, cast.pia, "commitment", text="Since 2019. <script>alert(1)</script>")
    write(draft, cast.pia, "lessons", answers=["A2.5"])
    write(draft, cast.pia, "words", risk=risk, text="Only of this risk.", answers=["C4.2"])
    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)

    content = json.loads(bytes(draft.documents.get(format="json").body))
    number = len(content["risks"])
    assert [(one["code"], one["risk"]) for one in content["sections"]] == [
        ("commitment", 0),
        ("lessons", 0),
        ("words", number),
    ]
    html = bytes(draft.documents.get(format="html").body).decode()
    order = ['id="section-commitment"', 'id="risks"', f'id="risk-{number}-words"', 'id="section-lessons"']
    assert [html.index(one) for one in order] == sorted(html.index(one) for one in order)
    assert "<strong>people in four regions</strong>" in html
    assert "&lt;script&gt;" in html
    assert f'<a href="#risk-{number}-words">{number}</a>' in html


def test_a_new_edition_takes_the_text_over_to_be_marked_anew_and_a_new_period_only_the_owners(
    record: None, draft: Report, cast: Cast
) -> None:
    give(draft, cast.ana, cast.pia)
    write(draft, cast.ana, answers=["A2.5"])
    freeze(draft, cast.pia)
    publish(draft, cast)

    second = actions.draft_report(
        title="Corrected", begin=draft.period_from, end=draft.period_to, by=cast.pia, at=NOW
    )
    later = actions.draft_report(
        title="Next", begin=NOW.date().replace(day=1), end=NOW.date(), by=cast.pia, at=NOW
    )

    kept = ReportSection.objects.get(report=second)
    assert (kept.text, kept.state, kept.owner) == (TEXT, "draft", cast.ana)
    assert [one.by for one in kept.revisions.all()] == [cast.ana]
    new = ReportSection.objects.get(report=later)
    assert (new.text, new.state, new.owner) == ("", "empty", cast.ana)


def test_a_section_is_given_written_commented_and_resolved_on_its_page(
    record: None, draft: Report, cast: Cast, client: Client
) -> None:
    page = f"/desk/reports/{draft.pk}/sections/"
    client.force_login(cast.pia)
    client.post(f"{page}lessons/owner/", {"owner": cast.ana.pk})
    assert "write it, or let the publisher take it back" in client.get(page).content.decode()
    client.force_login(cast.ana)
    assert "Errors, corrections" in client.get(f"{page}?show=mine").content.decode()
    long = client.post(f"{page}lessons/", {"text": "x" * 20_001, "ready": "on"})
    assert long.status_code == 400
    assert "20001 characters; a section holds 20000 at most" in long.content.decode()
    client.post(f"{page}lessons/", {"text": TEXT, "ready": "on", "answers": ["A2.5"]})
    shown = client.get(f"{page}lessons/").content.decode()
    assert "<strong>people in four regions</strong>" in shown
    assert 'value="A2.5" id="id_answers_0" checked' in shown
    client.force_login(cast.rex)
    assert client.post(f"{page}lessons/comments/", {"comment": ""}).status_code == 400
    client.post(f"{page}lessons/comments/", {"comment": "Which four?"})
    refused = client.post(f"{page}lessons/", {"text": "Mine now.", "ready": "on"})
    assert refused.status_code == 400
    [said] = ReportSection.objects.get().comments.all()
    client.force_login(cast.ana)
    client.post(f"/desk/reports/{draft.pk}/comments/{said.pk}/resolve/")
    assert "Nobody owes a section" in client.get(page).content.decode()
    assert client.get(f"{page}nothing/").status_code == 404
    assert client.post(f"/desk/reports/{draft.pk}/comments/{said.pk}/delete/").status_code == 404


def test_the_words_of_a_section_stand_in_no_audit_row(draft: Report, cast: Cast) -> None:
    write(draft, cast.pia)
    ask(draft, cast.ana)

    logged = str(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "lessons" in logged
    assert "four" not in logged


def test_the_list_asks_as_often_of_few_risks_as_of_many(record: None, draft: Report, cast: Cast) -> None:
    few = Risk.objects.filter(pk__in=Risk.objects.values("pk")[:1])
    Risk.objects.exclude(pk__in=few.values("pk")).update(published=False)
    with CaptureQueriesContext(connection) as asked:
        listed_sections(draft)
    Risk.objects.update(published=True)
    with CaptureQueriesContext(connection) as again:
        listed_sections(draft)

    assert len(again) == len(asked)


def test_a_reason_given_by_the_command_does_not_undo_what_a_section_answers(
    record: None, draft: Report, cast: Cast
) -> None:
    write(draft, cast.pia, answers=["A2.5"])
    coverage.answer_from_the_record_alone(draft, by=cast.pia, at=NOW)

    assert [one["kind"] for one in coverage_of(draft).row("A2.5").answers] == ["said"]
