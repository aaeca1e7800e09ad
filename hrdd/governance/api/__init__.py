"""What every register of the API shares: who may, pages by key, filters."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from django.db import transaction
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from hrdd.governance.access import SAFE, MayRead
from hrdd.governance.api.fields import BadParameter, with_chosen_fields
from hrdd.governance.api.repeats import HEADER, once
from hrdd.governance.api.versions import REPLACES, demand_read, etag_of, named_in
from hrdd.governance.api.wrong_fields import name_the_fixes
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.request_limits import told_in

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

    An act that `asks` does not name is open to nobody. What is sent twice under one key is done once, and what replaces
    a record says what was read of it.
    """

    lookup_value_converter = "int"
    permission = Permission.READ_DESK
    asks: Mapping[str, Collection[Permission]] = {}  # of each act that sends something, any one of these
    permission_classes = (MayRead,)
    pagination_class: type[Pages] | None = Pages
    append_only = False  # the row itself never changes, and nobody may lock it
    keeps_answers = True  # for who sends the same again; not where an answer tells what a team alone reads

    def page(self, rows: QuerySet[Any], shape: type[serializers.BaseSerializer[Any]]) -> Response:
        """Answer one page of rows."""
        return self.get_paginated_response(shape(self.paginate_queryset(rows), many=True).data)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may, and stand before the act with what was read and what was done before."""
        super().initial(request, *args, **kwargs)
        method = str(request.method).lower()
        if self.action and request.method not in SAFE:
            setattr(self, method, partial(self._act, getattr(self, method)))

    def _act(self, act: Callable[..., Response], request: Request, **kwargs: Any) -> Response:
        def careful() -> Response:
            if not kwargs or not (request.method in REPLACES or "If-Match" in request.headers):
                return act(request, **kwargs)
            with transaction.atomic():
                demand_read(request, etag_of(self._stands(request, **kwargs)))
                return act(request, **kwargs)

        if request.method == "POST" and HEADER in request.headers:
            return once(careful, request, caller(request), kept=self.keeps_answers)
        return careful()

    def _stands(self, request: Request, **kwargs: Any) -> Any:
        """Return what the reader is told of a record now, and keep others from changing it meanwhile."""
        records: QuerySet[Any] = cast("Any", self).queryset.model.objects.all()
        if not self.append_only:
            records.select_for_update().filter(pk=kwargs["pk"]).first()
        act, self.action = self.action, "retrieve"
        try:
            return self.retrieve(request, pk=kwargs["pk"]).data  # type: ignore[attr-defined]  # each has one
        finally:
            self.action = act

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say which version a record is, and leave out what was not asked for."""
        whole_record = self.action in {"retrieve", "update", "partial_update"}
        if whole_record and response.status_code == status.HTTP_200_OK:
            etag = etag_of(response.data)
            if self.action == "retrieve" and named_in(request.headers.get("If-None-Match", ""), etag):
                response = Response(status=status.HTTP_304_NOT_MODIFIED)
            response.headers["ETag"] = etag
        if request.method in SAFE and response.status_code == status.HTTP_200_OK:
            try:
                response.data = with_chosen_fields(response.data, request)
            except BadParameter as refusal:
                response = self.handle_exception(refusal)
        told_in(response, request)
        return super().finalize_response(request, response, *args, **kwargs)


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


def checked(
    shape: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """Return what was sent, cleaned by its shape.

    Args:
        shape: what may be sent.
        request: what was sent.
        partial: whether fields may be left out; they stay as they are.

    Raises:
        ValidationError: naming each field and how to mend it.
    """
    given = shape(data=request.data, partial=partial)
    name_the_fixes(given)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
