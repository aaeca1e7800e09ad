"""Feed readers and search engines find everything that is public, nothing else, and by names that stay."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.surfaces import Surface, surface_of
from risks.models import StatementOfReasons
from tests.cast import Cast
from tests.risks.measure_stage import NOW
from tests.risks.policy_stage import in_force, next_draft, person
from tests.transparency.editions_stage import corrected
from tests.transparency.statement_stage import stored
from transparency.models import Report
from transparency.queries import site_map

__all__ = ["corrected"]

ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FEEDS = ("reports", "statements", "policies", "corrections")
SECTIONS = ("pages", "policies", "reports", "statements")
MACHINES = (
    *(f"/feeds/{name}.atom" for name in FEEDS),
    *(f"/sitemap-{name}.xml" for name in SECTIONS),
    *("/sitemap.xml", "/robots.txt", "/corrections/"),
)


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


def feed(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(Client().get(f"/feeds/{name}.atom").content)  # noqa: S314  # ours


def entries(name: str, field: str) -> list[str]:
    return [str(one.findtext(f"{ATOM}{field}")) for one in feed(name).iter(f"{ATOM}entry")]


def mapped(section: str, page: int = 1) -> list[str]:
    told = ElementTree.fromstring(Client().get(f"/sitemap-{section}.xml?p={page}").content)  # noqa: S314
    return [str(one.text).removeprefix("http://testserver") for one in told.iter(f"{MAP}loc")]


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_with_nothing_in_it_is_whole_and_says_the_same_twice(db: None, name: str) -> None:
    found, again = (Client().get(f"/feeds/{name}.atom") for _ in range(2))

    assert found["Content-Type"].startswith("application/atom+xml")
    assert found.content == again.content
    told = feed(name)
    assert [told.findtext(f"{ATOM}{one}") for one in ("id", "updated")] == [
        f"tag:{settings.LOG_ORIGIN.partition('/')[0]},2026:hrdd/{name}",
        "2026-01-01T00:00:00+00:00",
    ]
    assert told.find(f"{ATOM}entry") is None


def test_each_edition_of_a_report_is_news_of_its_own_under_an_id_that_stays(
    published: Report, cast: Cast, request: pytest.FixtureRequest
) -> None:
    first = entries("reports", "id")
    moved = [
        str(one.findtext(f"{ATOM}id"))
        for one in ElementTree.fromstring(  # noqa: S314
            Client().get("/feeds/reports.atom", headers={"host": "localhost"}).content
        ).iter(f"{ATOM}entry")
    ]
    request.getfixturevalue("corrected")

    second = entries("reports", "id")

    assert first == moved != second
    assert [one.rpartition("hrdd/")[2] for one in first + second] == ["reports/2021/1", "reports/2021/2"]
    assert entries("corrections", "title") == ["Human rights report 2021, corrected, edition 2"]


def test_the_page_of_corrections_names_what_was_replaced_and_leads_to_it(
    corrected: Report, ana_reader: User, client: Client
) -> None:
    old = stored(ana_reader)
    new = stored(ana_reader, supersedes=old, decision_facts="A post called on readers to come.")

    page = client.get("/corrections/").content.decode()

    for told in ("/reports/2021/editions/1/", "/reports/2021/editions/2/", str(old.puid), str(new.puid)):
        assert f'{told}"' in page or f"{told}/" in page
    assert Report.objects.get(edition=1).content_hash in page
    assert "It named the wrong rule." not in page  # those words were written for the desk


@pytest.fixture
def ana_reader(cast: Cast) -> User:
    return cast.ana


def test_a_statement_that_may_not_be_read_is_in_no_feed_and_on_no_map(ana: User) -> None:
    shown = stored(ana)
    kept_inside = stored(ana, measure={"published": False})
    named = stored(
        ana, measure={"target": "Nia Roe"}, decision_facts="Nia Roe called on readers to come armed."
    )

    told = Client().get("/feeds/statements.atom").content.decode() + "".join(mapped("statements"))

    assert told.count(str(shown.puid)) >= 2
    assert str(kept_inside.puid) not in told
    assert str(named.puid) not in told
    assert "Nia Roe" not in told


def test_a_statement_tells_the_day_and_never_the_hour(ana: User) -> None:
    stored(ana)

    assert entries("statements", "updated") == [f"{NOW.date().isoformat()}T00:00:00+00:00"]


def test_what_xml_cannot_hold_does_not_break_a_feed(ana: User) -> None:
    stored(ana, decision_facts="A post\x0b called on readers to come armed.")

    assert "A post called on readers" in entries("statements", "summary")[0]


def test_what_a_statement_quotes_is_text_and_no_markup_for_a_reader_of_feeds(ana: User) -> None:
    stored(ana, decision_facts="A post said <b>come</b> & called on readers.")

    (summary,) = entries("statements", "summary")

    assert "said &lt;b&gt;come&lt;/b&gt; &amp; called" in summary


def test_a_policy_is_on_the_map_with_its_versions_and_no_draft_is(ana: User) -> None:
    version = in_force(ana, person("dan", Role.DECIDER))
    next_draft(version.policy, ana, title="Nobody outside reads this yet")

    assert mapped("policies") == ["/policies/content-rules/", "/policies/content-rules/1/en/"]
    assert entries("policies", "id") == [
        f"tag:{settings.LOG_ORIGIN.partition('/')[0]},2026:hrdd/policies/content-rules/1/en/in_force"
    ]


def test_a_report_is_on_the_map_with_each_edition_that_can_be_read(corrected: Report) -> None:
    assert mapped("reports") == ["/reports/2021/", "/reports/2021/editions/2/", "/reports/2021/editions/1/"]


def test_maps_and_robots_lead_nobody_to_the_desk_or_to_the_pages_of_people_who_complain(
    corrected: Report, ana_reader: User, client: Client
) -> None:
    stored(ana_reader)
    index = client.get("/sitemap.xml").content.decode()
    assert [f"/sitemap-{section}.xml" in index for section in SECTIONS] == [True] * len(SECTIONS)

    places = [path for section in SECTIONS for path in mapped(section)]

    assert len(places) >= len(site_map.PAGES) + 4
    assert {surface_of(path) for path in places} == {Surface.PUBLIC}
    assert {path: client.get(path).status_code for path in places} == dict.fromkeys(places, 200)
    robots = client.get("/robots.txt").content.decode()
    for closed in ("/desk/", "/board", "/api/", "/raise/", "/follow/"):
        assert f"Disallow: {closed}\n" in robots
    assert "Sitemap: http://testserver/sitemap.xml\n" in robots


def test_many_statements_stand_on_several_maps(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = [stored(ana) for _ in range(3)]
    monkeypatch.setattr(site_map, "STATEMENTS_ON_A_MAP", 2)

    found = [mapped("statements", page) for page in (1, 2)]

    assert found == [
        [f"/statements/{one.puid}/" for one in some] for some in (statements[:2], statements[2:])
    ]
    assert "/sitemap-statements.xml?p=2" in Client().get("/sitemap.xml").content.decode()
    assert Client().get("/sitemap-statements.xml?p=3").status_code == 404


@pytest.mark.parametrize("address", MACHINES)
def test_what_is_unchanged_is_not_sent_twice_and_knows_no_cookie(
    ana: User, client: Client, address: str
) -> None:
    stored(ana)

    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies


@pytest.mark.parametrize("address", MACHINES)
def test_many_statements_cost_as_many_queries_as_one(
    ana: User, client: Client, django_assert_num_queries: Any, address: str
) -> None:
    several(stored, ana, 2)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    several(stored, ana, 5)

    with django_assert_num_queries(len(before)):
        assert client.get(address).status_code == 200


def several(made: Callable[..., StatementOfReasons], by: User, many: int) -> None:
    """Store so many statements and corrections of each."""
    for number in range(many):
        old = made(by, issued_at=NOW - timedelta(days=number))
        made(by, supersedes=old)


@pytest.mark.parametrize("address", ["/", "/risks/", "/corrections/", "/reports/"])
def test_a_public_page_names_its_own_address_and_the_feeds(db: None, client: Client, address: str) -> None:
    head = client.get(f"{address}?page=1").content.decode().partition("</head>")[0]

    assert f'<link rel="canonical" href="http://testserver{address}">' in head
    for name in FEEDS:
        assert f'href="/feeds/{name}.atom"' in head


def test_the_page_of_sign_in_has_no_address_for_search_engines(db: None, client: Client) -> None:
    assert "canonical" not in client.get("/sign-in/").content.decode()
