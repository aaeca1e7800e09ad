"""Who wrote is opened by two people, for a day, with reasons, and logged first (SD8)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, connection

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import NotAllowed
from remedies.actions import assignment, identities
from remedies.models import Case, IdentityKeyWrap, ReadLog
from remedies.rules.case import CaseRole
from remedies.rules.wraps import new_pair
from tests.remedies.vault_stage import NOW, Vault, received, vault_of_three

__all__ = ["vault_of_three"]
CONTACT = "Nadira, by Signal at night"
REASONS = "The person must be asked which of two accounts is meant before we decide."


def opened(case: Case, who: str, stage: Vault, *, after: timedelta = timedelta(0)) -> list[str]:
    user = getattr(stage, who)
    return identities.read_identity(
        case, by=user, pair=stage.pair(user), purpose="contact", request_id=uuid4(), at=NOW + after
    )


def grant(case: Case, who: str, stage: Vault, *, nth: int = 0, reasons: str = REASONS) -> None:
    custodian, pair = stage.custodians[nth]
    identities.grant_identity(
        case, to=getattr(stage, who), custodian=custodian, pair=pair, reasons=reasons, at=NOW
    )


@pytest.fixture
def case(vault_of_three: Vault) -> Case:
    stage = vault_of_three
    found, _receipt = received(identity_mode="confidential", contact=CONTACT)
    assignment.assign(
        found,
        to=stage.ivan,
        role=CaseRole.GRV_INV,
        by=stage.grace,
        pair=stage.pair(stage.grace),
        attested=True,
        at=NOW,
    )
    return found


def test_a_grant_opens_it_for_one_person_for_a_day(vault_of_three: Vault, case: Case) -> None:
    stage = vault_of_three

    with pytest.raises(NotAllowed, match="Ask a custodian"):
        opened(case, "ivan", stage)
    grant(case, "ivan", stage)
    assert opened(case, "ivan", stage, after=timedelta(hours=24)) == [CONTACT]
    with pytest.raises(NotAllowed, match="Ask a custodian"):
        opened(case, "grace", stage)
    with pytest.raises(NotAllowed, match="Ask a custodian"):
        opened(case, "ivan", stage, after=timedelta(hours=24, seconds=1))
    assert ReadLog.objects.filter(group="identity").count() == 1
    assert CONTACT not in str(list(AuditEvent.objects.values()))
    assert identities.end_grants(at=NOW + timedelta(hours=25)) == 1
    assert IdentityKeyWrap.objects.filter(holder__isnull=False).count() == 3


def test_who_sorts_who_has_no_reasons_and_who_has_no_file_open_nothing(
    vault_of_three: Vault, case: Case
) -> None:
    stage = vault_of_three

    with pytest.raises(NotAllowed, match=r"WB Dir 16"):
        grant(case, "grace", stage)
    with pytest.raises(NotAllowed, match="not there for you"):
        grant(case, "dora", stage)
    with pytest.raises(NotAllowed, match="at least 50"):
        grant(case, "ivan", stage, reasons="because")
    with pytest.raises(NotAllowed, match="own file"):
        identities.grant_identity(
            case, to=stage.ivan, custodian=stage.custodians[0][0], pair=new_pair(), reasons=REASONS, at=NOW
        )


def test_a_conflict_takes_the_identity_away_too(vault_of_three: Vault, case: Case) -> None:
    grant(case, "ivan", vault_of_three, nth=1)

    assignment.bar(case, whom=vault_of_three.ivan, by=vault_of_three.grace, at=NOW)

    with pytest.raises(NotAllowed, match="not there for you"):
        opened(case, "ivan", vault_of_three)
    assert not IdentityKeyWrap.objects.filter(holder__user=vault_of_three.ivan).exists()


def test_an_identity_that_cannot_be_logged_is_not_shown(vault_of_three: Vault, case: Case) -> None:
    grant(case, "ivan", vault_of_three)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER denied BEFORE INSERT ON remedies_readlog "
            "FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change()"
        )

    with pytest.raises(InternalError):
        opened(case, "ivan", vault_of_three)
