"""The validator of statements of reasons against cases written from the published rules (domain.md 8.4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from risks.rules.statement_schema import as_stored, dropped_fields, is_indefinite, problems

CASES = Path(__file__).parent / "statements"


def cases(name: str) -> list[Any]:
    lines = (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [pytest.param(one, id=f"{one['id']} {one['reason']}") for one in found]


@pytest.mark.parametrize("case", cases("valid"))
def test_a_valid_statement_is_accepted_and_stored_as_the_database_would(case: dict[str, Any]) -> None:
    assert problems(case["payload"]) == problems(case["payload"], strict=True) == {}
    stored = as_stored(case["payload"])
    assert {name: stored.get(name) for name in case.get("stored", {})} == case.get("stored", {})
    assert set(case.get("dropped", [])) <= set(dropped_fields(case["payload"]))
    assert not set(case.get("dropped", [])) & set(stored)
    if "indefinite" in case.get("notes", []):
        assert is_indefinite(case["payload"])


@pytest.mark.parametrize("case", cases("invalid"))
def test_an_invalid_statement_is_refused_on_the_fields_that_are_wrong(case: dict[str, Any]) -> None:
    assert sorted(problems(case["payload"], seen=case.get("seen", ()))) == case["fields"]


def test_an_end_before_the_beginning_is_refused_though_the_server_takes_it() -> None:
    payload = dict(next(one for one in cases("valid") if "V01" in str(one.id)).values[0]["payload"])
    payload |= {"application_date": "2025-09-02", "end_date_visibility_restriction": "2025-09-01"}
    assert problems(payload) == {}
    assert list(problems(payload, strict=True)) == ["end_date_visibility_restriction"]
