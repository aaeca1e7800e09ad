"""The register through its own pages, at several sizes in one run: what a page costs as the number of risks grows."""

import gc
import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role

FILL = (Path(__file__).parent / "register_fill.sql").read_text(encoding="utf-8")
ROUNDS = 40
DEEP = 100
NEXT = re.compile(r'rel="next" href="[^"]*after=([^"&]+)')
PAGES: Mapping[str, str] = {
    "first": "",
    "right_and_country": "right=RIGHT_7&country=KE",
    "search": "q=surveillance+journ",
    "tier_4": "tier=P4",
    "mine": "owner=mine",
    "by_review": "sort=review",
    "by_title": "sort=title",
    "map": "map",
}
TARGET_MS = 60.0


def run(sizes: list[int]) -> dict[str, Any]:
    """Fill the register to each size, ask for each page, and compare the largest with the smallest."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    client = Client()
    client.force_login(_analyst())
    client.get("/desk/risks/")
    gc.collect()
    gc.freeze()  # as deploy/gunicorn.py does
    measured = {size: _measured(size, client) for size in sorted(sizes)}
    smallest, largest = measured[min(sizes)], measured[max(sizes)]
    worst = max(page["p95_ms"] for page in largest.values())
    return {
        "sizes": {str(size): pages for size, pages in measured.items()},
        "ratio": {name: round(largest[name]["p95_ms"] / smallest[name]["p95_ms"], 2) for name in largest},
        "constant_queries": all(largest[name]["queries"] == smallest[name]["queries"] for name in largest),
        "worst_p95_ms": worst,
        "worst_worked_p95_ms": max(page["worked_p95_ms"] for page in largest.values()),
        "target_p95_ms": TARGET_MS,
        "met": worst <= TARGET_MS,
    }


def _analyst() -> User:
    found = User.objects.filter(username="benchmark").first()
    return found or User.objects.create_user("benchmark", "x", display_name="B", roles=[Role.ANALYST])


def _measured(size: int, client: Client) -> dict[str, dict[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE risks_risk, risks_measure CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(FILL, [size])
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # so that no page waits for what the filling left to be written
    addresses = {name: _address(query) for name, query in PAGES.items()} | {"deep": _deep(client)}
    return {name: _timed(client, address) for name, address in addresses.items()}


def _address(query: str) -> str:
    return "/desk/risks/map/" if query == "map" else f"/desk/risks/?{query}"


def _deep(client: Client) -> str:
    """Return the address of a page far in, as far as this register goes."""
    address = "/desk/risks/"
    for _ in range(DEEP):
        following = NEXT.search(client.get(address).content.decode())
        if following is None:
            break
        address = f"/desk/risks/?after={following[1]}"
    return address


def _timed(client: Client, address: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = len(captured)
    taken, worked = [], []
    for _ in range(ROUNDS):
        connection.ensure_connection()
        began, work = time.perf_counter(), worked_ms()
        answer = client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        worked.append(worked_ms() - work)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return {
        "queries": queries,
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": p95(taken),
        "worked_median_ms": round(statistics.median(worked), 1),
        "worked_p95_ms": p95(worked),
    }


def p95(figures: list[float]) -> float:
    """Return what 95 of 100 stay below."""
    return round(sorted(figures)[max(int(len(figures) * 0.95) - 1, 0)], 1)


def worked_ms() -> float:
    """Return how long this process and its back end of PostgreSQL have computed: what others do is not in it."""
    back_end = connection.connection.info.backend_pid
    both = (Path(f"/proc/{one}/schedstat").read_text() for one in ("self", back_end))
    return sum(int(said.split()[0]) for said in both) / 1_000_000
