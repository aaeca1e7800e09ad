"""Every real case is read as written; a malformed one is refused in one line with file, line and key path."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.dossiers.dates import DateError, read_historic_date, read_leading_date
from hrdd.dossiers.nodes import DossierError
from hrdd.dossiers.reading import HEADS, INVOLVEMENT, count, level, read_dossier, text, when, when_if_any
from hrdd.dossiers.rights import match_rights
from risks.rules.rights import INSTRUMENTS, CatalogueRight

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "hrdd" / "dossiers" / "cases").glob("*.yaml"))
SOUND = """id: x1
title: A case
summary: What happened.
jurisdictions:
  - NO
  - some other place
period: {from: 2021-01, to: 2022}
rights:
  - {right: expression, udhr: [19], iccpr: ["19(2)"], how: restricted}
severity: {scale: 5, scope: 3, irremediability: it is grave, likelihood: 4}
involvement:
  - {actor: company, mode: linked}
measures:
  - {date: 2021-01-06, time: 17:41, code: label, target: post}
  - {date: 2021-01-07, code: temp_suspension, target: account, end: indefinite}
consultations:
  - {date: 2021-02/2021-03, with: public, count: 12}
exit: {considered: no, decided: null}
"""


@pytest.fixture(scope="module")
def catalogue() -> list[CatalogueRight]:
    with (ROOT / "risks" / "data" / "rights.csv").open(encoding="utf-8", newline="") as file:
        return [
            CatalogueRight(row["code"], {one: row[one] for one in INSTRUMENTS})
            for row in csv.DictReader(file)
        ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(SOUND, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DossierError) as refused:
        read_dossier(path)
    said = str(refused.value)
    assert said.splitlines() == [said]
    assert said.isprintable()
    assert len(said) < 700
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_real_case_is_read_and_its_articles_are_known(
    case: Path, catalogue: list[CatalogueRight]
) -> None:
    dossier = read_dossier(case)

    assert case.stem.startswith(dossier.text("id"))
    assert dossier.entries("measures")
    matched = match_rights(dossier, catalogue)
    assert len(matched) == len(dossier.entries("rights"))
    assert all(codes for _entry, codes in matched)


def test_what_is_written_is_kept_as_text(file: Path) -> None:
    dossier = read_dossier(file)

    assert dossier.texts("jurisdictions") == ["NO", "some other place"]
    first = dossier.entries("measures")[0]
    assert (text(first["date"]), text(first["time"])) == ("2021-01-06", "17:41")
    assert [level(dossier.mapping("severity")[head]) for head in HEADS] == [5, 3, None]
    assert count(dossier.entries("consultations")[0]["count"]) == 12
    assert dossier.mapping("exit")["decided"].value is None
    assert first["code"].line == 14


@pytest.mark.parametrize("empty", ["", " ~", " null", " []"])
def test_an_empty_section_is_no_error(file: Path, empty: str) -> None:
    file.write_text(f"id: a\ntitle: b\nsummary: c\nmeasures:{empty}\nunknown:{empty}\n")

    assert read_dossier(file).entries("measures") == []


def test_one_text_stands_for_a_list_of_one(file: Path) -> None:
    file.write_text("id: a\ntitle: b\nsummary: c\ndilemma: one\nsources: two\njurisdictions: 'NO'\n")

    assert [read_dossier(file).texts(name) for name in ("dilemma", "sources")] == [["one"], ["two"]]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: x1", "id: [x1", "case.yaml:2: not YAML: "),
        ("title:", "titel:", "case.yaml:2: titel: the key titel is not known; did you mean title?"),
        ("code: label", "codes: label", "case.yaml:14: measures[0].codes: the key codes is not known"),
        ("title: A case\n", "", "case.yaml:1: title: the key title is missing or empty"),
        ("title: A case", "title:", "case.yaml:2: title: the key title is missing or empty"),
        ("A case", "x" * 201, "case.yaml:2: title: the title is longer"),
        ("id: x1", "id: X 1", "case.yaml:1: id: the id must be"),
        ("id: x1", "id: x1\nid: x2", "case.yaml:2: id: the key stands twice"),
        ("A case", "&a case", "case.yaml:2: anchors and aliases"),
        ("A case", "*a", "case.yaml:2: anchors and aliases"),
        ("A case", "!!str case", "case.yaml:2: the tag "),
        ("A case", '"A \\0 case"', "case.yaml:2: title: the text holds a control character"),
        ("A case", '"A \\x9b case"', "case.yaml:2: title: the text holds a control character"),
        ("some other", '"\\x9b"', "case.yaml:6: "),
        ("What happened.", "y" * 5001, "case.yaml:3: summary: the text is longer than 5000"),
        ("- NO", "- XX", "case.yaml:5: jurisdictions: XX is not an ISO 3166-1"),
        ("some other place", "QQ", "case.yaml:6: jurisdictions: QQ is not an ISO 3166-1"),
        ("to: 2022", "to: 2020", "case.yaml:7: period.to: the period ends (2020) before"),
        ("to: 2022", "to: later", "case.yaml:7: period.to: 'later' is not a date"),
        ("scale: 5", "scale: 7", "case.yaml:10: severity.scale: level 7 is not on the scale 1 to 5"),
        ("scale: 5", "scale: -1", "case.yaml:10: severity.scale: level -1 is not on the scale 1 to 5"),
        ("hood: 4", "hood: 0", "case.yaml:10: severity.likelihood: level 0 is not on the scale 1 to 5"),
        ("2021-01-07", "2021-02-30", "case.yaml:15: measures[1].date: 2021-02-30 is not a day or month"),
        ("2021-01-07", "2021-13", "case.yaml:15: measures[1].date: 2021-13 is not a day or month"),
        ("indefinite", "2021-02-30", "case.yaml:15: measures[1].end: 2021-02-30 is not a day or month"),
        ("indefinite", "2020-01-01", "case.yaml:15: measures[1].end: the measure ends (2020-01-01) before"),
        ("indefinite", "x, review_date: 2021-2-3", "case.yaml:15: measures[1].review_date: '2021-2-3'"),
        ("temp_suspension", "jail", "case.yaml:15: measures[1].code: 'jail' is not a kind of measure"),
        ("code: label, ", "", "case.yaml:14: measures[0]: '' is not a kind of measure"),
        ("2021-02/2021-03", "2021-03/2021-02", "case.yaml:17: consultations[0].date: the range"),
        ("count: 12", "count: many", "case.yaml:17: consultations[0].count: a whole number"),
        ("decided: null", "decided: 2021-02-30 (said)", "case.yaml:18: exit.decided: "),
        ("exit: {", "rabat: {factors: {mood: {}}}\nexit: {", "case.yaml:18: rabat.factors.mood: "),
        (
            "  - {actor: company, mode",
            "  {actor: company, mode",
            "case.yaml:12: involvement: a list is needed",
        ),
        ("mode: linked}", "mode: [linked]}", "case.yaml:12: involvement[0].mode: a text is needed"),
        (SOUND, "- a list", "case.yaml:1: keys with values are needed"),
        (SOUND, "text", "case.yaml:1: keys with values are needed"),
        (SOUND, "", "case.yaml:1: the file is empty"),
        (SOUND, SOUND + "---\n" + SOUND, "case.yaml:19: one file holds one dossier"),
        (SOUND, "a: " + "[" * 5000, "case.yaml:1: nested deeper than 12 levels"),
        (SOUND, "- " * 5000, "case.yaml:1: nested deeper than 12 levels"),
        (SOUND, "a: &a [x]\nb: &b [*a, *a]\n", "case.yaml:1: anchors and aliases"),
        (SOUND, "x" * 10_000_000, "case.yaml:1: larger than 1 MiB"),
        (SOUND, '"a\\nb": 1\n', "case.yaml:1: a b: the key a b is not known"),
        (SOUND, '"a\\x85b": 1\n', "case.yaml:1: a\\x85b: the key"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_malformed_dossier_is_refused_where_it_is_wrong(file: Path, old: str, new: str, says: str) -> None:
    assert old in SOUND
    file.write_text(SOUND.replace(old, new, 1), encoding="utf-8")

    assert refusal(file).startswith(says)


def test_text_that_is_not_utf8_is_refused_with_its_line(file: Path) -> None:
    file.write_bytes(SOUND.encode().replace(b"What happened", b"What happ\xe9ned"))

    assert refusal(file) == "case.yaml:3: the file is not UTF-8; save it as UTF-8"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")

    assert refusal(tmp_path).endswith(":1: cannot be read: not a file")
    assert refusal(tmp_path / "pipe.yaml") == "pipe.yaml:1: cannot be read: not a file"
    assert refusal(tmp_path / "none.yaml") == "none.yaml:1: cannot be read: No such file or directory"
    assert "File name too long" in refusal(tmp_path / ("x" * 300))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("udhr: [19]", "udhr: [99]", "case.yaml:9: rights[0].udhr: UDHR article 99 is not"),
        ('["19(2)"]', '[19,\n    "77"]', "case.yaml:10: rights[0].iccpr: ICCPR article 77 is not"),
        ('["19(2)"]', "19a", "case.yaml:9: rights[0].iccpr: '19a' is not an article"),
    ],
)
def test_an_article_that_does_not_exist_is_refused_at_its_own_instrument_and_line(
    file: Path, catalogue: list[CatalogueRight], old: str, new: str, says: str
) -> None:
    file.write_text(SOUND.replace(old, new, 1))

    with pytest.raises(DossierError) as refused:
        match_rights(read_dossier(file), catalogue)

    assert str(refused.value).startswith(says)


def test_an_end_told_in_words_is_kept_and_is_no_date(file: Path) -> None:
    file.write_text(SOUND.replace("indefinite", "30 days after the election", 1))

    end = read_dossier(file).entries("measures")[1]["end"]
    assert (text(end), when_if_any(end)) == ("30 days after the election", None)


def test_a_measure_with_no_date_needs_a_period_that_is_known(file: Path) -> None:
    undated = SOUND.replace("date: 2021-01-06", "date: null")
    file.write_text(undated)
    assert when(read_dossier(file).entries("measures")[0]["date"]) is None

    file.write_text(undated.replace("{from: 2021-01, to: 2022}", "{from: null, to: null}"))
    assert refusal(file).startswith("case.yaml:14: measures[0].date: a measure needs a date")


def test_a_case_that_still_goes_on_has_a_period_without_an_end(file: Path) -> None:
    file.write_text(SOUND.replace("to: 2022", "to: ongoing"))

    assert read_dossier(file).entries("measures")


def test_only_known_words_are_findings_of_involvement() -> None:
    assert INVOLVEMENT["contribute"] == INVOLVEMENT["contribute_facilitate"] == "contribute_facilitate"
    assert INVOLVEMENT["linked"] == "directly_linked"
    assert "would contribute" not in INVOLVEMENT
    assert "denied" not in INVOLVEMENT


@pytest.mark.parametrize(
    ("said", "first", "last", "precision"),
    [
        ("2021", date(2021, 1, 1), date(2021, 12, 31), "year"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2021-01-06", date(2021, 1, 6), date(2021, 1, 6), "day"),
        ("2019-07-16 (confirmed)", date(2019, 7, 16), date(2019, 7, 16), "day"),
        ("2022/2023", date(2022, 1, 1), date(2023, 12, 31), "range"),
        ("2021-09/2022", date(2021, 9, 1), date(2022, 12, 31), "range"),
        ("2021-01-29/2021-02", date(2021, 1, 29), date(2021, 2, 28), "range"),
    ],
)
def test_a_date_is_as_precise_as_it_was_said(said: str, first: date, last: date, precision: str) -> None:
    found = read_historic_date(said)

    assert (found.said, found.first, found.last, found.precision) == (said, first, last, precision)


@pytest.mark.parametrize(
    "said",
    [
        *("", "2021-02-30", "2021-13", "2021-00", "1899", "2101", "2021/", "/2021", "2022/2021", "2021-1-6"),
        *("21", "20210106", "soon", "2021-01-06T17:41:00Z", "2021/2022/2023", "٢٠٢١", "0000", "(2021)"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_a_sentence(said: str) -> None:
    with pytest.raises(DateError, match=r"\w+ \w+ \w+"):
        read_historic_date(said)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("2019-07-16, confirmed in the Senate", date(2019, 7, 16)),
        ("2021-05: announced", date(2021, 5, 1)),
        ("2021-01-07 17:41", date(2021, 1, 7)),
        ("2021 (about)", date(2021, 1, 1)),
        ("30 days", None),
        ("2000 people were asked", None),
        ("not applicable: 2021-05-01", None),
        ("", None),
    ],
)
def test_a_text_may_begin_with_a_date(said: str, first: date | None) -> None:
    found = read_leading_date(said)

    assert (found and (found.said, found.first)) == (first and (said, first))


@pytest.mark.parametrize("said", ["2021-02-30, they say", "2021-1-7", "30", "01/07/2021", "2021-01-07T10:00"])
def test_what_can_only_be_a_date_must_be_one(said: str) -> None:
    with pytest.raises(DateError):
        read_leading_date(said)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda said: said.encode("utf-8", "replace")))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_refusing(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)

    refusal(path)


@given(
    place=st.sampled_from(["A case", "2021-01-07", "indefinite", "linked", "scale: 5", "count: 12", "NO\n"]),
    said=st.text(max_size=40),
)
def test_no_text_in_a_sound_dossier_makes_the_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, place: str, said: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(SOUND.replace(place, said, 1).encode("utf-8", "replace"))

    try:
        read_dossier(path)
    except DossierError:
        refusal(path)


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_is_refused(said: str) -> None:
    for read in (read_historic_date, read_leading_date):
        try:
            found = read(said)
        except DateError:
            continue
        assert found is None or found.first <= found.last
