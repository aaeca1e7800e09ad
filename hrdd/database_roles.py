"""What each surface, the worker and the auditor may do in PostgreSQL, and how a request takes its role on.

The owner of the tables migrates and does nothing else in production. Nobody here owns a table, so nobody switches a
trigger off (reliability.md 2.6, 3.1). `manage.py database_roles` makes the roles and grants; a process signs in as its
role, or as somebody who may take it on, as in the trial.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotFound

from hrdd.surfaces import Surface, answers_as, serves


class DatabaseRole(StrEnum):
    """Who works in the database."""

    PUBLIC = "hrdd_public"
    INTAKE = "hrdd_intake"
    STAFF = "hrdd_staff"
    WORKER = "hrdd_worker"
    AUDIT = "hrdd_audit"


OF_SURFACE = {
    Surface.PUBLIC: DatabaseRole.PUBLIC,
    Surface.INTAKE: DatabaseRole.INTAKE,
    Surface.STAFF: DatabaseRole.STAFF,
}


class RoleIsMissing(psycopg2.ProgrammingError):  # type: ignore[misc]  # psycopg2 has no types
    """A role that was not made or granted: refused like any other thing that this connection may not do."""

    pgcode = "42501"


_TAKEN: ContextVar[DatabaseRole | None] = ContextVar("the role in the database", default=None)


@contextmanager
def in_role(role: DatabaseRole) -> Iterator[None]:
    """Work in the database as this role, also on a connection that is opened meanwhile."""
    before = _TAKEN.get()
    _TAKEN.set(role)
    try:
        _take(role)
        yield
    finally:
        _TAKEN.set(before)
        with suppress(
            psycopg2.Error
        ):  # a transaction that failed takes the role with it as it is rolled back
            _take(before)


def _take(role: DatabaseRole | None) -> None:
    """Set the role where a connection stands. One that broke is closed; the next one takes the role as it opens."""
    if connection.connection is None:
        return
    try:
        _set(role)
    except psycopg2.Error:
        if connection.in_atomic_block:
            raise
        connection.close()


def _take_on_new(**_sent: Any) -> None:
    if role := _TAKEN.get():
        _set(role)


def _set(role: DatabaseRole | None) -> None:
    with (
        connection.connection.cursor() as cursor
    ):  # the driver's own: no query of the page, and none it counts
        try:
            cursor.execute(f"SET ROLE {role or 'NONE'}")
        except psycopg2.DataError as error:
            raise RoleIsMissing(str(error)) from error


connection_created.connect(_take_on_new, dispatch_uid="the role in the database")


class SurfaceDoor:
    """Answers the addresses of this process's surface only, each request in the role of the surface it asks for.

    The public pages are the same for everybody: no cookie of the desk reaches them, where one process serves both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        process = Surface(settings.SURFACE)
        if not serves(process, request.path_info):
            return HttpResponseNotFound("Nothing is here.\n", content_type="text/plain; charset=utf-8")
        surface = answers_as(process, request.path_info)
        role = OF_SURFACE[surface]
        if surface is Surface.PUBLIC:
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        with in_role(role):
            response = self.get_response(request)
        if response.streaming:
            response.streaming_content = _stream(response.streaming_content, role)  # type: ignore[attr-defined]
        return response


def _stream(parts: Iterable[bytes], role: DatabaseRole) -> Iterator[bytes]:
    with in_role(role):
        yield from parts
