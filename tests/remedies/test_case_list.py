"""The list of cases: who sees which, and that it says nothing of what was told."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.rules import Role
from remedies.actions import assignment
from remedies.models import CaseConflict, CaseKeyWrap
from remedies.queries.cases import visible_to
from remedies.rules.case import CaseRole
from tests.remedies.vault_stage import NOW, TOLD, Vault, person, received, vault_of_three

__all__ = ["vault_of_three"]


def test_each_sees_their_cases_and_the_urgent_first(vault_of_three: Vault, client: Client) -> None:
    stage = vault_of_three
    calm, _receipt = received()
    urgent, _receipt = received(threat_to_life=True)
    hidden, _receipt = received(about_handlers=True)
    pair = stage.pair(stage.grace)
    assignment.assign(
        calm, to=stage.ivan, role=CaseRole.GRV_INV, by=stage.grace, pair=pair, attested=True, at=NOW
    )

    client.force_login(stage.grace)
    text = client.get("/desk/cases/").content.decode()
    assert text.index(urgent.short) < text.index(calm.short)
    assert hidden.short not in text
    assert TOLD not in text
    client.force_login(stage.ivan)
    text = client.get("/desk/cases/").content.decode()
    assert calm.short in text
    assert urgent.short not in text
    client.force_login(person("root", Role.SYSADMIN))
    assert client.get("/desk/cases/").status_code == 403


def test_the_list_says_what_is_missing_and_asks_as_much_for_many_as_for_one(
    vault_of_three: Vault, client: Client
) -> None:
    client.force_login(person("new", Role.GRV_INV))
    text = client.get("/desk/cases/").content.decode()
    assert "You have no vault yet" in text
    assert "No case is there for you" in text
    client.force_login(vault_of_three.grace)
    asked = []

    for _ in range(3):
        received()
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/cases/")
        asked.append(len(captured))

    assert len(set(asked)) == 1


def test_a_conflict_hides_a_case_also_from_who_still_holds_its_key(
    vault_of_three: Vault, client: Client
) -> None:
    grace = vault_of_three.grace
    case, _receipt = received()
    assert list(visible_to(grace)) == [case]

    CaseConflict.objects.create(case=case, user=grace)

    assert CaseKeyWrap.objects.filter(case_key__case=case, holder__user=grace).exists()
    assert not visible_to(grace).exists()
    client.force_login(grace)
    assert case.short not in client.get("/desk/cases/").content.decode()
    assert client.get(f"/desk/cases/{case.pk}/").status_code == 404


def test_who_left_a_case_finds_it_no_more_though_it_is_new_and_their_key_was_kept(
    vault_of_three: Vault, client: Client
) -> None:
    grace = vault_of_three.grace
    case, _receipt = received()
    member = case.members.create(user=grace, role="GRV_INTAKE", attested=True, assigned_at=NOW)
    assert list(visible_to(grace)) == [case]

    member.left_at = NOW
    member.save()

    assert CaseKeyWrap.objects.filter(case_key__case=case, holder__user=grace).exists()
    assert not visible_to(grace).exists()
    client.force_login(grace)
    assert client.get(f"/desk/cases/{case.pk}/").status_code == 404
