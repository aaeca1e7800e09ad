"""What docker-compose.yml starts works together, tried without containers (issue 10, ADR 37).

Nightly: the tables of a whole new PostgreSQL are migrated first, and the timetable rings when it rings. Nothing here
asserts how long something takes; what is to come is waited for.
"""

import json
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

import psycopg2
import pyrage
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, ResponseError

from tests.remedies.vault_stage import RECEIPT, TOKEN, TOLD
from tests.topology.house import COMPOSE, PATIENCE_SECONDS, House

pytestmark = pytest.mark.nightly
GIVEN = {
    "HRDD_ALLOWED_HOSTS": "localhost",
    "HRDD_SITE_URL": "https://localhost",
    "HRDD_ORGANISATION": "A House Without Containers",
}
SERVED = ("public", "intake", "desk")
PREPARE = """
import django; django.setup()
from tests.remedies.vault_stage import made_vault
made_vault()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("house") / "it", GIVEN) as found:
        for service in ("postgres", "redis"):
            found.start(service)
        found.run("setup")
        found.run("setup", sys.executable, "-c", PREPARE)
        for service in (*SERVED, "worker", "beat", "proxy"):
            found.start(service)
        yield found


class Stays(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def visit(
    house: House, path: str, said: dict[str, str] | None = None, *, scheme: str = "https", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Ask the proxy as a browser does that trusts its certificate; return status, headers and text."""
    return asked(f"{scheme}://localhost:{house.port(scheme)}{path}", house, said, **headers)


def ask_behind(house: House, surface: str, path: str) -> tuple[int, dict[str, str], str]:
    """Ask a surface itself, as the proxy does."""
    told = {"Host": "localhost", "X-Forwarded-Proto": "https"}
    return asked(f"http://127.0.0.1:{house.port(f'{surface}:8000')}{path}", house, **told)


def asked(
    address: str, house: House, said: dict[str, str] | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    trusting = ssl.create_default_context(cafile=str(house.secret("tls_certificate")))
    opener = build_opener(HTTPSHandler(context=trusting), Stays)
    data = urlencode(said).encode() if said is not None else None
    try:
        answer = opener.open(Request(address, data=data, headers=headers), timeout=60)  # noqa: S310  # our own
    except HTTPError as error:
        answer = error
    with answer:
        told = {key.lower(): value for key, value in answer.headers.items()}
        return answer.status, told, answer.read().decode()


def rows(house: House, query: str) -> list[tuple[Any, ...]]:
    owner = house.session()
    with owner, owner.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    owner.close()
    return found


def awaited(look: Callable[[], Any], what: str) -> Any:
    """Look until there is something, and return it; fail where patience ends."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < until, f"{what} did not come"
        time.sleep(0.5)
    return found


def test_every_service_of_the_file_was_started(house: House) -> None:
    assert set(house.children) == set(COMPOSE["services"]) - {"setup", "backup"}
    assert [name for name in house.children if not house.healthy(name)] == []


def test_each_surface_is_reached_by_its_addresses_and_over_tls_only(house: House) -> None:
    status, headers, text = visit(house, "/")
    assert (status, "set-cookie" in headers) == (200, False)
    assert "A House Without Containers" in text
    assert headers["strict-transport-security"].startswith("max-age=")
    assert visit(house, "/static/css/site.css")[0] == 200
    assert visit(house, "/raise/")[0] == 200
    assert visit(house, "/desk/")[1]["location"].startswith("/sign-in/")
    _, headers, _ = visit(house, "/sign-in/")
    assert "Secure" in headers["set-cookie"]
    assert [visit(house, path)[0] for path in ("/metrics", "/readyz")] == [404, 404]
    status, headers, _ = visit(house, "/desk/?x=1", scheme="http")
    assert (status, headers["location"]) == (308, "https://localhost/desk/?x=1")
    assert visit(house, "/", Host="elsewhere.example")[0] == 400


def test_a_surface_answers_its_own_addresses_and_no_others(house: House) -> None:
    everywhere = ("/risks/", "/raise/", "/follow/", "/desk/", "/board/", "/api/schema/", "/sign-in/")
    there = {
        surface: [path for path in everywhere if ask_behind(house, surface, path)[0] != 404]
        for surface in SERVED
    }

    assert there == {
        "public": ["/risks/"],
        "intake": ["/raise/", "/follow/"],
        "desk": ["/desk/", "/board/", "/api/schema/", "/sign-in/"],
    }


def test_a_concern_comes_through_sealed_is_followed_and_leaves_no_trace(house: House) -> None:
    said = {"type": "safety_threat", "what": TOLD, "identity_mode": "anonymous"}
    token = TOKEN.findall(visit(house, "/raise/en/", {"step": "start"})[2])[0]
    page = visit(house, "/raise/en/", {"step": "review", "token": token} | said)[2]
    token, receipt = TOKEN.findall(page)[0], RECEIPT.findall(page)[0]
    status, headers, page = visit(house, "/raise/en/", {"step": "send", "token": token} | said)

    assert (status, "set-cookie" in headers) == (200, False)
    assert "We received your message" in page
    assert rows(house, "SELECT count(*) FROM remedies_message") == [(1,)]
    assert "Your concern" in visit(house, "/follow/en/", {"step": "open", "receipt": receipt})[2]
    unknown = {"step": "open", "receipt": "not a receipt"}
    assert "Your concern" not in visit(house, "/follow/en/", unknown)[2]
    logs = "".join(house.log(service) for service in house.children)
    assert not [word for word in ("Nadira", "/raise/", "/follow/", receipt) if word in logs]


def test_timetable_queue_worker_and_database_reach_each_other_again_and_again(house: House) -> None:
    """Only the worker's role, signed in with its own password, writes this row; the first ring comes after 20 s."""
    first = awaited(lambda: rows(house, "SELECT at FROM watch_heartbeat"), "The first tick")
    awaited(lambda: rows(house, "SELECT at FROM watch_heartbeat") > first, "The second tick")

    assert "hrdd_worker" in house.environment("worker")["DATABASE_URL"]
    for surface in SERVED:
        status, _, text = ask_behind(house, surface, "/readyz")
        assert (status, " down" in text) == (200, False), text
        assert ("worker ok" in text) is (surface == "desk")


def test_each_process_signs_in_to_the_database_as_its_role_and_nobody_by_guessing(house: House) -> None:
    for path in ("/", "/raise/", "/sign-in/"):
        visit(house, path)
    signed_in = "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'hrdd'"

    assert {"hrdd_public", "hrdd_intake", "hrdd_staff"} <= {name for (name,) in rows(house, signed_in)}
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        house.session(user="hrdd_staff", password="guess")
    public = house.session(user="hrdd_public", password=house.secret("hrdd_public").read_text())
    with public.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("SELECT * FROM remedies_message")
    public.close()


def test_the_desk_rings_and_the_worker_does_the_work(house: House) -> None:
    told = house.run("desk", "python", "manage.py", "reassess", "--wait", "--json").strip().splitlines()[-1]

    assert json.loads(told)["assessed"] == 0  # nothing is in force yet; the cycle was done all the same
    assert rows(house, "SELECT count(*) FROM risks_cycle WHERE finished_at IS NULL") == [(0,)]


def test_the_redis_of_the_file_asks_for_its_password_and_cannot_be_reconfigured(house: House) -> None:
    port = house.port("redis:6379")
    with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    with Redis(port=port, password=house.secret("redis").read_text()) as known:
        assert known.ping()
        with pytest.raises(ResponseError, match="unknown command"):
            known.config_get("requirepass")


def test_the_owner_backs_it_up_and_the_file_says_where(house: House) -> None:
    house.given = {**GIVEN, "HRDD_BACKUP_RECIPIENTS": str(pyrage.x25519.Identity.generate().to_public())}
    told = house.run("backup")
    backups: Path = house.at / "state" / "backups"

    assert str(backups) in told
    assert len(list(backups.glob("*.age"))) == 2
