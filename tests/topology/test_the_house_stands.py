"""What docker-compose.yml starts works together, tried without containers (issue 10, ADR 37).

Nightly: the tables of a whole new PostgreSQL are migrated first.
"""

import json
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

import psycopg2
import pytest

from tests.remedies.vault_stage import TOKEN, TOLD
from tests.topology.house import COMPOSE, House

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
    trusting = ssl.create_default_context(cafile=str(house.secret("tls_certificate")))
    opener = build_opener(HTTPSHandler(context=trusting), Stays)
    data = urlencode(said).encode() if said is not None else None
    address = f"{scheme}://localhost:{house.port(scheme)}{path}"
    asked = Request(address, data=data, headers=headers)  # noqa: S310  # our own proxy
    try:
        answer = opener.open(asked, timeout=60)
    except HTTPError as error:
        answer = error
    with answer:
        return (
            answer.status,
            {key.lower(): value for key, value in answer.headers.items()},
            answer.read().decode(),
        )


def rows(house: House, query: str) -> list[tuple[Any, ...]]:
    owner = psycopg2.connect(
        dbname="hrdd",
        host="127.0.0.1",
        port=house.port("postgres:5432"),
        user="hrdd_owner",
        password=house.secret("hrdd_owner").read_text(),
    )
    with owner, owner.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
    owner.close()
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
    assert visit(house, "/raise/")[0] in {200, 302}
    assert visit(house, "/desk/")[1]["location"].startswith("/sign-in/")
    _, headers, _ = visit(house, "/sign-in/")
    assert "Secure" in headers["set-cookie"]
    assert [visit(house, path)[0] for path in ("/metrics", "/readyz")] == [404, 404]
    status, headers, _ = visit(house, "/desk/?x=1", scheme="http")
    assert (status, headers["location"]) == (308, "https://localhost/desk/?x=1")
    assert visit(house, "/", Host="elsewhere.example")[0] == 400


def test_a_concern_comes_through_sealed_and_leaves_no_trace(house: House) -> None:
    said = {"type": "safety_threat", "what": TOLD, "identity_mode": "anonymous"}
    token = TOKEN.findall(visit(house, "/raise/en/", {"step": "start"})[2])[0]
    token = TOKEN.findall(visit(house, "/raise/en/", {"step": "review", "token": token} | said)[2])[0]
    status, headers, page = visit(house, "/raise/en/", {"step": "send", "token": token} | said)

    assert (status, "set-cookie" in headers) == (200, False)
    assert "We received your message" in page
    assert rows(house, "SELECT count(*) FROM remedies_message") == [(1,)]
    logs = "".join(house.log(service) for service in house.children)
    assert "Nadira" not in logs
    assert "/raise/" not in logs


def test_each_process_works_in_the_database_as_its_role(house: House) -> None:
    for path in ("/", "/raise/", "/sign-in/"):
        visit(house, path)
    house.run("desk", "python", "manage.py", "reassess", "--wait")
    there = {
        name
        for (name,) in rows(house, "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'hrdd'")
    }

    assert {"hrdd_public", "hrdd_intake", "hrdd_staff", "hrdd_worker"} <= there
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(
            dbname="hrdd",
            host="127.0.0.1",
            port=house.port("postgres:5432"),
            user="hrdd_staff",
            password="guess",
        )


def test_the_desk_rings_and_the_worker_does_the_work(house: House) -> None:
    told = json.loads(
        house.run("desk", "python", "manage.py", "reassess", "--wait", "--json").strip().splitlines()[-1]
    )

    assert told["assessed"] == 0  # nothing is in force yet; the cycle was done all the same
    assert rows(house, "SELECT count(*) FROM risks_cycle WHERE finished_at IS NULL") == [(0,)]
    assert "succeeded" in house.log("worker")


def test_the_redis_of_the_file_asks_for_its_password_and_cannot_be_reconfigured(house: House) -> None:
    from redis import Redis
    from redis.exceptions import AuthenticationError, ResponseError

    port = house.port("redis:6379")
    with pytest.raises(AuthenticationError):
        Redis(port=port).ping()
    known = Redis(port=port, password=house.secret("redis").read_text())
    assert known.ping()
    with pytest.raises(ResponseError, match="unknown command"):
        known.config_get("requirepass")


def test_the_owner_backs_it_up_and_the_file_says_where(house: House, tmp_path: Path) -> None:
    import pyrage

    house.given = {**GIVEN, "HRDD_BACKUP_RECIPIENTS": str(pyrage.x25519.Identity.generate().to_public())}
    told = house.run("backup")

    assert str(house.at / "state" / "backups") in told
    assert len(list((house.at / "state" / "backups").glob("*.age"))) == 2
