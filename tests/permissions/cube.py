"""Who asks, how a cell of the cube is asked, and what its answer has to be (reliability.md T6)."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.surfaces import Surface, answers_as
from tests.addresses import viewset_of
from tests.permissions.keys import Disclosure, all_keys, answer_of, class_of, told_keys
from tests.permissions.table import ANYONE, GROUPS, THEN, Cell, declared, open_to_anyone

# A report as it was frozen: its keys are those of its own schema (transparency/documents).
FROZEN = {"report-preview", "public-report-file", "public-edition-file"}
PROBLEM, FORM = "application/problem+json", "application/x-www-form-urlencoded"
# What a role carries and never hands on to a stand-in: reading and reviewing who may what (ADR 31).
NOT_LENT = ("people-", "person", "access-review", "renewal-", "invitation-")
WRITES = re.compile(
    r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"(?!accounts_session|django_session)", re.IGNORECASE
)


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: the roles they hold today, or are lent; nobody at all where `cookie` is empty."""

    name: str
    roles: frozenset[Role]
    signed_in: bool
    lent: bool = False
    cookie: str = ""

    def may(self, route: str, cell: Cell) -> bool:
        """Whether the table lets them in, before the record is looked at."""
        if cell.open_to:
            return cell.open_to == ANYONE or self.signed_in
        return bool(self.roles & cell.who) and not (self.lent and route.startswith(NOT_LENT))


def actors() -> list[Actor]:
    """Return everybody: nobody, an account for each role, and the accounts that must be let in to nothing.

    A session stays open while its account is closed, while its role ends, and while a delegation runs out.
    """
    today = timezone.now().date()
    day = timedelta(days=1)
    lends = User.objects.create_user("lends", "x", display_name="Lends", roles=[])

    def lent(role: Role, first: int, last: int) -> list[dict[str, str]]:
        period = {"from": (today + first * day).isoformat(), "until": (today + last * day).isoformat()}
        return [{"role": str(role), "of": lends.username, **period}]

    def joined(name: str, *roles: Role, **later: Any) -> str:
        user = User.objects.create_user(name, "x", display_name=name, roles=list(roles))
        client = Client()
        client.force_login(user)
        User.objects.filter(pk=user.pk).update(**later or {"roles": user.roles})
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    nothing = frozenset[Role]()
    return [
        Actor("anybody", nothing, signed_in=False),
        Actor("closed", nothing, signed_in=False, cookie=joined("closed", Role.SENIOR, is_active=False)),
        Actor("no-role", nothing, signed_in=True, cookie=joined("no-role")),
        Actor("role-ended", nothing, signed_in=True, cookie=joined("role-ended", Role.ANALYST, roles=[])),
        Actor(
            "lent-until-yesterday",
            nothing,
            signed_in=True,
            cookie=joined("lent-until-yesterday", delegated=lent(Role.DECIDER, -9, -1)),
        ),
        Actor(
            "lent-senior",
            frozenset({Role.SENIOR}),
            signed_in=True,
            lent=True,
            cookie=joined("lent-senior", delegated=lent(Role.SENIOR, -1, 1)),
        ),
        *(
            Actor(
                f"only-{role.lower()}",
                frozenset({role}),
                signed_in=True,
                cookie=joined(f"only-{role.lower()}", role),
            )
            for role in Role
        ),
    ]


@dataclass
class Asked:
    """An answer and its bytes, and what was written for it."""

    response: Any
    body: bytes
    written: list[str]


class Door:
    """Asks addresses through all that stands in front of the views, without what a test client keeps of a page."""

    def __init__(self) -> None:
        self._handler = ClientHandler(enforce_csrf_checks=False)
        self._requests = RequestFactory()

    def ask(self, actor: Actor, method: str, address: str, *, of_the_api: bool, undone: bool) -> Asked:
        """Ask once; what a permitted act writes is taken back, so that every cell finds the same record."""
        cookie = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={actor.cookie}"} if actor.cookie else {}
        body, kind = (b"{}", "application/json") if of_the_api else (b"", FORM)
        read = {"HTTP_IF_MATCH": "*"} if method in {"PUT", "PATCH"} else {}  # whatever stands
        request = self._requests.generic(method, address, body, content_type=kind, **cookie, **read)
        with taken_back() if undone else nullcontext(), _noting() as written:
            response = self._handler(request.environ)  # type: ignore[arg-type]  # what it is made of
            body = b"".join(response)  # a file is closed once it was read
        return Asked(response, body, written)


def asks(user: User | None) -> Actor:
    """Return somebody who asks as they are on record, signed in; nobody at all for None."""
    if user is None:
        return Actor("anybody", frozenset(), signed_in=False)
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return Actor(user.username, frozenset(user.roles), signed_in=True, cookie=cookie)


def is_refused_at_the_door(response: HttpResponseBase) -> bool:
    """Whether an answer was decided by who asks and by which method, before anything else of the request is read."""
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
    return to_sign_in or response.status_code in {403, 405}


def is_told_to_all_alike(address: str) -> bool:
    """Whether an address is of the public pages, which no session reaches (hrdd.database_roles.SurfaceDoor)."""
    return answers_as(Surface(settings.SURFACE), address) is Surface.PUBLIC


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is written inside, so that who asks next finds the same record."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # so that an act which must commit takes place inside
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def _noting() -> Iterator[list[str]]:
    written: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if WRITES.match(sql):
            written.append(sql[:80])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield written


def plainly_refused(_request: HttpRequest, **_given: Any) -> HttpResponse:
    """Answer 403 without the page around it: the cube asks for the number, not for the words."""
    return HttpResponse("no", status=403)


def is_let_in(pattern: URLPattern, method: str, actor: Actor) -> bool:
    """Whether the table lets somebody in to a method of a route, before the record is looked at."""
    cell = declared().get((str(pattern.name), method))
    return cell is not None and actor.may(str(pattern.name), cell)


def asking(pattern: URLPattern, method: str, everybody: list[Actor]) -> list[Actor]:
    """Return who asks a cell: everybody, but for PUT, PATCH and DELETE where the route offers them to nobody.

    That is answered before it matters who asks, so those are asked by one of each sort: nobody, a closed account, no
    role, a reader of everything, and the two roles that do not read the desk.
    """
    if method in {"GET", "POST"} or (str(pattern.name), method) in declared():
        return everybody
    sorts = {"anybody", "closed", "no-role", "only-auditor", "only-expert", "only-sysadmin"}
    return [one for one in everybody if one.name in sorts]


def wrong(pattern: URLPattern, method: str, actor: Actor, asked: Asked) -> str:
    """Return what is wrong with an answer, or nothing."""
    name, answer = str(pattern.name), asked.response
    cell = declared().get((name, method))
    of_the_api = viewset_of(pattern) is not None
    if cell is None:
        wanted = _not_offered(name, actor) if of_the_api else frozenset({405})
    elif is_let_in(pattern, method, actor):
        wanted = THEN[cell.then]
    elif of_the_api or actor.signed_in:
        wanted = frozenset({403})
    else:
        wanted = frozenset({302})
    return _told(
        answer, wanted, refused=cell is None or not actor.may(name, cell), asked=asked, api=of_the_api
    )


def _not_offered(name: str, actor: Actor) -> frozenset[int]:
    """In the API, whoever may not even read here is told nothing of what there would be."""
    reading = declared().get((name, "GET"), Cell(GROUPS["desk"], "", ""))
    return frozenset({405 if actor.may(name, reading) else 403})


def _told(answer: HttpResponseBase, wanted: frozenset[int], *, refused: bool, asked: Asked, api: bool) -> str:
    if answer.status_code not in wanted:
        return f"{answer.status_code} instead of {sorted(wanted)}"
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
    if answer.status_code == 302 and to_sign_in != (refused or wanted == THEN["begun"]):
        return f"led to {answer.headers['Location']}"
    if refused and asked.written:
        return f"refused, and wrote: {asked.written}"
    if api and answer.status_code >= 400 and answer.headers["Content-Type"] != PROBLEM:
        return f"a refusal as {answer.headers['Content-Type']}"
    return ""


def other_than(asked: Asked, head: Asked) -> list[str]:
    """Return how HEAD differs from what GET answered and wrote: nothing but the bytes may (RFC 9110, 9.3.2)."""
    told = {
        "status": (asked.response.status_code, head.response.status_code),
        "kind": (asked.response.headers.get("Content-Type"), head.response.headers.get("Content-Type")),
        "bytes": (b"", head.body),
        "written": (asked.written, head.written),
    }
    return [
        f"{what}: {wanted!r}, HEAD: {found!r}" for what, (wanted, found) in told.items() if wanted != found
    ]


def unclassed(pattern: URLPattern, method: str, asked: Asked) -> set[tuple[str, str]]:
    """Return which keys of an answer nobody gave a disclosure class, or one that this answer must not hold.

    The actors of the cube belong to no team and hold no case, so nothing RESTRICTED reaches any of them.
    """
    answer, name = asked.response, str(pattern.name)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code != 200 or kind not in {"application/json", "text/csv"} or name in FROZEN:
        return set()
    text = asked.body.decode("utf-8-sig")
    if viewset_of(pattern) is not None and kind == "application/json":
        route = answer.wsgi_request.resolver_match.route
        found = set(told_keys(json.loads(text), answer_of(route, method)))
    else:
        names = (
            all_keys(json.loads(text))
            if kind == "application/json"
            else next(csv.reader(text.splitlines()), [])
        )
        found = {(name, key) for key in names}
    public = {Disclosure.PUBLIC, Disclosure.PUBLIC_AGG}
    staff = {*public, Disclosure.STAKEHOLDER, Disclosure.INTERNAL}
    least = public if name in open_to_anyone() else staff
    return {(shape, key) for shape, key in found if class_of(shape, key) not in least}
