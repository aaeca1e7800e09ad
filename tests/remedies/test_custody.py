"""The page of custodians, alarms on danger to life, and who may not even hear of a case (SD8; reliability.md T4)."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from remedies import tasks
from remedies.actions import alarms, case_steps, reading, vault
from remedies.actions.follow_up import open_mailbox
from remedies.actions.watch import take_report
from remedies.models import Case, IdentityRequest, ReadLog, VaultKey
from remedies.queries.alarms import Alarms, alarms_of
from remedies.queries.case_desk import standing_of
from remedies.rules.case import CaseRole
from remedies.views.case_steps import PAGES
from remedies.views.custody import SEALED_SHOWN
from tests.remedies.test_case_desk import LONG, act, admitted, at_desk
from tests.remedies.vault_stage import NOW, PASSPHRASE, TOLD, Vault, handler, person, received, vault_of_three

__all__ = ["vault_of_three"]
CONTACT = "Nadira, by Signal at night"
REASONS = "The person must be asked which of two accounts is meant before we decide."


def files(stage: Vault) -> dict[str, bytes]:
    """Enrol the three custodians anew with files that are kept, and hold a ceremony with them."""
    found = {}
    for key, _pair in stage.custodians:
        _new, found[key.user.username] = vault.enrol_custodian(key.user, passphrase=PASSPHRASE, at=NOW)
    vault.hold_ceremony(by="test", at=NOW)
    return found


def at_custody(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answered(client: Client, asked: IdentityRequest, answer: str, file: bytes = b"", **more: Any) -> Any:
    said = {"answer": answer, "reasons": REASONS, "passphrase": PASSPHRASE} | more
    if file:
        said["file"] = SimpleUploadedFile("cleo.json", file)
    return client.post(reverse("custody-answer", args=[asked.pk]), said)


def asked_for(stage: Vault) -> tuple[dict[str, bytes], Case, str, Client, IdentityRequest]:
    kept = files(stage)
    case, receipt, grace = admitted(stage, identity_mode="confidential", contact=CONTACT)
    ivan = at_desk(stage.ivan)
    refused = act(grace, case, "ask-identity", reasons=REASONS)
    assert "WB Dir 16" in refused.content.decode()
    assert act(ivan, case, "ask-identity", reasons=REASONS).status_code == 302
    return kept, case, receipt, ivan, IdentityRequest.objects.get()


def test_a_custodian_grants_a_day_with_their_own_file_and_the_person_is_told(vault_of_three: Vault) -> None:
    stage = vault_of_three
    kept, case, receipt, ivan, asked = asked_for(stage)
    cleo = stage.custodians[0][0].user
    client = at_custody(cleo)

    assert "You asked already" in act(ivan, case, "ask-identity", reasons=REASONS).content.decode()
    page = client.get("/desk/cases/custody/").content.decode()
    assert REASONS in page
    assert "request" in client.get("/desk/").content.decode()
    assert answered(client, asked, "grant", kept["milo"]).status_code == 400
    assert answered(client, asked, "grant").status_code == 400
    assert answered(client, asked, "grant", kept["cleo"], passphrase="x" * 20).status_code == 400
    assert answered(client, asked, "grant", b"x" * 20_000).status_code == 400
    assert answered(client, asked, "grant", kept["cleo"], reasons="short").status_code == 400
    assert "Ask a custodian first" in _read(ivan, case).content.decode()
    assert answered(client, asked, "grant", kept["cleo"]).status_code == 302
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by) == ("granted", cleo)
    assert "Read who wrote" in ivan.get(reverse("case-detail", args=[case.pk])).content.decode()
    shown = _read(ivan, case)
    assert CONTACT in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    _read(ivan, case)
    told = [one.text for one in open_mailbox(receipt, at=timezone.now()).answers]
    assert sum("has opened how to reach you" in one for one in told) == 1
    assert ReadLog.objects.filter(group="identity").count() == 2
    assert CONTACT not in str(list(AuditEvent.objects.values()))
    assert answered(client, asked, "refuse").status_code == 404


def test_a_custodian_refuses_without_a_key_and_whoever_asked_reads_why(vault_of_three: Vault) -> None:
    stage = vault_of_three
    _kept, case, _receipt, ivan, asked = asked_for(stage)
    milo = at_custody(stage.custodians[1][0].user)

    assert answered(milo, asked, "refuse", reasons="no").status_code == 400
    assert answered(milo, asked, "refuse").status_code == 302
    assert REASONS in ivan.get(reverse("case-detail", args=[case.pk])).content.decode()
    assert _read(ivan, case).status_code == 403
    for wrong in ({"answer": "granted", "until": NOW}, {"answered_by": stage.ivan}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityRequest.objects.update(**wrong)
    with pytest.raises(IntegrityError, match=r"6\.7"), transaction.atomic():
        IdentityRequest.objects.create(case=case, asked_by=stage.grace, asked_at=NOW, reasons=REASONS)
    assert AuditEvent.objects.filter(action="refused an identity").count() == 1


def test_telling_may_be_left_where_it_endangers_somebody(vault_of_three: Vault) -> None:
    stage = vault_of_three
    kept, case, receipt, ivan, asked = asked_for(stage)
    IdentityRequest.objects.update(telling_endangers=True)

    answered(at_custody(stage.custodians[0][0].user), asked, "grant", kept["cleo"])
    assert CONTACT in _read(ivan, case).content.decode()
    assert not any("opened how" in one.text for one in open_mailbox(receipt, at=timezone.now()).answers)


def _read(client: Client, case: Case) -> Any:
    return client.post(reverse("case-identity", args=[case.pk]), {"purpose": "answering"})


def test_the_page_says_what_each_part_is_for_when_nothing_waits(vault_of_three: Vault) -> None:
    custodian = at_custody(vault_of_three.custodians[0][0].user)

    page = custodian.get("/desk/cases/custody/").content.decode()
    assert "No request waits" in page
    assert "Every open case has somebody who can read it" in page
    assert "No key waits" in page
    assert custodian.get("/desk/cases/").status_code == 403


def test_what_nobody_else_opens_stands_there_and_two_custodians_give_it_to_a_handler(
    vault_of_three: Vault, tmp_path: Any
) -> None:
    stage = vault_of_three
    kept = files(stage)
    case, _receipt = received(about_handlers=True, threat_to_life=True)
    cleo = stage.custodians[0][0].user
    for name, file in kept.items():
        (tmp_path / name).write_bytes(file)
    client = at_custody(cleo)

    page = client.get("/desk/cases/custody/").content.decode()
    assert str(case.pk) in page
    assert "Danger to life" in page
    assert TOLD not in page
    assert "only two custodians" in client.get("/desk/").content.decode()
    said = {
        "to": "ivan",
        "role": "GRV_INV",
        "custodian": "cleo",
        "custodian_file": tmp_path / "cleo",
        "second": "milo",
        "second_file": tmp_path / "milo",
        "reasons": REASONS,
    }
    with patch("remedies.management.custodian_files.getpass", return_value=PASSPHRASE):
        with pytest.raises(CommandError, match="SD3"):
            call_command("vault_recover", str(case.pk), **said)
        with pytest.raises(CommandError, match="no such case"):
            call_command("vault_recover", "x", **said)
        with pytest.raises(CommandError, match="do not open"):
            call_command("vault_recover", str(case.pk), **said | {"second": "tara"}, attested=True)
        call_command("vault_recover", str(case.pk), **said, attested=True)
    assert (
        TOLD
        in at_desk(stage.ivan)
        .post(reverse("case-read", args=[case.pk]), {"purpose": "danger"})
        .content.decode()
    )
    assert str(case.pk) not in client.get("/desk/cases/custody/").content.decode()


def test_what_only_custodians_open_stands_in_pages_danger_first(vault_of_three: Vault) -> None:
    danger, _receipt = received(about_handlers=True, threat_to_life=True)
    week = Case.objects.get(pk=danger.pk).received_week
    Case.objects.bulk_create(
        Case(type="safety_threat", language="en", received_week=week - timedelta(weeks=1))
        for _ in range(SEALED_SHOWN)
    )
    client = at_custody(vault_of_three.custodians[0][0].user)

    first = client.get("/desk/cases/custody/")
    second = client.get("/desk/cases/custody/?page=2")

    shown = [[case.pk for case, _state in page.context["sealed"]] for page in (first, second)]
    assert [len(one) for one in shown] == [SEALED_SHOWN, 1]
    assert shown[0][0] == danger.pk
    assert len({*shown[0], *shown[1]}) == SEALED_SHOWN + 1
    assert f"Page 1 of 2, {SEALED_SHOWN + 1} in all" in first.content.decode()


def test_a_key_waits_with_its_fingerprint_but_not_for_its_owner(vault_of_three: Vault) -> None:
    both = person("kim", Role.GRV_INV, Role.CUSTODIAN)
    vault.enrol_handler(both, passphrase=PASSPHRASE, at=NOW)

    assert (
        "vault_confirm kim"
        in at_custody(vault_of_three.custodians[0][0].user).get("/desk/cases/custody/").content.decode()
    )
    assert "vault_confirm kim" not in at_custody(both).get("/desk/cases/custody/").content.decode()


def test_danger_asks_everybody_who_sorts_then_those_above_and_tells_them_nothing(
    vault_of_three: Vault,
) -> None:
    stage = vault_of_three
    gina = handler("gina", Role.GRV_INTAKE, custodian=stage.custodians[0])
    eve, dora = person("eve", Role.SENIOR), stage.dora
    case, _receipt = received(threat_to_life=True)

    def seen() -> tuple[int, ...]:
        found = [alarms_of(one, today=NOW.date()) for one in (stage.grace, gina, eve, dora)]
        return tuple(one.unseen_dangers + one.escalated_dangers for one in found)

    assert seen() == (1, 1, 0, 0)
    tasks.remind_of_danger()
    assert seen() == (1, 1, 0, 0)
    assert alarms.count_round() == 1
    assert seen() == (1, 1, 1, 1)
    assert alarms.count_round() == 0
    desk = at_custody(eve).get("/desk/").content.decode()
    assert "nobody read it" in desk
    assert [word for word in (case.short, TOLD, str(case.pk)) if word in desk] == []
    assert not AuditEvent.objects.filter(actor__startswith="JOB").exists()
    case.conflicts.create(user=eve)
    assert seen() == (1, 1, 0, 1)
    reading.read_narrative(
        case,
        by=gina,
        pair=stage.pair(gina),
        purpose="danger",
        request_id=case.pk,
        at=NOW,
    )
    assert seen() == (0, 0, 0, 0)


def test_once_seen_an_hour_and_a_day_run_until_somebody_answers(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt = received(threat_to_life=True)

    def clock() -> Any:
        found = standing_of(stage.grace, case.pk, today=NOW.date())
        assert found is not None
        return found.danger_aim, found.danger_by

    assert clock() == (None, None)
    reading.read_narrative(
        case, by=stage.grace, pair=stage.pair(stage.grace), purpose="danger", request_id=case.pk, at=NOW
    )
    assert clock() == (NOW + timedelta(hours=1), NOW + timedelta(hours=24))
    assert "answer by" in at_desk(stage.grace).get("/desk/cases/").content.decode()
    reading.answer(case, "Are you safe?", by=stage.grace, pair=stage.pair(stage.grace), at=NOW)
    assert clock() == (None, None)

    other, _receipt = received(what="Calm at first.")
    case = other
    case_steps.mark_danger(other, by=stage.grace, at=NOW)
    assert clock() == (NOW + timedelta(hours=1), NOW + timedelta(hours=24))


def test_who_has_a_conflict_finds_nothing_anywhere(vault_of_three: Vault) -> None:
    """T4: every page, step, task, search and file of somebody with all roles that go together, a key and a conflict."""
    stage = vault_of_three
    kept = files(stage)
    every = (Role.GRV_INTAKE, Role.CUSTODIAN, Role.SENIOR, Role.ANALYST)
    zoe = handler(
        "zoe", *every, custodian=(VaultKey.objects.get(user__username="milo", retired_at=None), _pair(kept))
    )
    case, _receipt, grace = admitted(
        stage, threat_to_life=True, identity_mode="confidential", contact=CONTACT
    )
    hidden, _receipt = received(threat_to_life=True, about_handlers=True)
    sorted_now, receipt = received(threat_to_life=True)
    act(at_desk(stage.ivan), case, "ask-identity", reasons=REASONS)
    asked = IdentityRequest.objects.get()
    cases = (case, hidden, sorted_now)
    for one in cases:
        one.conflicts.create(user=zoe)
    assert receipt
    client = at_desk(zoe)

    leaks = []
    for one in cases:
        marks = [str(one.pk), one.short]
        for address in _every_address(one, asked):
            for method in ("get", "post"):
                answer = getattr(client, method)(
                    address, {"purpose": "danger", "answer": "refuse", "text": LONG}
                )
                told = any(mark in answer.content.decode() for mark in (*marks, TOLD, CONTACT))
                if answer.status_code not in {404, 405} or told:
                    leaks.append((method, address, answer.status_code))
        for page in (
            *("/desk/", "/desk/cases/", "/desk/cases/?show=danger", "/desk/cases/?show=ended", "/board/"),
            *("/desk/cases/custody/", "/desk/risks/?q=" + one.short, "/desk/measures/", "/desk/signoffs/"),
        ):
            text = client.get(page).content.decode()
            echoed = marks[:1] if "?q=" in page else marks  # a search shows what was typed
            leaks += [(page, mark) for mark in (*echoed, TOLD, REASONS) if mark in text]
    assert leaks == []
    assert alarms_of(zoe, today=NOW.date()) == Alarms(late_remedies=[], actions=[])
    for role in (CaseRole.GRV_INTAKE, CaseRole.GRV_INV):
        refused = grace.post(
            reverse("case-assign", args=[case.pk]), {"who": f"{zoe.pk}:{role}", "attested": "on"}
        )
        assert refused.status_code == 400
    with pytest.raises(Exception, match="not there"):
        take_report(case, by=zoe, at=NOW)


def _pair(kept: dict[str, bytes]) -> Any:
    key = VaultKey.objects.get(user__username="milo", retired_at=None)
    return vault.open_custodian_file(kept["milo"], key=key, passphrase=PASSPHRASE)


def _every_address(case: Case, asked: IdentityRequest) -> list[str]:
    found = [
        reverse(f"case-{name}", args=[case.pk]) for name in ("detail", "read", "assign", "bar", "identity")
    ]
    found += [reverse("case-step", args=[case.pk, step]) for step in PAGES]
    return [*found, reverse("custody-answer", args=[asked.pk])]
