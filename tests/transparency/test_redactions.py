"""A passage leaves by two people and for a reason; a report leaves once people judged it (8.5, SD6, UNGP 21)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.models import Risk
from tests.cast import NOW, Cast, freeze, judge, publish, sign
from transparency.actions import redactions as acts
from transparency.actions import reports as actions
from transparency.actions.sufficiency import judge_sufficiency
from transparency.models import Redaction, Report
from transparency.rules.redaction import fields

PATH = "risks.0.summary"
LATER = NOW + timedelta(hours=1)
WHY = "We read it together, and it does."


def passage(report: Report) -> str:
    return str(report.parsed_content["risks"][0]["summary"])[:24].strip()


def mark(report: Report, by: User, *, words: str | None = None, reason: str = "safety_source") -> Redaction:
    said = passage(report) if words is None else words
    return acts.mark(report, path=PATH, passage=said, reason=reason, by=by, at=NOW)


def refrozen(report: Report, cast: Cast) -> Report:
    actions.thaw_figures(report, by=cast.pia, at=NOW)
    freeze(report, cast.pia, at=LATER)
    actions.render_documents(report, at=NOW)
    return report


def test_a_passage_that_two_people_took_out_stands_in_no_document_and_is_counted(
    rendered: Report, cast: Cast, client: Client
) -> None:
    words = passage(rendered)
    acts.review(mark(rendered, cast.rex), confirm=True, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="redacted after the figures were frozen"):
        actions.ask_clearance(rendered, by=cast.pia, at=NOW)

    refrozen(rendered, cast)

    bodies = b"".join(
        bytes(one.body) for one in rendered.documents.filter(content_hash=rendered.content_hash)
    )
    assert words.encode() not in bodies
    assert b"[redacted: safety of a source]" in bodies
    assert rendered.parsed_content["redactions"] == [
        {"code": "safety_source", "label": "safety of a source", "count": 1}
    ]
    publish(rendered, cast)
    assert "What was taken out" in client.get("/reports/2021/").content.decode()


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda one, cast: acts.review(one, confirm=True, by=cast.rex, at=NOW), "does not decide on it"),
        (lambda one, cast: acts.review(one, confirm=True, by=cast.ana, at=NOW), "Your role may not"),
        (lambda one, cast: acts.lift(one, by=cast.pia, at=NOW), "Your role may not"),
    ],
)
def test_nobody_decides_alone_on_what_they_marked(
    frozen: Report, cast: Cast, act: Callable[[Redaction, Cast], None], says: str
) -> None:
    one = mark(frozen, cast.rex)

    with pytest.raises(NotAllowed, match=says):
        act(one, cast)

    one.refresh_from_db()
    assert one.state == "marked"


def test_one_of_the_two_is_a_safety_officer(frozen: Report, cast: Cast) -> None:
    paul = User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PUBLISHER])
    one = mark(frozen, cast.pia)

    with pytest.raises(NotAllowed, match="SD6: one of the two must be a safety officer"):
        acts.review(one, confirm=True, by=paul, at=NOW)
    acts.review(one, confirm=True, by=cast.rex, at=NOW)
    with pytest.raises(NotAllowed, match="in the meantime"):
        acts.review(one, confirm=False, by=cast.rex, at=NOW)


@pytest.mark.parametrize(
    ("words", "reason", "says"),
    [
        ("Words that nobody wrote.", "safety_source", "exactly as it stands"),
        ("ab", "safety_source", "3 characters at least"),
        (None, "reputation", "reputation is not in it"),
    ],
)
def test_a_mark_is_refused_with_its_reason(
    frozen: Report, cast: Cast, words: str | None, reason: str, says: str
) -> None:
    with pytest.raises(NotAllowed, match=says):
        mark(frozen, cast.rex, words=words, reason=reason)


def test_an_open_mark_holds_the_report_back(rendered: Report, cast: Cast) -> None:
    one = mark(rendered, cast.rex)

    with pytest.raises(NotAllowed, match="waits for a second person"):
        actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    acts.review(one, confirm=False, by=cast.pia, at=NOW)
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    late = mark(rendered, cast.rex)
    with pytest.raises(NotAllowed, match="waits for a second person"):
        sign(rendered, cast.rex)
    acts.review(late, confirm=True, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="Back to draft, and freeze anew"):
        sign(rendered, cast.rex)


def test_a_passage_that_changed_since_is_marked_anew_and_what_was_lifted_stands_again(
    frozen: Report, cast: Cast
) -> None:
    words = passage(frozen)
    one = mark(frozen, cast.pia)
    acts.review(one, confirm=True, by=cast.rex, at=NOW)
    actions.thaw_figures(frozen, by=cast.pia, at=NOW)
    summaries = dict(Risk.objects.values_list("pk", "summary"))
    Risk.objects.update(summary="Other words altogether.")
    with pytest.raises(NotAllowed, match="no longer stands as it was marked"):
        freeze(frozen, cast.pia, at=LATER)
    for key, summary in summaries.items():
        Risk.objects.filter(pk=key).update(summary=summary)

    acts.lift(one, by=cast.rex, at=NOW)
    freeze(frozen, cast.pia, at=LATER)

    assert words in frozen.content
    assert frozen.parsed_content["redactions"] == []


def test_a_later_edition_keeps_what_was_taken_out_until_two_people_lift_it(
    rendered: Report, cast: Cast
) -> None:
    words = passage(rendered)
    acts.review(mark(rendered, cast.pia), confirm=True, by=cast.rex, at=NOW)
    refrozen(rendered, cast)
    publish(rendered, cast)

    second = actions.draft_report(
        title="Corrected", begin=rendered.period_from, end=rendered.period_to, by=cast.pia, at=NOW
    )
    freeze(second, cast.pia)

    assert words not in second.content
    kept = Redaction.objects.get(report=second)
    assert (kept.carried, kept.by, kept.reviewed_by) == (True, cast.pia, cast.rex)
    assert second.parsed_content["redactions"][0]["count"] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_redaction SET state = 'confirmed', reviewed_by_id = by_id, reviewed_at = now()",
        "UPDATE transparency_redaction SET state = 'confirmed'",
        "UPDATE transparency_redaction SET reason = 'privacy'",
        "UPDATE transparency_redaction SET words = ''",
        "DELETE FROM transparency_redaction",
        "INSERT INTO transparency_redaction (report_id, field, original_ref, words, reason, state, by_id, at, "
        "reviewed_by_id, reviewed_at, carried) SELECT report_id, field, original_ref, words, reason, 'confirmed', "
        "by_id, at, {other}, at, true FROM transparency_redaction",
        "INSERT INTO transparency_redaction (report_id, field, original_ref, words, reason, state, by_id, at, carried) "
        "SELECT report_id, field, original_ref, words, 'reputation', 'marked', by_id, at, false "
        "FROM transparency_redaction",
    ],
)
def test_the_database_itself_wants_two_people_and_a_reason(
    frozen: Report, cast: Cast, statement: str
) -> None:
    mark(frozen, cast.rex)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(other=cast.pia.pk))


def test_the_words_stand_sealed_and_in_no_audit_row(frozen: Report, cast: Cast) -> None:
    words = passage(frozen)
    one = mark(frozen, cast.rex)

    assert words.encode() not in bytes(one.words)
    logged = AuditEvent.objects.filter(action="report: marked a redaction")
    assert logged.count() == 1
    assert words not in str(logged.values_list("detail", "subject"))


def test_a_report_is_published_only_after_people_judged_that_it_suffices(
    rendered: Report, cast: Cast
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    rendered.refresh_from_db()
    with pytest.raises(NotAllowed, match=r"UNGP 21\(a\): nobody judged yet"):
        actions.publish_report(rendered, by=cast.pia, at=NOW)
    judge(rendered, cast)
    judge_sufficiency(rendered, criterion="adequate", suffices=False, reasons=WHY, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match=r"UNGP 21\(b\): it was judged not to suffice"):
        actions.publish_report(rendered, by=cast.pia, at=NOW)
    forged = "UPDATE transparency_report SET state = 'published', published_at = now()"
    refused = pytest.raises(DatabaseError, match="judged to suffice on four criteria")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forged)
    judge_sufficiency(rendered, criterion="adequate", suffices=True, reasons=WHY, by=cast.pia, at=NOW)

    actions.publish_report(rendered, by=cast.pia, at=NOW)


@pytest.mark.parametrize(
    ("criterion", "who", "reasons", "says"),
    [
        ("safe", "pia", WHY, "Your role may not"),
        ("form", "rex", WHY, "Your role may not"),
        ("form", "pia", "yes", "at least 20 characters"),
        ("score", "pia", WHY, "no such criterion"),
    ],
)
def test_a_judgement_is_refused_with_its_reason(
    frozen: Report, cast: Cast, criterion: str, who: str, reasons: str, says: str
) -> None:
    with pytest.raises(NotAllowed, match=says):
        judge_sufficiency(
            frozen, criterion=criterion, suffices=True, reasons=reasons, by=getattr(cast, who), at=NOW
        )


def test_who_prepared_a_report_does_not_judge_its_safety_and_the_database_agrees(
    frozen: Report, cast: Cast
) -> None:
    cast.pia.roles = [Role.PUBLISHER, Role.REDACTOR]
    cast.pia.save()

    with pytest.raises(NotAllowed, match="SD6"):
        judge_sufficiency(frozen, criterion="safe", suffices=True, reasons=WHY, by=cast.pia, at=NOW)
    with pytest.raises(DatabaseError, match="does not judge"), transaction.atomic():
        frozen.sufficiency.create(  # type: ignore[attr-defined]
            content_hash=frozen.content_hash,
            criterion="safe",
            suffices=True,
            reasons=WHY,
            by=cast.pia,
            at=NOW,
        )


def test_two_people_redact_and_judge_on_their_pages(rendered: Report, cast: Cast, client: Client) -> None:
    page = f"/desk/reports/{rendered.pk}/"
    words = passage(rendered)
    client.force_login(cast.rex)
    wrong = client.post(
        f"{page}redactions/", {"path": PATH, "passage": "Never written.", "reason": "privacy"}
    )
    assert wrong.status_code == 400
    assert "exactly as it stands" in wrong.content.decode()
    client.post(f"{page}redactions/", {"path": PATH, "passage": words, "reason": "privacy"})
    one = Redaction.objects.get()
    assert "Show the passages" in client.get(f"{page}redactions/").content.decode()
    client.post(f"{page}redactions/{one.pk}/confirm/")
    one.refresh_from_db()
    assert one.state == "marked"
    client.force_login(cast.pia)
    client.post(f"{page}redactions/{one.pk}/confirm/")
    one.refresh_from_db()
    assert (one.state, one.reviewed_by) == ("confirmed", cast.pia)
    bare = client.post(
        f"{page}sufficiency/", {"criterion": "form", "form-suffices": "yes", "form-reasons": "ok"}
    )
    assert bare.status_code == 400
    assert "at least 20 characters" in bare.content.decode()
    client.post(f"{page}sufficiency/", {"criterion": "form", "form-suffices": "no", "form-reasons": WHY})
    assert "No, says Pia" in client.get(f"{page}sufficiency/").content.decode()
    client.force_login(cast.ana)
    shown = client.get(f"{page}redactions/").content.decode()
    assert "Show the passages" not in shown
    assert "Mark a passage" not in shown
    assert client.post(f"{page}redactions/words/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_passage_is_shown_to_one_of_the_two_after_the_log(
    frozen: Report, cast: Cast, client: Client
) -> None:
    words = passage(frozen)
    mark(frozen, cast.rex)
    client.force_login(cast.pia)

    shown = client.post(f"/desk/reports/{frozen.pk}/redactions/words/")

    assert f"<blockquote>{words}" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert AuditEvent.objects.filter(action="report: read a redacted passage", actor="pia").count() == 1
    assert len(fields(frozen.parsed_content)) > 10
