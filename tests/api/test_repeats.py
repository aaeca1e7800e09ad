"""What a program sends twice under one Idempotency-Key is done once, and answered twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from hrdd.governance.actions import KEPT_FOR
from hrdd.governance.models import AuditEvent, KeptAnswer
from hrdd.governance.rules import Role
from hrdd.governance.tasks import clear_kept_answers
from hrdd.problems import Problem
from risks.models import Consultation, Risk
from tests.api.test_lost_updates import a_right, as_client, person
from tests.api.test_problems import API, problem
from tests.risks.consultation_stage import Stage, stage
from tests.risks.test_api_safety import plan_of

__all__ = ["stage"]
KEY = "0f6e2b9c-9a5d-4a6e-8f0e-2a1c5b7d9e30"
FACTS = {
    "title": "Reporters are found through their posts",
    "summary": "Posts carry where they were written.",
    "rights": ["PRIVACY"],
    "affected_groups": ["Reporters"],
}


@pytest.fixture
def ana(db: None) -> Client:
    a_right("PRIVACY")
    return as_client(person("ana", Role.ANALYST))


def record(client: Client, key: str = KEY, **changes: Any) -> Any:
    return client.post(f"{API}risks/", FACTS | changes, "application/json", headers={"idempotency-key": key})


def test_what_is_sent_twice_is_done_once_and_answered_twice(ana: Client) -> None:
    first, second = record(ana), record(ana, key=f'"{KEY}"')

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Risk.objects.count() == AuditEvent.objects.filter(action="recorded risk").count() == 1


def test_another_request_under_the_same_key_is_refused(ana: Client) -> None:
    record(ana)

    problem(record(ana, title="Another risk"), Problem.KEY_SPENT)
    elsewhere = ana.post(
        f"{API}saved-views/", {"name": "x"}, "application/json", headers={"idempotency-key": KEY}
    )
    problem(elsewhere, Problem.KEY_SPENT)
    assert Risk.objects.count() == 1


def test_the_key_of_one_person_is_nothing_to_another(ana: Client) -> None:
    record(ana)

    other = record(as_client(person("otto", Role.ANALYST)))

    assert "Idempotent-Replayed" not in other.headers
    assert Risk.objects.count() == 2


def test_what_was_refused_took_no_key_and_may_be_sent_again_mended(ana: Client) -> None:
    problem(record(ana, rights=["NONE"]), Problem.REFUSED_BY_A_RULE)
    problem(record(ana, title=""), Problem.BAD_INPUT)

    assert not KeptAnswer.objects.exists()
    assert record(ana).status_code == 201


def test_whoever_lost_the_role_is_told_nothing_of_what_they_did(ana: Client) -> None:
    record(ana)
    ana.force_login(person("aud", Role.AUDITOR))

    problem(record(ana), Problem.NOT_ALLOWED)


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "with spaces in between", "é" * 20])
def test_what_is_no_key_is_refused(ana: Client, key: str) -> None:
    problem(record(ana, key=key), Problem.BAD_INPUT)
    assert not Risk.objects.exists()


def test_the_database_holds_no_word_of_an_answer_and_no_key(ana: Client) -> None:
    record(ana)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text, encode(sealed, 'escape') FROM governance_keptanswer k")
        said = str(cursor.fetchall())
    assert KEY not in said
    assert "Reporters" not in said


def test_of_what_a_team_alone_reads_nothing_is_kept(stage: Stage) -> None:
    client = stage.by(stage.emma)

    def plan() -> Any:
        headers = {"idempotency-key": KEY}
        return client.post(f"{API}consultations/", plan_of(stage), "application/json", headers=headers)

    assert plan().status_code == 201
    assert bytes(KeptAnswer.objects.get().sealed) == b""
    assert plan().status_code == 409
    assert Consultation.objects.count() == 1


def test_after_a_day_a_key_is_new_and_the_answer_gone(ana: Client) -> None:
    record(ana)
    KeptAnswer.objects.update(taken_at=KeptAnswer.objects.get().taken_at - KEPT_FOR - timedelta(hours=1))

    assert "Idempotent-Replayed" not in record(ana).headers
    assert clear_kept_answers() == 0
    KeptAnswer.objects.update(taken_at=KeptAnswer.objects.get().taken_at - KEPT_FOR - timedelta(hours=1))
    assert clear_kept_answers() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_four_times_at_the_same_moment_is_done_once() -> None:
    a_right("PRIVACY")
    client, answers = as_client(person("ana", Role.ANALYST)), []

    def send() -> None:
        try:
            other = Client()
            other.cookies = client.cookies
            answers.append(record(other))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == Risk.objects.count() == 1
