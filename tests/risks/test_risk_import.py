"""A file of risks is judged row by row, shown, and written whole or not at all; no file breaks the page."""

import csv
import io
import json
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks import tasks
from risks.actions.risk_import import apply_import, ask_import, discard_import, read_import
from risks.models import Product, RegisterImport, Risk, SeverityAssessment
from risks.rules.risk_import import COLUMNS, EXAMPLE
from risks.rules.sheets import SheetError, csv_of, read_table

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
IMPORT = "/desk/risks/import/"
GOOD = dict(EXAMPLE) | {"title": "Reporters identified through data requests", "owner": "ana"}
FACTS = {name: GOOD[name] for name in ("title", "summary", "rights", "affected_groups")}


@pytest.fixture
def ana(db: None, capsys: pytest.CaptureFixture[str]) -> User:
    call_command("load_rights")
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def analyst(ana: User, client: Client) -> Client:
    client.force_login(ana)
    return client


def csv_file(*rows: dict[str, str]) -> bytes:
    header = list(dict.fromkeys(name for row in rows for name in row))
    return csv_of(header, [[row.get(name, "") for name in header] for row in rows])


def xlsx_file(*rows: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


def upload(client: Client, content: bytes, name: str = "risks.csv") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def preview(client: Client, *rows: dict[str, str]) -> RegisterImport:
    assert upload(client, csv_file(*rows)).status_code == 302
    return RegisterImport.objects.latest("pk")


def take(client: Client, held: RegisterImport, step: str = "apply") -> str:
    """Take a step and let the worker do its part; return what the page said, and says then."""
    said = client.post(f"{IMPORT}{held.pk}/{step}/", follow=True).content.decode()
    tasks.apply_import(held.pk)
    held.refresh_from_db()
    return str(said + client.get(f"{IMPORT}{held.pk}/").content.decode())


def test_a_preview_says_what_will_be_created_and_writes_nothing(analyst: Client) -> None:
    held = preview(analyst, GOOD, FACTS | {"title": "Another"})

    content = analyst.get(f"{IMPORT}{held.pk}/").content.decode()
    assert (held.accepted, held.refused, held.state) == (2, 0, "previewed")
    assert "Level 4 severe in the interim, P1, salient." in content
    assert "A draft, not yet assessed: level 4 in the interim." in content
    assert "Apply: record 2 risks" in content
    assert not Risk.objects.exists()
    assert not Product.objects.exists()


def test_json_says_what_the_table_says(analyst: Client) -> None:
    said: dict[str, Any] = GOOD | {"rights": ["EXPRESSION", "PRIVACY"], "threat_to_life": True, "scale": 4}
    said |= {"gross_abuse": False, "context_until": None, "summary": "'=1 is no formula here."}
    upload(analyst, json.dumps([said, FACTS | {"title": ""}]).encode(), "risks.json")

    held = RegisterImport.objects.get()
    first, second = held.rows["judged"]
    assert (held.accepted, held.refused) == (1, 1)
    assert [first["given"][name] for name in ("rights", "threat_to_life", "scale", "summary")] == [
        "EXPRESSION; PRIVACY",
        "yes",
        "4",
        "'=1 is no formula here.",
    ]
    assert (second["row"], [column for column, _said in second["problems"]]) == (2, ["title"])


def test_what_was_exported_as_json_is_read_again(analyst: Client) -> None:
    take(analyst, preview(analyst, FACTS | {"countries": "ET; KE", "gross_abuse": "yes"}))
    exported = b"".join(analyst.get("/desk/risks/export.json"))  # type: ignore[arg-type]

    upload(analyst, exported, "risks.json")

    [row] = RegisterImport.objects.latest("pk").rows["judged"]
    assert row["same_as"] == Risk.objects.get().pk
    assert (row["given"]["countries"], row["given"]["gross_abuse"]) == ("ET; KE", "yes")


def test_the_template_in_json_is_refused_as_an_example(analyst: Client) -> None:
    template = analyst.get(f"{IMPORT}template.json").content
    upload(analyst, template, "risks.json")

    [row] = RegisterImport.objects.get().rows["judged"]
    assert json.loads(template)[0]["title"] == EXAMPLE["title"]
    assert "this is the example" in row["problems"][0][1]


def test_applying_records_and_judges_every_row_as_the_forms_do(analyst: Client, ana: User) -> None:
    held = preview(analyst, GOOD, FACTS | {"title": "Another"})
    [will, _draft] = [row["will"] for row in held.rows["judged"]]

    content = take(analyst, held)

    risk = Risk.objects.get(title=GOOD["title"])
    judged = SeverityAssessment.objects.get()
    assert "Being applied." in content
    assert "Its 2 risks stand in the register" in content
    assert (risk.status, risk.owner, risk.countries, risk.threat_to_life) == (
        "assessed",
        ana,
        ["ET", "KE"],
        True,
    )
    assert set(risk.touches.values_list("right_id", flat=True)) == {"EXPRESSION", "PRIVACY"}
    assert (judged.scale, judged.scope, judged.likelihood_said, judged.consulted) == (
        4,
        None,
        "unknown",
        GOOD["consulted"],
    )
    assert will.startswith(f"Level {risk.level} ")
    assert f"P{risk.tier}" in will
    assert Risk.objects.get(title="Another").status == "draft"
    assert (held.state, held.rows["judged"]) == ("applied", [])
    assert AuditEvent.objects.filter(action="recorded risk").count() == 2
    assert AuditEvent.objects.get(action="applied import").detail == {"rows": 2}


def test_an_import_is_applied_once(analyst: Client) -> None:
    held = preview(analyst, GOOD)
    take(analyst, held)

    assert "This file was applied already" in take(analyst, held)
    assert "This file was applied already" in take(analyst, held, "discard")
    assert Risk.objects.count() == 1


def test_a_discarded_import_is_gone(analyst: Client) -> None:
    held = preview(analyst, GOOD)

    assert "Nothing was written" in take(analyst, held, "discard")
    assert held.rows["judged"] == []
    assert "This file was discarded already" in take(analyst, held)
    assert not Risk.objects.exists()


def test_only_the_person_who_uploaded_applies_or_discards(analyst: Client, client: Client) -> None:
    held = preview(analyst, GOOD)
    client.force_login(User.objects.create_user("amy", "x", display_name="Amy", roles=[Role.ANALYST]))

    assert "Only the person who uploaded this file" in take(client, held)
    assert "Only the person who uploaded this file" in take(client, held, "discard")
    assert b"<button>Apply" not in client.get(f"{IMPORT}{held.pk}/").content
    assert (held.state, Risk.objects.count()) == ("previewed", 0)


def test_other_roles_neither_read_nor_apply_a_file(analyst: Client, ana: User) -> None:
    held = preview(analyst, GOOD)
    User.objects.update(roles=[Role.REVIEWER])
    ana.refresh_from_db()

    for act in (ask_import, apply_import, discard_import):
        with pytest.raises(NotAllowed, match="may not record a risk"):
            act(held, by=ana, at=NOW)
    with pytest.raises(NotAllowed, match="may not record a risk"):
        read_import(filename="a.csv", content=csv_file(GOOD), by=ana, at=NOW)
    assert not Risk.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": ""}, "title: say in a few words"),
        ({"title": "x" * 121}, "title: keep it to 120"),
        ({"title": EXAMPLE["title"]}, "title: this is the example of the template"),
        ({"summary": ""}, "summary: say it in a few sentences"),
        ({"summary": "Call +251 911 234 567"}, "summary: this holds a telephone number"),
        ({"rights": "TO_PROFIT"}, "rights: “TO_PROFIT” is not in the catalogue"),
        ({"affected_groups": ""}, "affected_groups: say who"),
        ({"why_vulnerable": ""}, "why_vulnerable: say why"),
        ({"vulnerabilities": "rich"}, "vulnerabilities: “rich” is none of"),
        ({"countries": "Narnia"}, "countries: “NARNIA” is no ISO 3166-1 code"),
        ({"activity": "x"}, "activity: “x” is none of"),
        ({"source": "x"}, "source: “x” is none of"),
        ({"drivers": "x"}, "drivers: “x” is none of"),
        ({"context_tags": "x"}, "context_tags: “x” is none of"),
        ({"context_until": "soon"}, "context_until: “soon” is no day"),
        ({"threat_to_life": "maybe"}, "threat_to_life: “maybe” is neither yes nor no"),
        ({"owner": "nobody"}, "owner: nobody with the user name “nobody”"),
        ({"scale": "6"}, "scale: choose 5 to 1"),
        ({"scale": ""}, "scale: choose 5 to 1"),
        ({"scope_rationale": ""}, "scope_rationale: say why"),
        ({"consulted": ""}, "consulted: name them"),
        ({"consulted": "almaz@example.org"}, "consulted: this holds an e-mail address"),
        ({"state_of_harm": "soon"}, "state_of_harm: choose one of the three"),
        ({"likelihood": "9"}, "likelihood: choose 1 to 5"),
        ({"likelihood": ""}, "likelihood: a potential harm needs a likelihood"),
        ({"state_of_harm": "actual_unremedied"}, "likelihood: an actual harm has no likelihood"),
    ],
)
def test_a_refused_row_is_named_with_column_and_fix_and_stops_the_file(
    analyst: Client, changes: dict[str, str], says: str
) -> None:
    held = preview(analyst, GOOD | {"title": "A good one"}, GOOD | changes)

    content = analyst.get(f"{IMPORT}{held.pk}/?only=refused").content.decode()
    assert (held.accepted, held.refused) == (1, 1)
    assert "Row&nbsp;3" in content
    assert "Row&nbsp;2<" not in content
    assert says in content
    assert "<button>Apply" not in content
    assert "a file is imported whole or not at all" in take(analyst, held)
    assert not Risk.objects.exists()


def test_a_cell_that_may_lead_to_a_person_is_not_kept(analyst: Client) -> None:
    changes = {
        "title": "Ask almaz@example.org",
        "scope_rationale": "Says @almaz_b",
        "consulted": "+251 911 234 567",
    }
    held = preview(analyst, GOOD | changes)

    page = analyst.get(f"{IMPORT}{held.pk}/").content.decode()
    for kept in (str(held.rows), page, str(list(AuditEvent.objects.values()))):
        assert "almaz" not in kept
        assert "911 234" not in kept


def test_a_title_twice_in_the_file_or_on_the_register_is_refused_with_a_link(analyst: Client) -> None:
    take(analyst, preview(analyst, GOOD))
    there = Risk.objects.get()

    held = preview(
        analyst,
        FACTS | {"title": f" {GOOD['title'].upper()} "},
        FACTS | {"title": "New"},
        FACTS | {"title": "new"},
    )

    content = analyst.get(f"{IMPORT}{held.pk}/").content.decode()
    assert (held.accepted, held.refused) == (1, 2)
    assert f'href="/desk/risks/{there.pk}/"' in content
    assert "the same as in row 3" in content


@pytest.mark.parametrize("between", ["a title", "a right", "an owner"])
def test_a_row_that_turns_bad_before_apply_stops_the_whole_file(
    analyst: Client, ana: User, between: str
) -> None:
    User.objects.create_user("olu", "x", display_name="Olu", roles=[Role.ANALYST])
    held = preview(analyst, GOOD, FACTS | {"title": "Another", "owner": "olu"})
    if between == "a title":
        Risk.objects.create(title="ANOTHER", summary="x", opened_on=NOW.date())
    elif between == "a right":
        from risks.models import Right

        Right.objects.filter(code="PRIVACY").delete()
    else:
        User.objects.filter(username="olu").update(is_active=False)
    before = Risk.objects.count()

    content = take(analyst, held)

    assert "The register changed since the file was read" in content
    assert (held.state, held.refused > 0, Risk.objects.count()) == ("previewed", True, before)
    assert not AuditEvent.objects.filter(action="recorded risk").exists()


def test_columns_the_register_derives_are_ignored_and_those_of_the_company_are_logged(
    analyst: Client,
) -> None:
    held = preview(analyst, FACTS | {"level": "1", "Tier": "P4", "company revenue": "5000000"})

    content = analyst.get(f"{IMPORT}{held.pk}/").content.decode()
    assert "Ignored, because the register works them out itself: level, tier." in content
    assert "company_revenue" in content
    assert AuditEvent.objects.get(action="read import").detail["ignored"] == ["company_revenue"]
    assert "5000000" not in str(held.rows)
    take(analyst, held)
    assert Risk.objects.get().level == 4


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_template_holds_every_column_and_its_example_is_refused(analyst: Client, extension: str) -> None:
    template = analyst.get(f"{IMPORT}template.{extension}")
    answer = upload(analyst, template.content, f"t.{extension}")

    held = RegisterImport.objects.get()
    [row] = held.rows["judged"]
    assert answer.status_code == 302
    assert [one for one, _sentence in row["problems"]] == ["title"]
    if extension == "xlsx":
        explained = load_workbook(io.BytesIO(template.content))["Columns"]
        assert {cell.value for cell in explained["A"]} == {"Column", *COLUMNS}


def test_there_is_no_other_template_and_no_other_step(analyst: Client) -> None:
    held = preview(analyst, GOOD)
    assert analyst.get(f"{IMPORT}template.exe").status_code == 404
    assert analyst.post(f"{IMPORT}{held.pk}/publish/").status_code == 404


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_with_any_separator_and_mark(between: str, mark: bytes) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=between).writerows([["title", "summary"], ["Ä; b, c\td", "two\nlines"]])

    table = read_table("A.CSV", mark + out.getvalue().encode())

    assert table.header == ("title", "summary")
    assert table.rows == ((2, ("Ä; b, c\td", "two\nlines")),)


def test_an_xlsx_is_read_as_texts_with_the_numbers_of_its_rows() -> None:
    content = xlsx_file(["title", "x"], [], [None, None], ["A", 3.0], [datetime(2027, 6, 30), True])  # noqa: DTZ001

    assert read_table("a.xlsx", content).rows == ((4, ("A", "3")), (5, ("2027-06-30", "yes")))


def test_what_looks_like_a_formula_goes_round_as_text(analyst: Client) -> None:
    title = "=HYPERLINK(1) lures people"
    take(
        analyst,
        preview(analyst, FACTS | {"title": f"'{title}"}, FACTS | {"title": "+1 more", "summary": "-x"}),
    )

    assert set(Risk.objects.values_list("title", flat=True)) == {title, "+1 more"}


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def repacked(content: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


def with_entities(name: str, part: bytes) -> bytes:
    if "sheet1" not in name:
        return part
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    sheet = part[part.index(b"<worksheet") :]
    return bomb + sheet.replace(b"</sheetData>", b"<row><c><v>&b;</v></c></row></sheetData>")


SHEET = xlsx_file(list(FACTS), list(FACTS.values()))
HOSTILE = [
    (b"", "a.csv", "The file is empty"),
    (b" \r\n", "a.csv", "The file is empty"),
    (b"", "a.xlsx", "The file is empty"),
    (b"title,summary,rights,affected_groups\n", "a.csv", "no row under its header"),
    (xlsx_file(list(FACTS)), "a.xlsx", "no row under its header"),
    (b"title\n\xff\xfe,x\n", "a.csv", "Line 2 is not UTF-8"),
    ("title,x".encode("utf-16"), "a.csv", "Line 1 is not UTF-8"),
    (b"title\nx\0y\n", "a.csv", "Line 2 holds a NUL byte"),
    (b'title,summary\n"open,x\n', "a.csv", "a quotation mark is not closed"),
    (b"title\n" + b"x" * 200_000, "a.csv", "a cell is too long"),
    (b"x" * (5 * 1024 * 1024 + 1), "a.csv", "larger than 5 MB"),
    (b"a\n" + b"x\n" * 1001, "a.csv", "more than 1,000 rows"),
    (b"," * 1_000_000 + b"\n,\n", "a.csv", "more than 100 columns"),
    (b"one,two\nx,y\n", "a.csv", "The first row is no header"),
    (csv_file(FACTS | {"salience": "x"}), "a.csv", "Not a column of the register: “salience”"),
    (b"title,title\nx,y\n", "a.csv", "is there twice"),
    (b"title,summary\nx,y\n", "a.csv", "These columns are missing: rights, affected_groups"),
    (SHEET, "a.csv", "is not UTF-8"),
    (csv_file(FACTS), "a.xlsx", "no XLSX file that can be read"),
    (SHEET, "a.xls", "must end in .csv, .xlsx or .json"),
    (SHEET[:-40], "a.xlsx", "no XLSX file that can be read"),
    (SHEET[:200] + b"\0" * 40 + SHEET[240:], "a.xlsx", "no XLSX file that can be read"),
    (zipped("a.txt", b"x"), "a.xlsx", "no XLSX file that can be read"),
    (zipped("xl/workbook.xml", b"0" * 42_000_000), "a.xlsx", "unpacks to more than 40 MB"),
    (repacked(SHEET, with_entities), "a.xlsx", "defines XML entities"),
    (xlsx_file(list(FACTS), ["x"] * 1000), "a.xlsx", "more than 100 columns"),
    (b"[\n{]", "a.json", "Line 2 is no JSON"),
    (b"[" * 100_000, "a.json", "This is no table"),
    (b"[" + b"1" * 5000 + b"]", "a.json", "This is no table. Write a list"),
    (b'{"title": "x"}', "a.json", "no table. Write a list of objects"),
    (b'["title"]', "a.json", "Write a list of objects, one a record"),
    (b'[{"title": "\\ud800"}]', "a.json", "is no table. Write a list of objects"),
    (b"[{}]", "a.json", "no row under its header."),
    (b'[{"title": {"x": 1}}]', "a.json", "Record 1, title: Write a list"),
    (b'[{"title": "x"}, {"rights": ["a;b"]}]', "a.json", "Record 2, rights: a list holds texts"),
    (b'[{"title": "x", "title": "y"}]', "a.json", "A record names something twice"),
    (b'[{"title": "\xff"}]', "a.json", "The file is not UTF-8"),
    (
        json.dumps([{str(one): 1} for one in range(101)]).encode(),
        "a.json",
        "goes on for more than 100 columns",
    ),
    (json.dumps([{"title": "x"}] * 1001).encode(), "a.json", "has more than 1,000 rows"),
]


@pytest.mark.parametrize(("content", "name", "says"), HOSTILE, ids=[says[:28] for _, _, says in HOSTILE])
def test_a_hostile_or_broken_file_is_refused_in_one_sentence(
    analyst: Client, content: bytes, name: str, says: str
) -> None:
    begin = time.monotonic()
    answer = upload(analyst, content, name)

    assert answer.status_code == 400
    [said] = answer.context["form"].errors["file"]
    assert says in said
    assert time.monotonic() - begin < 10
    assert not RegisterImport.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_page_without_a_file_says_so(analyst: Client) -> None:
    answer = analyst.post(IMPORT, {"file": "no file"})
    assert answer.status_code == 400
    assert b"File: choose a CSV, XLSX or JSON file." in answer.content


def test_more_cells_than_columns_are_refused_and_a_short_row_is_not(analyst: Client) -> None:
    text = "title,summary,rights,affected_groups,owner\nA,b,LIFE,c\nB,b,LIFE,c,,more\n"
    upload(analyst, text.encode())

    [short, long] = RegisterImport.objects.get().rows["judged"]
    assert short["problems"] == []
    assert "more cells than the header has columns" in long["problems"][0][1]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400))
def test_no_bytes_break_the_reading(name: str, content: bytes) -> None:
    with suppress(SheetError):
        assert read_table(name, content).rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.text(max_size=30), min_size=4, max_size=len(COLUMNS)))
def test_no_row_breaks_the_page(analyst: Client, cells: list[str]) -> None:
    content = csv_of(list(COLUMNS)[: len(cells)], [cells])

    answer = upload(analyst, content)

    assert answer.status_code in {302, 400}
    if answer.status_code == 302:
        assert analyst.get(answer.headers["Location"]).status_code == 200


def test_a_preview_of_many_rows_asks_the_database_as_little_as_one_of_few(
    analyst: Client, ana: User, django_assert_max_num_queries: Any
) -> None:
    many = csv_file(*(GOOD | {"title": f"Risk {number}"} for number in range(300)))

    with django_assert_max_num_queries(15):
        held = read_import(filename="a.csv", content=many, by=ana, at=NOW)

    assert held.accepted == 300
    page = analyst.get(f"{IMPORT}{held.pk}/?page=6")
    assert b"Page 6 of 6, 300 in all" in page.content


def test_while_a_file_is_applied_the_page_says_so_and_nothing_else_is_done_to_it(analyst: Client) -> None:
    held = preview(analyst, GOOD)
    address = f"{IMPORT}{held.pk}/"
    analyst.post(f"{address}apply/")

    page = analyst.get(address).content.decode()
    assert "Being applied." in page
    assert "See whether it is done" in page
    assert f'hx-get="{address}"' in page
    assert "being applied" in analyst.get(IMPORT).content.decode()
    for step in ("apply", "discard"):
        assert (
            "This file is being applied." in analyst.post(f"{address}{step}/", follow=True).content.decode()
        )
    assert not Risk.objects.exists()

    tasks.apply_import(held.pk)
    tasks.apply_import(held.pk)

    assert "hx-get" not in analyst.get(address).content.decode()
    assert Risk.objects.count() == 1
    assert list(AuditEvent.objects.filter(action__contains="import").values_list("action", flat=True)) == [
        "applied import",
        "asked to apply import",
        "read import",
    ]


def test_what_a_worker_may_not_apply_waits_again_with_the_reason(analyst: Client, ana: User) -> None:
    held = preview(analyst, GOOD)
    analyst.post(f"{IMPORT}{held.pk}/apply/")
    User.objects.filter(pk=ana.pk).update(roles=[Role.EXPERT])

    tasks.apply_import(held.pk)

    held.refresh_from_db()
    assert held.state == "previewed"
    assert "Your role may not record a risk." in held.stopped_because
    assert not Risk.objects.exists()


def test_a_file_that_was_not_asked_for_is_not_applied(analyst: Client, ana: User) -> None:
    held = preview(analyst, GOOD)

    tasks.apply_import(held.pk)
    with pytest.raises(NotAllowed, match="Nobody asked for this file to be applied"):
        apply_import(held, by=ana, at=NOW)

    assert not Risk.objects.exists()


def test_a_lost_message_is_rung_again(analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(tasks.apply_import, "delay", rung.append)
    held = preview(analyst, GOOD)
    analyst.post(f"{IMPORT}{held.pk}/apply/")
    tasks.ring_waiting_imports()
    assert rung == [held.pk]  # when it was asked for, and not again at once

    RegisterImport.objects.update(asked_at=NOW)
    tasks.ring_waiting_imports()

    assert rung == [held.pk, held.pk]


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_applies_what_was_asked_for(
    celery_worker_process: object, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_rights")
    client.force_login(User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST]))
    held = preview(client, GOOD)
    client.post(f"{IMPORT}{held.pk}/apply/")

    until = time.monotonic() + 60
    while time.monotonic() < until and not Risk.objects.exists():
        time.sleep(0.2)

    assert "Its 1 risk stands in the register" in client.get(f"{IMPORT}{held.pk}/").content.decode()
