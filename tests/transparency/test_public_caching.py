"""Every public page may be kept by anybody: it knows nobody, and is sent again only where it changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.transparency.log_stage import log_key
from transparency.actions.publication_log import checkpoint_log, seal_publications
from transparency.models import Report
from transparency.queries import site_map

__all__ = ["log_key"]

OF_THE_REPORT = (
    "/reports/2021/",
    "/reports/2021.json",
    "/reports/2021/editions/1/",
    "/reports/2021/manifest.json",
)
LOG = (
    "/.well-known/hrdd-log/checkpoint",
    "/.well-known/hrdd-log/keys",
    "/.well-known/hrdd-log/tile/0/000.p/2",
)
DATA = ("/figures.json", "/figures.csv", "/reports.json", "/data/figures.schema.json")


def addresses() -> list[str]:
    return [*map(reverse, site_map.PAGES), "/fr/", *OF_THE_REPORT, *LOG, *DATA]


def test_all_are_kept_and_sent_once_and_the_same_for_who_is_signed_in(
    published: Report, cast: Cast, log_key: Any
) -> None:
    seal_publications(at=published.published_at)  # type: ignore[arg-type]  # it is published
    checkpoint_log(at=published.published_at)  # type: ignore[arg-type]
    signed_in = Client()
    signed_in.force_login(cast.eve)

    wrong = {}
    for address in addresses():
        first = Client().get(address)
        again = Client().get(address, headers={"if-none-match": first.get("ETag", "")})
        theirs = signed_in.get(address)
        found = (
            first.status_code == 200,
            again.status_code == 304 and not again.content,
            first["Cache-Control"].startswith("public, max-age="),
            "Cookie" not in first.get("Vary", ""),
            not first.cookies and not theirs.cookies,
            first.content == theirs.content,
        )
        if not all(found):
            wrong[address] = found
    assert wrong == {}


def test_what_is_sent_in_pieces_may_be_kept_too(published: Report, client: Client) -> None:
    for address in ("/risks.json", "/statements.json", "/statements.csv"):
        answer = client.get(address)
        assert answer.streaming
        assert answer["Cache-Control"].startswith("public, max-age="), address
        assert not answer.cookies


def test_a_page_that_changed_is_sent_again(db: None, client: Client, request: pytest.FixtureRequest) -> None:
    before = {address: client.get(address)["ETag"] for address in ("/", "/reports/", "/figures.json")}
    request.getfixturevalue("published")

    for address, etag in before.items():
        again = client.get(address, headers={"if-none-match": etag})
        assert again.status_code == 200, address
        assert b"2021" in again.content
