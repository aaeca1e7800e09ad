"""A custodian with a conflict opens nothing, and nobody hears two appeals on one case (domain.md 0.3, SD3)."""

import pytest
from django.db import Error, transaction
from django.utils import timezone

from hrdd.governance.rules import NotAllowed, Role
from remedies.actions import assignment
from remedies.actions.identities import grant_identity, refuse_request
from remedies.models import Case, CaseConflict, IdentityKeyWrap, IdentityRequest
from remedies.rules.case import CaseRole
from tests.remedies.test_case_desk import (
    LONG,
    act,
    admitted,
    at_desk,
    decided,
    give,
    past_the_triggers,
    read_it,
)
from tests.remedies.test_custody import CONTACT, REASONS
from tests.remedies.vault_stage import Vault, handler, received, vault_of_three

__all__ = ["vault_of_three"]
TODAY = timezone.now().date()


def test_a_custodian_with_a_conflict_recovers_no_case(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt = received(about_handlers=True)
    first, second, third = stage.custodians
    CaseConflict.objects.create(case=case, user=first[0].user)

    def recovered(*two: object) -> None:
        assignment.recover(
            case,
            to=stage.ivan,
            role=CaseRole.GRV_INV,
            custodians=two,  # type: ignore[arg-type]
            attested=True,
            reasons=LONG,
            at=timezone.now(),
        )

    for two in ((first, second), (third, first)):
        with pytest.raises(NotAllowed, match="SD3"):
            recovered(*two)
    assert not case.members.exists()
    recovered(second, third)
    assert case.members.get().user == stage.ivan


def test_a_custodian_with_a_conflict_grants_and_refuses_no_identity(vault_of_three: Vault) -> None:
    stage = vault_of_three
    case, _receipt, _grace = admitted(stage, identity_mode="confidential", contact=CONTACT)
    assert act(at_desk(stage.ivan), case, "ask-identity", reasons=REASONS).status_code == 302
    asked = IdentityRequest.objects.get()
    (barred, pair), (other, others_pair), *_rest = stage.custodians
    CaseConflict.objects.create(case=case, user=barred.user)
    held = IdentityKeyWrap.objects.count()
    now = timezone.now()

    with pytest.raises(NotAllowed, match="SD3"):
        grant_identity(case, to=stage.ivan, custodian=barred, pair=pair, reasons=REASONS, at=now)
    with pytest.raises(NotAllowed, match="SD3"):
        refuse_request(asked, reasons=REASONS, by=barred.user, at=now)
    assert IdentityKeyWrap.objects.count() == held
    grant_identity(case, to=stage.ivan, custodian=other, pair=others_pair, reasons=REASONS, at=now)
    assert IdentityKeyWrap.objects.count() == held + 1


def test_after_a_case_was_opened_again_somebody_new_hears_the_appeal(vault_of_three: Vault) -> None:
    stage = vault_of_three
    abel = handler("abel", Role.APPEAL, custodian=stage.custodians[0])
    ada = handler("ada", Role.APPEAL, custodian=stage.custodians[0])
    case, _receipt, grace, _ivan, _dora = decided(stage)
    assert act(grace, case, "appeal", x="x").status_code == 302
    assert give(case, grace, abel, CaseRole.APPEAL).status_code == 302
    said = {"finding": "upheld", "reasons": LONG}
    read_it(at_desk(abel), case)
    assert act(at_desk(abel), case, "decide-appeal", **said).status_code == 302
    with past_the_triggers():  # closed, opened again, decided again, and appealed again
        Case.objects.filter(pk=case.pk).update(state="appeal", reopened_for="new_facts", reopened_on=TODAY)

    again = act(at_desk(abel), case, "decide-appeal", **said)

    assert again.status_code == 400
    assert "SD3" in again.content.decode()
    with pytest.raises(Error, match="SD3"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="appeal_decided")
    given = give(case, grace, ada, CaseRole.APPEAL)
    assert given.status_code == 302, given.content.decode()[1500:6000]
    read_it(at_desk(ada), case)
    assert act(at_desk(ada), case, "decide-appeal", **said).status_code == 302
    case.refresh_from_db()
    assert case.appeal_decided_by == ada
