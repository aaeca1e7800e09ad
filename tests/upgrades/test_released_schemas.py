"""The tables of every release, with rows in them, come to this code's (reliability.md 4.4, T27)."""

import tempfile
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from hrdd.database_grants import give, make_roles, missing_and_surplus
from hrdd.recovery.census import take_census
from hrdd.recovery.management.commands.backup_check import scratch_database
from hrdd.recovery.postgres_tools import ended_well, started
from hrdd.watch.queries import migrations_waiting
from tests.upgrades.dumps import ReleasedSchema, released_schemas
from transparency.models import Report

# Django's own tables grow with the models of the code.
GROW = {"auth_permission", "django_content_type", "django_migrations"}


def brought_back(schema: ReleasedSchema) -> None:
    make_roles()
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as sql:
        sql.write(schema.sql())
        sql.seek(0)
        strict = (
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        )
        ended_well("psql", started("psql", *strict, complaints=complaints, stdin=sql), complaints)


@pytest.mark.parametrize("schema", released_schemas(), ids=lambda one: one.version)
@pytest.mark.django_db(transaction=True)
def test_a_released_schema_migrates_and_keeps_every_row(schema: ReleasedSchema, client: Client) -> None:
    with scratch_database():
        brought_back(schema)
        call_command("migrate", verbosity=0, interactive=False)
        give()
        with connection.cursor() as cursor:
            found = {table: held.rows for table, held in take_census(cursor).items()}

        kept = schema.rows
        assert {table for table in kept if found.get(table, 0) < kept[table]} == set()
        assert {table for table in kept if found[table] != kept[table]} <= GROW
        assert sum(kept.values()) > 1000
        assert migrations_waiting() == 0
        assert missing_and_surplus() == []
        call_command("verify", stdout=StringIO())  # it would raise, and name the first bad row
        report = Report.objects.get()
        for address in ("/", "/risks/", "/partners/", f"/reports/{report.period}/", "/readyz"):
            assert client.get(address).status_code == 200, address


def test_a_release_has_its_schema_and_an_unreleased_version_a_draft_at_most() -> None:
    """Whoever raises the version of pyproject.toml has released the one before it, and kept its tables."""
    versions = [one.version for one in released_schemas()]

    assert versions
    assert [one for one in versions[:-1] if one.endswith(".dev")] == []
    assert all(("risks", "0001_initial") in one.migrations() for one in released_schemas())
