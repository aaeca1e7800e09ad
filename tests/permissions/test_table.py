"""The declared table and the URLconf say the same, and the table keeps what domain.md 0.2 forbids."""

from typing import Any

import pytest
from django.urls import URLPattern

from hrdd.governance.rules import ROLE_PERMISSIONS, Permission, Role
from tests.addresses import addresses, viewset_of
from tests.permissions.table import GROUPS, HOW, METHODS, OWN, declared, open_to_anyone, routes

SAFE = {"GET"}
# What a person keeps for themselves: no record of the due diligence is written by it.
PERSONAL = {
    "inbox-seen",
    "put-off",
    "put-off-back",
    "shortcuts",
    "list-columns",
    "notification-settings",
    "save-view",
    "change-view",
    "delete-view",
}
PERSONAL |= {"mention-done", "calendar-address", "api-saved-view-list", "api-saved-view-detail"}
# Where the record names who acts, whoever reads the desk passes the door: an answer, a duty, a signature.
BY_NAME = {"sign-off-decide", "escalation-detail", "do-exit-duty", "api-exit-do-duty", "systemic-done"}
# Read by a form that is sent, since each reading is logged.
READ = {"participant-contact", "rabat-extract"}


def holders(*permissions: Permission) -> frozenset[Role]:
    return frozenset(role for role in Role if ROLE_PERMISSIONS[role] & set(permissions))


def people_of(pattern: URLPattern, method: str) -> frozenset[Role]:
    """Return whom the view itself lets in by role, for one method."""
    view: Any = pattern.callback
    viewset = viewset_of(pattern)
    if viewset is None:
        asked, acting = getattr(view, "permissions", ()), getattr(view, "acting", ())
        return holders(*asked) & (holders(*acting) if acting and method not in SAFE else frozenset(Role))
    readers = holders(viewset.permission)
    if method in SAFE:
        return readers
    return readers & holders(*viewset.asks.get(view.actions[method.lower()], ()))


def test_every_route_is_declared_and_every_declared_route_is_there() -> None:
    there = {str(one.name) for one in addresses()}

    undeclared = sorted(there - routes())
    assert not undeclared, f"Undeclared: {undeclared}." + HOW.format(
        example=f"{undeclared[0]},GET POST,<roles of domain.md 0.2>,"
    )
    assert routes() - there == frozenset(), "Declared, and gone from the URLconf: take the lines away."


def test_each_view_lets_in_by_role_whom_the_table_lets_in() -> None:
    differ = []
    for pattern in addresses():
        name, view = str(pattern.name), pattern.callback
        for method in METHODS:
            cell = declared().get((name, method))
            if cell is None:
                continue
            if cell.open_to:
                same = bool(getattr(view, "own_account", False)) == (cell.open_to == OWN)
                same &= viewset_of(pattern) is None and not getattr(view, "permissions", ())
            else:
                same = people_of(pattern, method) == cell.who
            if not same:
                differ.append(
                    (name, method, "view:", sorted(people_of(pattern, method)), "table:", sorted(cell.who))
                )

    assert differ == [], "The table follows domain.md 0.2; mend whichever of the two is wrong."


def test_every_act_of_the_api_says_what_it_asks_for() -> None:
    """An act that nobody named is open to nobody, and its name is not left over from one that went."""
    acts: dict[Any, set[str]] = {}
    for pattern in addresses():
        if viewset_of(pattern) is not None:
            told: dict[str, str] = getattr(pattern.callback, "actions", None) or {}
            acts.setdefault(viewset_of(pattern), set()).update(
                act for method, act in told.items() if method not in {"get", "head"}
            )

    assert {one: set(getattr(one, "asks", {})) for one in acts} == acts, (
        "Name each act in `asks` of its viewset."
    )


@pytest.mark.parametrize(
    ("role", "may_act_on", "why"),
    [
        (Role.AUDITOR, PERSONAL | BY_NAME | READ, "AUDITOR reads all except identities and writes nothing"),
        (Role.EXPERT, {"shared-detail"}, "EXPERT reads the shared extract and gives an opinion"),
    ],
)
def test_who_writes_nothing_is_let_in_to_no_act(role: Role, may_act_on: set[str], why: str) -> None:
    acts = {route for (route, method), cell in declared().items() if role in cell.who and method not in SAFE}

    assert acts <= may_act_on, why


def test_who_must_not_see_cases_is_let_in_to_none_of_their_pages() -> None:
    """SD10, "edit case data", "see grievance identities", and nobody beside the case team (0.2, 6.7)."""
    never = frozenset(Role) - GROUPS["cases"] - {Role.CUSTODIAN}
    numbers = {"case-effectiveness"}
    seen = {
        (route, role)
        for (route, _method), cell in declared().items()
        for role in never & cell.who
        if route.startswith(("case-", "custody", "vault")) and route not in numbers
    }

    assert seen == set()


def test_only_what_is_meant_for_the_public_is_open_without_an_account() -> None:
    staff = {"login", "logout", "invitation", "calendar-file", "livez", "readyz", "metrics"}
    public = (
        "home",
        "public-",
        "raise",
        "follow",
        "verify",
        "log-",
        "report-manifest",
        "edition-manifest",
        "login-",
        "sign-in-",
    )
    public += ("feed-", "robots", "sitemap")

    assert {one for one in open_to_anyone() if not one.startswith(public)} == staff
