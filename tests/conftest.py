"""Real servers, a real worker and a real browser, each started when the first test asks for it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_django
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hrdd.trial.servers import Servers, dies_with_parent, embedded_servers

pytest_plugins = ["tests.cast"]
# No test asserts how long something takes, not even an example of Hypothesis.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")
ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".data" / "test"
START_SECONDS = 60
LONGEST = {
    *("test_access.py", "test_pages_are_accessible.py", "test_participants.py", "test_api_safety.py"),
    *("test_relations.py", "test_severity_vectors_in_the_browser.py", "test_hostile_queries.py"),
    *("test_mutated_cases.py", "test_retention.py", "test_custody.py"),
}
FILLED_BY_MIGRATING = {"auth_permission", "django_content_type", "django_migrations"}
GIVEN = frozenset(os.environ)  # before the servers are added to it
PATIENCE_MS = 20_000  # of an expectation of a page; five seconds are short on a machine that others use
CHROMIUM_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first, so that no worker is left with one when the others are done."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def servers(worker_id: str) -> Iterator[Servers]:
    """Return PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL, else embedded ones under .data/test/.

    The workers of `pytest -n` share both servers. pytest-django gives each its own PostgreSQL database, we its own
    database of Redis, so that no Celery worker hears another's bell.
    """
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        database_url, redis_url = os.environ.get("DATABASE_URL"), settings.CELERY_BROKER_URL
        if database_url is None:
            embedded = stack.enter_context(embedded_servers(DATA, durable=False))
            database_url = embedded.database_url
            redis_url = os.environ.get("REDIS_URL", embedded.redis_url)
        found = Servers(database_url, redis_of_worker(redis_url, worker_id))
        patch.setenv("DATABASE_URL", found.database_url)
        patch.setenv("REDIS_URL", found.redis_url)
        _use(found, patch)
        yield found


def redis_of_worker(redis_url: str, worker_id: str) -> str:
    """Return the address of a worker's own database of Redis: gw0 has the given one, gw1 the next ..."""
    nth = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    parts = urlsplit(redis_url)
    return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + nth}").geturl()


def _use(found: Servers, patch: pytest.MonkeyPatch) -> None:
    """Point the loaded settings at the servers; Django's connection shares this very dictionary."""
    from hrdd.celery import app
    from hrdd.settings import database_from_url

    database = database_from_url(found.database_url)
    for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"):
        patch.setitem(settings.DATABASES["default"], name, database[name])
    patch.setattr(settings, "CELERY_BROKER_URL", found.redis_url)
    app.conf.broker_url = found.redis_url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    servers: Servers,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[None]:
    """Start the servers before pytest-django makes the test database; tests without one start nothing.

    On the embedded server it is copied from a template, migrated once for as long as no migration changes.
    """
    from tests.template_database import template_database

    with pytest.MonkeyPatch.context() as patch:
        if "DATABASE_URL" not in GIVEN:
            with django_db_blocker.unblock():
                template = template_database(DATA)
            patch.setitem(settings.DATABASES["default"]["TEST"], "TEMPLATE", template)
        patch.setattr(type(connection.creation), "_destroy_test_db", _drop_past_stragglers)
        yield


def _drop_past_stragglers(creation: BaseDatabaseCreation, name: str, _verbosity: int) -> None:
    """Drop a test database, though the last request of a browser or a worker just killed may not have left it."""
    with creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP DATABASE {creation.connection.ops.quote_name(name)} WITH (FORCE)")


@pytest.fixture(scope="session")
def celery_worker_process(
    servers: Servers, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """Return a real worker on the test database. Use it with `django_db(transaction=True)`: it sees commits only."""
    from hrdd.celery import app, database_url

    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": servers.redis_url,
        "DJANGO_SETTINGS_MODULE": "hrdd.settings",
        "HRDD_SECRET_KEY": "only for the tests",
        "HRDD_SEALING_KEYS": ",".join(settings.SEALING_KEYS),
        "C_FORCE_ROOT": "1",
    }
    name = f"tests-{os.getpid()}@localhost"
    command = [sys.executable, "-m", "celery", "-A", "hrdd.celery", "worker"]
    command += ["--without-mingle", "--without-gossip", "--concurrency", "2", "--hostname", name]
    app.control.purge()  # what an interrupted run left in the queue
    log = tmp_path_factory.mktemp("celery") / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=dies_with_parent(),
        )
    try:
        _wait_for_ping(worker, name, log)
        yield worker
    finally:
        _stop(worker)


def _wait_for_ping(worker: subprocess.Popen[bytes], name: str, log: Path) -> None:
    from hrdd.celery import app

    until = time.monotonic() + START_SECONDS
    while worker.poll() is None and time.monotonic() < until:
        if app.control.ping(destination=[name], timeout=0.5):
            return
    pytest.fail(
        f"The Celery worker did not answer:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False
    )


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    with suppress(subprocess.TimeoutExpired):
        worker.wait(15)
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, 9)
    worker.wait()


@pytest.fixture(autouse=True, scope="session")
def _emptying_what_was_filled() -> Iterator[None]:
    """After a transactional test delete what it wrote, also from append-only tables, instead of truncating 186 tables.

    What the template holds stays: the migrations, the types of content and their permissions.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _delete_every_row)
        yield


def _delete_every_row(_case: TransactionTestCase) -> None:
    tables = sorted(set(connection.introspection.table_names()) - FILLED_BY_MIGRATING)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE"
        )  # the last request has ended
        cursor.execute(
            "SELECT name FROM unnest(%s) name WHERE pg_relation_size(name::regclass) > 0", [tables]
        )
        filled = [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]  # noqa: S608  # our own tables
        cursor.execute("SET LOCAL session_replication_role = replica")  # past triggers and foreign keys
        cursor.execute("; ".join(filled) or "SELECT")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, headless."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("No chromium here; script/bootstrap --with-browser installs it.", pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's synchronous API runs an event loop in this thread, which Django would refuse to work in.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MS)
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages, each in a new context: `page()`, `page(viewport={"width": 320, "height": 640})`."""
    contexts: list[BrowserContext] = []

    def new_page(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()
