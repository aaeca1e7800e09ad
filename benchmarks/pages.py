"""Every page that somebody may open, on the demonstration and on an organisation grown large: queries and time."""

import gc
import logging
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from benchmarks.pages_fill import grow
from benchmarks.register import p95, worked_ms
from hrdd.demo import VAULT_PASSPHRASE
from hrdd.governance.models import User
from remedies.queries.keys import handler_key

ROUNDS = 9
SMALL = 100  # one in so many: the size that query counts are compared with
BUDGET_MS = 200.0
SHOWN = 10
LINK = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)"')
# Made for long work: what they print, send away or look through is as long as what there is.
LONG = re.compile(
    r"-export|pdf|csv|board-pack|report-preview|public-report-file|public-edition-file|sitemap"
    r"|public-risks-data|statements-json"
)
LEFT_ALONE = {"logout"}
NOBODY = "nobody"
RECORD = re.compile(r"<[^<>]+>/$")
ALIKE = 20  # records of a kind that are looked through for links, for each person
BEGINNINGS = ["/desk/cases/?show=ended"]  # which only a form leads to
SEARCHED = "q=surveillance+journ"
ALSO = {
    "search": ("search", SEARCHED),
    "palette, searched": ("palette", SEARCHED),
    "risk-list, searched": ("risk-list", SEARCHED),
    "partner-list, searched": ("partner-list", "q=partner+19"),
    "measure-list, searched": ("measure-list", "q=item+77"),
    "measure-list, far in": ("measure-list", "page=200"),
    "public-risks, of a level, a right and a country": ("public-risks", "level=4&right=RIGHT_7&country=KE"),
    "public-statements, searched": ("public-statements", "q=item"),
    "api-risk-list, searched": ("api-risk-list", SEARCHED),
    "api-measure-list, of a state": ("api-measure-list", "state=lifted"),
    "audit-list, of a person": ("audit-list", "actor=person+7"),
}


def run(risks: int, data: Path) -> dict[str, Any]:
    """Record the demonstration, find its pages, and ask each as it stands, grown a little, and grown to its size."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    settings.API_REQUESTS_A_MINUTE = 0
    logging.disable(logging.WARNING)  # most addresses refuse most people, and each says so
    _demonstration(data)
    with connection.cursor() as cursor:  # what workers of a query compute would be in no figure of ours
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    pages, refused = _found(_clients())
    gc.collect()
    gc.freeze()  # as deploy/gunicorn.py does
    as_it_is = _asked(pages)
    grow(max(risks // SMALL, 1))
    small = _asked(pages, rounds=1)
    made = grow(risks)
    large = _asked(pages)
    told = {
        name: {
            "address": address,
            "as": who,
            "queries": [one[name]["queries"] for one in (as_it_is, small, large)],
            "demonstration_p95_ms": as_it_is[name]["p95_ms"],
            **{kind: value for kind, value in large[name].items() if kind != "queries"},
        }
        for name, (who, address) in pages.items()
    }
    short = {name: page for name, page in told.items() if not LONG.search(name)}
    slowest = sorted(short, key=lambda name: -short[name]["worked_p95_ms"])
    return {
        "made": made,
        "pages": {name: short[name] for name in slowest},
        "long_work": {name: page for name, page in told.items() if name not in short},
        "above_budget": {
            name: short[name]["p95_ms"] for name in slowest if short[name]["p95_ms"] > BUDGET_MS
        },
        "above_budget_worked": [name for name in slowest if short[name]["worked_p95_ms"] > BUDGET_MS],
        "growing_queries": {
            name: page["queries"] for name, page in short.items() if page["queries"][1] != page["queries"][2]
        },
        "slowest": {name: short[name]["worked_p95_ms"] for name in slowest[:SHOWN]},
        "not_asked": refused,
    }


def _demonstration(data: Path) -> None:
    """Record it anew: what an earlier run grew is dropped."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    call_command("migrate", verbosity=0)
    with Path(os.devnull).open("w") as nowhere, _worker(data):
        call_command("database_roles", stdout=nowhere)
        call_command("demo_organisation", "--at-work", stdout=nowhere, stderr=nowhere)


@contextmanager
def _worker(data: Path) -> Iterator[None]:
    """Run a worker, which the re-assessments of the demonstration wait for."""
    command = [sys.executable, "-m", "celery", "-A", "hrdd.celery", "worker", "--concurrency", "2"]
    with (data / "worker.log").open("wb") as log:
        worker = subprocess.Popen(  # noqa: S603  # our own command
            [*command, "--without-mingle", "--without-gossip"],
            env={**os.environ, "C_FORCE_ROOT": "1"},
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait()


def _clients() -> dict[str, Client]:
    """Return a browser of nobody and one of each person, who just signed in and, reading cases, opened their vault."""
    people = User.objects.filter(is_active=True).order_by("pk").values_list("username", flat=True)
    return {who: _client(who) for who in (NOBODY, *people)}


def _client(who: str) -> Client:
    client = Client()
    if who != NOBODY:
        user = User.objects.get(username=who)
        client.force_login(user)
        if handler_key(user.pk) is not None:
            client.post(reverse("vault"), {"passphrase": VAULT_PASSPHRASE})
    return client


def _patterns(of: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if of is None else of:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def _found(clients: dict[str, Client]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Follow every link, as each person in turn, from every page that needs no argument; keep one address a route.

    Of records some are looked through: what can be done with one depends on its state.

    Returns:
        Who opens which address, by the name of its route; and of every other route why it was not asked.
    """
    named = {pattern.name: pattern for pattern in _patterns() if pattern.name}
    pages: dict[str, tuple[str, str]] = {}
    refused: dict[str, str] = dict.fromkeys(named, "no link leads there")
    for who, client in clients.items():
        waiting = [address for name in named if (address := _address(named[name])) is not None]
        waiting += BEGINNINGS
        tried: set[str] = set()
        seen: Counter[str] = Counter()
        while waiting:
            address = waiting.pop(0)
            name = _route(address)
            if name is None or name in LEFT_ALONE or address in tried:
                continue
            is_record = RECORD.search(str(named[name].pattern)) is not None
            if seen[name] >= (ALIKE if is_record else 1) or (
                name in pages and named[name].pattern.converters and not is_record
            ):
                continue
            tried.add(address)
            answer = client.get(address)
            if answer.status_code == 200:
                seen[name] += 1
                pages.setdefault(name, (who, address))
                waiting += LINK.findall(_text(answer).replace("&amp;", "&"))
            elif name not in pages:
                refused[name] = str(answer.status_code)
    for name, (route, asked) in ALSO.items():
        who, address = pages[route]
        pages[name] = (who, f"{address.partition('?')[0]}?{asked}")
    return pages, {name: why for name, why in refused.items() if name not in pages and why != "405"}


def _address(pattern: URLPattern) -> str | None:
    """Return the address of a route, where it needs no argument or is of the API, whose records its view tells."""
    wanted = pattern.pattern.converters
    if not wanted:
        return reverse(pattern.name)
    queryset = getattr(getattr(pattern.callback, "cls", None), "queryset", None)
    if set(wanted) != {"pk"} or queryset is None:
        return None
    record = queryset.model._default_manager.order_by("pk").first()
    return reverse(pattern.name, args=[record.pk]) if record else None


def _route(address: str) -> str | None:
    try:
        return resolve(address.partition("?")[0]).url_name
    except Resolver404:
        return None


def _text(answer: HttpResponse) -> str:
    if answer.streaming:
        b"".join(answer)
        return ""
    return answer.content.decode(errors="replace")


def _asked(pages: dict[str, tuple[str, str]], *, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Ask each page as somebody who just signed in: a proof of who one is holds for minutes."""
    return {name: _timed(_client(who), address, rounds) for name, (who, address) in pages.items()}


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _text(client.get(address))
    return len(captured)


def _timed(client: Client, address: str, rounds: int) -> dict[str, float]:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered with {answer.status_code}: what is measured is no page.")
    _text(answer)
    # The least of two: what is noted once a minute, as that a session is in use, is no part of a page.
    queries, taken, worked = min(_queries(client, address) for _ in range(2)), [], []
    for _ in range(rounds):
        connection.ensure_connection()
        began, work = time.perf_counter(), worked_ms()
        answer = client.get(address)
        length = len(_text(answer))
        taken.append((time.perf_counter() - began) * 1000)
        worked.append(worked_ms() - work)
        if taken[-1] > BUDGET_MS * 10:
            break  # once is enough to know
    return {
        "queries": queries,
        "characters": length,
        "p95_ms": p95(taken),
        "worked_median_ms": round(statistics.median(worked), 1),
        "worked_p95_ms": p95(worked),
    }
