"""Importing partners: judged row by row, shown, written whole or not at all, then gone from the import."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from hrdd.governance.models import AuditEvent
from risks import tasks
from risks.models import AgreedTerms, Partner, Product, RegisterImport, Relationship
from risks.rules.partner_import import COLUMNS, EXAMPLE
from risks.rules.sheets import csv_of, read_table
from tests.risks.partner_stage import clients, people, relationship_with

__all__ = ["clients", "people"]
IMPORT = "/desk/partners/import/"
GOOD = dict(EXAMPLE) | {"partner": "Northern Cloud", "owner": "ana"}
SHORT = {name: GOOD[name] for name in ("partner", "kind", "supplied")}


def csv_file(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return csv_of(header, [[row.get(name, "") for name in header] for row in rows])


def upload(client: Client, content: bytes, name: str = "partners.csv") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def preview(client: Client, *rows: dict[str, str]) -> RegisterImport:
    assert upload(client, csv_file(*rows)).status_code == 302
    return RegisterImport.objects.latest("pk")


def take(client: Client, held: RegisterImport, step: str = "apply") -> str:
    client.post(f"{IMPORT}{held.pk}/{step}/")
    tasks.apply_import(held.pk)
    held.refresh_from_db()
    return client.get(f"{IMPORT}{held.pk}/").content.decode()


def test_a_file_is_shown_then_recorded_as_the_form_records(clients: dict[str, Client]) -> None:
    ahead = SHORT | {"supplied": "Mail", "not_begun": "yes", "naming_endangers": "Staff."}
    held = preview(clients["paul"], GOOD, ahead)
    shown = clients["paul"].get(f"{IMPORT}{held.pk}/").content.decode()
    nothing = Relationship.objects.count()

    content = take(clients["paul"], held)

    assert nothing == 0
    assert "Reseller with a new partner: goes on; the gap of its onboarding is shown." in shown
    assert "Apply: record 2 relationships" in shown
    assert "Its 2 relationships stand in the register" in content
    [first, second] = Relationship.objects.order_by("pk")
    assert (first.country, first.owner.username if first.owner else "", first.status) == (
        "KE",
        "ana",
        "active",
    )
    assert (second.status, second.partner) == ("proposed", first.partner)
    assert first.partner.naming_endangers == "Staff."
    assert Product.objects.get().name == "Hosting"
    assert str(AgreedTerms.objects.get()) == "Code of conduct for resellers, 2023"
    assert (held.state, held.rows["judged"]) == ("applied", [])
    assert AuditEvent.objects.filter(action="recorded relationship").count() == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"partner": EXAMPLE["partner"]}, "this is the example of the template"),
        ({"partner": ""}, "partner: say with whom"),
        ({"kind": "friend"}, "kind: choose one of enterprise_customer"),
        ({"country": "Narnia"}, "country: use an ISO 3166-1 code"),
        ({"partner_country": "XX"}, "partner_country: use an ISO 3166-1 code"),
        ({"started_on": "1.3.24"}, "started_on: “1.3.24” is no day"),
        ({"contract_end": "2020-01-01"}, "contract_end: the contract ends before"),
        ({"not_begun": "maybe"}, "not_begun: “maybe” is neither yes nor no"),
        ({"not_begun": "yes"}, "started_on: the relationship has not begun yet"),
        ({"revenue_band": "huge"}, "revenue_band: choose one of"),
        ({"owner": "nobody"}, "owner: nobody with the user name"),
        ({"code_version": ""}, "code_version: an outside code needs its name, its version and since when"),
        ({"agreed_from": "2999-01-01"}, "agreed_from: this day is still to come"),
        ({"about": "Ask pat@example.org"}, "about: take out an e-mail address"),
    ],
)
def test_a_refused_row_names_column_and_fix_and_nothing_is_imported(
    clients: dict[str, Client], changes: dict[str, str], says: str
) -> None:
    held = preview(clients["paul"], GOOD | changes, SHORT | {"supplied": "Mail"})

    shown = clients["paul"].get(f"{IMPORT}{held.pk}/?only=refused").content.decode()
    assert "Cannot be applied as it is." in shown
    take(clients["paul"], held)

    assert says in shown
    assert "Row&nbsp;2" in shown
    assert held.state == "previewed"
    assert not Partner.objects.exists()
    assert "pat@example.org" not in str(held.rows)


def test_what_is_on_record_or_in_the_file_already_is_refused(clients: dict[str, Client]) -> None:
    known = relationship_with("northern cloud", supplied=GOOD["supplied"])
    held = preview(clients["paul"], GOOD, GOOD | {"supplied": "Mail"}, GOOD | {"supplied": " mail"})

    shown = clients["paul"].get(f"{IMPORT}{held.pk}/").content.decode()

    assert "this relationship is on record already" in shown
    assert f'href="/desk/partners/{known.pk}/"' in shown
    assert "the same relationship as in row 3" in shown


def test_rows_are_judged_again_when_they_are_applied(clients: dict[str, Client]) -> None:
    held = preview(clients["paul"], GOOD)
    relationship_with("Northern Cloud", supplied=GOOD["supplied"])

    content = take(clients["paul"], held)

    assert "It was not applied. The register changed" in content
    assert Relationship.objects.count() == 1


def test_templates_start_what_is_imported_and_refuse_their_own_example(clients: dict[str, Client]) -> None:
    paul = clients["paul"]
    comma, book = (paul.get(f"{IMPORT}template.{form}").content for form in ("csv", "xlsx"))

    sheet = load_workbook(io.BytesIO(book))

    assert sheet.sheetnames == ["Partners", "Columns"]
    assert list(read_table("x.csv", comma).header) == list(COLUMNS)
    assert upload(paul, comma).status_code == 302
    assert RegisterImport.objects.get().refused == 1
    assert paul.get(f"{IMPORT}template.pdf").status_code == 404


def test_a_workbook_reads_as_a_csv_does(clients: dict[str, Client]) -> None:
    book, out = Workbook(), io.BytesIO()
    for row in (list(SHORT), list(SHORT.values())):
        book.worksheets[0].append(row)
    book.save(out)

    upload(clients["paul"], out.getvalue(), "partners.xlsx")
    take(clients["paul"], RegisterImport.objects.get())

    assert Relationship.objects.get().partner.name == "Northern Cloud"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (("partner", "kind", "supplied", "email"), "Not a column of the register: “email”"),
        (("partner", "kind"), "These columns are missing: supplied"),
    ],
)
def test_a_header_that_is_none_is_refused(
    clients: dict[str, Client], header: tuple[str, ...], says: str
) -> None:
    answer = upload(clients["paul"], csv_of(header, [["x"] * len(header)]))

    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_an_import_is_of_its_own_register_and_of_whoever_uploaded_it(clients: dict[str, Client]) -> None:
    held = preview(clients["paul"], GOOD)

    elsewhere = clients["ana"].get(f"/desk/risks/import/{held.pk}/")
    other = clients["ana"].post(f"{IMPORT}{held.pk}/apply/", follow=True)
    clients["paul"].post(f"{IMPORT}{held.pk}/discard/")

    assert elsewhere.status_code == 404
    assert "Only the person who uploaded this file" in other.content.decode()
    assert RegisterImport.objects.get().state == "discarded"
    assert clients["rita"].get(IMPORT).status_code == 403
