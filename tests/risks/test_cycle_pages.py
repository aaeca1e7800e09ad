"""The cycle pages show progress, what changed and what was set aside; a person tries again; a finding says what if."""

from datetime import timedelta

import pytest
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.proportionality import finish_cycle, plan_cycle, plan_touched
from risks.models import Cycle, Measure, ReviewTask
from tests.risks.test_engine import NOW, TODAY, a_measure, a_risk, by_minute, severity_falls, swept


@pytest.fixture
def ban(db: None) -> Measure:
    return a_measure(a_risk())


@pytest.fixture
def analyst(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST]))
    return client


def test_the_page_says_what_changed_since_the_full_cycle_before(ban: Measure, analyst: Client) -> None:
    swept(plan_cycle(as_of=TODAY, at=NOW), NOW)
    severity_falls(ban)
    later = NOW + timedelta(days=1)
    cycle = plan_cycle(as_of=later.date(), at=later)
    swept(cycle, later)

    page = analyst.get(f"/desk/cycles/{cycle.pk}/").content.decode()

    assert "<dt>New findings</dt><dd>1</dd>" in page
    assert "<dt>No longer found</dt><dd>0</dd>" in page


def test_what_was_set_aside_is_listed_and_tried_again_by_a_person(ban: Measure, analyst: Client) -> None:
    cycle = plan_cycle(as_of=TODAY, at=NOW)
    cycle.chunks.update(quarantined=True, attempts=3)
    assert finish_cycle(cycle, at=NOW)
    assert b"Try again what was set aside" in analyst.get(f"/desk/cycles/{cycle.pk}/").content

    answer = analyst.post(f"/desk/cycles/{cycle.pk}/retry/", follow=True)
    again = analyst.post(f"/desk/cycles/{cycle.pk}/retry/", follow=True)

    assert b"Parts to be tried again within a minute: 1" in answer.content
    assert b"No part of this re-assessment is set aside" in again.content
    assert cycle.chunks.waiting().count() == 1


def test_the_list_costs_the_same_however_many_cycles(
    ban: Measure, analyst: Client, django_assert_max_num_queries: object
) -> None:
    assert b"No re-assessment has run yet" in analyst.get("/desk/cycles/").content
    for days in range(4):
        swept(plan_cycle(as_of=TODAY + timedelta(days=days), at=NOW), NOW)
    swept(plan_touched(at=NOW), NOW)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = analyst.get("/desk/cycles/")

    assert page.content.count(b"Finished") == Cycle.objects.count()


def test_a_finding_says_what_would_have_changed_it(ban: Measure, analyst: Client) -> None:
    by_minute(0)
    severity_falls(ban)
    by_minute(1)

    page = analyst.get(f"/desk/tasks/{ReviewTask.objects.get().pk}/").content.decode()
    otherwise = page.split('id="otherwise"')[1].split("</section>")[0]

    assert "Severity at level 5" in otherwise
    assert "WITHIN_INTERVAL" in otherwise
