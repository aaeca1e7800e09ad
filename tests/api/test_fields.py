"""`?fields=` leaves out of an answer what was not asked for, on a record and on a page of them."""

from django.test import Client

from hrdd.problems import Problem
from risks.models import Risk
from tests.api.test_problems import API, ana, problem, risk

__all__ = ["ana", "risk"]


def test_a_record_holds_the_fields_that_were_asked_for(ana: Client, risk: Risk) -> None:
    assert ana.get(f"{API}risks/{risk.pk}/?fields=id,title").json() == {"id": risk.pk, "title": "A risk"}


def test_a_page_keeps_its_links_and_its_rows_hold_what_was_asked_for(ana: Client, risk: Risk) -> None:
    page = ana.get(f"{API}risks/?fields=level").json()
    assert set(page) == {"count", "next", "previous", "results"}
    assert page["results"] == [{"level": 4}]
    assert ana.get(f"{API}risks/{risk.pk}/plans/?fields=id").json()["results"] == []


def test_a_field_that_is_none_is_refused_by_name(ana: Client, risk: Risk) -> None:
    told = problem(ana.get(f"{API}risks/?fields=id,password"), Problem.BAD_INPUT)

    assert told["errors"][0]["parameter"] == "fields"
    assert "No field is called password." in told["errors"][0]["detail"]
