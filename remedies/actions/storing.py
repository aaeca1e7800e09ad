"""Write the rows of a new case in one statement: one wait for the database in place of six (docs/benchmarks.md)."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from remedies.models import ReplyKey


def store_together(rows: Sequence[Model]) -> bool:
    """Insert new rows of several tables, among them one reply key, in the caller's transaction.

    Args:
        rows: with the keys that they made for themselves, those of one table side by side; rows of one table leave
            the same columns to the database.

    Returns:
        Whether the reply key is ours. If another request stores the same receipt, the others are written all the same
        and the caller must undo them. It is no violation of a constraint, which would put the lookup and the time
        into the log of PostgreSQL.
    """
    parts, given = [], []
    for model, those in groupby(rows, type):
        part, values = _inserted(model, list(those))
        parts.append(part)
        given += values
    with connection.cursor() as cursor:
        statement = f"WITH {', '.join(parts)} SELECT count(*) FROM {_name(ReplyKey)}"  # noqa: S608  # names of models
        cursor.execute(statement, given)
        return bool(cursor.fetchone()[0])


def _inserted(model: type[Model], rows: list[Model]) -> tuple[str, list[Any]]:
    fields = [
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(field.value_from_object(rows[0]), DatabaseDefault)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = f"({', '.join(['%s'] * len(fields))})"
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in rows for field in fields
    ]
    taken = " ON CONFLICT DO NOTHING RETURNING 1" if model is ReplyKey else ""
    into = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([places] * len(rows))}'  # noqa: S608  # names of models
    return f"{_name(model)} AS ({into}{taken})", values


def _name(model: type[Model]) -> str:
    return f'"new_{model._meta.model_name}"'
