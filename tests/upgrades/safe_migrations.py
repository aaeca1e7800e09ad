"""Whether the code of the last release works while and after a migration runs: expand, backfill, contract (ADR 40)."""

import csv
import re
from functools import cache
from pathlib import Path

import sqlparse
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

from tests.upgrades.dumps import ROOT, released_schemas

FUNCTION = re.compile("CREATE (OR REPLACE )?FUNCTION ", re.I)
EXCEPTIONS = Path(__file__).resolve().parent / "exceptions.csv"
ADDED = re.compile(r"ALTER TABLE (\S+) ADD CONSTRAINT .*\b(CHECK|FOREIGN KEY|EXCLUDE)\b")


def _reads_a_whole_table(sql: list[str], **_more: object) -> bool:
    made = {found[1] for one in sql if (found := re.match(r"CREATE TABLE (\S+)", one))}
    return any((found := ADDED.match(one)) and "NOT VALID" not in one and found[1] not in made for one in sql)


class Analyser(PostgresqlAnalyser):
    """What the linter looks for, and constraints that are checked on every row while all others wait."""

    migration_checks = [
        *PostgresqlAnalyser.migration_checks,
        Check(
            code="ADD_CONSTRAINT",
            fn=_reads_a_whole_table,
            message="ADD CONSTRAINT without NOT VALID reads the whole table under a lock",
            mode=CheckMode.TRANSACTION,
            type=CheckType.ERROR,
        ),
    ]


def found_in(sql: str) -> set[str]:
    """Return the codes of what is not safe in these statements; what functions do when they are called is not read."""
    split = sqlparse.split(sqlparse.format(sql, strip_comments=True))
    statements = [" ".join(one.split()) for one in split]
    errors, _ignored, warnings = analyse_sql_statements(
        Analyser, [one for one in statements if not FUNCTION.match(one)]
    )
    return {issue.code for issue in (*errors, *warnings)}


def found_by_migration(migration: Migration) -> set[str]:
    """Return the codes of what is not safe in a migration, its functions in Python included."""
    linter = MigrationLinter(no_cache=True, no_output=True)
    errors, _ignored, warnings = linter.analyse_data_migration(migration)
    in_python = {issue.code for issue in (*errors, *warnings)} & {"RUNPYTHON_MODEL_IMPORT"}
    return in_python | found_in("\n".join(linter.get_sql(migration.app_label, migration.name)))


@cache
def released() -> set[tuple[str, str]]:
    """Return the migrations of the newest release, by app and name."""
    return released_schemas()[-1].migrations()


def new_migrations() -> list[Migration]:
    """Return the migrations of this code that no release had; those of others' packages are theirs."""
    loader = MigrationLoader(None)
    ours = {path.parent.name for path in ROOT.glob("**/migrations") if ".venv" not in path.parts}
    found = loader.disk_migrations or {}
    return [one for key, one in sorted(found.items()) if key not in released() and key[0] in ours]


def exceptions() -> dict[tuple[str, str], dict[str, str]]:
    """Return the migrations that are let through, by app and name: why, and whether operators stop first (`yes`).

    Nobody has to stop for the last step of three, `contract`: the release before no longer uses what is dropped.
    """
    with EXCEPTIONS.open(newline="") as file:
        return {(row["app"], row["migration"]): row for row in csv.DictReader(file)}
