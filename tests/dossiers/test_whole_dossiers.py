"""Nothing of a dossier is lost, whatever legal shape it has; what history left open or did wrong is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.forms.models import model_to_dict

from risks.models import (
    Consultation,
    Involvement,
    Measure,
    Partner,
    RecordEntry,
    Relationship,
    Risk,
    RiskRight,
)
from tests.dossiers.test_import_dossier import CASES, catalogue, run

__all__ = ["catalogue"]

FULL = Path(__file__).with_name("full.yaml")  # every section and every key of the form
BARE = "id: bare\ntitle: Bare\nsummary: Nothing else is known.\n"
SECTIONS = [
    key for key in yaml.safe_load(FULL.read_text(encoding="utf-8")) if key not in {"id", "title", "summary"}
]


def scalars(node: yaml.Node, *path: str | int) -> Iterator[tuple[tuple[str | int, ...], str | None]]:
    if isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from scalars(child, *path, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from scalars(child, *path, number)
    else:
        null = node.style is None and node.value in {"", "~", "null"}
        yield path, None if null else node.value


def at(tree: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from texts_of(child)
    else:
        yield str(value)


def shown(risk: Risk) -> str:
    """Return all that the proper fields of a risk and its rows hold, apart from the record kept whole."""
    related = [
        *(risk.touches.all(), risk.assessments.all(), risk.involvements.all()),
        *(risk.measures.all(), risk.record.all(), risk.consultations.all()),
        *(Relationship.objects.all(), Partner.objects.all()),
    ]
    own = model_to_dict(risk, exclude=["imported_record", "rights"])
    return "\n".join(texts_of([own, *(model_to_dict(row) for rows in related for row in rows)]))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "case.yaml"


def gaps(file: Path, content: str) -> dict[str, list[str]]:
    file.write_text(content, encoding="utf-8")
    found: dict[str, list[str]] = {}
    for gap in run(file)["gaps"]:
        found.setdefault(gap["code"], []).append(gap["message"])
    return found


@pytest.mark.parametrize("case", [*CASES, FULL], ids=lambda case: case.stem)
def test_every_scalar_of_a_dossier_is_stored_and_shown(catalogue: None, file: Path, case: Path) -> None:
    run(case)

    risk = Risk.objects.get()
    everything = shown(risk)
    said = list(scalars(yaml.compose(case.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)))
    assert len(said) > 40
    assert [(path, at(risk.imported_record, path)) for path, _value in said] == said
    assert [(path, value) for path, value in said if value and value not in everything] == []


def test_a_full_dossier_keeps_the_order_of_history(catalogue: None, file: Path) -> None:
    found = gaps(file, FULL.read_text(encoding="utf-8"))

    states = {measure.said: (measure.state, measure.ended_on) for measure in Measure.objects.all()}
    assert states["shutdown of the mobile internet"][0] == "lifted"
    assert str(states["shutdown of the mobile internet"][1]) == "2021-04-05"
    assert states["ban of the army"] == ("active", None)
    assert states["sale of the subsidiary"] == ("active", None)
    assert str(Measure.objects.get(kind="label").starts_said) == "not known"
    assert Measure.objects.get(kind="permanent_ban").detail["review_date"] == "2022-03 (first)"
    assert set(RiskRight.objects.values_list("right_id", flat=True)) == {"OPINION", "EXPRESSION", "HEALTH"}
    assert set(found) == {
        *("INDEFINITE_MEASURE", "NO_RULE_RELIED_ON", "RIGHT_WITHOUT_ARTICLE"),
        *("LIFTED_ON_UNKNOWN_DATE", "EXIT_WITHOUT_IMPACT_ASSESSMENT", "SEVERITY_INCOMPLETE"),
        "INVOLVEMENT_UNDETERMINED",  # what others claim is no finding (I2)
    }
    assert len(found["INDEFINITE_MEASURE"]) == 2
    assert "until further notice" in found["INDEFINITE_MEASURE"][0]
    assert len(found["RIGHT_WITHOUT_ARTICLE"]) == 2


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("empty", ["", " null", " ~"])
def test_an_empty_section_says_nothing(catalogue: None, file: Path, section: str, empty: str) -> None:
    file.write_text(f"{BARE}{section}:{empty}\n")

    created = run(file)["created"]

    assert {kind for kind, number in created.items() if number} == {"risks", "assessments"}


def test_a_dossier_of_three_keys_is_a_risk_with_everything_open(catalogue: None, file: Path) -> None:
    assert set(gaps(file, BARE)) == {"SEVERITY_INCOMPLETE", "NOBODY_CONSULTED", "INVOLVEMENT_UNDETERMINED"}


@pytest.mark.parametrize(
    "words", ["one text", "[one text]", "[null, one text]", '"one text"', "\n  one\n  text"]
)
def test_one_text_is_a_list_of_one(catalogue: None, file: Path, words: str) -> None:
    lists = "".join(f"{name}: {words}\n" for name in ("jurisdictions", "dilemma", "unknown", "sources"))
    deeper = words.replace("\n", "\n    ")
    file.write_text(f"{BARE}{lists}rights:\n  - right: x\n    udhr: 19\n    groups: {deeper}\n")

    run(file)

    risk = Risk.objects.get()
    assert (risk.countries, risk.unknown, risk.sources) == (["one text"],) * 3
    assert risk.record.get(kind=RecordEntry.Kind.DILEMMA).what == "one text"
    assert risk.touches.first().groups == ["one text"]


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021-02", "2021-02-01", "2021-02-28"),
        ('"2021-02-03"', "2021-02-03", "2021-02-03"),
        ("2021-02-03", "2021-02-03", "2021-02-03"),
        ("2020/2021-02", "2020-01-01", "2021-02-28"),
        ("2021-02-03 (reported)", "2021-02-03", "2021-02-03"),
    ],
)
def test_a_date_keeps_its_precision(catalogue: None, file: Path, said: str, first: str, last: str) -> None:
    file.write_text(BARE + f"timeline:\n  - {{date: {said}, event: it happened}}\n")

    run(file)

    entry = RecordEntry.objects.get()
    assert (entry.when_said, str(entry.when_first), str(entry.when_last)) == (said.strip('"'), first, last)


def test_a_permanent_ban_has_no_end_and_needs_a_rule(catalogue: None, file: Path) -> None:
    ban = "measures:\n  - {date: 2020-05-04, code: permanent_ban, target: account, end: indefinite, law: none}\n"

    found = gaps(file, BARE + ban)

    assert "INDEFINITE_MEASURE" not in found
    assert "NO_RULE_RELIED_ON" in found
    assert Measure.objects.get().ends_said == "indefinite"


@pytest.mark.parametrize(
    ("end", "indefinite"),
    [("indefinite", True), ("", True), ("24 hours", True), ("2021-02-01", False), ("2021-02 (about)", False)],
)
def test_a_suspension_needs_an_end_that_is_a_date(
    catalogue: None, file: Path, end: str, indefinite: bool
) -> None:
    measure = (
        f"measures:\n  - {{date: 2021-01-04, code: temp_suspension, target: a, policy: p, end: {end}}}\n"
    )

    assert ("INDEFINITE_MEASURE" in gaps(file, BARE + measure)) is indefinite


WITHDRAWAL = "measures:\n  - {date: 2022-03-25, code: country_withdrawal, target: RU, policy: own}\n"
ASSESSED = "{considered: yes, decided: 2022-03-04, impact_assessment: {done: %s}}"


@pytest.mark.parametrize(
    ("exit_section", "gap"),
    [
        ("", True),
        ("exit: null", True),
        ("exit: {considered: yes, decided: null, impact_assessment: null}", True),
        (
            "exit: {considered: yes, decided: 2022-03-04, impact_assessment: {done: null, published: no}}",
            True,
        ),
        ("exit: {considered: yes, decided: 2022-03-04, impact_assessment: none was made}", True),
        ("exit: {considered: yes, decided: 2022-03-04, impact_assessment: yes}", False),
        *((f"exit: {ASSESSED % done}", False) for done in ("yes", "'Yes, published'", "2022-02", "done")),
        *(
            (f"exit: {ASSESSED % done}", True)
            for done in ("no", "promised", "2023", "1400 asked", "partly", "~")
        ),
    ],
)
def test_a_withdrawal_without_an_assessment_before_it_raises_one_gap(
    catalogue: None, file: Path, exit_section: str, gap: bool
) -> None:
    found = gaps(file, f"{BARE}{WITHDRAWAL}{exit_section}\n")

    assert len(found.get("EXIT_WITHOUT_IMPACT_ASSESSMENT", [])) == gap


@pytest.mark.parametrize("decided", ["null", "no", "not decided"])
def test_an_exit_that_was_not_decided_needs_no_assessment(catalogue: None, file: Path, decided: str) -> None:
    found = gaps(
        file, f"{BARE}exit: {{considered: yes, decided: {decided}, impact_assessment: {{done: no}}}}\n"
    )

    assert "EXIT_WITHOUT_IMPACT_ASSESSMENT" not in found
    assert RecordEntry.objects.get().kind == RecordEntry.Kind.EXIT


def test_a_shutdown_that_a_state_ordered_is_no_exit_of_the_company(catalogue: None, file: Path) -> None:
    ordered = WITHDRAWAL.replace("policy: own", "law: a decree, actor: the government")

    assert "EXIT_WITHOUT_IMPACT_ASSESSMENT" not in gaps(file, BARE + ordered)
    assert Measure.objects.get().imposed_by == "the government"


def test_a_claim_is_kept_as_a_claim_and_leaves_involvement_open(catalogue: None, file: Path) -> None:
    claim = "involvement:\n  - {actor: company, mode: accused of aiding, argued_by: an NGO}\n"

    found = gaps(file, BARE + claim)

    involvement = Involvement.objects.get()
    assert (involvement.tie, involvement.said) == (Involvement.Tie.CLAIM, "accused of aiding")
    assert involvement.argued_by == "an NGO"
    assert "INVOLVEMENT_UNDETERMINED" in found


def test_the_order_of_the_file_tells_what_a_date_to_the_month_leaves_open(
    catalogue: None, file: Path
) -> None:
    gaps(
        file,
        BARE
        + "measures:\n"
        + "  - {date: 2021-07-15, code: remove_item, kind: first, target: post, policy: p}\n"
        + "  - {date: 2021-07, code: lifted, kind: restored, target: post}\n"
        + "  - {date: 2021-08, code: remove_item, kind: second, target: post, policy: p}\n",
    )

    assert list(Measure.objects.values_list("said", "state")) == [("first", "lifted"), ("second", "active")]
    assert RecordEntry.objects.get(kind=RecordEntry.Kind.ACTION).what == "restored"


def test_an_undated_measure_that_ended_before_the_period_began_comes_in(catalogue: None, file: Path) -> None:
    gaps(
        file,
        f"{BARE}period: {{from: 2021}}\nmeasures:\n  - {{code: label, target: a, policy: p, end: 2019-05-01}}\n",
    )

    measure = Measure.objects.get()
    assert (str(measure.starts_on), str(measure.ends_on)) == ("2019-05-01", "2019-05-01")


def test_long_words_are_cut_to_sight_and_kept_whole(catalogue: None, file: Path) -> None:
    long = "word " * 200
    gaps(
        file,
        f"{BARE}rights:\n  - {{right: {long}, udhr: 19}}\n"
        f"involvement:\n  - {{actor: {long}, mode: {long}}}\n"
        f"timeline:\n  - {{date: 2021 ({long}), event: {long}}}\n"
        f"measures:\n  - {{date: 2021-01-01, code: label, kind: {long}, target: {long}, actor: {long}, end: {long}}}\n"
        f"  - {{date: 2021-01-02, code: lifted, target: {long}}}\n",
    )

    measure = Measure.objects.get()
    assert measure.target.endswith("…")
    assert measure.state == Measure.State.LIFTED
    assert Involvement.objects.get().said.endswith("…")
    assert json.dumps(Risk.objects.get().imported_record).count(long.strip()) == 10


def test_a_consultation_of_history_is_a_consultation_with_nobody_s_team(catalogue: None, file: Path) -> None:
    long = "word " * 60
    found = gaps(
        file,
        f"{BARE}consultations:\n  - {{date: 2021-09/2022, with: civil society, form: calls, count: 12, note: n}}\n"
        f"  - {{with: {long}}}\n",
    )

    assert "NOBODY_CONSULTED" not in found
    dated, cut = Consultation.objects.order_by("pk")
    assert (dated.title, dated.method_said, dated.dates_said) == ("civil society", "calls", "2021-09/2022")
    assert (str(dated.held_from), str(dated.held_until)) == ("2021-09-01", "2022-12-31")
    assert dated.detail == {"count": "12", "note": "n"}
    assert (dated.told_by_dossier, dated.state, dated.organiser, dated.team.count()) == (
        True,
        "held",
        None,
        0,
    )
    assert list(dated.risks.all()) == [Risk.objects.get()]
    assert cut.title.endswith("…")
    assert cut.detail == {"with": long.strip()}
