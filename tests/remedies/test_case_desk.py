"""The desk of cases over HTTP: one case from its receipt to its decision, and every refusal on the way (T4)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from remedies.actions import assignment, case_steps, vault, vault_tries
from remedies.actions.follow_up import open_mailbox, send_message
from remedies.models import Case, CaseMember, ReadLog, VaultUnlock
from remedies.rules.case import CaseRole, CaseState, CaseType
from remedies.rules.case_workflow import TRANSITIONS, Automation, Finding
from remedies.rules.receipt import read_receipt
from remedies.views.case_steps import PAGES
from remedies.views.desk_page import COOKIE
from risks.models import Risk
from tests.remedies.vault_stage import (
    NOW,
    PASSPHRASE,
    TOKEN,
    TOLD,
    Vault,
    handler,
    post,
    received,
    vault_of_three,
)

__all__ = ["vault_of_three"]
LONG = "We compared the logs of that night with what was told, and both agree."
SUMMARY = "The logs of that night and two statements. Nothing else was found by us."


def at_desk(user: User) -> Client:
    """Return the browser of somebody who signed in and opened their vault."""
    client = Client()
    client.force_login(user)
    assert client.post("/desk/cases/vault/", {"passphrase": PASSPHRASE}).status_code == 302
    return client


def act(client: Client, case: Case, step: str, **said: Any) -> Any:
    return client.post(reverse("case-step", args=[case.pk, step]), said)


def read_it(client: Client, case: Case, purpose: str = "screening") -> None:
    page = client.post(reverse("case-read", args=[case.pk]), {"purpose": purpose, "group": "narrative"})
    assert page.status_code == 200


def give(case: Case, client: Client, user: User, role: CaseRole) -> Any:
    address = reverse("case-assign", args=[case.pk])
    return client.post(address, {"who": f"{user.pk}:{role}", "attested": "on"})


def admitted(stage: Vault, **more: Any) -> tuple[Case, str, Client]:
    """Take a case from its receipt to the team of an investigator and a decider, through the pages."""
    case, receipt = received(**more)
    grace = at_desk(stage.grace)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("acknowledge", {"text": "We read it.", "attested": "on"}),
        ("screen", {"x": "x"}),
        ("admit", {"kind": "safety_threat", "severity": "4", "text": "We look into it."}),
    ]
    for step, said in steps:
        if step == "admit":
            read_it(grace, case)
        assert act(grace, case, step, **said).status_code == 302
    assert give(case, grace, stage.ivan, CaseRole.GRV_INV).status_code == 302
    assert give(case, grace, stage.dora, CaseRole.GRV_DEC).status_code == 302
    case.refresh_from_db()
    return case, receipt, grace


@contextmanager
def past_the_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_case_goes_from_its_receipt_to_a_decision_that_the_person_reads(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, receipt, grace = admitted(stage)
    ivan, dora = at_desk(stage.ivan), at_desk(stage.dora)

    assert "Begin to investigate" in ivan.get("/desk/cases/").content.decode()
    assert act(ivan, case, "investigate", x="x").status_code == 302
    shown = ivan.post(reverse("case-read", args=[case.pk]), {"purpose": "investigating"})
    assert TOLD in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    read_it(ivan, case)
    assert act(ivan, case, "draft", finding="not_upheld", summary=SUMMARY).status_code == 302
    read_it(dora, case)
    early = act(dora, case, "decide", finding="not_upheld", automated="NOT_AUTOMATED", reasons=LONG)
    assert early.status_code == 400
    assert "C2" in early.content.decode()
    assert LONG in early.content.decode()
    machine = act(dora, case, "decide", finding="upheld", automated="FULLY", reasons=LONG)
    assert "C6" in machine.content.decode()
    send_message(receipt, "Something is missing.", nonce="n", at=NOW)
    assert "Read what the person wrote" in dora.get("/desk/cases/").content.decode()
    written = dora.post(
        reverse("case-read", args=[case.pk]), {"purpose": "deciding", "group": "messages"}
    ).content.decode()
    assert "Something is missing." in written
    assert SUMMARY in written
    decided = act(dora, case, "decide", finding="upheld", automated="PARTIALLY", reasons=LONG)
    assert decided.status_code == 302
    assert "C3" in act(dora, case, "close", x="x").content.decode()

    case.refresh_from_db()
    assert (case.state, case.finding, case.decided_by) == ("decided", "upheld", stage.dora)
    box = open_mailbox(receipt, at=timezone.now())
    assert box.state == CaseState.DECIDED
    assert len(box.answers) == 4
    assert "We decided: you are right." in box.answers[-1].text
    assert "you appeal" in box.answers[-1].text
    page = grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "Offer a remedy" in page
    kept = str(list(AuditEvent.objects.values())) + str(list(ReadLog.objects.values()))
    assert [text for text in (TOLD, LONG, SUMMARY, "We read it.") if text in kept + page] == []


def decided(stage: Vault) -> tuple[Case, str, Client, Client, Client]:
    case, receipt, grace = admitted(stage)
    ivan, dora = at_desk(stage.ivan), at_desk(stage.dora)
    act(ivan, case, "investigate", x="x")
    read_it(ivan, case)
    read_it(dora, case)
    act(ivan, case, "draft", finding="upheld", summary=SUMMARY)
    said = {"finding": "upheld", "automated": "NOT_AUTOMATED", "reasons": LONG}
    assert act(dora, case, "decide", **said).status_code == 302
    return case, receipt, grace, ivan, dora


def test_the_messages_of_a_case_stand_in_the_order_in_which_they_were_written(vault_of_three: Vault) -> None:
    case, _receipt, grace, _ivan, _dora = decided(vault_of_three)
    for _ in range(6):
        assert act(grace, case, "answer", text="One more word.").status_code == 302
    page = grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    numbers = [int(one) for one in re.findall(r'<tr><th scope="row">(\d+)</th>', page)]
    assert numbers == sorted(numbers)
    assert len(numbers) >= 10


def test_nobody_takes_on_turns_away_or_decides_a_concern_that_they_have_not_read(
    vault_of_three: Vault,
) -> None:
    case, _receipt = received()
    grace = at_desk(vault_of_three.grace)
    act(grace, case, "acknowledge", text="We read it.", attested="on")
    act(grace, case, "screen", x="x")
    page = grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "<li>Read what was told</li>" in page
    assert ">Admit the case</a>" not in page
    for step, said in (
        ("admit", {"kind": "safety_threat", "severity": "4", "text": LONG}),
        ("refuse", {"refusal": "not_ours", "text": LONG}),
        ("refer", {"text": LONG}),
    ):
        assert "read what was told first" in act(grace, case, step, **said).content.decode()

    read_it(grace, case)
    assert "Admit the case" in grace.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert act(grace, case, "admit", kind="safety_threat", severity="4", text=LONG).status_code == 302
    assert give(case, grace, vault_of_three.ivan, CaseRole.GRV_INV).status_code == 302
    ivan = at_desk(vault_of_three.ivan)
    act(ivan, case, "investigate", x="x")
    unread = act(ivan, case, "draft", finding="upheld", summary=SUMMARY)
    assert "read what was told first" in unread.content.decode(), "what Grace read, Ivan has not"


def answered_behind_the_receipt(receipt: str, step: str) -> None:
    client = Client()
    page = post(client, "/follow/en/", step="open", receipt=receipt).content.decode()
    assert "I do not agree" in page
    post(client, "/follow/en/", step=step, token=TOKEN.findall(page)[0])


def test_a_remedy_is_agreed_delivered_verified_and_the_case_closes_with_its_lesson(
    vault_of_three: Vault,
) -> None:
    case, receipt, _grace, ivan, dora = decided(vault_of_three)
    offer = {"kinds": ["apology", "restitution"], "scope": "individual", "due": "2099-01-01", "text": LONG}

    assert (
        "M1"
        in act(dora, case, "offer-remedy", **(offer | {"kinds": ["financial_compensation"]})).content.decode()
    )
    assert act(dora, case, "offer-remedy", **offer).status_code == 302
    with pytest.raises(IntegrityError, match="waiver"), transaction.atomic():
        case.remedies.update(waiver=True)
    answered_behind_the_receipt(receipt, "agree")
    assert act(dora, case, "deliver", x="x").status_code == 302
    first, second = case.remedies.all()
    assert "M5" in act(dora, case, "delivered", remedy=first.pk, evidence="Done.").content.decode()
    assert act(dora, case, "delivered", remedy=first.pk, evidence=LONG).status_code == 302
    case.refresh_from_db()
    assert case.state == "in_delivery"
    with pytest.raises(IntegrityError, match=r"way|C3|from"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed")
    assert act(dora, case, "delivered", remedy=second.pk, evidence=LONG).status_code == 302
    assert "SD3" in act(dora, case, "verify", remedy=first.pk, how=LONG).content.decode()
    with pytest.raises(IntegrityError, match="another"), transaction.atomic():
        case.remedies.update(verified_on=NOW.date(), verified_by=vault_of_three.dora)
    for one in (first, second):
        assert act(ivan, case, "verify", remedy=one.pk, how=LONG).status_code == 302
    assert "GP29" in act(dora, case, "close", root_cause="design").content.decode()
    assert (
        "no risk has this number" in act(dora, case, "close", root_cause="design", risk="9").content.decode()
    )
    Case.objects.filter(pk=case.pk).update(decided_on=NOW.date())
    risk = Risk.objects.create(title="Harassment by night", opened_on=NOW.date())
    page = dora.get(f"/desk/cases/{case.pk}/").content.decode()
    offered = page.partition("What comes next")[2].partition("</section>")[0]
    assert "Nothing waits for you now; this can be done." in offered
    assert ('class="button"' in offered, offered.count('class="button second"')) == (False, 2)
    assert act(dora, case, "lesson", root_cause="design", risk=risk.pk).status_code == 302
    assert act(dora, case, "close", root_cause="").status_code == 302, "it closes with what was linked"
    case.refresh_from_db()
    assert (case.state, case.root_cause, case.risk) == ("closed", "design", risk)
    with pytest.raises(IntegrityError, match="teaches"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(risk=None)


def test_an_upheld_case_is_linked_to_its_risk_before_it_closes(vault_of_three: Vault) -> None:
    admitted_only, _receipt, _grace = admitted(vault_of_three)
    case, _receipt, _grace, ivan, dora = decided(vault_of_three)
    risk = Risk.objects.create(title="Harassment by night", opened_on=NOW.date())
    detail = reverse("case-detail", args=[case.pk])
    assert "14 days after it was upheld" in dora.get(detail).content.decode()

    early = act(ivan, admitted_only, "lesson", root_cause="design", risk=risk.pk)
    assert "Method 14: only of a case that was upheld" in early.content.decode()
    assert "GP29" in act(ivan, case, "lesson", root_cause="design").content.decode()
    assert act(ivan, case, "lesson", root_cause="design", risk=risk.pk).status_code == 302

    assert "14 days after it was upheld" not in dora.get(detail).content.decode()
    case.refresh_from_db()
    assert (case.root_cause, case.risk, case.state) == ("design", risk, "decided")


def test_a_contested_remedy_is_heard_by_somebody_new_who_never_makes_it_worse(vault_of_three: Vault) -> None:
    stage = vault_of_three
    abel = handler("abel", Role.APPEAL, custodian=stage.custodians[0])
    case, receipt, grace, _ivan, dora = decided(stage)
    offer = {"kinds": ["apology"], "scope": "individual", "due": "2099-01-01", "text": LONG}
    act(dora, case, "offer-remedy", **offer)
    answered_behind_the_receipt(receipt, "contest")

    assert act(grace, case, "appeal", x="x").status_code == 302
    assert give(case, grace, stage.dora, CaseRole.APPEAL).status_code == 400
    assert give(case, grace, abel, CaseRole.APPEAL).status_code == 302
    hearing = at_desk(abel)
    read_it(hearing, case)
    worse = act(hearing, case, "decide-appeal", finding="partly_upheld", reasons=LONG)
    assert "never leaves the person worse off" in worse.content.decode()
    read_it(dora, case)
    assert (
        "may not decide an appeal"
        in act(dora, case, "decide-appeal", finding="upheld", reasons=LONG).content.decode()
    )
    assert act(hearing, case, "decide-appeal", finding="upheld", reasons=LONG).status_code == 302
    assert "C3" in act(dora, case, "close", root_cause="design", risk="1").content.decode()
    assert act(dora, case, "offer-remedy", **offer).status_code == 302
    assert case.remedies.filter(contested_on__isnull=False).count() == 1
    case.refresh_from_db()
    assert (case.state, case.appeal_decided_by) == ("remedy_proposed", abel)


def test_the_person_reads_a_refusal_in_their_language_and_it_closes_after_the_appeal(
    vault_of_three: Vault,
) -> None:
    case, receipt = received(language="fr", type=CaseType.MODERATION_DECISION_APPEAL)
    grace = at_desk(vault_of_three.grace)
    act(grace, case, "acknowledge", text="Nous avons lu.", attested="on")
    act(grace, case, "screen", x="x")
    today = timezone.now().date()

    read_it(grace, case)
    assert "Reason: choose" in act(grace, case, "refuse", text=LONG).content.decode()
    in_time = act(grace, case, "refuse", refusal="too_late", informed_on=today.isoformat(), text=LONG)
    assert "DSA 20(1)" in in_time.content.decode()
    short = act(grace, case, "refuse", refusal="not_ours", text="No.")
    assert "at least 50 characters" in short.content.decode()
    assert act(grace, case, "refuse", refusal="not_ours", text=LONG).status_code == 302
    assert "cela ne concerne ni nous" in open_mailbox(receipt, at=timezone.now()).answers[-1].text
    offered = grace.get(f"/desk/cases/{case.pk}/").content.decode()
    assert re.search(r'class="button second" href="[^"]+/appeal/">Take the appeal<', offered)
    assert "C1: the person can appeal until" in act(grace, case, "close", x="x").content.decode()
    Case.objects.filter(pk=case.pk).update(screened_on=today - timedelta(days=61))
    assert act(grace, case, "close", x="x").status_code == 302
    assert case.short not in grace.get("/desk/cases/").content.decode()
    assert case.short in grace.get("/desk/cases/?show=ended").content.decode()


def test_who_is_barred_or_unassigned_finds_nothing_at_any_address(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt, grace = admitted(stage, threat_to_life=True)
    ivan = at_desk(stage.ivan)
    assert grace.post(reverse("case-bar", args=[case.pk]), {"whom": stage.ivan.pk}).status_code == 302
    other, _receipt = received(threat_to_life=True)
    addresses = [reverse(f"case-{name}", args=[case.pk]) for name in ("detail", "read", "assign", "bar")]
    addresses += [reverse("case-step", args=[case.pk, step]) for step in PAGES]

    leaks = []
    for address in [*addresses, *(one.replace(str(case.pk), str(other.pk)) for one in addresses)]:
        for method in ("get", "post"):
            answer = getattr(ivan, method)(address, {"purpose": "screening", "text": LONG})
            if answer.status_code not in {404, 405} or case.short in answer.content.decode():
                leaks.append((method, address, answer.status_code))
    pages = [
        ivan.get(page).content.decode() for page in ("/desk/", "/desk/cases/", "/desk/cases/?show=danger")
    ]

    assert leaks == []
    assert [one for page in pages for one in (case.short, other.short, TOLD) if one in page] == []
    assert "Danger to life" not in pages[0]
    refused = give(case, grace, stage.ivan, CaseRole.GRV_INV)
    assert refused.status_code == 400
    assert case.keys.count() == 2
    assert not case.keys.filter(wraps__holder__user=stage.ivan).exists()


def test_nobody_acts_in_a_role_that_they_do_not_have_on_this_case(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt, grace = admitted(stage)
    ivan, dora = at_desk(stage.ivan), at_desk(stage.dora)

    assert (
        "SD3" in act(dora, case, "investigate", x="x").content.decode()
    )  # dora may investigate, but not here
    read_it(ivan, case)
    assert (
        "may not decide a case"
        in act(ivan, case, "decide", finding="upheld", automated="PARTIALLY", reasons=LONG).content.decode()
    )
    assert give(case, grace, stage.dora, CaseRole.GRV_INV).status_code == 400
    with pytest.raises(NotAllowed, match="SD3"):
        assignment.assign(
            case,
            to=stage.dora,
            role=CaseRole.GRV_INV,
            by=stage.grace,
            pair=stage.pair(stage.grace),
            attested=True,
            at=NOW,
        )
    unattested = grace.post(reverse("case-assign", args=[case.pk]), {"who": "x"})
    assert unattested.status_code == 400
    case.refresh_from_db()
    assert case.state == "admissible"


def test_the_database_holds_a_case_to_its_way_and_to_its_rules(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt = received()
    CaseMember.objects.create(case=case, user=stage.dora, role="GRV_DEC", attested=True, assigned_at=NOW)
    CaseMember.objects.create(case=case, user=stage.ivan, role="APPEAL", attested=True, assigned_at=NOW)
    whole = {
        "finding": "unable_to_determine",
        "automated_decision": "NOT_AUTOMATED",
        "refusal": "no_facts",
        "decided_on": NOW.date(),
        "decided_by": stage.dora,
        "appeal_decided_by": stage.ivan,
        "withdrawn_week": case.received_week,
        "reopened_for": "new_facts",
    }
    row = Case.objects.filter(pk=case.pk)
    passed = set()
    for before in CaseState:
        for after in set(CaseState) - {before}:
            with past_the_triggers():
                row.update(state=str(before), **whole)
            try:
                with transaction.atomic():
                    row.update(state=str(after))
            except IntegrityError:
                continue
            passed.add((before, after))
    assert passed == TRANSITIONS

    refused: list[dict[str, Any]] = [
        {"automated_decision": "FULLY"},
        {"finding": "not_upheld", "summary_offered_on": None},
        {"finding": "not_upheld", "summary_offered_on": NOW.date() - timedelta(days=14)},
        {"decided_by": None},
        {"state": "inadmissible", "refusal": ""},
        {"severity": 6},
        {"finding": "guilty"},
    ]
    for wrong in refused:
        with past_the_triggers():
            row.update(state="screening", **whole)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)
    row.update(finding="not_upheld", summary_offered_on=NOW.date() - timedelta(days=15))
    for state, wrong in (
        ("findings_drafted", {"decided_by": stage.ivan, "state": "decided"}),
        ("decided", {"finding": "upheld", "state": "closed"}),
    ):
        with past_the_triggers():
            row.update(state=state)
        with pytest.raises(IntegrityError, match=r"C3|C6"), transaction.atomic():
            row.update(**wrong)
    with pytest.raises(InternalError), transaction.atomic():
        case.members.update(role="GRV_INV")


def test_a_read_needs_a_purpose_and_an_open_vault_and_is_logged_first(vault_of_three: Vault) -> None:
    case, _receipt = received()
    grace = at_desk(vault_of_three.grace)
    address = reverse("case-read", args=[case.pk])

    assert grace.post(address, {"purpose": "curious"}).status_code == 302
    assert not ReadLog.objects.exists()
    assert "Danger to life" not in grace.get("/desk/").content.decode()
    Case.objects.update(threat_to_life=True)
    assert "nobody read yet" in grace.get("/desk/").content.decode()
    assert TOLD in grace.post(address, {"purpose": "danger"}).content.decode()
    assert ReadLog.objects.get().purpose == "danger"
    assert "nobody read yet" not in grace.get("/desk/").content.decode()
    del grace.cookies[COOKIE]
    closed = grace.post(address, {"purpose": "danger"})
    assert closed.status_code == 302
    assert closed["Location"].startswith("/desk/cases/vault/")
    assert ReadLog.objects.count() == 1


def test_a_vault_opens_for_few_tries_and_closes_with_the_session(vault_of_three: Vault) -> None:
    grace = vault_of_three.grace
    client = Client()
    client.force_login(grace)
    answers = [
        client.post("/desk/cases/vault/", {"passphrase": "no " * 8}).content.decode() for _ in range(5)
    ]
    answers.append(client.post("/desk/cases/vault/", {"passphrase": PASSPHRASE}).content.decode())

    assert all(vault_tries.DID_NOT_OPEN in one for one in answers)
    assert AuditEvent.objects.filter(action="did not open their vault").count() == 5
    later = timezone.now() + timedelta(minutes=15)
    cookie = vault_tries.try_vault(grace, passphrase=PASSPHRASE, at=later)
    assert vault.is_open(grace, cookie=cookie, at=later + timedelta(minutes=30))
    assert not vault.is_open(grace, cookie=cookie, at=later + timedelta(minutes=31))
    assert not vault.is_open(vault_of_three.ivan, cookie=cookie, at=later)

    browser = at_desk(grace)
    kept = browser.cookies[COOKIE]
    assert (kept["secure"], kept["httponly"], kept["samesite"], kept["path"]) == (True, True, "Strict", "/")
    assert "It is open" in browser.get("/desk/cases/vault/").content.decode()
    browser.post("/sign-out/")
    assert not VaultUnlock.objects.exists()
    browser.force_login(grace)
    assert "It is closed" in browser.get("/desk/cases/vault/").content.decode()


def test_a_vault_leads_on_to_pages_of_cases_only(vault_of_three: Vault) -> None:
    client = Client()
    client.force_login(vault_of_three.grace)
    inside = reverse("case-detail", args=[uuid4()])

    for said, expected in ((inside, inside), ("https://x.example/desk/cases/", "/desk/cases/")):
        answer = client.post(f"/desk/cases/vault/?next={said}", {"passphrase": PASSPHRASE})
        assert answer["Location"] == expected


def test_a_decision_reaches_a_person_without_receipt_in_the_teams_copy_only(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt, _grace = admitted(stage)
    case.reply_key.delete()
    ivan, dora = at_desk(stage.ivan), at_desk(stage.dora)
    act(ivan, case, "investigate", x="x")
    read_it(ivan, case)
    act(ivan, case, "draft", finding="upheld", summary=SUMMARY)

    assert "made their receipt useless" in act(dora, case, "answer", text="Hello.").content.decode()
    read_it(dora, case)
    case_steps.decide(
        case,
        finding=Finding.UPHELD,
        automated=Automation.NOT_AUTOMATED,
        reasons=LONG,
        by=stage.dora,
        pair=stage.pair(stage.dora),
        at=NOW,
    )
    assert case.messages.latest("number").for_person is None


def test_staff_take_in_what_was_said_by_telephone_and_hand_over_the_receipt(vault_of_three: Vault) -> None:
    grace = at_desk(vault_of_three.grace)
    page = grace.get("/desk/cases/new/").content.decode()
    said = {
        "channel": "phone",
        "language": "es",
        "type": "privacy",
        "what": TOLD,
        "identity_mode": "anonymous",
    }
    said["token"] = TOKEN.findall(page)[0]

    missing = grace.post("/desk/cases/new/", said | {"channel": ""})
    assert "How it reached us: choose" in missing.content.decode()
    assert TOLD in missing.content.decode()
    assert "older than a day" in grace.post("/desk/cases/new/", said | {"token": "x"}).content.decode()
    for _twice in range(2):
        done = grace.post("/desk/cases/new/", said)
        assert done["Cache-Control"] == "no-store"
    case = Case.objects.get()
    assert (case.channel, case.language, case.messages.count()) == ("phone", "es", 1)
    receipt = read_receipt(re.findall(r"<p><code>([^<]+)</code>", done.content.decode())[0])
    assert open_mailbox(receipt, at=NOW).state == CaseState.RECEIVED
    assert TOLD not in done.content.decode() + str(list(AuditEvent.objects.values()))
    other = at_desk(vault_of_three.ivan)
    assert other.get("/desk/cases/new/").status_code == 403
