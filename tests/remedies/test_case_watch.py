"""After closing: the watch over who spoke, a new opening, and what only the person says (domain.md 6.4, 6.5, 6.7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import NotAllowed, Role
from remedies.actions import case_links, follow_up, persons_word, watch
from remedies.models import Case, IdentityKeyWrap, RetaliationCheck, SealedIdentity
from remedies.queries.alarms import Retaliation, alarms_of, retaliation_counts
from remedies.queries.case_desk import standing_of
from remedies.queries.retention import ended_cases
from remedies.rules.case import CaseRole, CaseType, week_of
from remedies.rules.case_workflow import Proceeding
from remedies.rules.receipt import new_receipt
from remedies.rules.retaliation import Word
from tests.remedies.test_case_desk import LONG, act, admitted, at_desk, decided, past_the_triggers, read_it
from tests.remedies.vault_stage import NOW, TOKEN, Vault, person, post, received, vault_of_three

__all__ = ["vault_of_three"]


def closed(stage: Vault, **more: Any) -> tuple[Case, str, Client]:
    """Take a case to its end by the pages: refused, and the time to appeal is over."""
    case, receipt = received(**more)
    grace = at_desk(stage.grace)
    act(grace, case, "acknowledge", text="We read it.", attested="on")
    act(grace, case, "screen", x="x")
    read_it(grace, case)
    act(grace, case, "refuse", refusal="not_ours", text=LONG)
    Case.objects.filter(pk=case.pk).update(screened_on=NOW.date() - timedelta(days=400))
    assert act(grace, case, "close", x="x").status_code == 302
    case.refresh_from_db()
    return case, receipt, grace


def page_of(receipt: str) -> tuple[Client, str]:
    client = Client()
    return client, post(client, "/follow/en/", step="open", receipt=receipt).content.decode()


def press(receipt: str, *steps: str) -> str:
    client, page = page_of(receipt)
    for step in steps:
        page = post(client, "/follow/en/", step=step, token=TOKEN.findall(page)[0]).content.decode()
    return page


def come(case: Case, days: int) -> None:
    """Let a check fall due today, as if so many days had passed."""
    case.retaliation_checks.filter(days=days).update(due=timezone.now().date())


def test_it_is_asked_behind_the_receipt_once_its_day_has_come_and_a_yes_opens_the_case_again(
    vault_of_three: Vault,
) -> None:
    case, receipt, grace = closed(vault_of_three)
    asked = "Was anybody punished for speaking to us?"

    assert [one.days for one in case.retaliation_checks.all()] == [30, 90, 180]
    assert asked not in page_of(receipt)[1]
    assert case.short not in grace.get("/desk/cases/").content.decode()
    come(case, 30)
    assert asked in page_of(receipt)[1]
    assert "Ask whether anybody was punished for it" in grace.get("/desk/cases/").content.decode()
    assert asked not in press(receipt, "punished-no")
    assert case.short not in grace.get("/desk/cases/").content.decode()
    come(case, 90)
    press(receipt, "punished-yes")

    case.refresh_from_db()
    assert (case.state, case.reopened_for) == ("reopened", "retaliation")
    first, second, _third = case.retaliation_checks.order_by("days")
    assert (first.word, second.word, second.word_week) == ("no", "yes", week_of(timezone.now().date()))
    assert asked not in page_of(receipt)[1]
    shown = grace.get("/desk/cases/").content.decode()
    assert "Retaliation" in shown
    assert "Look into the retaliation" in shown
    assert "of your cases" in grace.get("/desk/").content.decode()
    assert not AuditEvent.objects.filter(action__contains="retaliation").exists()


def test_a_report_at_any_time_is_taken_and_concluded_before_the_case_can_close(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt, _grace, ivan, dora = decided(stage)

    press(receipt, "ask-punished", "punished")
    press(receipt, "ask-punished", "punished")
    report = case.retaliation_checks.get()
    assert (report.days, report.word) == (0, "yes")
    assert retaliation_counts(today=timezone.now().date()).open == 1
    assert retaliation_counts(today=timezone.now().date() + timedelta(days=9)).untriaged == 1
    assert "is open" in act(ivan, case, "found", text=LONG).content.decode()
    assert act(ivan, case, "look", x="x").status_code == 302
    assert retaliation_counts(today=timezone.now().date() + timedelta(days=9)).untriaged == 0
    with past_the_triggers():
        Case.objects.filter(pk=case.pk).update(state="verified")
    Case.objects.filter(pk=case.pk).update(
        finding="not_upheld", summary_offered_on=NOW.date() - timedelta(days=60)
    )
    assert "Method 14: a report of retaliation is open" in act(dora, case, "close", x="x").content.decode()
    with pytest.raises(IntegrityError, match=r"6\.7"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed")
    assert act(dora, case, "found", detriment="on", text=LONG).status_code == 302
    report.refresh_from_db()
    assert (report.outcome, report.taken_by) == ("confirmed", stage.ivan)
    assert retaliation_counts(today=NOW.date()) == Retaliation(open=0, untriaged=0, confirmed=1)
    assert LONG in follow_up.open_mailbox(receipt, at=timezone.now()).answers[-1].text


def test_other_grounds_that_were_shown_do_not_confirm_it_and_who_sorts_concludes_nothing(
    vault_of_three: Vault,
) -> None:
    stage = vault_of_three
    case, receipt, grace = admitted(stage)
    ivan = at_desk(stage.ivan)
    press(receipt, "ask-punished", "punished")
    act(grace, case, "look", x="x")

    assert "SD3" in act(grace, case, "found", detriment="on", text=LONG).content.decode()
    act(ivan, case, "found", detriment="on", other_grounds="on", text=LONG)
    assert case.retaliation_checks.get().outcome == "not_confirmed"


def test_the_team_records_what_it_learned_in_another_way(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt, grace = closed(stage)

    assert "Nothing is asked now" in act(grace, case, "watch", word="no").content.decode()
    come(case, 30)
    assert act(grace, case, "watch", word="not_reached").status_code == 302
    assert act(grace, case, "watch", word="yes").status_code == 302
    case.refresh_from_db()
    assert case.state == "reopened"
    assert [one.recorded_by for one in case.retaliation_checks.exclude(word="")] == [stage.grace] * 2
    with pytest.raises(NotAllowed, match="not there"):
        watch.record_word(case, word=Word.NO, by=stage.ivan, at=NOW)


def test_the_database_keeps_what_was_said_and_who_may_look(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt = received()
    persons_word.report_retaliation(receipt, today=NOW.date())
    row = RetaliationCheck.objects.filter(case=case)

    wrong: list[dict[str, Any]] = [
        {"word": "no"},
        {"word_week": NOW.date()},
        {"outcome": "confirmed"},
        {"taken_by": stage.ivan, "taken_on": NOW.date()},
        {"days": 31},
        {"outcome": "guilty"},
    ]
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE remedies_case SET state = 'withdrawn' WHERE id = %s", [case.pk])
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE remedies_case SET unseen_rounds = 3 WHERE id = %s", [case.pk])


def test_an_unknown_receipt_says_nothing_and_changes_nothing(vault_of_three: Vault) -> None:
    received(identity_mode="confidential", contact="x")
    nobody = new_receipt()

    persons_word.withdraw(nobody, today=NOW.date())
    persons_word.take_back_identity(nobody)
    persons_word.report_retaliation(nobody, today=NOW.date())
    persons_word.answer_check(nobody, Word.YES, today=NOW.date())
    assert Case.objects.get().state == "received"
    assert SealedIdentity.objects.count() == 1
    assert not RetaliationCheck.objects.exists()


def test_only_the_person_withdraws_and_what_is_for_everybody_goes_on(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt, grace = admitted(stage)
    dora = at_desk(stage.dora)

    assert act(grace, case, "withdraw", x="x").status_code == 404
    asks = press(receipt, "ask-withdraw")
    assert "What could happen to others we go on with" in asks
    assert Case.objects.get().state == "admissible"
    assert "You withdrew it." in press(receipt, "ask-withdraw", "withdraw")
    case.refresh_from_db()
    assert (case.state, case.withdrawn_week) == ("withdrawn", week_of(timezone.now().date()))
    (kept,) = ended_cases(today=timezone.now().date())
    assert kept.last is not None, "what was withdrawn has a last day too"
    assert "Withdraw my concern" not in page_of(receipt)[1]
    assert "Link it to a risk" in dora.get("/desk/cases/").content.decode()
    assert "GP29" in act(dora, case, "lesson", root_cause="design").content.decode()
    assert "not the next step" in act(grace, case, "screen", x="x").content.decode()


def test_the_person_takes_back_who_they_are(vault_of_three: Vault) -> None:
    case, receipt = received(identity_mode="confidential", contact="By Signal at night")

    assert "Take back how to reach me" in page_of(receipt)[1]
    press(receipt, "ask-identity")
    assert case.identities.count() == 1
    page = press(receipt, "ask-identity", "take-back")
    assert "Take back how to reach me" not in page
    case.refresh_from_db()
    assert case.identity_mode == "anonymous"
    assert not SealedIdentity.objects.exists()
    assert not IdentityKeyWrap.objects.exists()


def test_a_closed_case_is_opened_again_for_a_reason_by_who_sorted_it(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt, grace = closed(stage)

    assert "Reason: choose" in act(grace, case, "reopen", text="Again.").content.decode()
    follow_up.send_message(receipt, "There is a new witness.", nonce="n", at=NOW)
    assert "Read what the person wrote" in grace.get("/desk/cases/").content.decode()
    assert act(grace, case, "reopen", reason="new_facts", text="We look again.").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.reopened_for, case.closed_on) == ("reopened", "new_facts", None)
    page = grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "Assign an investigator" in page
    assert "new facts" in page
    give = {"who": f"{stage.ivan.pk}:{CaseRole.GRV_INV}", "attested": "on"}
    assert grace.post(reverse("case-assign", args=[case.pk]), give).status_code == 302
    assert act(at_desk(stage.ivan), case, "investigate", x="x").status_code == 302
    with pytest.raises(IntegrityError, match="reason"), transaction.atomic(), past_the_triggers():
        Case.objects.filter(pk=case.pk).update(state="reopened", reopened_for="")


def test_a_case_about_retaliation_comes_right_after_danger_to_life(vault_of_three: Vault) -> None:
    stage = vault_of_three
    calm, _receipt = received(type=CaseType.PRIVACY)
    punished, _receipt = received(type=CaseType.RETALIATION)
    danger, _receipt = received(threat_to_life=True)

    text = at_desk(stage.grace).get("/desk/cases/").content.decode()
    assert text.index(danger.short) < text.index(punished.short) < text.index(calm.short)
    standing = standing_of(stage.grace, punished.pk, today=NOW.date())
    assert standing is not None
    assert standing.urgent
    assert retaliation_counts(today=NOW.date()).open == 1
    assert alarms_of(person("eve", Role.SENIOR), today=NOW.date()).escalated_dangers == 0


def test_whoever_only_sorts_new_cases_acts_on_none_before_they_took_a_role(vault_of_three: Vault) -> None:
    case, _receipt = received()
    grace: dict[str, Any] = {"by": vault_of_three.grace, "at": NOW}

    for act_of_the_team in (
        lambda: watch.record_word(case, word=Word.YES, **grace),
        lambda: watch.take_report(case, **grace),
        lambda: case_links.link_measure(case, measure=1, **grace),
        lambda: case_links.note_proceeding(case, kind=Proceeding.COURT, **grace),
    ):
        with pytest.raises(NotAllowed, match="SD3: only the team of the case"):
            act_of_the_team()
