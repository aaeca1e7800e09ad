"""What we are made of: the licence of every package of the lock, and the bill of materials of production (ADR 42).

    python -m tests.supply_chain.bill

writes docs/security/licences.csv and docs/security/sbom.cdx.json (CycloneDX 1.6) from the two locks, from what packages
say of themselves, and from licences_read.csv where they say it so that no program can read it. `script/lock` runs it.
"""

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from license_expression import get_spdx_licensing
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK, PRODUCTION = ROOT / "requirements.lock", ROOT / "requirements.production.lock"
LICENCES = ROOT / "docs" / "security" / "licences.csv"
SBOM = ROOT / "docs" / "security" / "sbom.cdx.json"
READ = Path(__file__).resolve().parent / "licences_read.csv"
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>\S+)[^\n]*\n(?P<rest>(?:[ ]+[^\n]*\n?)*)", re.M)
VIA = re.compile(r"^ +#(?: via)? +(?!via$)([\w.][\w.-]*)", re.M)
SPDX = get_spdx_licensing()


@dataclass(frozen=True)
class Package:
    """A package as a lock pins it."""

    name: str
    version: str
    wanted_by: frozenset[str]

    @property
    def licence(self) -> str:
        """Return its licence as an SPDX expression; empty where nothing tells it."""
        return licences_read().get(self.name) or _told_by_itself(self.name)


def packages(lock: Path) -> list[Package]:
    """Return what a lock pins, in its order."""
    found = PIN.finditer(lock.read_text())
    return [Package(one["name"], one["version"], frozenset(VIA.findall(one["rest"]))) for one in found]


def licences_read() -> dict[str, str]:
    """Return the licences that a person read, by package."""
    with READ.open(newline="") as file:
        return {row["package"]: row["licence"] for row in csv.DictReader(file)}


def _told_by_itself(name: str) -> str:
    try:
        told = distribution(name).metadata
    except PackageNotFoundError:
        return ""
    said = told.get("License-Expression") or told.get("License") or ""
    return said if said and not SPDX.validate(said, strict=True).errors else ""


def licences() -> str:
    """Return the list of licences as CSV."""
    shipped = {one.name for one in packages(PRODUCTION)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("package", "version", "licence", "in production"))
    for one in packages(LOCK):
        writer.writerow((one.name, one.version, one.licence, "yes" if one.name in shipped else "no"))
    return out.getvalue()


def bill_of_materials() -> str:
    """Return the bill of materials of production, the same bytes for the same locks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256(PRODUCTION.read_bytes()).hexdigest()
    licence = LicenseFactory()
    root = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[licence.make_from_string(project["license"])],
        properties=[Property(name="hrdd:sha256-of-requirements.production.lock", value=digest)],
    )
    parts = {one.name: _component(one, licence) for one in packages(PRODUCTION)}
    bill = Bom(
        components=parts.values(),
        metadata=BomMetaData(component=root),
        serial_number=uuid5(NAMESPACE_URL, f"{project['name']} {project['version']} {digest}"),
    )
    for part, by in _wanted():
        bill.register_dependency(root if by == root.name else parts[by], [parts[part]])
    told = json.loads(JsonV1Dot6(bill).output_as_string())
    del told["metadata"]["timestamp"]
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def _component(one: Package, licence: LicenseFactory) -> Component:
    purl = PackageURL("pypi", name=one.name, version=one.version)
    return Component(
        name=one.name,
        version=one.version,
        bom_ref=str(purl),
        purl=purl,
        licenses=[licence.make_from_string(one.licence)],
    )


def _wanted() -> Iterator[tuple[str, str]]:
    for one in packages(PRODUCTION):
        for by in sorted(one.wanted_by):
            yield one.name, by


if __name__ == "__main__":
    LICENCES.write_text(licences())
    SBOM.write_text(bill_of_materials())
