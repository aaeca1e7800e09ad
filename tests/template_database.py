"""A database with every migration and grant, kept between runs on the embedded server; tests copy it in no time."""

import fcntl
import hashlib
import io
from pathlib import Path

import django
import psycopg2
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "migrated_"


def template_database(data: Path) -> str:
    """Return the name of the database to copy; migrate it first where no run did, and drop those of other migrations.

    Args:
        data: the folder of the embedded servers; of the workers that ask at once, one migrates and the others wait.
    """
    name = PREFIX + digest_of_migrations()
    with (data / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = _there()
        if name not in there:
            for outdated in there:
                _run(f"DROP DATABASE {outdated} WITH (FORCE)")
            _migrate(name)
    return name


def digest_of_migrations() -> str:
    """Return what changes with any migration, with the grants, and with Django."""
    found = hashlib.sha256(django.__version__.encode())
    migrations = [file for file in ROOT.glob("**/migrations/*.py") if ".venv" not in file.parts]
    for file in (*sorted(migrations), ROOT / "hrdd" / "database_grants.py"):
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    draft = f"{PREFIX}draft"  # so that an interrupted migration leaves no template
    _run(f"DROP DATABASE IF EXISTS {draft}")
    _run(f"CREATE DATABASE {draft}")
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = draft
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("database_roles", stdout=io.StringIO())
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    _run(f"ALTER DATABASE {draft} RENAME TO {name}")


def _there() -> set[str]:
    names = _run("SELECT datname FROM pg_database")
    return {name for (name,) in names if name.startswith(PREFIX)}


def _run(statement: str) -> list[tuple[str]]:
    given = connection.get_connection_params() | {"dbname": "postgres"}
    given.pop("cursor_factory", None)
    link = psycopg2.connect(**given)
    try:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.close()
