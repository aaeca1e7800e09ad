"""Dossiers come in whole or not at all, once, with the gaps that history left."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hrdd.governance.models import AuditEvent
from risks.models import (
    Consultation,
    Involvement,
    Measure,
    Partner,
    RecordEntry,
    Relationship,
    Risk,
    RiskRight,
    SeverityAssessment,
)

CASES = sorted((Path(__file__).parents[2] / "hrdd" / "dossiers" / "cases").glob("*.yaml"))
SOUND = """id: x1
title: A case
summary: What happened.
jurisdictions: [NO, "some other place"]
period: {from: 2021-01, to: 2022}
rights:
  - {right: expression, udhr: [19], iccpr: ["19(2)"], how: restricted}
severity: {scale: 5, scope: 3, irremediability: 4, likelihood: under way}
measures:
  - {date: 2021-01-07, time: 17:41, code: temp_suspension, target: account, end: indefinite}
"""


TABLES = (
    *(Risk, RiskRight, SeverityAssessment, Involvement, Partner, Relationship, Measure, Consultation),
    *(RecordEntry, AuditEvent),
)


def rows() -> int:
    """Return how many rows an import could have written, all in one query."""
    first, *others = (table.objects.order_by().values_list("pk") for table in TABLES)
    return first.union(*others, all=True).count()


def run(*files: Path, dry_run: bool = False) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_dossier", *map(str, files), "--json", *(["--dry-run"] if dry_run else []), stdout=out
    )
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.fixture
def catalogue(db: None) -> None:
    call_command("load_rights", stdout=io.StringIO())


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    file = tmp_path / "case.yaml"
    file.write_text(SOUND)
    return file


def test_every_real_case_comes_in_once_and_twice_changes_nothing(catalogue: None) -> None:
    first, second = run(*CASES), run(*CASES)

    assert first["created"]["risks"] == len(CASES) == Risk.objects.count()
    assert second == {"created": {}, "gaps": first["gaps"]}


def test_twice_in_one_run_is_once(catalogue: None, dossier: Path) -> None:
    assert run(dossier, dossier)["created"]["risks"] == 1


def test_the_answer_has_the_keys_of_the_contract(catalogue: None) -> None:
    result = run(*CASES)

    assert list(result) == ["created", "gaps"]
    assert set(result["created"]) == {
        *("risks", "rights", "assessments", "involvements", "partners", "relationships", "measures"),
        *("consultations", "record_entries"),
    }
    assert result["gaps"]
    assert {tuple(gap) for gap in result["gaps"]} == {("code", "subject", "message")}
    counted = [table.objects.count() for table in TABLES[:-1]]
    assert sorted(result["created"].values()) == sorted(counted)


def test_an_indefinite_suspension_is_kept_and_raises_its_gap(catalogue: None, dossier: Path) -> None:
    result = run(dossier)

    measure = Measure.objects.get()
    assert (measure.ends_on, measure.ends_said) == (None, "indefinite")
    assert "INDEFINITE_MEASURE" in {gap["code"] for gap in result["gaps"]}


def test_a_dry_run_writes_nothing_and_reports_the_same(catalogue: None) -> None:
    before = rows()

    dry = run(*CASES, dry_run=True)

    assert rows() == before
    assert dry == run(*CASES)
    assert run(*CASES, dry_run=True)["created"] == {}


def test_a_dry_run_refuses_what_a_real_one_would(catalogue: None, dossier: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(SOUND.replace("What happened.", "Something else."))

    with pytest.raises(CommandError, match=r"changed\.yaml:1: id: .* history is not overwritten"):
        run(dossier, changed, dry_run=True)

    assert not Risk.objects.exists()


def test_without_the_rights_catalogue_nothing_is_judged(db: None, dossier: Path) -> None:
    with pytest.raises(CommandError, match="The rights catalogue is empty"):
        run(dossier)


def test_one_file_that_is_refused_holds_up_no_other(catalogue: None, dossier: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [")

    with pytest.raises(CommandError, match=r"^broken\.yaml:1: not YAML"):
        run(tmp_path / "broken.yaml", dossier)

    assert Risk.objects.get().imported_from == "x1"


def test_norway_stays_norway_and_levels_given_as_numbers_are_scored(catalogue: None, dossier: Path) -> None:
    run(dossier)

    risk = Risk.objects.get()
    assert risk.countries == ["NO", "some other place"]
    assert (risk.assessments.get().level, risk.assessments.get().incomplete) == (5, False)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("scale: 5", "scale: 7", ":8: severity.scale: level 7 is not on the scale"),
        ("2021-01-07", "2021-02-30", ":10: measures[0].date: 2021-02-30"),
        ("udhr: [19]", "udhr: [99]", ":7: rights[0].udhr: UDHR article 99"),
        ('"19(2)"', '"99"', ":7: rights[0].iccpr: ICCPR article 99"),
        ("how: restricted", "icescr: right", ":7: rights[0].icescr: 'right' is not an article"),
        ("title:", "titel:", ":2: titel: the key titel is not known; did you mean title?"),
        ("id: x1", "id: [x1", ": not YAML"),
        ("NO,", "XX,", ":4: jurisdictions: XX"),
        ("id: x1", "id: x1\nid: x2", ":2: id: the key stands twice"),
        ("title: A case", "title: &a case", ":2: anchors"),
        ("A case", '"A \\0 case"', ":2: title: the text holds a control character"),
        ("indefinite", "2020-01-01", ":10: measures[0].end: the measure ends"),
        ("temp_suspension", "jail", ":10: measures[0].code: 'jail'"),
        (SOUND, "", ": the file is empty"),
        (SOUND, "- a list", ":1: keys with values are needed"),
        (SOUND, "[" * 2000, ": nested deeper"),
        (SOUND, "x" * 10_000_000, ": larger than 1 MiB"),
        (SOUND, SOUND + "#" * 2_000_000, ": larger than 1 MiB"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_malformed_dossier_is_refused_in_one_line_and_writes_nothing(
    catalogue: None, dossier: Path, old: str, new: str, says: str
) -> None:
    before = rows()
    dossier.write_text(SOUND.replace(old, new, 1))

    with pytest.raises(CommandError) as refused:
        run(dossier)

    assert str(refused.value).startswith("case.yaml:")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.returncode == 1
    assert rows() == before


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf8_is_refused_with_its_line(
    catalogue: None, dossier: Path, encoding: str
) -> None:
    dossier.write_bytes(SOUND.replace("happened", "happ\xe9ned").encode(encoding))

    with pytest.raises(CommandError, match=r"case\.yaml:[13]: the file is not UTF-8"):
        run(dossier)

    assert not Risk.objects.exists()


def test_the_mark_and_line_ends_of_windows_are_no_part_of_a_dossier(catalogue: None, dossier: Path) -> None:
    dossier.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())

    assert run(dossier)["created"]["risks"] == 1


def test_another_content_under_a_known_id_never_overwrites_history(catalogue: None, dossier: Path) -> None:
    run(dossier)
    dossier.write_text(SOUND.replace("What happened.", "Something else."))

    before = rows()

    with pytest.raises(CommandError, match=r"^case\.yaml:1: id: .* history is not overwritten$"):
        run(dossier)

    assert rows() == before
    assert Risk.objects.get().summary == "What happened."
