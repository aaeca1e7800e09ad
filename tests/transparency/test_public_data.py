"""Programs read what people read: every figure as it was frozen, every file as its schema says."""

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from jsonschema import Draft202012Validator, FormatChecker

from hrdd.governance.rules import Role
from risks.models import Measure, Risk
from tests.cast import Cast
from tests.risks.policy_stage import in_force, person
from tests.transparency.editions_stage import corrected
from tests.transparency.statement_stage import stored
from transparency.models import Report
from transparency.queries.public_data import SETS
from transparency.rules.public_schemas import SCHEMAS
from transparency.rules.told_figures import COLUMNS, figure_rows

__all__ = ["corrected"]

HOSTILE = 'A </script><script>alert(1)</script> "report" & <b>more'
PAGES = (
    *("/", "/risks/", "/statements/", "/policies/", "/consultations/", "/business-model/", "/reports/"),
    *("/partners/", "/complaints/", "/data/"),
)


def read(address: str) -> Any:
    answer = Client().get(address)
    assert answer.status_code == 200
    assert not answer.cookies
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return json.loads(body)


def structured(page: str) -> dict[str, Any]:
    """Return the structured data of a page as a browser would read it."""
    found: list[str] = []

    class Scripts(HTMLParser):
        inside = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.inside = tag == "script"
            assert not self.inside or ("type", "application/ld+json") in attrs

        def handle_data(self, data: str) -> None:
            if self.inside:
                found.append(data)
                self.inside = False

    Scripts(convert_charrefs=True).feed(page)
    assert len(found) == 1
    told = json.loads(found[0])
    assert isinstance(told, dict)
    return told


def test_every_file_is_as_its_schema_says(corrected: Report, cast: Cast) -> None:
    stored(cast.ana)
    stored(cast.ana, supersedes=stored(cast.ana))
    in_force(cast.ana, person("dan", Role.DECIDER))

    told = {name: read(one.json) for name, one in SETS.items()}
    schemas = {name: read(one.schema) for name, one in SETS.items()}

    for name, said in told.items():
        Draft202012Validator.check_schema(schemas[name])
        Draft202012Validator(schemas[name], format_checker=FormatChecker()).validate(said)
    filled = {name for name, said in told.items() if any(isinstance(v, list) and v for v in said.values())}
    assert filled >= {"figures", "risks", "statements", "policies", "reports", "corrections"}
    assert SCHEMAS.keys() == SETS.keys()


def test_figures_are_those_of_the_report_and_nothing_is_counted_anew(published: Report) -> None:
    before = read("/figures.json")
    Measure.objects.all().update(kind="label", intrusion=1)
    Risk.objects.all().update(published=False)

    after = read("/figures.json")

    assert before == after
    said = {one["code"]: one["value"] for one in after["figures"] if one["table"] == "report"}
    assert said == {one["code"]: one["value"] for one in published.parsed_content["figures"]}
    assert {one["content_sha256"] for one in after["figures"]} == {published.content_hash}


def test_a_report_that_is_not_published_tells_no_figure(rendered: Report) -> None:
    assert read("/figures.json") == {"figures": []}
    assert read("/reports.json") == {"editions": []}


def test_the_table_holds_the_rows_of_the_data_and_runs_nothing(published: Report, client: Client) -> None:
    body = client.get("/figures.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))

    assert tuple(rows[0]) == COLUMNS
    assert rows == [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in read("/figures.json")["figures"]
    ]


def test_each_number_of_a_frozen_content_becomes_one_row() -> None:
    content = {
        "period": {"name": "2021", "from": "2021-01-01", "to": "2021-12-31"},
        "edition": 2,
        "frozen_at": "2022-01-10T09:00:00+00:00",
        "figures": [{"code": "gaps", "label": "Gaps named", "value": 3, "note": "x"}],
        "reassessments": {
            "as_of": "2021-06-30",
            "assessed": 5,
            "by_finding": [{"finding": "In order", "count": 5}],
        },
        "released": {
            "k": 10,
            "tables": [
                {
                    "code": "t",
                    "title": "T",
                    "rows": [{"label": "a", "said": "fewer than 10"}],
                    "total": "20",
                }
            ],
            "criteria": [
                {
                    "letter": "a",
                    "name": "Legitimate",
                    "indicators": [{"code": "a1", "label": "L", "said": "not shown"}],
                }
            ],
        },
    }

    rows = figure_rows(content, "f" * 64)

    assert [(one["table"], one["code"], one["label"], one["value"]) for one in rows] == [
        ("report", "gaps", "Gaps named", 3),
        ("reassessments", "total", "Measures assessed", 5),
        ("reassessments", "", "In order", 5),
        ("t", "", "a", "fewer than 10"),
        ("t", "total", "In all", "20"),
        ("gp31_a", "a1", "L", "not shown"),
    ]
    assert {(one["period"], one["edition"], one["smallest_shown"]) for one in rows} == {("2021", 2, 10)}
    assert figure_rows({**content, "reassessments": None, "released": None}, "f" * 64) == [
        {**rows[0], "smallest_shown": None}
    ]


def test_the_page_of_data_names_every_file_that_programs_can_fetch(published: Report, client: Client) -> None:
    page = client.get("/data/").content.decode()
    routes = [str(one.pattern) for found in get_resolver().url_patterns for one in patterns_of(found)]
    files = [one for one in routes if re.fullmatch(r"[a-z/-]+\.(json|csv|atom)", one)]

    assert len(files) >= 14
    assert [one for one in files if f'href="/{one}"' not in page] == []
    assert 'href="/feeds/statements.atom">Statements of reasons</a>' in page
    assert "CC BY 4.0" in page
    assert 'href="/reports/2021.json"' in page


def patterns_of(found: Any) -> list[Any]:
    inner = getattr(found, "url_patterns", None)
    if inner is None:
        return [found]
    return [one for each in inner for one in patterns_of(each)] if str(found.pattern) == "" else []


def test_the_page_says_so_when_no_licence_is_named(db: None, client: Client, settings: Any) -> None:
    settings.DATA_LICENCE = settings.DATA_LICENCE_URL = ""

    page = client.get("/data/").content.decode()

    assert "No licence is named yet" in page
    assert "license" not in structured(page)


@pytest.mark.parametrize("address", PAGES)
def test_pages_tell_search_engines_what_they_are_and_load_nothing(
    published: Report, client: Client, address: str
) -> None:
    answer = client.get(address)
    page = answer.content.decode()

    assert structured(page)["@context"] == "https://schema.org"
    title, shown = (re.search(one, page) for one in ("<title>(.*)</title>", 'og:title" content="([^"]*)"'))
    assert title
    assert shown
    assert title[1] == shown[1] != ""
    assert f'<meta property="og:url" content="http://testserver{address}">' in page
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_the_reports_are_told_with_files_and_hashes(corrected: Report, client: Client) -> None:
    (told,) = structured(client.get("/reports/").content.decode())["@graph"]
    (second, first) = read("/reports.json")["editions"]

    assert (told["@type"], told["name"], told["version"]) == ("Report", corrected.title, 2)
    assert [one["sha256"] for one in told["encoding"]] == [one["sha256"] for one in second["files"]]
    assert (first["edition"], first["replaced"], second["replaced"]) == (1, True, False)
    for one in (*first["files"], *second["files"]):
        found = client.get(one["url"].removeprefix("http://testserver"))
        assert (found.status_code, len(found.content)) == (200, one["bytes"])


def test_no_title_closes_the_element_or_the_attribute_that_holds_it() -> None:
    page = Template(
        "{% load machine_readable %}{% titled %}{{ said }}{% endtitled %}"
        '<script type="application/ld+json">{{ told|json_ld }}</script>'
    ).render(Context({"said": HOSTILE, "told": {"name": HOSTILE}}))

    assert structured(page) == {"name": HOSTILE}
    assert page.count("<script") == 1
    assert 'content="A &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;report&quot; ' in page


@pytest.mark.parametrize("address", ["/reports/", "/reports.json", "/figures.json"])
def test_two_editions_cost_as_many_queries_as_one(
    published: Report, request: pytest.FixtureRequest, client: Client, address: str
) -> None:
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    request.getfixturevalue("corrected")

    with CaptureQueriesContext(connection) as after:
        client.get(address)

    assert len(after) == len(before)
