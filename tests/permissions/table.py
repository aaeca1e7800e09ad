"""Who may ask what, declared from the roles of domain.md 0.2 and not from the views (reliability.md T6).

`routes.csv` holds one line for each address and the methods that the same people may use there:

- `route`: its name in the URLconf.
- `methods`: what it offers to them; whatever no line of a route names, it offers to nobody (405).
- `who`: roles of domain.md 0.2, or `anyone`, `own` (whoever is signed in, about themselves), or a group of GROUPS.
- `then`: what is asked beside the role; see THEN. People without that relation are told what stands there.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hrdd.governance.rules import Role

ROUTES = Path(__file__).with_name("routes.csv")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANYONE, OWN = "anyone", "own"
GROUPS: Mapping[str, frozenset[Role]] = {
    # An expert sees no unshared record; the operator keeps users and configuration (0.2).
    "desk": frozenset(Role) - {Role.EXPERT, Role.SYSADMIN},
    # Reads everything and writes nothing (0.2).
    "writers": frozenset(Role) - {Role.EXPERT, Role.SYSADMIN, Role.AUDITOR},
    "cases": frozenset({Role.GRV_INTAKE, Role.GRV_INV, Role.GRV_DEC, Role.APPEAL}),
}
THEN: Mapping[str, frozenset[int]] = {
    "": frozenset({200, 201, 202, 204, 302, 400, 409}),  # the role is enough; what was sent may be wrong
    "record": frozenset({200, 201, 202, 204, 302, 400, 403, 404, 409}),  # the record says who of them may
    "case": frozenset({404}),  # a key of this very case
    "team": frozenset({404}),  # being of the team of this consultation
    "named": frozenset({404}),  # being named on this record
    "absent": frozenset({404}),  # the sweep has none of these records
    "proof": frozenset({403}),  # a proof of who they are, which the sweep does not send
    "form": frozenset({415}),  # a form, where the sweep sends none
    "begun": frozenset({302}),  # a sign-in that was begun; without one they are led to its start
}
HOW = """
Declare it in tests/permissions/routes.csv, a line for each set of people:

    {example}

`who` is decided by domain.md 0.2 and 0.3, not by what the view says: roles, `desk`, `cases`, `own` or `anyone`
(tests/permissions/table.py tells each). `then` is empty where the role is enough. A route with arguments also stands in
tests/addresses.py, and the people of a page are named by `requires(...)`, those of an act of the API by `asks`.
"""


@dataclass(frozen=True)
class Cell:
    """Who may use one method of one route, and what is asked beside the role."""

    who: frozenset[Role]
    open_to: str  # ANYONE, OWN, or empty where roles decide
    then: str


@cache
def declared() -> Mapping[tuple[str, str], Cell]:
    """Return the cell of each route and method that is offered.

    Raises:
        ValueError: a line says twice what another says, or a word that means nothing.
    """
    found: dict[tuple[str, str], Cell] = {}
    with ROUTES.open(newline="") as lines:
        for line in csv.DictReader(lines):
            cell = _cell(line["who"], line["then"])
            for method in line["methods"].split():
                if method not in METHODS or (line["route"], method) in found:
                    raise ValueError(f"{line['route']}: {method} is no method, or stands there twice.")
                found[line["route"], method] = cell
    return found


def _cell(who: str, then: str) -> Cell:
    if then not in THEN:
        raise ValueError(f"{then} is none of {', '.join(THEN)}.")
    if who in {ANYONE, OWN}:
        return Cell(frozenset(), who, then)
    roles = [GROUPS.get(word) or frozenset({Role(word)}) for word in who.split()]
    return Cell(frozenset[Role]().union(*roles), "", then)


@cache
def routes() -> frozenset[str]:
    """Return the names that are declared."""
    return frozenset(route for route, _method in declared())


def open_to_anyone() -> frozenset[str]:
    """Return the routes that ask for no account."""
    return frozenset(route for (route, _method), cell in declared().items() if cell.open_to == ANYONE)
