"""Tell the database that a job acts: its triggers then refuse what domain.md 3.8 forbids a machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

ACTS = ContextVar("a job acts", default=False)
SETTING = "hrdd.actor"


@contextmanager
def as_job() -> Iterator[None]:
    """Mark this process's database session as a job's; a session opened meanwhile is marked as well."""
    if ACTS.get():
        yield
        return
    from django.db import connection
    from django.db.backends.signals import connection_created

    token = ACTS.set(True)
    connection_created.connect(_mark, dispatch_uid="a job acts")
    try:
        if connection.connection is not None:
            _set("job")
        yield
    finally:
        ACTS.reset(token)
        # A transaction that failed takes the mark with it as it is rolled back.
        if connection.connection is not None and not _failed():
            _set("")


def _mark(**_sent: Any) -> None:
    if ACTS.get():
        _set("job")


def _failed() -> bool:
    from django.db import connection
    from psycopg2.extensions import TRANSACTION_STATUS_INERROR

    status = connection.connection.info.transaction_status
    return connection.needs_rollback or bool(status == TRANSACTION_STATUS_INERROR)


def _set(actor: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, actor])
