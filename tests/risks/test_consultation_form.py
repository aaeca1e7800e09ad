"""The form of a consultation offers 1,200 records without a template for each."""

from collections import Counter
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.test.html import parse_html
from django.test.signals import template_rendered

from risks.forms.shapes import Checkboxes
from risks.models import Risk
from tests.risks.consultation_stage import Stage, stage

__all__ = ["stage"]
CHOICES = [(1, "First"), (2, '<b>"Second" & more</b>'), (30, "Third")]


@pytest.mark.parametrize("value", [None, [], [2], ["1", "30"], ["x"]])
@pytest.mark.parametrize("attrs", [{"id": "id_risks"}, {"id": "id_risks", "aria-invalid": "true"}])
def test_the_boxes_are_those_of_django(value: Any, attrs: dict[str, str]) -> None:
    ours, theirs = Checkboxes({"class": "records"}), forms.CheckboxSelectMultiple({"class": "records"})
    ours.choices = theirs.choices = CHOICES

    assert parsed(ours.render("risks", value, attrs)) == parsed(theirs.render("risks", value, attrs))


def parsed(html: str) -> Any:
    return parse_html(html)


def test_no_template_is_made_for_each_record(stage: Stage) -> None:
    client = stage.by(stage.emma)
    before = templates(client)

    for number in range(20):
        Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=stage.risk.opened_on)

    assert templates(client) == before


def templates(client: Client) -> Counter[str]:
    made: Counter[str] = Counter()

    def counted(template: Any, **_rest: Any) -> None:
        made[str(template.name)] += 1

    template_rendered.connect(counted)
    try:
        assert client.get("/desk/consultations/new/").status_code == 200
    finally:
        template_rendered.disconnect(counted)
    return made
