"""Statements of reasons leave as the Commission's database takes them, and those of others come in to compare."""

import csv
import io
import json
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.models import AuditEvent, User
from risks.models import Measure, Partner, StatementOfReasons
from risks.rules.ladder import LADDER
from risks.rules.statement import MeasureTold, Told, derive
from risks.rules.statement_schema import as_stored, problems, values_of
from tests.risks.measure_stage import NOW, TODAY, people
from tests.transparency.statement_stage import stored
from transparency.models import (
    ExportedStatement,
    ReferenceMeasure,
    ReferenceOrganisation,
    ReferenceStatement,
    StatementExport,
)
from transparency.rules.dsa import Issued, digest, payload, refusals
from transparency.rules.dump import FULL, NOT_IN_LIGHT, read_row
from transparency.rules.reference import RUNG_OF

REAL = Path(__file__).parent / "reference" / "dsa_real_statements_2025-07-01.csv"
PROSE = st.text(st.characters(codec="utf-8", categories=("L", "P", "Zs")), min_size=1, max_size=80).filter(
    str.strip
)
SOME_DAY = st.dates(date(2020, 1, 1), date(2037, 12, 31))


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """Return a statement as it is stored, of any measure."""
    ends_after = draw(st.none() | st.integers(0, 400))
    begun = draw(st.dates(date(2020, 1, 1), date(2036, 1, 1)))
    measure = MeasureTold(
        kind=draw(st.sampled_from(sorted(set(LADDER) - {"no_action"}))),
        in_force=True,
        starts_on=begun,
        ends_on=None if ends_after is None else begun + timedelta(days=ends_after),
        territory=draw(st.lists(st.sampled_from(["DE", "FR", "KE", "US"]), unique=True)),
        rule=draw(st.sampled_from(["", "Rule 3"])),
        legal_ground="Criminal code, section 111",
        automated_detection=draw(st.booleans()),
        automated_decision=draw(st.sampled_from(["FULLY", "PARTIALLY", "NOT_AUTOMATED"])),
        appeal_until=None,
    )
    content_types = draw(
        st.lists(st.sampled_from(sorted(values_of("content_type"))), min_size=1, unique=True)
    )
    told = Told(
        facts=draw(PROSE),
        explanation=draw(PROSE),
        category=draw(st.sampled_from(sorted(values_of("category")))),
        content_types=content_types,
        content_type_other="a whole account",
        content_date=draw(SOME_DAY),
        source_type=draw(st.sampled_from(sorted(values_of("source_type")))),
    )
    return as_stored(derive(measure, told, puid=str(draw(st.uuids(version=4)))))


@given(statements())
def test_what_leaves_is_valid_and_reads_back_as_what_was_issued(content: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(payload(content)))
    outside = not content["territorial_scope"]
    assert list(problems(sent, strict=True)) == (["territorial_scope"] if outside else [])
    stored = {name: value for name, value in content.items() if value not in (None, [])}
    assert as_stored(sent) == stored


@given(statements(), st.data())
def test_whatever_was_changed_after_it_was_issued_does_not_leave(
    content: dict[str, Any], data: st.DataObject
) -> None:
    text = "What we decided"
    told = Issued(content["puid"], content, text, digest(content, text))
    changed = content | {data.draw(st.sampled_from(["decision_facts", "category"])): "SOMETHING_ELSE"}
    assert any("SHA-256 differs" in one for one in refusals(Issued(told.puid, changed, text, told.sha256)))


@pytest.fixture
def who(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    return people()


def export(*options: str) -> tuple[str, str, CommandError | None]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("export_statements", "--format", "dsa", *options, stdout=out, stderr=err)
    except CommandError as refused:
        return out.getvalue(), err.getvalue(), refused
    return out.getvalue(), err.getvalue(), None


def test_what_holds_leaves_and_what_must_not_is_named_with_its_reasons(
    who: dict[str, User], tmp_path: Path
) -> None:
    good = stored(who["ana"])
    old = stored(who["ana"])
    new = stored(who["ana"], supersedes=old)
    outside = stored(who["ana"], territorial_scope=[])
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its staff were threatened.")
    wrong = {
        "is not one of the values in force": stored(who["ana"], category="STATEMENT_CATEGORY_OF_LAST_YEAR"),
        "before the day the decision applies": stored(
            who["ana"], end_date_visibility_restriction="2026-02-01"
        ),
        "a name that must not be written here": stored(who["ana"], decision_facts="Osei, Amara posted it."),
        "which may lead to a person": stored(who["ana"], decision_facts="It ran on northern cloud."),
        "an e-mail address": stored(who["ana"], incompatible_content_explanation="Ask ana@example.org."),
    }
    out = tmp_path / "statements.jsonl"

    said, errors, refused = export("--out", str(out))

    sent = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["puid"] for one in sent] == [str(good.puid), str(new.puid)]
    assert all(problems(one, strict=True) == {} for one in sent)
    assert "2 written, 5 refused, 1 superseded and left out, 1 outside" in said
    assert refused is not None
    assert refused.returncode == 1
    for why, statement in wrong.items():
        assert any(line.startswith(f"{statement.puid}: ") and why in line for line in errors.splitlines())
    assert "Amara" not in errors
    assert str(outside.puid) not in errors
    record = StatementExport.objects.get()
    assert (record.written, record.refused, record.superseded, record.outside) == (2, 5, 1, 1)
    assert record.sha256 in said
    assert AuditEvent.objects.filter(action="exported statements of reasons", detail__sha256=record.sha256)


def test_parcels_hold_at_most_a_hundred_in_order_and_what_left_stays_out_of_the_new(
    who: dict[str, User], tmp_path: Path
) -> None:
    every = [stored(who["ana"]) for _ in range(101)]
    parcels = tmp_path / "parcels"

    said, _errors, refused = export("--batches", str(parcels))

    assert refused is None
    assert "2 files in" in said
    files = sorted(parcels.iterdir())
    assert [one.name for one in files] == ["statements-000001.json", "statements-000002.json"]
    held = [json.loads(one.read_text(encoding="utf-8"))["statements"] for one in files]
    assert [len(one) for one in held] == [100, 1]
    assert [one["puid"] for parcel in held for one in parcel] == [str(one.puid) for one in every]
    assert ExportedStatement.objects.count() == 101

    late = stored(who["ana"], issued_at=NOW + timedelta(days=2))
    out = tmp_path / "new.jsonl"
    assert "1 written" in export("--out", str(out), "--new")[0]
    assert json.loads(out.read_text(encoding="utf-8"))["puid"] == str(late.puid)
    assert "0 written" in export("--out", str(out), "--new")[0]
    assert StatementExport.objects.count() == 2
    day = (TODAY + timedelta(days=1)).isoformat()
    assert "1 written" in export("--out", str(out), "--from", day)[0]
    assert "101 written" in export("--out", str(out), "--to", day)[0]
    assert ExportedStatement.objects.get(statement=late).export == StatementExport.objects.order_by("pk")[1]


def test_a_refused_command_line_leaves_no_file(who: dict[str, User], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", encoding="utf-8")
    for options in (
        (),
        ("--out", str(tmp_path / "no" / "where.jsonl")),
        ("--out", str(tmp_path)),
        ("--batches", str(tmp_path / "full")),
        ("--out", str(tmp_path / "a.jsonl"), "--from", "2026-02-01", "--to", "2026-01-01"),
    ):
        refused = export(*options)[2]
        assert refused is not None
        assert refused.returncode == 2
    assert [one.name for one in tmp_path.iterdir()] == ["full"]


@pytest.mark.parametrize("table", ["statementexport", "exportedstatement"])
def test_the_database_keeps_what_left(who: dict[str, User], tmp_path: Path, table: str) -> None:
    stored(who["ana"])
    export("--out", str(tmp_path / "a.jsonl"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for act in ("DELETE FROM", "TRUNCATE"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute(f"{act} transparency_{table}{' CASCADE' if act == 'TRUNCATE' else ''}")


def take(path: Path) -> tuple[str, str]:
    out = io.StringIO()
    try:
        call_command("import_statements", str(path), stdout=out, stderr=io.StringIO())
    except CommandError as refused:
        return out.getvalue(), str(refused)
    return out.getvalue(), ""


def rows_of(path: Path = REAL) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def dump(path: Path, rows: list[dict[str, str]], *, columns: Any = FULL, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return path


def test_the_real_dump_comes_in_whole_and_a_second_time_changes_nothing(db: None) -> None:
    said, refused = take(REAL)
    assert refused == ""
    assert "7 statements with 9 measures imported, of 3 new reference organisations; 0 were there" in said
    assert "0 statements with 0 measures imported, of 0 new reference organisations; 7 were" in take(REAL)[0]
    assert ReferenceStatement.objects.count() == 7
    assert not Measure.objects.exists()
    assert not StatementOfReasons.objects.exists()
    assert AuditEvent.objects.filter(action="imported reference statements").count() == 1
    kinds = sorted(ReferenceMeasure.objects.values_list("kind", flat=True))
    assert set(kinds) <= set(RUNG_OF.values())


def test_both_headers_the_mark_of_utf_8_and_every_restriction_are_read(db: None, tmp_path: Path) -> None:
    rows = rows_of()
    light = [one for one in FULL if one not in NOT_IN_LIGHT]
    assert "7 statements" in take(dump(tmp_path / "light.csv", rows, columns=light, encoding="utf-8-sig"))[0]
    assert "7 were there before" in take(dump(tmp_path / "full.csv", rows))[0]
    named = rows[0] | {
        "uuid": str(uuid.uuid4()),
        "platform_uid": "another",
        "platform_name": "Elsewhere",
        "decision_visibility": '["DECISION_VISIBILITY_OTHER","DECISION_VISIBILITY_CONTENT_LABELLED"]',
        "decision_visibility_other": "Moved to an archive",
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
        "decision_monetary": "null",
        "end_date_account_restriction": "2025-08-01 00:00:00",
    }
    assert "1 statements with 3 measures" in take(dump(tmp_path / "more.csv", [named]))[0]
    measures = ReferenceMeasure.objects.filter(statement__organisation__name="Elsewhere")
    assert sorted(measures.values_list("kind", "ends_on")) == [
        ("", None),
        ("label", None),
        ("temp_suspension", date(2025, 8, 1)),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"category": "STATEMENT_CATEGORY_X"},
            "line 4, column category: Category: STATEMENT_CATEGORY_X is not",
        ),
        ({"content_date": "31/12/2024"}, "line 4, column content_date: "),
        (
            {"content_type": "CONTENT_TYPE_TEXT"},
            'line 4, column content_type: this is not a list. Write it as ["',
        ),
        ({"uuid": "x"}, "line 4, column uuid: this is not a UUID: x"),
        ({"platform_name": " "}, "line 4, column platform_name: name the organisation"),
        ({"platform_uid": "with blank"}, "line 4, column platform_uid: "),
        ({"automated_detection": ""}, "line 4, column automated_detection: "),
        (
            {"decision_facts": "", "decision_visibility": ""},
            "line 4, column decision_account: Say what was decided",
        ),
        (
            {"incompatible_content_ground": "a\0b"},
            "line 4, column incompatible_content_ground: this holds a NUL",
        ),
    ],
)
def test_one_bad_row_refuses_the_file_and_is_named(
    db: None, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    rows = rows_of()
    rows[2] |= changed
    refused = take(dump(tmp_path / "bad.csv", rows))[1]
    assert said in refused
    assert "Nothing was imported." in refused
    assert not ReferenceStatement.objects.exists()
    assert not ReferenceOrganisation.objects.exists()


CELLS = st.sampled_from(
    [
        *("", "null", "[]", "[[]]", '[{"a": 1}]', "[1]", "[" * 5000, '["DECISION_VISIBILITY_OTHER"]', "\0"),
        *(
            "2025-02-30 00:00:00",
            "2025-07-01",
            "9999-12-31",
            "Yes",
            "DECISION_GROUND_ILLEGAL_CONTENT",
            "x" * 6000,
        ),
    ]
) | st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(FULL), CELLS, max_size=6))
def test_no_cell_of_a_dump_stops_the_reading_of_it(changed: dict[str, str]) -> None:
    entry, wrong = read_row(rows_of()[0] | changed)
    assert (entry is None) == bool(wrong)
    assert set(wrong) <= set(FULL)
    assert entry is None or entry.restrictions


def test_a_file_that_is_no_dump_is_refused_in_a_sentence(db: None, tmp_path: Path) -> None:
    rows = rows_of()
    twice = [*rows, rows[0] | {"uuid": str(uuid.uuid4())}]
    short = dump(tmp_path / "short.csv", rows)
    short.write_bytes(short.read_bytes() + b"a,b\r\n")
    (tmp_path / "latin.csv").write_bytes(REAL.read_bytes() + "ä".encode("latin-1"))
    (tmp_path / "open.csv").write_bytes(REAL.read_bytes() + b'"open')
    (tmp_path / "empty.csv").write_bytes(b"")
    for path, said in (
        (dump(tmp_path / "twice.csv", twice), "line 9, column platform_uid: "),
        (short, "line 9: it has 2 cells, the header 38"),
        (tmp_path / "latin.csv", "the file is not UTF-8"),
        (tmp_path / "open.csv", "line 9: this is not CSV"),
        (tmp_path / "empty.csv", "it lacks uuid"),
        (dump(tmp_path / "more.csv", rows, columns=[*FULL, "extra"]), "it has the unknown extra"),
        (tmp_path / "none.csv", "could not be read: No such file"),
    ):
        assert said in take(path)[1]
    assert not ReferenceStatement.objects.exists()
