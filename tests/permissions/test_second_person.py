"""Whatever asks for a second person: who may sign it, and who may not, for every kind there is (SD1, T6, threat 3)."""

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import ROLE_PERMISSIONS, Permission, Role
from hrdd.sign_offs import DECIDE
from risks.actions import measure_proposals
from risks.models import Evidence, Risk
from tests.cast import NOW as OF_REPORTS
from tests.permissions.cube import taken_back
from tests.remedies.test_case_desk import LONG
from tests.risks import (
    dilemma_stage,
    exit_stage,
    measure_stage,
    policy_stage,
    test_changes,
    test_involvement,
    test_lowering,
    test_model_reviews,
    test_salient_list,
)
from tests.risks.consultation_stage import person
from tests.risks.dilemma_stage import people, risk, stage
from tests.risks.test_severity_assessment import SEVERE
from transparency.actions.reports import ask_clearance
from transparency.actions.withdrawals import ask_withdrawal

__all__ = ["people", "risk", "stage"]
FEWEST_CELLS = 42  # of each kind; of the twelve together, 500


def ana() -> User:
    return person("ana", Role.ANALYST)


def change(_given: pytest.FixtureRequest) -> User:
    client, by = Client(), ana()
    proposed = test_changes.propose(client, by, test_changes.risk_of(4))
    assert test_changes.ask(client, by, proposed).status_code == 302
    return by


def an_exit(_given: pytest.FixtureRequest) -> User:
    exit_stage.people()
    exit_stage.proposed(exit_stage.a_tie())
    return exit_stage.person("ana")


def exit_narrative(_given: pytest.FixtureRequest) -> User:
    exit_stage.people()
    decision = exit_stage.carried_out(exit_stage.a_tie(), at=exit_stage.NOW)
    told = {"text": "We ended a contract after leverage had failed twice, and told those whom it reached."}
    answer = exit_stage.client_of("ana").post(f"/desk/exits/{decision.pk}/narrative/", told)
    assert answer.status_code == 302, answer.content.decode()
    return exit_stage.person("ana")


def involvement(_given: pytest.FixtureRequest) -> User:
    by, now = ana(), test_involvement.NOW
    calls = Risk.objects.create(title="Calls to violence", summary="x", opened_on=date(2026, 1, 1))
    test_involvement.assess(calls, 5, on=calls.opened_on)
    seen = Evidence.objects.create(
        risk=calls, title="Audit", kind="document", says="x", recorded_by="ana", recorded_at=now
    )
    test_involvement.propose(Client(), by, seen)
    return by


def lowering(_given: pytest.FixtureRequest) -> User:
    by = ana()
    client = test_lowering.signed_in(by)
    severe = Risk.objects.create(title="A risk", summary="x", opened_on=test_lowering.NOW.date())
    client.post(test_lowering.page_of(severe), SEVERE)
    assert client.post(test_lowering.page_of(severe), test_lowering.LOWER).status_code == 302
    return by


def measure(_given: pytest.FixtureRequest) -> User:
    call_command("load_rights", stdout=io.StringIO())
    by = ana()
    measure_proposals.propose(measure_stage.a_risk(), measure_stage.a_proposal(), by=by, at=measure_stage.NOW)
    return by


def model_review(_given: pytest.FixtureRequest) -> User:
    by, bob = ana(), person("bob", Role.BOARD)
    test_model_reviews.to("concluded", Client(), by, bob, test_model_reviews.risk_of(4))
    return by


def policy(_given: pytest.FixtureRequest) -> User:
    by = ana()
    policy_stage.actions.submit(policy_stage.drafted(by), by=by, at=policy_stage.NOW)
    return by


def public_reasons(given: pytest.FixtureRequest) -> User:
    weighing: dilemma_stage.Stage = given.getfixturevalue("stage")
    dilemma, _nothing, reach = weighing.ready()
    weighing.decide(dilemma, reach)
    return weighing.people["dan"]


def salient_list(_given: pytest.FixtureRequest) -> User:
    by = ana()
    test_salient_list.a_risk("The grave one", level=5)
    assert test_salient_list.draw(by)[0] == 302
    return by


def report(given: pytest.FixtureRequest) -> User:
    rendered, cast = given.getfixturevalue("rendered"), given.getfixturevalue("cast")
    ask_clearance(rendered, by=cast.pia, at=OF_REPORTS)
    return cast.pia


def report_withdrawal(given: pytest.FixtureRequest) -> User:
    published, cast = given.getfixturevalue("published"), given.getfixturevalue("cast")
    ask_withdrawal(published, reason="safety_source", by=cast.rex, at=OF_REPORTS)
    return cast.rex


ASKED: dict[str, Callable[[pytest.FixtureRequest], User]] = {
    "change": change,
    "exit": an_exit,
    "exit_narrative": exit_narrative,
    "involvement": involvement,
    "lowering": lowering,
    "measure": measure,
    "model_review": model_review,
    "policy": policy,
    "public reasons": public_reasons,
    "salient list": salient_list,
    "report": report,
    "report withdrawal": report_withdrawal,
}


def lent(role: Role, of: User) -> list[dict[str, str]]:
    today, day = timezone.now().date(), timedelta(days=1)
    return [
        {"role": role, "of": of.username, "from": f"{today - day}", "until": f"{today + day}"},
    ]


def signed_in(user: User, **later: object) -> Client:
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(**later)
    return client


def everybody_beside(author: User, needed: Permission) -> dict[str, tuple[Client, bool]]:
    """Return who comes to a request, and whether they may answer it by what they are."""
    signs = [role for role in Role if needed in ROLE_PERMISSIONS[role]]
    other = person("other-author", *(Role(one) for one in author.roles))
    by_role = {
        f"only {role}": (signed_in(person(f"only-{role.lower()}", role)), role in signs) for role in Role
    }
    one = signs[0]
    return by_role | {
        "who stands in for such a one": (
            signed_in(person("lent-signs"), delegated=lent(one, other)),
            True,
        ),
        "who stands in for the author, and may sign": (
            signed_in(person("for-author", one), delegated=lent(Role.ANALYST, author)),
            False,
        ),
        "whose role ended": (signed_in(person("ended", one), roles=[]), False),
        "whose account is closed": (signed_in(person("closed", one), is_active=False), False),
        "without a role": (signed_in(person("none")), False),
        "nobody": (Client(), False),
        "the author, who may sign too": (signed_in(author, roles=[*author.roles, one]), False),
    }


def test_every_kind_of_request_is_asked_here() -> None:
    assert ASKED.keys() == DECIDE.keys(), "Bring the new kind to where it waits, in ASKED."


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ASKED)
def test_only_another_person_whom_the_table_lets_sign_answers_and_only_what_they_saw(
    kind: str, request: pytest.FixtureRequest
) -> None:
    author = ASKED[kind](request)
    waiting = SignOff.objects.get(subject_kind=kind, decided_at__isnull=True)
    address, seen = reverse("sign-off-decide", args=[waiting.pk]), waiting.content_hash
    beside = everybody_beside(author, Permission(waiting.permission))
    asks = [(who, client, seen, may) for who, (client, may) in beside.items()]
    asks += [
        (f"{who}, who saw something else", client, "0" * 64, False)
        for who, (client, may) in beside.items()
        if may
    ]

    wrong, cells = [], 0
    for who, client, digest, may in asks:
        for decision in ("approve", "refuse"):
            with taken_back():
                cells += 1
                answer = client.post(address, {"decision": decision, "reasons": LONG, "seen_hash": digest})
                waiting.refresh_from_db()
                if (waiting.decided_at is not None) != may or answer.status_code >= 500:
                    wrong.append((who, decision, answer.status_code))
            waiting.refresh_from_db()

    assert wrong == []
    assert cells >= FEWEST_CELLS
