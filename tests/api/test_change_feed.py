"""Programs learn what changed, in order, and of nothing that the registers would not show them."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from hrdd.change_feed import KINDS, changed_by
from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.problems import Problem
from risks.actions.policy_force import put_in_force
from risks.models import Risk
from tests.addresses import addresses
from tests.api.test_lost_updates import as_client, person
from tests.api.test_problems import API, TODAY, problem, risk
from tests.api.test_tokens import ana, token_of, with_token
from tests.risks import policy_stage
from tests.risks.consultation_stage import Stage, stage

__all__ = ["ana", "risk", "stage"]
FEED = f"{API}change-feed/"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def event(subject: str, action: str = "corrected", by: str = "ana", **detail: Any) -> AuditEvent:
    return record_event(by=by, at=NOW, action=action, subject=subject, detail=detail)


def told(client: Client, address: str = FEED) -> list[tuple[str, int | None]]:
    return [(one["kind"], one["id"]) for one in client.get(address).json()["results"]]


def test_what_changed_is_told_once_and_in_order_and_its_address_leads_there(ana: User, risk: Risk) -> None:
    client = as_client(ana)
    begun = client.get(f"{FEED}?cursor=now").json()
    assert (begun["results"], begun["more"]) == ([], False)
    event(f"risk {risk.pk}")
    event("signed in", action="signed in")

    page = client.get(begun["next"]).json()

    [one] = page["results"]
    assert (one["kind"], one["id"], page["more"]) == ("risk", risk.pk, False)
    assert client.get(one["address"]).json()["id"] == risk.pk
    assert told(client, page["next"]) == []


def test_what_many_were_assigned_and_what_a_job_did_is_told_too(ana: User, risk: Risk) -> None:
    many = Risk.objects.create(title="x", summary="x", opened_on=TODAY)
    assigned = event("2 risks", action="assigned risks", before={"": [risk.pk], "3": [many.pk]})
    ended = event("cycle 1", action="ended measures: LAPSED", by=JOB, measures=9)
    read = event("partner 1", action="read of a partner not to be named")

    assert [one.id for one in changed_by(assigned)] == [risk.pk, many.pk]
    assert [(one.kind, one.id, one.address) for one in changed_by(ended)] == [
        ("measure", None, f"{API}measures/")
    ]
    assert list(changed_by(read)) == []


@pytest.mark.django_db
def test_a_version_of_a_policy_is_told_and_so_is_the_one_that_it_replaces() -> None:
    pat = policy_stage.person("pat", Role.ANALYST)
    dora = policy_stage.person("dora", Role.DECIDER)
    client = as_client(pat)
    policy_stage.drafted(pat, slug="rules-on-other-things")
    first = policy_stage.in_force(pat, dora)
    begun = client.get(f"{FEED}?cursor=now").json()["next"]

    second = policy_stage.next_draft(first.policy, pat)
    drafted = client.get(begun).json()
    policy_stage.approved(second, pat, dora)
    put_in_force(second, by=dora, at=policy_stage.NOW)

    policy = ("policy", first.policy_id)
    assert [(one["kind"], one["id"]) for one in drafted["results"][:2]] == [
        policy,
        ("policy version", second.pk),
    ]
    assert client.get(drafted["results"][1]["address"]).json()["number"] == 2
    assert told(client, drafted["next"])[-3:] == [
        policy,
        ("policy version", first.pk),
        ("policy version", second.pk),
    ]


def test_nobody_is_told_of_what_the_register_would_not_show(stage: Stage) -> None:
    client = stage.by(stage.ana)
    event(f"risk {stage.risk.pk}")
    event("risk 999999")
    event("case 12")
    event("mandate 1")

    seen = told(client)

    assert ("risk", stage.risk.pk) in seen
    assert ("risk", 999999) not in seen
    assert not {kind for kind, _id in seen} & {"case", "mandate"}


def test_a_token_is_told_of_what_its_scopes_open(ana: User, risk: Risk) -> None:
    event(f"risk {risk.pk}")

    assert told(with_token(token_of(ana, "risks:read"))) == [("risk", risk.pk)]
    problem(with_token(token_of(ana, "oversight:read")).get(FEED), Problem.NOT_ALLOWED)


def test_it_says_neither_who_nor_what(ana: User, risk: Risk) -> None:
    event(f"risk {risk.pk}", action="withheld risk", by="canary", why="canary")

    said = as_client(ana).get(FEED).content.decode()

    assert f'"id":{risk.pk}' in said
    assert "canary" not in said
    assert "withheld" not in said


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 40, "\uff11"])
def test_what_is_no_cursor_is_refused(ana: User, cursor: str) -> None:
    assert (
        problem(as_client(ana).get(FEED, {"cursor": cursor}), Problem.BAD_INPUT)["errors"][0]["parameter"]
        == "cursor"
    )


def test_every_kind_has_an_address_of_its_own() -> None:
    names = {str(one.name) for one in addresses()}

    assert {f"{name}-detail" for _register, name in KINDS.values()} <= names


@pytest.mark.django_db(transaction=True)
def test_what_is_still_under_way_is_not_jumped_over() -> None:
    """A reader never passes a number whose event commits later: the second event waits for the first."""
    client = as_client(person("ana", Role.ANALYST))
    first, second = (Risk.objects.create(title="x", summary="x", opened_on=TODAY) for _ in range(2))
    begun = client.get(f"{FEED}?cursor=now").json()["next"]

    def write_another() -> None:
        try:
            event(f"risk {second.pk}")
        finally:
            connection.close()

    other = threading.Thread(target=write_another)
    with transaction.atomic():
        event(f"risk {first.pk}")
        other.start()
        seen_meanwhile: list[Any] = []
        asks = threading.Thread(
            target=lambda: (seen_meanwhile.extend(told(client, begun)), connection.close())
        )
        asks.start()
        asks.join()
    other.join()

    assert seen_meanwhile == []
    assert told(client, begun) == [("risk", first.pk), ("risk", second.pk)]
