"""What a database holds, table by table: how many rows, and one number that any changed row changes.

The number is the sum of a hash of each row as text (reliability.md 4.4), so the order of rows does not matter.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from psycopg2 import sql

# As text, values look the same whatever the server or the session prefers.
SAME_WORDS = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
)
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
COUNTED = (
    "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text FROM {} t"
)


class Held(NamedTuple):
    """What a table holds."""

    rows: int
    hash: str


Census = Mapping[str, Held]


def take_census(cursor: Any, told: Callable[[int], None] = lambda _done: None) -> Census:
    """Return what each table holds, as the transaction of this cursor sees it.

    Args:
        cursor: of the driver, whose role reads every table and every row.
        told: is called with how many tables are counted.
    """
    for setting in SAME_WORDS:
        cursor.execute(setting)
    found = {}
    for done, table in enumerate(table_names(cursor), start=1):
        cursor.execute(sql.SQL(COUNTED).format(sql.Identifier(table)))
        found[table] = Held(*cursor.fetchone())
        told(done)
    return found


def totals(census: Census) -> dict[str, int]:
    """Return how many tables and rows there are."""
    return {"tables": len(census), "rows": sum(held.rows for held in census.values())}


def table_names(cursor: Any) -> list[str]:
    """Return the tables of the house, in order."""
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def differences(kept: Census, found: Census) -> list[str]:
    """Return in sentences where two databases differ; empty where they hold the same rows."""
    told = []
    for table in sorted(kept.keys() | found.keys()):
        before, after = kept.get(table), found.get(table)
        if before is None or after is None:
            told.append(f"{table} is {'not in the backup' if before is None else 'missing'}")
        elif before.rows != after.rows:
            told.append(f"{table} holds {after.rows} rows, not {before.rows}")
        elif before.hash != after.hash:
            told.append(f"{table} holds as many rows, but not the same")
    return told
