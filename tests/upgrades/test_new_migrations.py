"""A migration that no release had yet leaves the code of the last release working (ADR 40)."""

from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelTable,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RunSQL,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.upgrades.safe_migrations import exceptions, found_by_migration, found_in, new_migrations, released

HELD = models.CheckConstraint(condition=~models.Q(name=""), name="named")
ALONE = models.UniqueConstraint(fields=["name"], name="alone")
QUICK = models.Index(fields=["name"], name="quick")
UNSAFE: list[tuple[Operation, set[str]]] = [  # what the code of the last release would not live through
    (RemoveField("partner", "about"), {"DROP_COLUMN"}),
    (RenameField("partner", "about", "trade"), {"RENAME_COLUMN"}),
    (AlterModelTable("partner", "partners"), {"RENAME_TABLE"}),
    (DeleteModel("partnernote"), {"DROP_TABLE"}),
    (AddField("partner", "grade", models.IntegerField(default=1)), {"NOT_NULL"}),
    (AlterField("partner", "about", models.IntegerField(null=True)), {"ALTER_COLUMN"}),
    (AddConstraint("partner", HELD), {"ADD_CONSTRAINT"}),
    (AddConstraint("partner", ALONE), {"ADD_UNIQUE"}),
    (AddIndex("partner", QUICK), {"CREATE_INDEX"}),
    (
        AddField("partner", "again", models.ForeignKey("risks.Partner", models.PROTECT, null=True)),
        {"CREATE_INDEX"},
    ),
    (RunSQL("ALTER TABLE risks_partner\n  ALTER COLUMN about\n  SET DATA TYPE text"), {"ALTER_COLUMN"}),
]
SAFE: list[Operation] = [
    AddField("partner", "grade", models.IntegerField(null=True)),
    AddField("partner", "grade", models.IntegerField(db_default=1)),
    AddField(
        "partner", "again", models.ForeignKey("risks.Partner", models.PROTECT, null=True, db_index=False)
    ),
    CreateModel(
        "Grade", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField(unique=True))]
    ),
    AddConstraintNotValid("partner", HELD),
]


def statements_of(*operations: Operation) -> str:
    """Return what PostgreSQL would be told, and tell it nothing."""
    state = MigrationLoader(connection).project_state()
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for operation in operations:
            before, state = state, state.clone()
            operation.state_forwards("risks", state)
            operation.database_forwards("risks", editor, before, state)
    return "\n".join(editor.collected_sql)


@pytest.mark.parametrize(
    ("operation", "found"), UNSAFE, ids=lambda one: getattr(one, "migration_name_fragment", "")
)
def test_what_old_code_cannot_work_beside_is_found(db: None, operation: Operation, found: set[str]) -> None:
    assert found_in(statements_of(operation)) >= found


@pytest.mark.parametrize("operation", SAFE, ids=lambda one: one.migration_name_fragment)
def test_what_expands_is_let_through(db: None, operation: Operation) -> None:
    assert found_in(statements_of(operation)) == set()


@pytest.mark.django_db(transaction=True)
def test_an_index_that_is_built_beside_the_writers_is_let_through() -> None:
    assert found_in(statements_of(AddIndexConcurrently("partner", QUICK))) == set()


def test_a_migration_of_the_past_is_judged_by_its_own_statements(db: None) -> None:
    """The column it dropped was found by hand; no release had it."""
    loader = MigrationLoader(None)

    assert "DROP_COLUMN" in found_by_migration(loader.disk_migrations[("remedies", "0005_attachments")])
    assert found_by_migration(loader.disk_migrations[("watch", "0001_heartbeat")]) == set()


@pytest.mark.django_db(transaction=True)  # an index that is built concurrently asks for it
def test_a_new_migration_is_safe_or_an_exception_with_a_reason() -> None:
    found = {(one.app_label, one.name): found_by_migration(one) for one in new_migrations()}

    assert {key: codes for key, codes in found.items() if codes and key not in exceptions()} == {}, (
        "Split it over releases (docs/operations/upgrade.md), or tell in tests/upgrades/exceptions.csv why not."
    )
    assert {key for key in exceptions() if not found.get(key)} == set(), "Nothing is wrong with these."


def test_an_exception_has_a_reason_and_operators_are_told_where_they_have_to_stop() -> None:
    changes = (Path(__file__).resolve().parents[2] / "CHANGELOG.md").read_text()
    newest = changes.split("\n## ")[1].casefold()
    told = exceptions().values()

    assert all(row["why"] and row["stop"] in {"yes", "no"} for row in told)
    assert "stop first" in newest or not any(row["stop"] == "yes" for row in told)


def test_a_migration_that_was_released_is_still_there(db: None) -> None:
    assert released() - set(MigrationLoader(None).disk_migrations) == set()
