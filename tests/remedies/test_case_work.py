"""What a case touches: a measure, an appeal that undoes it, the remedy and who owns it (domain.md 3.8, 6.4, 6.6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.job import as_job
from remedies.actions import case_links
from remedies.actions.follow_up import open_mailbox
from remedies.models import Case, Remedy, SystemicAction
from remedies.rules.case import CaseRole
from risks.actions.measures import ask_after_a_case, note_signal, undo_on_appeal
from risks.actions.proportionality import assess_chunk, finish_cycle, plan_cycle
from risks.models import Measure, Signal
from tests.remedies.test_case_desk import (
    LONG,
    SUMMARY,
    act,
    admitted,
    answered_behind_the_receipt,
    at_desk,
    decided,
    give,
    read_it,
)
from tests.remedies.vault_stage import NOW, TOLD, Vault, handler, person, vault_of_three
from tests.risks.test_measure_pages import a_measure

__all__ = ["vault_of_three"]
OFFER = {"kinds": ["apology"], "scope": "individual", "due": "2099-01-01", "text": LONG}
EVERYTHING = ["content", "account", "strikes", "reach", "earnings", "data"]


def appealed(stage: Vault) -> tuple[Case, User, Client, Measure]:
    """Take a case that is linked to a measure to somebody new who hears its appeal."""
    abel = handler("abel", Role.APPEAL, custodian=stage.custodians[0])
    measure = a_measure()
    case, _receipt, grace = admitted(stage)
    ivan, dora = at_desk(stage.ivan), at_desk(stage.dora)
    assert act(ivan, case, "measure", measure=measure.pk).status_code == 302
    act(ivan, case, "investigate", x="x")
    read_it(ivan, case)
    act(ivan, case, "draft", finding="unable_to_determine", summary=SUMMARY)
    read_it(dora, case)
    act(dora, case, "decide", finding="unable_to_determine", automated="NOT_AUTOMATED", reasons=LONG)
    assert act(grace, case, "appeal", x="x").status_code == 302
    assert give(case, grace, abel, CaseRole.APPEAL).status_code == 302
    return case, abel, at_desk(abel), measure


def swept() -> None:
    at = timezone.now()
    cycle = plan_cycle(as_of=at.date(), at=at)
    with as_job():
        for chunk in cycle.chunks.all():
            assess_chunk(chunk.pk, at=at)
        assert finish_cycle(cycle, at=at)


def test_a_linked_case_asks_for_the_measure_and_pauses_nothing(vault_of_three: Vault) -> None:
    stage = vault_of_three
    measure = a_measure()
    case, _receipt, grace = admitted(stage)

    assert "none has this number" in act(grace, case, "measure", measure=999_999).content.decode()
    assert act(grace, case, "measure", measure=measure.pk).status_code == 302
    assert act(grace, case, "measure", measure=measure.pk).status_code == 302
    signal = Signal.objects.get()
    assert (signal.kind, signal.measure) == ("new_evidence", measure)
    assert [word for word in (TOLD, case.short, str(case.pk)) if word in signal.note] == []
    measure.refresh_from_db()
    assert measure.state == "active"
    swept()
    assert "NEW_EVIDENCE" in measure.findings.get().codes
    measure.refresh_from_db()
    assert measure.state == "active"
    with pytest.raises(NotAllowed, match="may not read"):
        ask_after_a_case(measure, by=person("ana", Role.ANALYST), at=NOW)


def test_a_machine_undoes_what_an_appeal_decided_and_nothing_else(vault_of_three: Vault) -> None:
    case, abel, hearing, measure = appealed(vault_of_three)
    other = a_measure()

    read_it(hearing, case)
    left_open = act(hearing, case, "decide-appeal", finding="upheld", reasons=LONG)
    assert "undone or stays" in left_open.content.decode()
    said = {"finding": "upheld", "reasons": LONG, "on_measure": "undone"}
    assert act(hearing, case, "decide-appeal", **said).status_code == 302
    signal = Signal.objects.get(kind="appeal_upheld")
    assert (signal.measure, signal.noted_by) == (measure, abel.username)
    swept()
    for one in (measure, other):
        one.refresh_from_db()
    assert (measure.state, other.state) == ("reversed", "active")
    assert measure.findings.get().code == "APPEAL_UPHELD"
    case.refresh_from_db()
    assert (case.on_measure, case.appeal_decided_by) == ("undone", abel)


def test_an_appeal_that_leaves_the_measure_undoes_nothing(vault_of_three: Vault) -> None:
    case, _abel, hearing, measure = appealed(vault_of_three)

    said = {"finding": "partly_upheld", "reasons": LONG, "on_measure": "stays"}
    read_it(hearing, case)
    assert act(hearing, case, "decide-appeal", **said).status_code == 302
    swept()
    measure.refresh_from_db()
    assert measure.state == "active"
    assert not Signal.objects.filter(kind="appeal_upheld").exists()
    with pytest.raises(IntegrityError, match="undoes"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(on_measure="undone", finding="not_upheld", measure=None)


def test_whoever_had_a_part_in_a_measure_hears_no_appeal_about_it(vault_of_three: Vault) -> None:
    case, abel, hearing, measure = appealed(vault_of_three)
    Measure.objects.filter(pk=measure.pk).update(imposed_by=abel.username)

    said = {"finding": "upheld", "reasons": LONG, "on_measure": "undone"}
    read_it(hearing, case)
    assert "SD2" in act(hearing, case, "decide-appeal", **said).content.decode()
    case.refresh_from_db()
    assert case.state == "appeal"
    with pytest.raises(NotAllowed, match="may not decide an appeal"):
        undo_on_appeal(measure, by=person("rita", Role.REVIEWER), at=NOW)
    with pytest.raises(NotAllowed, match="act of the appeal body"):
        note_signal(
            measure,
            by=person("dan", Role.DECIDER),
            at=NOW,
            kind="appeal_upheld",
            noted_on=NOW.date(),
            note="x",
        )
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="SD2"), transaction.atomic():
        cursor.execute(
            "INSERT INTO risks_signal (measure_id, kind, noted_on, note, noted_by) VALUES (%s, 'appeal_upheld', "
            "current_date, 'x', %s)",
            [measure.pk, abel.username],
        )


def test_a_systemic_remedy_has_an_owner_who_never_sees_the_case(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt, _grace, _ivan, dora = decided(stage)
    ana = person("ana", Role.ANALYST)
    systemic = OFFER | {"kinds": ["apology", "guarantee_of_non_repetition"]}

    assert "M4" in act(dora, case, "offer-remedy", **systemic).content.decode()
    with pytest.raises(IntegrityError, match="M4"), transaction.atomic():
        _unowned(case)
    given = systemic | {"owner": ana.pk, "area": "language_gap"}
    assert act(dora, case, "offer-remedy", **given).status_code == 302
    answered_behind_the_receipt(receipt, "agree")
    action = SystemicAction.objects.get()
    assert sorted(case.remedies.values_list("scope", flat=True)) == ["individual", "systemic"]
    browser = Client()
    browser.force_login(ana)
    desk = browser.get("/desk/").content.decode()
    assert "Language gap" in desk
    assert [word for word in (case.short, TOLD, LONG) if word in desk] == []
    eve = Client()
    eve.force_login(person("eve", Role.SENIOR))
    assert eve.post(reverse("systemic-done", args=[action.pk])).status_code == 404
    assert browser.post(reverse("systemic-done", args=[action.pk])).status_code == 302
    action.refresh_from_db()
    assert action.done_on == timezone.now().date()
    case.conflicts.create(user=ana)
    SystemicAction.objects.update(done_on=None)
    assert "Language gap" not in browser.get("/desk/").content.decode()
    assert browser.post(reverse("systemic-done", args=[action.pk])).status_code == 404
    action.refresh_from_db()
    with pytest.raises(NotAllowed, match="M4"):
        case_links.finish_action(action, by=ana, at=NOW)


def _unowned(case: Case) -> None:
    Remedy.objects.create(case=case, kind="apology", scope="systemic", due=NOW.date(), offered_on=NOW.date())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_who_is_barred_owns_nothing_that_follows(vault_of_three: Vault) -> None:
    case, _receipt, _grace, _ivan, dora = decided(vault_of_three)
    ana = person("ana", Role.ANALYST)
    case.conflicts.create(user=ana)

    said = OFFER | {"scope": "systemic", "owner": ana.pk, "area": "design"}
    page = act(dora, case, "offer-remedy", **said)
    assert page.status_code == 400
    assert "Ana" not in page.content.decode()
    assert not SystemicAction.objects.exists()


def test_an_amount_and_a_share_are_said_with_the_offer(vault_of_three: Vault) -> None:
    case, _receipt, _grace, _ivan, dora = decided(vault_of_three)
    paid = OFFER | {"kinds": ["apology", "financial_compensation"], "amount": "1500.50", "currency": "eur"}

    assert "only who contributed" in act(dora, case, "offer-remedy", **paid, share_pct=40).content.decode()
    assert "M3" in act(dora, case, "part", part="directly_linked").content.decode()
    assert act(dora, case, "part", part="contributed").status_code == 302
    assert "no finer" in act(dora, case, "offer-remedy", **paid | {"amount": "1.005"}).content.decode()
    assert act(dora, case, "offer-remedy", **paid, share_pct=40).status_code == 302
    money = case.remedies.get(kind="financial_compensation")
    assert (money.amount_minor, money.currency, money.share_pct) == (150_050, "EUR", 40)
    assert case.remedies.get(kind="apology").amount_minor is None
    assert "EUR 1,500.50" in dora.get(reverse("case-detail", args=[case.pk])).content.decode()
    for wrong in (
        {"amount_minor": 1, "currency": ""},
        {"amount_minor": None, "currency": "EUR"},
        {"amount_minor": 0},
        {"currency": "eur"},
        {"share_pct": 101},
        {"kind": "apology"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            case.remedies.filter(pk=money.pk).update(**wrong)


def test_who_is_only_linked_closes_an_upheld_case_by_saying_what_it_does(vault_of_three: Vault) -> None:
    case, _receipt, _grace, ivan, dora = decided(vault_of_three)
    risk = a_measure().risk
    Case.objects.filter(pk=case.pk).update(decided_on=NOW.date() - timedelta(days=70))
    close = {"root_cause": "partner_conduct", "risk": risk.pk}

    assert "C3" in act(dora, case, "close", **close).content.decode()
    assert (
        "SD3" in act(ivan, case, "part", part="directly_linked", role_taken="uses_leverage").content.decode()
    )
    with pytest.raises(IntegrityError, match="C3"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed", part="caused", risk=risk, root_cause="other")
    with pytest.raises(IntegrityError, match="part_known"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(part="directly_linked")
    assert act(dora, case, "part", part="directly_linked", role_taken="uses_leverage").status_code == 302
    assert act(dora, case, "close", **close).status_code == 302


def test_undoing_a_measure_gives_back_all_that_it_took(vault_of_three: Vault) -> None:
    case, receipt, _grace, ivan, dora = decided(vault_of_three)
    act(ivan, case, "measure", measure=a_measure().pk)
    act(dora, case, "offer-remedy", **OFFER | {"kinds": ["restitution"]})
    answered_behind_the_receipt(receipt, "agree")
    act(dora, case, "deliver", x="x")
    remedy = case.remedies.get()

    said: dict[str, Any] = {"remedy": remedy.pk, "evidence": LONG}
    assert "M6: say of" in act(dora, case, "delivered", **said).content.decode()
    said |= {"restored": EVERYTHING[:-1], "not_restorable": EVERYTHING[-1:]}
    assert act(dora, case, "delivered", **said).status_code == 302
    remedy.refresh_from_db()
    assert (remedy.restored, remedy.not_restorable) == (sorted(EVERYTHING[:-1]), ["data"])


def test_a_remedy_a_month_late_stands_on_the_desk_of_a_senior_without_the_case(vault_of_three: Vault) -> None:
    case, receipt, _grace, _ivan, dora = decided(vault_of_three)
    act(dora, case, "offer-remedy", **OFFER)
    answered_behind_the_receipt(receipt, "agree")
    eve = person("eve", Role.SENIOR)
    browser = Client()
    browser.force_login(eve)
    heading, today = "Remedies more than 30 days late", timezone.now().date()

    case.remedies.update(due=today - timedelta(days=30))
    assert heading not in browser.get("/desk/").content.decode()
    case.remedies.update(due=today - timedelta(days=31))
    desk = browser.get("/desk/").content.decode()
    assert heading in desk
    assert [word for word in (case.short, LONG, TOLD) if word in desk] == []
    case.conflicts.create(user=eve)
    assert heading not in browser.get("/desk/").content.decode()


def test_a_court_case_elsewhere_is_noted_and_ends_nothing(vault_of_three: Vault) -> None:
    case, _receipt, _grace, ivan, dora = decided(vault_of_three)

    for _ in range(2):
        assert act(ivan, case, "proceeding", kind="court").status_code == 302
    assert case.proceedings.count() == 1
    assert AuditEvent.objects.filter(action="noted a parallel proceeding").count() == 1
    case.refresh_from_db()
    assert case.state == "decided"
    assert "Court" in dora.get(reverse("case-detail", args=[case.pk])).content.decode()


def test_every_decision_names_the_out_of_court_way(vault_of_three: Vault) -> None:
    _case, receipt, *_rest = decided(vault_of_three)

    assert "out-of-court dispute body" in open_mailbox(receipt, at=timezone.now()).answers[-1].text
