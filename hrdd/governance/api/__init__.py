"""What every register of the API shares: who may, pages by key, filters."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar, cast

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers, viewsets
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hrdd.governance.access import MayRead
from hrdd.governance.models import User
from hrdd.governance.rules import Permission

PAGE_SIZE, LARGEST_PAGE = 50, 200
Record = TypeVar("Record", bound=Model)


class Pages(CursorPagination):
    """Pages by key, the latest first: what comes or goes before a page moves no row of it.

    A viewset may name another `key`; it is unique, so that no two rows are equal.
    """

    page_size = PAGE_SIZE
    max_page_size = LARGEST_PAGE
    page_size_query_param = "page_size"
    invalid_cursor_message = "This is no cursor of ours. Begin with the first page and follow its links."

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> tuple[str, ...]:
        """Return the one key by which the rows are ordered."""
        return (getattr(view, "key", "-id"),)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return where the page begins, or refuse what the database could not compare with a key."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        of_a_number, position = self.ordering[0] == "-id", str(cursor.position)
        if "\0" in position or (of_a_number and not _is_number(position)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return cursor


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdecimal()


class Register(viewsets.GenericViewSet[Record]):
    """Records of a kind, found by their number, for whoever reads the desk; each act asks for its own permission.

    An act that `asks` does not name is open to nobody.
    """

    lookup_value_converter = "int"
    permission = Permission.READ_DESK
    asks: Mapping[str, Collection[Permission]] = {}  # of each act that sends something, any one of these
    permission_classes = (MayRead,)
    pagination_class = Pages

    def page(self, rows: QuerySet[Any], shape: type[serializers.BaseSerializer[Any]]) -> Response:
        """Answer one page of rows."""
        return self.get_paginated_response(shape(self.paginate_queryset(rows), many=True).data)


def filters_of(fields: Mapping[str, Any], *, but: Iterable[str] = ()) -> list[OpenApiParameter]:
    """Return the filters of a page as parameters of the API: the same names, told in the words of their labels."""
    return [
        OpenApiParameter(name, str, description=str(field.label or name.replace("_", " ").capitalize()))
        for name, field in fields.items()
        if name not in but
    ]


def caller(request: Request) -> User:
    """Return who is asking; only behind MayRead."""
    return cast("User", request.user)


def checked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return what was sent, cleaned by its shape.

    Raises:
        ValidationError: naming each field and what is wrong with it.
    """
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
