"""Dossiers come in whole or not at all, once, with the gaps that history left."""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from hrdd.dossiers.nodes import DossierError
from hrdd.dossiers.reading import read_dossier
from risks.models import Measure, Risk

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
    assert second["created"] == {}
    assert second["gaps"] == first["gaps"]


def test_an_indefinite_suspension_is_kept_and_raises_its_gap(catalogue: None, dossier: Path) -> None:
    result = run(dossier)

    measure = Measure.objects.get()
    assert (measure.ends_on, measure.ends_said) == (None, "indefinite")
    assert "INDEFINITE_MEASURE" in {gap["code"] for gap in result["gaps"]}


def test_a_dry_run_writes_nothing(catalogue: None, dossier: Path) -> None:
    assert run(dossier, dry_run=True)["created"]["risks"] == 1
    assert not Risk.objects.exists()


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
        (SOUND, "x" * 2_000_000, ": larger than 1 MiB"),
    ],
)
def test_a_malformed_dossier_is_refused_in_one_line_and_writes_nothing(
    catalogue: None, dossier: Path, old: str, new: str, says: str
) -> None:
    dossier.write_text(SOUND.replace(old, new, 1))

    with pytest.raises(CommandError) as refused:
        run(dossier)

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not Risk.objects.exists()


def test_a_file_that_is_not_utf8_is_refused_with_its_line(catalogue: None, dossier: Path) -> None:
    dossier.write_bytes(SOUND.encode().replace(b"What happened", b"What happ\xe9ned"))

    with pytest.raises(CommandError, match=r"case\.yaml:3: the file is not UTF-8"):
        run(dossier)


def test_another_content_under_a_known_id_never_overwrites_history(catalogue: None, dossier: Path) -> None:
    run(dossier)
    dossier.write_text(SOUND.replace("What happened.", "Something else."))

    with pytest.raises(CommandError, match="history is not overwritten"):
        run(dossier)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "any.yaml"
        file.write_bytes(content)

        with pytest.raises(DossierError):
            read_dossier(file)
