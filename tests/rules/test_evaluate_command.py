"""`evaluate` gives the verdicts of the vector tables, through the table that the sweep runs."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

VECTORS = Path(__file__).parent / "vectors"


def table(name: str) -> list[dict[str, str]]:
    lines = (VECTORS / name).read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def evaluate(rule: str, rows: list[dict[str, Any]], tmp_path: Path) -> list[dict[str, Any]]:
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("evaluate", rule, str(file), stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_every_severity_vector_gets_its_level_tier_salience_and_rank(tmp_path: Path) -> None:
    vectors = table("severity.md")
    keys = ("id", "scale", "scope", "irrem", "lik", "state", "delay", "vuln")

    verdicts = evaluate("severity", [{key: row[key] for key in keys} for row in vectors], tmp_path)

    for row, verdict in zip(vectors, verdicts, strict=True):
        for column in ("id", "L band", "tier", "salient", "rank"):
            assert str(verdict[column]) == row[column], (row["id"], column)


@pytest.mark.django_db
def test_every_proportionality_vector_gets_its_finding_codes_and_advice(tmp_path: Path) -> None:
    vectors = table("proportionality.md")
    rows = []
    for row in vectors:
        then, now = row["L0->L1"].split("->")
        flags = [] if row["flags"] == "-" else row["flags"].split(",")
        rows.append(
            {"id": row["id"], "measure": row["measure"], "l0": int(then), "l1": int(now), "flags": flags}
            | {"days": int(row["days"])}
        )

    verdicts = evaluate("proportionality", rows, tmp_path)

    for row, verdict in zip(vectors, verdicts, strict=True):
        others = [] if row["other codes"] == "-" else row["other codes"].split(", ")
        assert verdict["finding"] == row["finding"], row["id"]
        assert verdict["primary code"] == row["primary code"], row["id"]
        assert verdict["other codes"] == others, row["id"]
        assert verdict["suggestion"] == row["suggestion"], row["id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lik": 3, "state": "actual_unremedied"}, "lik"),
        ({"lik": None}, "lik"),
        ({"scale": 7}, "scale"),
        ({"scope": 2.5}, "scope"),
        ({"irrem": [1]}, "irrem"),
        ({"scale": 4, "harm_type": "torture"}, "scale"),
        ({"state": "soon"}, "state"),
    ],
)
def test_contradictory_severity_is_refused_by_the_name_of_the_key(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    sound = {"id": "x", "scale": 5, "scope": 1, "irrem": 5, "lik": 1, "state": "potential"}

    [refused, accepted] = evaluate("severity", [{**sound, **change}, sound], tmp_path)

    assert refused["error"].startswith(says)
    assert accepted["L"] == 5


@pytest.mark.django_db
def test_a_reviewers_reason_opens_the_floor_of_the_gravest_harms(tmp_path: Path) -> None:
    row = {"id": "x", "scale": 4, "scope": 1, "irrem": 1, "lik": 1, "state": "potential"}
    reason = {"harm_type": "torture", "reviewer_reason": "the outcome is not credible here"}

    [verdict] = evaluate("severity", [row | reason], tmp_path)

    assert verdict["L"] == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"measure": "jail"}, "measure"),
        ({"l1": 6}, "l1"),
        ({"days": -1}, "days"),
        ({"flags": ["x"]}, "flags"),
    ],
)
def test_a_bad_proportionality_line_is_refused_and_the_others_are_judged(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    sound = {"id": "y", "measure": "label", "l0": 2, "l1": 2, "flags": [], "days": 30}

    [refused, accepted] = evaluate("proportionality", [sound | change, sound], tmp_path)

    assert refused["error"].startswith(says)
    assert accepted["finding"] == "OK"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "columns"), [("rabat", ["outcome"]), ("time_to_change", ["status", "code"])]
)
def test_every_vector_of_the_other_rules_passes(tmp_path: Path, rule: str, columns: list[str]) -> None:
    vectors = table(f"{rule}.md")

    verdicts = evaluate(
        rule, [{k: v for k, v in row.items() if k not in columns} for row in vectors], tmp_path
    )

    for row, verdict in zip(vectors, verdicts, strict=True):
        assert [verdict[column] for column in columns] == [row[column] for column in columns], row["id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "row", "says"),
    [
        (
            "rabat",
            {"gate": "yyx", "mode": "art20"} | dict.fromkeys(("ctx", "spk", "int", "cont", "ext", "lik"), 1),
            "gate",
        ),
        ("rabat", {"gate": "yyy", "mode": "law"}, "mode"),
        ("time_to_change", {"L": 6, "days": 1, "effect": 1}, "L:"),
        ("time_to_change", {"L": 5, "days": 1, "effect": 1, "flags": ["soon"]}, "flags"),
    ],
)
def test_a_bad_line_of_the_other_rules_is_refused(
    tmp_path: Path, rule: str, row: dict[str, Any], says: str
) -> None:
    [verdict] = evaluate(rule, [row], tmp_path)

    assert says in verdict["error"]
