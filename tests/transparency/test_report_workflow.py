"""A report is published by three different people, in order, on the very content they saw."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.accounts.actions.delegations import delegate
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.models import Partner, Risk
from tests.cast import NOW, Cast, freeze, publish, sign
from transparency.actions import reports as actions
from transparency.models import Document, Report
from transparency.rules.workflows import REPORT_STEPS, State


def states() -> set[State]:
    return {state for step in REPORT_STEPS.values() for state in (*step.before, step.after)}


def test_every_state_of_the_workflow_is_reached_and_only_published_is_an_end() -> None:
    leads_on = {state for step in REPORT_STEPS.values() for state in step.before}

    assert states() | {State.CORRECTED, State.WITHDRAWN} == set(State)
    assert states() - leads_on == {State.PUBLISHED}


def test_a_report_goes_from_draft_to_published_by_three_people(published: Report, cast: Cast) -> None:
    published.refresh_from_db()

    assert published.state == State.PUBLISHED
    assert (published.prepared_by, published.cleared_by, published.approved_by) == (
        cast.pia,
        cast.rex,
        cast.eve,
    )
    assert list(
        AuditEvent.objects.filter(action__startswith="report:").order_by("id").values_list("action", "actor")
    ) == [
        ("report: answered questions of the index", "pia"),
        ("report: freeze the figures", "pia"),
        ("report: ask for safety clearance", "pia"),
        ("report: clear for safety", "rex"),
        ("report: approve", "eve"),
        *[("report: judged whether it suffices", "pia")] * 3,
        ("report: judged whether it suffices", "rex"),
        ("report: publish", "pia"),
    ]


def test_who_prepared_a_report_neither_clears_nor_approves_it(rendered: Report, cast: Cast) -> None:
    cast.pia.roles = [Role.PUBLISHER, Role.REDACTOR, Role.SENIOR]
    cast.pia.save()
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(rendered, cast.pia)
    sign(rendered, cast.rex)
    with pytest.raises(NotAllowed, match="SD1"):
        sign(rendered, cast.pia)


def test_who_cleared_a_report_does_not_approve_it(rendered: Report, cast: Cast) -> None:
    cast.rex.roles = [Role.REDACTOR, Role.SENIOR]
    cast.rex.save()
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(rendered, cast.rex)


@pytest.mark.parametrize(
    "forged",
    [
        "cleared_by_id = prepared_by_id, cleared_at = now()",
        "cleared_by_id = {rex}, cleared_at = now(), approved_by_id = {rex}, approved_at = now()",
        "state = 'published', published_at = now()",
        "state = 'approved'",
        "state = 'safety_cleared'",
    ],
)
def test_the_database_itself_refuses_a_signature_that_is_not_another_persons(
    rendered: Report, cast: Cast, forged: str
) -> None:
    statement = f"UPDATE transparency_report SET {forged.format(rex=cast.rex.pk)}"  # noqa: S608
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "act", [actions.freeze_figures, actions.thaw_figures, actions.ask_clearance, actions.publish_report]
)
def test_an_analyst_takes_no_step_of_a_report(
    rendered: Report, cast: Cast, act: Callable[..., object]
) -> None:
    with pytest.raises(NotAllowed, match="Your role may not"):
        act(rendered, by=cast.ana, at=NOW)


def test_a_step_out_of_order_is_refused(rendered: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="not the next step"):
        actions.publish_report(rendered, by=cast.pia, at=NOW)
    with pytest.raises(NotAllowed, match="not the next step"):
        actions.freeze_figures(rendered, by=cast.pia, at=NOW)


def test_nothing_is_sent_to_be_signed_before_its_documents_are_made(frozen: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="0 of 4 documents"):
        actions.ask_clearance(frozen, by=cast.pia, at=NOW)


def test_a_refusal_needs_reasons_and_sends_the_report_back_to_draft(rendered: Report, cast: Cast) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="at least 20 characters"):
        sign(rendered, cast.rex, approve=False, reasons="no")
    sign(rendered, cast.rex, approve=False, reasons="The third summary lets a witness be recognised.")

    rendered.refresh_from_db()
    assert rendered.state == State.DRAFT
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def test_a_refused_approval_takes_back_the_clearance_too(rendered: Report, cast: Cast) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve, approve=False, reasons="The board has not discussed the second risk yet.")

    rendered.refresh_from_db()
    assert (rendered.state, rendered.cleared_by, rendered.approved_by) == (State.DRAFT, None, None)


def test_a_signature_on_other_content_than_was_seen_is_refused(rendered: Report, cast: Cast) -> None:
    asked = actions.ask_clearance(rendered, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="content changed"):
        actions.decide(asked, by=cast.rex, at=NOW, approve=True, reasons="", seen_hash="0" * 64)


def test_a_sign_off_is_decided_once(rendered: Report, cast: Cast) -> None:
    other = User.objects.create_user("ria", "x", display_name="Ria", roles=[Role.REDACTOR])
    asked = actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)

    with pytest.raises(NotAllowed, match="in the meantime"):
        actions.decide(asked, by=other, at=NOW, approve=True, reasons="", seen_hash=asked.content_hash)


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        (date(2021, 2, 1), date(2021, 1, 1), "ends before it begins"),
        (date(2026, 1, 1), date(2026, 12, 31), "between the year 2000 and today"),
        (date(1999, 1, 1), date(1999, 12, 31), "between the year 2000 and today"),
    ],
)
def test_a_period_that_makes_no_report_is_refused(cast: Cast, begin: date, end: date, says: str) -> None:
    with pytest.raises(NotAllowed, match=says):
        actions.draft_report(title="x", begin=begin, end=end, by=cast.pia, at=NOW)


def test_a_period_has_one_report_on_its_way(draft: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="is on its way"):
        actions.draft_report(title="Again", begin=draft.period_from, end=draft.period_to, by=cast.pia, at=NOW)


def test_a_correction_is_a_new_edition_and_the_earlier_one_stays(published: Report, cast: Cast) -> None:
    first = list(Document.objects.values_list("format", "sha256"))
    second = actions.draft_report(
        title="Human rights report 2021, corrected",
        begin=published.period_from,
        end=published.period_to,
        by=cast.pia,
        at=NOW,
    )
    freeze(second, cast.pia)
    publish(second, cast)

    published.refresh_from_db()
    assert (published.state, second.edition) == (State.CORRECTED, 2)
    assert list(published.documents.values_list("format", "sha256")) == first


def test_who_froze_the_figures_is_who_prepared_them(record: None, draft: Report, cast: Cast) -> None:
    paul = User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PUBLISHER, Role.REDACTOR])
    freeze(draft, paul)
    actions.render_documents(draft, at=NOW)
    actions.ask_clearance(draft, by=cast.pia, at=NOW)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(draft, paul)


def test_who_asked_for_clearance_does_not_give_it(rendered: Report, cast: Cast) -> None:
    paul = User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PUBLISHER, Role.REDACTOR])
    actions.ask_clearance(rendered, by=paul, at=NOW)

    with pytest.raises(NotAllowed, match="SD1"):
        sign(rendered, paul)


def test_who_signed_a_report_does_not_publish_it(rendered: Report, cast: Cast) -> None:
    cast.rex.roles = [Role.REDACTOR, Role.PUBLISHER]
    cast.rex.save()
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    rendered.refresh_from_db()

    with pytest.raises(NotAllowed, match="SD6"):
        actions.publish_report(rendered, by=cast.rex, at=NOW)


def test_who_stands_in_for_whoever_signed_a_report_does_not_publish_it(rendered: Report, cast: Cast) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    rendered.refresh_from_db()
    today = timezone.now().date()
    delegate(
        role=Role.REDACTOR,
        to=cast.pia,
        starts_on=today,
        until=today,
        why="Rex is away today, agreed with the head.",
        by=cast.rex,
        at=timezone.now(),
    )
    cast.pia.refresh_from_db()

    with pytest.raises(NotAllowed, match="SD6"):
        actions.publish_report(rendered, by=cast.pia, at=NOW)


def test_a_danger_seen_after_approval_takes_the_report_back_and_every_signature_with_it(
    rendered: Report, cast: Cast
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    rendered.refresh_from_db()

    actions.thaw_figures(rendered, by=cast.pia, at=NOW)

    assert (rendered.state, rendered.cleared_by, rendered.approved_by) == (State.DRAFT, None, None)
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def flag_who_is_named(name: str) -> None:
    Partner.objects.create(name=name, naming_endangers="Its engineers are watched.")


def test_no_report_is_frozen_that_names_a_partner_whose_name_endangers_people(
    record: None, draft: Report, cast: Cast
) -> None:
    risk = Risk.objects.order_by("pk")[0]
    flag_who_is_named(" ".join(risk.title.split()[:2]))

    with pytest.raises(NotAllowed, match=r"it names a partner whose name endangers people \(UNGP 21\(c\)\)"):
        freeze(draft, cast.pia)

    draft.refresh_from_db()
    assert (draft.state, draft.content) == (State.DRAFT, "")


def test_a_partner_marked_since_keeps_a_report_from_being_published(
    rendered: Report, cast: Cast, client: Client
) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    sign(rendered, cast.rex)
    sign(rendered, cast.eve)
    flag_who_is_named(" ".join(Risk.objects.order_by("pk")[0].title.split()[:2]))
    client.force_login(cast.pia)

    answer = client.post(f"/desk/reports/{rendered.pk}/publish/")

    assert b"it names a partner whose name endangers people" in answer.content
    rendered.refresh_from_db()
    assert rendered.published_at is None
