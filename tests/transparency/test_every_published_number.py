"""Every number on a published page can be found in the data, and counted again from it by any reader (8.2, 8.5)."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from risks.models import Measure, Risk
from tests.cast import Cast
from tests.transparency.statement_stage import stored
from transparency.models import Report

TAG = re.compile(r"<[^>]+>")


def text(html: str) -> str:
    return " ".join(unescape(TAG.sub(" ", html)).split())


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def data(address: str) -> Any:
    answer = Client().get(address)
    return json.loads(answer.getvalue())  # streamed or whole


def told(html: str) -> list[tuple[str, str]]:
    """Return each label with what stands beside it in tables: a row's heading and its first cell."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td[^>]*>(.*?)</td>', html, re.DOTALL)
    return [
        (text(re.sub(r"<small>.*?</small>", "", label, flags=re.DOTALL)), text(said)) for label, said in rows
    ]


def recounted(content: dict[str, Any]) -> dict[str, int]:
    """Count the items of a report as its notes say how."""
    risks, period = content["risks"], content["period"]
    measures = [one for risk in risks for one in risk["measures"]]
    decided = [day["on"] for one in measures for day in one["decisions"]]
    return {
        "salient_risks": len(risks),
        "severe_risks": sum(risk["severity"]["level"] >= 4 for risk in risks),
        "measures_begun": sum(one["from"] >= period["from"][: len(one["from"])] for one in measures),
        "measures_ended": sum(one["state"] != "In force" for one in measures),
        "measures_standing": sum(one["state"] == "In force" for one in measures),
        "decisions": sum(period["from"] <= day <= period["to"] for day in decided),
        "consultations": sum(len(risk["consultations"]) for risk in risks),
        "gaps": sum(len(risk["gaps"]) for risk in risks),
    }


def test_the_figures_of_a_report_are_counted_again_from_its_json_and_stand_on_its_page(
    published: Report,
) -> None:
    content = data("/reports/2021.json")
    again = recounted(content)

    assert {one["code"]: one["value"] for one in content["figures"]} == again
    assert sum(again.values()) > 20
    shown = dict(told(page("/reports/2021/").partition('id="figures"')[2]))
    assert {one["label"]: shown[one["label"]] for one in content["figures"]} == {
        one["label"]: str(one["value"]) for one in content["figures"]
    }


def test_the_counts_by_finding_add_up_and_stand_on_its_page(published: Report) -> None:
    again = data("/reports/2021.json")["reassessments"]

    assert sum(one["count"] for one in again["by_finding"]) == again["assessed"] > 0
    shown = text(page("/reports/2021/"))
    for one in again["by_finding"]:
        assert f"{one['finding']} {one['count']}" in shown


def test_the_first_page_tells_the_numbers_of_the_latest_report_and_counts_nothing_anew(
    published: Report,
) -> None:
    content = data("/reports/2021.json")
    said = {one["label"]: one["value"] for one in content["figures"]}
    standing = [
        measure["kind"]
        for risk in content["risks"]
        for measure in risk["measures"]
        if measure["state"] == "In force"
    ]
    Measure.objects.all().update(kind="label", intrusion=1)
    Risk.objects.all().update(level=1)

    first = page("/")

    assert f'<span class="bigcount">{len(standing)}</span>' in first
    listed = dict(re.findall(r"<li>([^<:]+): (\d+)</li>", first))
    assert listed == {kind: str(standing.count(kind)) for kind in set(standing)}
    figures = {text(label): int(value) for label, value in re.findall(r"<dt>(.*?)</dt><dd>(\d+)</dd>", first)}
    assert len(figures) >= 4
    assert figures == {label: said[label] for label in figures}


@pytest.mark.parametrize("address", ["/complaints/", "/partners/"])
def test_each_number_of_a_released_table_and_each_indicator_is_a_row_of_the_data(
    published: Report, address: str
) -> None:
    rows = data("/figures.json")["figures"]
    html = page(address)
    shown = told(html)

    known = {(one["label"], str(one["value"])) for one in rows}
    assert [one for one in shown if one not in known] == []
    mine = {one["title"] for one in rows if f"<h3>{one['title']}" in html}
    assert len(mine) >= 3
    assert len(shown) == sum(
        one["title"] in mine and (one["table"].startswith("gp31") or has_rows(rows, one["table"]))
        for one in rows
    )
    for one in rows:
        if one["title"] in mine and one["code"] == "total":
            assert ("none." if one["value"] == "0" else str(one["value"])).casefold() in text(html).casefold()


def has_rows(rows: list[dict[str, Any]], table: str) -> bool:
    return sum(one["table"] == table for one in rows) > 1


def test_the_page_of_statements_counts_what_the_data_holds(published: Report, cast: Cast) -> None:
    for _ in range(3):
        stored(cast.ana)
    stored(cast.ana, measure={"published": False})

    many = len(data("/statements.json")["statements"])

    assert many == 3
    assert f"Statements found: {many}" in text(page("/statements/"))


def test_the_list_of_risks_tells_the_numbers_of_its_data(published: Report) -> None:
    html = page("/risks/")
    risks = data("/risks.json")["risks"]

    assert len(risks) == html.count('<article class="card"') > 0
    for one in risks:
        card = text(html.partition(f'id="{one["id"]}"')[2].partition("</article>")[0])
        assert f"{one['level']} {one['band']}" in card
        if many := one["measures_in_force"]:
            assert re.search(rf"(?i)\bin force: {many}\b|\b{many} measures? in force", card)
