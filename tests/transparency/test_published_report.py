"""What is published is bytes: changing the record, or trying to change the report, changes none of them."""

import csv
import hashlib
import inspect
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pypdf import PdfReader

from risks.models import Measure, Risk
from tests.cast import NOW, Cast, freeze
from transparency import documents
from transparency.actions import reports as actions
from transparency.documents import pdf
from transparency.models import Document, Report

ADDRESSES = {
    "html": "/reports/2021/",
    "pdf": "/reports/2021.pdf",
    "json": "/reports/2021.json",
    "csv": "/reports/2021.csv",
}


def read_all(client: Client) -> dict[str, bytes]:
    answers = {name: client.get(address) for name, address in ADDRESSES.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(ADDRESSES, 200)
    return {name: answer.content for name, answer in answers.items()}


def test_changing_the_record_afterwards_changes_no_byte(published: Report, client: Client) -> None:
    before = read_all(client)

    Risk.objects.update(title="Rewritten", summary="Rewritten", published=False)
    Measure.objects.update(rule_relied_on="Rewritten")
    actions.render_documents(published, at=NOW)

    assert read_all(client) == before
    assert b"Rewritten" not in b"".join(before.values())


def test_the_data_is_what_was_signed_and_every_format_says_so(published: Report, client: Client) -> None:
    found = read_all(client)

    assert hashlib.sha256(found["json"]).hexdigest() == published.content_hash
    assert published.content_hash in found["html"].decode()
    assert json.loads(found["json"]) == published.parsed_content
    for name, body in found.items():
        assert published.documents.get(format=name).sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_report SET content = '{}'",
        "UPDATE transparency_report SET title = 'x'",
        "UPDATE transparency_report SET state = 'draft', published_at = NULL",
        "UPDATE transparency_report SET state = 'approved', published_at = NULL",
        "DELETE FROM transparency_report",
        "TRUNCATE transparency_report CASCADE",
        "UPDATE transparency_document SET body = ''",
        "DELETE FROM transparency_document",
        "TRUNCATE transparency_document",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_published(published: Report, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_report_names_no_target_of_a_measure_and_nobody_who_imposed_one(published: Report) -> None:
    secrets = {"page and account", "written post of 18:07 EST"}
    told = json.dumps(published.parsed_content)
    assert Measure.objects.filter(target__in=secrets).exists()
    assert not [secret for secret in secrets if secret in told]
    assert '"target"' not in told
    assert '"imposed_by"' not in told


def test_an_unpublished_risk_stays_out(record: None, draft: Report, cast: Cast) -> None:
    hidden = Risk.objects.order_by("pk").first()
    assert hidden is not None
    Risk.objects.filter(pk=hidden.pk).update(published=False)

    freeze(draft, cast.pia)

    assert hidden.title not in draft.content


def test_the_report_tells_the_finding_of_the_cycle_in_its_period(published: Report) -> None:
    [risk] = [one for one in published.parsed_content["risks"] if "Capitol" in one["title"]]
    suspensions = [one for one in risk["measures"] if one["kind"] == "Temporary suspension"]
    first = next(one for one in suspensions if one["from"] == "2021-01-07")

    assert first["finding"] == "Review urgent"
    assert any("end date" in sentence for sentence in first["reasons"])
    assert first["until"] == "indefinite"
    assert "INDEFINITE_MEASURE" in {gap["code"] for gap in risk["gaps"]}


def test_the_figures_are_counted_from_the_risks_that_are_told(published: Report) -> None:
    content = published.parsed_content
    figures = {one["code"]: one["value"] for one in content["figures"]}

    assert figures["salient_risks"] == len(content["risks"]) > 0
    assert figures["gaps"] == sum(len(risk["gaps"]) for risk in content["risks"]) > 0
    assert figures["measures_begun"] == Measure.objects.filter(starts_on__year=2021).count() > 0
    counted = content["reassessments"]
    assert sum(one["count"] for one in counted["by_finding"]) == counted["assessed"] > 0


def test_a_measure_found_in_order_is_said_to_be_re_assessed(published: Report) -> None:
    found = [one["finding"] for risk in published.parsed_content["risks"] for one in risk["measures"]]

    assert found.count("Nothing to decide") == next(
        one["count"]
        for one in published.parsed_content["reassessments"]["by_finding"]
        if one["finding"] == "Nothing to decide"
    )


def test_no_figure_is_negative_when_the_record_was_changed_after_the_cycle(
    record: None, draft: Report, cast: Cast
) -> None:
    Measure.objects.filter(starts_on__lt="2021-01-31").update(state="lifted", ended_on="2021-01-31")

    freeze(draft, cast.pia)

    assert min(one["count"] for one in draft.parsed_content["reassessments"]["by_finding"]) >= 0


@pytest.mark.slow
def test_the_pdf_is_tagged_titled_and_the_same_each_time(published: Report) -> None:
    html = bytes(published.documents.get(format="html").body)
    stored = bytes(published.documents.get(format="pdf").body)
    reader = PdfReader(io.BytesIO(stored))

    again = inspect.unwrap(pdf.render_pdf)(html, content_hash=published.content_hash)

    assert again == stored
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert "Human rights report 2021" in reader.metadata.title
    assert len(reader.outline) > 0
    assert "Capitol" in "".join(page.extract_text() for page in reader.pages)


def test_markup_in_the_record_is_text_in_the_report(record: None, draft: Report, cast: Cast) -> None:
    Risk.objects.filter(pk=Risk.objects.values("pk")[:1]).update(summary="<img src=x onerror=alert(1)>")

    freeze(draft, cast.pia)
    actions.render_documents(draft, at=NOW)

    html = bytes(draft.documents.get(format="html").body)
    assert b"&lt;img src=x" in html
    assert b"<img" not in html


def test_a_spreadsheet_computes_nothing_from_the_table(record: None, draft: Report, cast: Cast) -> None:
    Risk.objects.update(title="=HYPERLINK(1)")

    freeze(draft, cast.pia)
    rows = list(csv.reader(io.StringIO(documents.render_csv(draft.parsed_content).decode("utf-8-sig"))))

    assert len(rows) > 1
    assert {row[0][:1] for row in rows[1:]} == {"'"}


def test_the_public_page_may_load_nothing_and_only_its_own_style_applies(
    published: Report, client: Client
) -> None:
    answer = client.get("/reports/2021/")

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert published.documents.get(format="html").style_hash in policy
    assert "Set-Cookie" not in answer
    assert client.get("/reports/2021/", headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "address", ["/reports/2020/", "/reports/2020.pdf", "/reports/x/", "/reports/2021.exe"]
)
def test_what_was_not_published_is_not_there(published: Report, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_report_that_is_not_published_is_read_by_staff_only(
    rendered: Report, client: Client, cast: Cast
) -> None:
    preview = f"/desk/reports/{rendered.pk}.html"

    assert client.get("/reports/2021/").status_code == 404
    assert client.get(preview).status_code == 302
    client.force_login(cast.rex)
    assert client.get(preview).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_command_drafts_freezes_and_has_a_real_worker_make_the_documents(
    record: None, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reports")
    out = io.StringIO()
    period = ("--from", "2021-01-01", "--to", "2021-12-31")

    call_command("publish_report", *period, "--out", str(folder), stdout=out)
    call_command("publish_report", *period, stdout=io.StringIO())

    report = Report.objects.get()
    assert report.state == "data_frozen"
    assert {path.suffix for path in folder.iterdir()} == {".html", ".pdf", ".json", ".csv"}
    assert (folder / "report-2021.json").read_bytes() == report.content.encode()
    assert report.content_hash in out.getvalue()
    with pytest.raises(CommandError, match="HRDD_DEMO"):
        call_command("publish_report", *period, "--demo", stdout=io.StringIO())


def test_every_document_is_made_once(rendered: Report) -> None:
    assert actions.render_documents(rendered, at=NOW) == 0
    assert Document.objects.count() == len(Document.Format)
