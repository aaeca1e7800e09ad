"""A preview says what the next cycle would find under other numbers or another level, and writes nothing."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.proportionality import plan_cycle
from risks.models import Measure
from risks.queries import what_if
from risks.queries.method import method
from risks.rules.method import DEFAULT, configured
from tests.risks.test_engine import NOW, TODAY, a_measure, a_risk, judged, swept

ROW = [20, 15, 10, 5, 2]
SHORTER = {"review_intervals": {"I3": ROW, "I4": ROW, "I5": ROW}}


@pytest.fixture
def analyst(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST]))
    return client


@pytest.fixture
def measures(db: None) -> list[Measure]:
    """Return a ban, and two removals of which one would be due under shorter intervals of class I3."""
    risk = a_risk()
    return [
        a_measure(risk, days=0),
        a_measure(risk, "remove_item", days=3),
        a_measure(risk, "remove_item", days=1),
    ]


def rows() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


def test_other_intervals_change_what_the_next_cycle_would_find(
    measures: list[Measure], settings: Any
) -> None:
    thought = what_if.other_method(DEFAULT, configured(SHORTER), at=NOW)

    settings.METHOD = SHORTER
    method.cache_clear()
    found = swept(plan_cycle(as_of=TODAY, at=NOW), NOW)
    method.cache_clear()

    assert {one.measure.pk: one.after.finding for one in thought.shown} == {
        measure: finding for measure, (finding, _codes) in found.items()
    }
    assert found[measures[1].pk][0] == "REVIEW_DUE"
    assert [(move.before.finding, move.after.code, move.count) for move in thought.moves] == [
        ("OK", "INTERVAL_ELAPSED", 1)
    ]
    assert (thought.count, thought.judged) == (1, 3)


@pytest.mark.parametrize("level", [0, 1, 2, 3, 4, 5])
def test_another_level_changes_what_the_next_cycle_would_find(measures: list[Measure], level: int) -> None:
    risk = measures[0].risk
    other = a_measure(a_risk())
    thought = what_if.other_level(risk, level, DEFAULT, at=NOW)

    if level:
        judged(risk, level, TODAY)
    else:
        type(risk).objects.filter(pk=risk.pk).update(status="closed", closed_on=TODAY)
    found = swept(plan_cycle(as_of=TODAY, at=NOW), NOW)

    then = {one.measure.pk: (one.after.finding, one.after.code) for one in thought.shown}
    assert other.pk not in found
    assert {pk: finding for pk, (finding, _code) in then.items()} == {
        pk: finding for pk, (finding, _codes) in found.items()
    }
    assert (then == {}) == (level == 5)


def test_the_pages_show_what_would_change_and_write_nothing(measures: list[Measure], analyst: Client) -> None:
    today = timezone.now().date()
    Measure.objects.update(starts_on=today, reviewed_on=today, justified_on=today)
    before = rows()

    level = analyst.get(f"/desk/risks/{measures[0].risk_id}/what-if/?level=2")
    numbers = analyst.get(
        "/desk/measures/what-if/?review_3=20,+15,+10,+5,+2&review_4=20,15,10,5,2&review_5=20,15,10,5,2"
    )

    assert "3 of 3 findings would change" in level.content.decode()
    assert "more intrusive than the present severity" in level.content.decode()
    assert numbers.status_code == 200
    assert 'value="20, 15, 10, 5, 2"' in numbers.content.decode()
    assert rows() == before


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("review_3=90,90", "write five whole numbers"),
        ("review_3=x", "write five whole numbers"),
        ("review_3=999,90,60,30,14", "longer than"),
        ("review_3=10,20,30,40,50", "never increase"),
        ("oldest_3=9999", "longer than the default"),
        ("oldest_3=soon", "whole number"),
        ("near_days=1", "never shortened"),
        ("near_days=-1", "one day or more"),
    ],
)
def test_numbers_that_the_method_refuses_are_refused_and_kept(
    analyst: Client, query: str, sentence: str
) -> None:
    answer = analyst.get(f"/desk/measures/what-if/?{query}")

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert json.dumps(query.split("=")[1]) in answer.content.decode()


@pytest.mark.parametrize("level", ["9", "x", ""])
def test_a_level_that_is_none_is_refused(analyst: Client, measures: list[Measure], level: str) -> None:
    answer = analyst.get(f"/desk/risks/{measures[0].risk_id}/what-if/?level={level}")

    assert answer.status_code == 400
    assert "If its severity were: choose a level" in answer.content.decode()
