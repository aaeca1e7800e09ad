"""Nothing of unknown origin or licence comes in, and what we are made of is told as it is (ADR 42)."""

import csv
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from license_expression import AND, OR
from referencing import Registry, Resource

from tests.supply_chain.bill import (
    LICENCES,
    LOCK,
    PRODUCTION,
    ROOT,
    SBOM,
    SPDX,
    bill_of_materials,
    licences,
    licences_read,
    packages,
)

# Permissive, or such that whoever changes the library itself has to share that.
ALLOWED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MIT-CMU", "PostgreSQL"),
    *(
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
        "MPL-1.1",
        "MPL-2.0",
        "LGPL-2.1-or-later",
        "LGPL-3.0-or-later",
    ),
}
# Tools that are run in tests and never shipped.
IN_TESTS = {"GPL-3.0", "GPL-3.0-only", "GPL-3.0-or-later"}


def allowed(licence: str, allowed_here: set[str]) -> bool:
    """Whether one of the ways that a licence offers is allowed; of an AND each part has to be."""

    def holds(part: object) -> bool:
        if isinstance(part, OR):
            return any(map(holds, part.args))
        if isinstance(part, AND):
            return all(map(holds, part.args))
        return str(part) in allowed_here

    return bool(licence) and holds(SPDX.parse(licence, validate=True, strict=True))


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("GPL-2.0-or-later OR MIT", True),
        ("GPL-2.0-or-later AND MIT", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_where_one_way_through_it_is(licence: str, may: bool) -> None:
    assert allowed(licence, ALLOWED) is may


def test_every_package_of_the_lock_is_listed_with_a_licence_that_is_allowed() -> None:
    assert LICENCES.read_text() == licences(), "Run script/lock."
    with LICENCES.open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["package"] for row in rows] == [one.name for one in packages(LOCK)]
    assert len(rows) > 100
    shipped = {one.name for one in packages(PRODUCTION)}
    here = {row["package"]: ALLOWED if row["package"] in shipped else ALLOWED | IN_TESTS for row in rows}
    assert [row for row in rows if not allowed(row["licence"], here[row["package"]])] == []


def test_a_licence_is_read_by_a_person_only_for_what_is_locked() -> None:
    assert set(licences_read()) - {one.name for one in packages(LOCK)} == set()


def test_the_bill_of_materials_is_that_of_the_production_lock() -> None:
    assert SBOM.read_text() == bill_of_materials(), "Run script/lock."
    told = json.loads(SBOM.read_text())

    assert {(one["name"], one["version"]) for one in told["components"]} == {
        (one.name, one.version) for one in packages(PRODUCTION)
    }
    wanted = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    assert any(ref.startswith("pkg:pypi/django@") for ref in wanted["hrdd"])
    assert {ref for refs in wanted.values() for ref in refs} == set(wanted) - {"hrdd"}


def test_the_bill_of_materials_is_valid_cyclonedx() -> None:
    named = {
        file.name: json.loads(file.read_text())
        for file in (files("cyclonedx.schema") / "_res").iterdir()
        if file.name
        in {"bom-1.6.SNAPSHOT.schema.json", "spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"}
    }
    base = "http://cyclonedx.org/schema/"
    others = [(f"{base}{name}", Resource.from_contents(schema)) for name, schema in named.items()]
    valid = Draft7Validator(named["bom-1.6.SNAPSHOT.schema.json"], registry=Registry().with_resources(others))
    told = json.loads(SBOM.read_text())

    assert [error.message for error in valid.iter_errors(told)] == []
    told["components"][0]["type"] = "nonsense"
    assert not valid.is_valid(told)


def test_the_rules_of_the_update_robot_are_valid() -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    said = subprocess.run(
        [tool, "--builtin-schema", "vendor.renovate", "renovate.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stdout
