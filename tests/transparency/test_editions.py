"""Each edition of a report keeps an address of its own; a replaced one says so (reliability.md 3.8)."""

import hashlib

import pytest
from django.test import Client

from tests.transparency.editions_stage import corrected
from transparency.models import Document, Report

__all__ = ["corrected"]

FORMATS = list(Document.Format.values)


def test_the_period_shows_the_latest_edition_and_the_replaced_one_leads_to_it(
    corrected: Report, client: Client
) -> None:
    latest = client.get("/reports/2021/").content.decode()
    first = client.get("/reports/2021/editions/1/").content.decode()

    assert "Human rights report 2021, corrected" in latest
    assert "A later edition corrects it" not in latest
    assert first.index("<body>") < first.index("A later edition corrects it") < first.index("<h1>")
    assert 'href="/reports/2021/"' in first
    assert client.get("/reports/2021/editions/2/").content.decode() == latest
    assert 'href="/reports/2021/editions/1/"' in client.get("/reports/").content.decode()


@pytest.mark.parametrize("format_", FORMATS)
def test_the_files_of_a_replaced_edition_are_the_bytes_that_were_signed(
    corrected: Report, client: Client, format_: str
) -> None:
    body = client.get(f"/reports/2021/editions/1.{format_}").content

    signed = Document.objects.get(report__edition=1, format=format_)
    assert hashlib.sha256(body).hexdigest() == signed.sha256


def test_what_is_kept_of_an_edition_is_not_kept_once_it_is_replaced(
    published: Report, client: Client
) -> None:
    before = client.get("/reports/2021/editions/1/")
    Report.objects.filter(pk=published.pk).update(state="corrected")

    again = client.get("/reports/2021/editions/1/", headers={"if-none-match": before["ETag"]})

    assert again.status_code == 200
    assert b"A later edition corrects it" in again.content
    same = client.get("/reports/2021/editions/1/", headers={"if-none-match": again["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize("address", ["editions/1/", "editions/1.json"])
def test_an_edition_that_is_not_published_has_no_public_address(
    rendered: Report, client: Client, address: str
) -> None:
    assert client.get(f"/reports/2021/{address}").status_code == 404
    assert client.get(f"/reports/2021/{address.replace('1', '9')}").status_code == 404
