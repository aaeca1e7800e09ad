"""What asks on a page who it is asks in the API as well: both sides are swept, and hold the same acts."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from hrdd.accounts.access.guards import ASKED_AGAIN, demand_fresh
from hrdd.sign_offs import DECIDE

# What any act may call to write itself down; it signs nothing.
SAID_BY_ALL = {"record_event"}


def acts_of(function: Callable[..., Any], seen: set[Any] | None = None) -> set[Any]:
    """Return the actions and guards that a view can reach, through the functions of its own module."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function)
    if function in seen or not isinstance(function, FunctionType):
        return set()
    seen.add(function)
    found: set[Any] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name | ast.Attribute):
            for one in told_by(node, function):
                if ".actions" in one.__module__ or one is demand_fresh:
                    found.add(one)
                elif one.__module__ == function.__module__:
                    found |= acts_of(one, seen)
    return found


def told_by(node: ast.expr, function: FunctionType) -> Iterator[FunctionType]:
    """Yield the functions that a name stands for, also those in a table of them."""
    try:
        value = eval(compile(ast.Expression(node), "", "eval"), function.__globals__)  # noqa: S307  # our own names
    except Exception:  # a local name
        return
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, tuple | list):
            waiting += one
        elif isinstance(one, FunctionType) and isinstance(unwrapped := inspect.unwrap(one), FunctionType):
            yield unwrapped


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    resolver = resolver or get_resolver()
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


def acts_of_the_api() -> dict[tuple[str, str], set[Any]]:
    found = {}
    for path, one in addresses():
        viewset, methods = getattr(one.callback, "cls", None), getattr(one.callback, "actions", None)
        if path.startswith("api/") and viewset and methods:
            for method, name in methods.items():
                found[method, path] = acts_of(getattr(viewset, name))
    return found


def test_the_api_asks_for_a_fresh_proof_where_a_page_does_and_nowhere_else() -> None:
    named = {one.name: one.callback for _, one in addresses() if one.name in ASKED_AGAIN}
    assert set(named) == ASKED_AGAIN
    signed = {inspect.unwrap(act) for act in DECIDE.values()}
    for name, view in named.items():
        signed |= acts_of(view) if name != "sign-off-decide" else set()
    signed = {act for act in signed if act.__name__ not in SAID_BY_ALL}
    api = acts_of_the_api()

    assert len(api) > 150
    assert len(signed) > 25
    weighs_on_a_page = {place for place, acts in api.items() if acts & signed}
    asks_in_the_api = {place for place, acts in api.items() if demand_fresh in acts}
    assert asks_in_the_api == weighs_on_a_page == {("post", "api/v1/measures/<int:pk>/decision/")}
