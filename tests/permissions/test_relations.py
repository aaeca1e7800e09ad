"""Where the role is not enough: who stands how to a record, against each act on it (reliability.md T6, threat 3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from remedies.actions import assignment
from remedies.rules.case import CaseRole
from remedies.views.case_steps import PAGES
from tests.permissions.cube import taken_back
from tests.remedies.test_case_desk import LONG, admitted, at_desk
from tests.remedies.vault_stage import NOW as WHEN
from tests.remedies.vault_stage import TOLD, Vault, handler, person, vault_of_three
from tests.risks import policy_stage
from tests.risks.policy_stage import TODAY, asked, drafted

__all__ = ["vault_of_three"]
FEWEST_CELLS_OF_A_CASE = 700
CONTACT = "Nadira, by Signal at night"
THERE, ABSENT, REFUSED, TO_SIGN_IN = "there", "absent", "refused", "to sign in"


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def pages_of(case: Any) -> list[str]:
    named = [
        reverse(f"case-{act}", args=[case.pk]) for act in ("detail", "read", "assign", "bar", "identity")
    ]
    return named + [reverse("case-step", args=[case.pk, step]) for step in PAGES]


def met_with(answer: Any) -> str:
    if answer.status_code in {403, 404}:
        return REFUSED if answer.status_code == 403 else ABSENT
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
    return TO_SIGN_IN if to_sign_in else THERE


def everybody_beside(case: Any, stage: Vault) -> dict[str, tuple[Client, str]]:
    """Return who stands how to a case, and what every page of it is to them."""
    custodian = stage.custodians[0]
    grace = stage.pair(stage.grace)
    former = handler("fay", Role.GRV_INV, custodian=custodian)
    took_off = handler("gil", Role.GRV_INV, custodian=custodian)
    barred = handler("cora", Role.GRV_INV, custodian=custodian)
    barred_on_it = handler("ivo", Role.GRV_DEC, custodian=custodian)
    for user, role in (
        (took_off, CaseRole.GRV_INV),
        (barred_on_it, CaseRole.GRV_DEC),
        (former, CaseRole.GRV_INV),
    ):
        assignment.assign(case, to=user, role=role, by=stage.grace, pair=grace, attested=True, at=WHEN)
    assignment.leave(case, who=took_off, by=stage.grace, pair=grace, at=WHEN)
    for user in (barred, barred_on_it):
        assignment.bar(case, whom=user, by=stage.grace, at=WHEN)
    without_role = at_desk(former)
    User.objects.filter(pk=former.pk).update(roles=[])
    closed_user = handler("clay", Role.GRV_INV, custodian=custodian)
    closed = at_desk(closed_user)
    User.objects.filter(pk=closed_user.pk).update(is_active=False)
    return {
        "sorted it": (at_desk(stage.grace), THERE),
        "investigates it": (at_desk(stage.ivan), THERE),
        "decides it": (at_desk(stage.dora), THERE),
        "investigates others": (at_desk(handler("otto", Role.GRV_INV, custodian=custodian)), ABSENT),
        "decides others": (at_desk(handler("odo", Role.GRV_DEC, custodian=custodian)), ABSENT),
        "sorts others": (at_desk(handler("ines", Role.GRV_INTAKE, custodian=custodian)), ABSENT),
        "decides appeals": (at_desk(handler("abel", Role.APPEAL, custodian=custodian)), ABSENT),
        "was taken off": (at_desk(took_off), ABSENT),
        "has a conflict": (at_desk(barred), ABSENT),
        "had it, and has a conflict": (at_desk(barred_on_it), ABSENT),
        "had it, and lost the role": (without_role, REFUSED),
        "had an account": (closed, TO_SIGN_IN),
        "holds a custodian's share": (signed_in(custodian[0].user), REFUSED),
        "answers for the company": (signed_in(person("eve", Role.SENIOR)), REFUSED),
        "governs": (signed_in(person("bob", Role.BOARD)), REFUSED),
        "audits": (signed_in(person("audrey", Role.AUDITOR)), REFUSED),
        "operates the system": (signed_in(person("rob", Role.SYSADMIN)), REFUSED),
        "runs consultations": (signed_in(person("enid", Role.ENGAGE)), REFUSED),
        "answers for the partner": (signed_in(person("paul", Role.PARTNER_MGR)), REFUSED),
        "nobody": (signed_in(None), TO_SIGN_IN),
    }


def test_a_case_is_there_for_its_team_at_every_address_and_for_nobody_else(vault_of_three: Vault) -> None:
    case, _receipt, _grace = admitted(vault_of_three, identity_mode="confidential", contact=CONTACT)
    wrong, cells = [], 0
    steps = {reverse("case-step", args=[case.pk, step]) for step in PAGES}

    for who, (client, expected) in everybody_beside(case, vault_of_three).items():
        for address in pages_of(case):
            for method in ("get", "post")[address in steps :]:
                with taken_back():
                    answer = getattr(client, method)(address, {"purpose": "screening", "text": LONG})
                if answer.status_code == 405:
                    continue
                cells += 1
                met, said = met_with(answer), answer.content.decode()
                shown = [one for one in (TOLD, CONTACT, case.short) if one in said]
                unlike = met == ABSENT if expected == THERE else met != expected
                if unlike or (expected != THERE and shown) or CONTACT in said:
                    wrong.append((who, method, address.removeprefix(f"/desk/cases/{case.pk}"), met, shown))

    print(f"relations to a case: {cells} cells")  # noqa: T201  # the figure of T6
    assert wrong == []
    assert cells >= FEWEST_CELLS_OF_A_CASE


@pytest.mark.django_db
def test_a_signature_is_given_by_a_second_person_with_the_role_on_what_they_saw() -> None:
    """The author, their stand-in, the owner, and who signs other texts sign nothing (SD1, SD6)."""
    author = policy_stage.person("ana", Role.ANALYST, Role.DECIDER)
    version = drafted(author)
    policy_stage.actions.submit(version, by=author, at=policy_stage.NOW)
    waiting = asked(version)
    address = reverse("sign-off-decide", args=[waiting.pk])
    stand_in = policy_stage.person("lena", Role.ANALYST)
    day = timedelta(days=1)
    lent = {"role": "DECIDER", "from": (TODAY - day).isoformat(), "until": (TODAY + day).isoformat()}
    User.objects.filter(pk=stand_in.pk).update(delegated=[lent | {"of": author.username}])
    ended = policy_stage.person("dirk", Role.DECIDER)
    left = signed_in(ended)
    User.objects.filter(pk=ended.pk).update(roles=[])
    owner = policy_stage.person("olga", Role.PUBLISHER)
    version.policy.owner = owner
    version.policy.save(update_fields=["owner"])
    seen, stale = waiting.content_hash, "0" * 64
    people: list[tuple[str, Client, str, bool]] = [
        ("the head of a function", signed_in(policy_stage.person("dan", Role.DECIDER)), seen, True),
        ("a senior executive", signed_in(policy_stage.person("eve", Role.SENIOR)), seen, True),
        ("who saw another text", signed_in(policy_stage.person("don", Role.DECIDER)), stale, False),
        ("the author, who holds the role too", signed_in(author), seen, False),
        ("who stands in for the author", signed_in(stand_in), seen, False),
        ("the owner", signed_in(owner), seen, False),
        ("another analyst", signed_in(policy_stage.person("ada", Role.ANALYST)), seen, False),
        ("who signs the commitment alone", signed_in(policy_stage.person("bob", Role.BOARD)), seen, False),
        ("who audits", signed_in(policy_stage.person("audrey", Role.AUDITOR)), seen, False),
        ("whose role ended", left, seen, False),
        ("nobody", signed_in(None), seen, False),
    ]

    wrong = []
    for who, client, digest, may in people:
        for decision in ("approve", "refuse"):
            with taken_back():
                client.post(address, {"decision": decision, "reasons": LONG, "seen_hash": digest})
                waiting.refresh_from_db()
                if (waiting.decided_at is not None) != may:
                    wrong.append((who, decision, waiting.decision))
            waiting.refresh_from_db()

    assert wrong == []
