"""The register of risks as lists: filtered and ordered as on its page, and the views that people saved of it."""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import LARGEST_PAGE, Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import register as actions
from risks.models import Risk, SavedView
from risks.queries.gaps import gaps_by_risk
from risks.queries.register_filter import RegisterFilter
from risks.queries.register_pages import PAGE_SIZE, page_of
from risks.queries.saved_views import views_of
from risks.rules.gaps import REGISTER_GAPS
from risks.rules.severity import BANDS

LONGEST_NUMBER = 9
SHOWN_IN_LISTS = (
    *("id", "title", "summary", "status", "rights", "vulnerabilities", "countries", "products", "activity"),
    *("source", "drivers", "context_tags", "context_until", "threat_to_life", "gross_abuse", "owner"),
    *("published", "opened_on", "closed_on", "level", "band", "incomplete", "state_of_harm", "likelihood"),
    *("tier", "salient", "assessed_on", "next_review", "tie"),
)


class RiskRowSerializer(serializers.ModelSerializer[Risk]):
    """A risk in a list."""

    band = serializers.SerializerMethodField()
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    rights = serializers.PrimaryKeyRelatedField[Any](many=True, read_only=True)
    products = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Risk
        fields: tuple[str, ...] = SHOWN_IN_LISTS
        read_only_fields: tuple[str, ...] = SHOWN_IN_LISTS

    def get_band(self, risk: Risk) -> str:
        """Return the word for the level."""
        return BANDS[risk.level]


class RiskSerializer(RiskRowSerializer):
    """A risk with everything that its page says of it."""

    class Meta(RiskRowSerializer.Meta):
        fields = (*SHOWN_IN_LISTS, "affected_groups", "why_vulnerable")
        read_only_fields = fields


@extend_schema_serializer(many=False)  # a page as a whole, where the schema would make a list of pages of it
class RiskPageSerializer(serializers.Serializer[Any]):
    """A page of the register: how many risks the filters leave in all, and where it goes on."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RiskRowSerializer(many=True)


PARAMETERS = [
    *filters_of(RegisterFilter.base_filters),
    OpenApiParameter("cursor", str, description="Where the page begins, from `next` or `previous`"),
    OpenApiParameter(
        "page_size", int, description=f"Risks a page, 1 to {LARGEST_PAGE}; {PAGE_SIZE} if not given"
    ),
]


def register_page(request: Request) -> Response:
    """Answer a page of the register, in the same queries whatever the number of risks."""
    given = request.query_params
    filters = RegisterFilter(given, reader=caller(request), at=timezone.now())
    page = page_of(
        filters.qs.select_related("owner").prefetch_related("rights", "products"),
        order=filters.order,
        after=given.get("cursor", ""),
        size=_size(given.get("page_size", "")),
    )
    shown = {
        "count": page.count,
        "next": _address(request, page.next),
        "previous": _address(request, page.previous),
        "results": page.rows,
    }
    return Response(RiskPageSerializer(shown).data)


def _size(said: str) -> int:
    asked = int(said[:LONGEST_NUMBER]) if said.isascii() and said.isdecimal() else 0
    return min(asked, LARGEST_PAGE) if asked else PAGE_SIZE


def _address(request: Request, after: str) -> str | None:
    if not after:
        return None
    given = request.query_params.copy()
    given["cursor"] = after
    return request.build_absolute_uri(f"{request.path}?{given.urlencode()}")


class RegisterGapSerializer(serializers.Serializer[Any]):
    """A gap of the register: a stable code, and a sentence with the provision."""

    code = serializers.CharField()
    message = serializers.CharField()


class RiskGapsSerializer(serializers.Serializer[Any]):
    """A risk of the register with the gaps that it has now; none is good."""

    risk = serializers.IntegerField()
    gaps = RegisterGapSerializer(many=True)


class GapViewSet(Register[Risk]):
    """The gaps of the register, as the board counts them."""

    queryset = Risk.objects.none()
    serializer_class = RiskGapsSerializer
    permission = Permission.READ_BOARD

    @extend_schema(responses=RiskGapsSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every risk with its gaps; only the risks of a page are judged. `/risks/?gap=` counts those that have one."""
        page = [risk.pk for risk in self.paginate_queryset(Risk.objects.only("pk")) or ()]
        found = gaps_by_risk(page, at=timezone.now())
        told = [
            {"risk": pk, "gaps": [{"code": code, "message": REGISTER_GAPS[code]} for code in found[pk]]}
            for pk in page
            if pk in found
        ]
        return self.get_paginated_response(RiskGapsSerializer(told, many=True).data)


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """Filters and an order of the register under a name; shared ones are for everybody who reads the desk."""

    name = serializers.CharField(max_length=80)
    querystring = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="The filters as they stand in an address, such as level=5&owner=mine",
    )
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    shared = serializers.BooleanField(default=False)

    class Meta:
        model = SavedView
        fields = ("id", "name", "querystring", "owner", "shared", "saved_at")
        read_only_fields = ("id", "saved_at")


class ChangingViewSerializer(serializers.Serializer[Any]):
    """Another name for a view, and whether it is shared."""

    name = serializers.CharField(max_length=80)
    shared = serializers.BooleanField()


class SavedViewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[SavedView]):
    """Views of the register that the reader may open: their own, and those that others share."""

    queryset = SavedView.objects.none()
    asks = dict.fromkeys(("create", "update", "destroy"), (Permission.READ_DESK,))
    serializer_class = SavedViewSerializer

    def get_queryset(self) -> Any:
        """Return one's own views and the shared ones; another's private one is not there."""
        return views_of(caller(self.request))

    @extend_schema(request=SavedViewSerializer, responses={201: SavedViewSerializer})
    def create(self, request: Request) -> Response:
        """Save a view; filters that make no sense are left out of it."""
        user, now = caller(request), timezone.now()
        given = checked(SavedViewSerializer, request)
        filters = RegisterFilter(QueryDict(given.pop("querystring", "")), reader=user, at=now)
        view = actions.save_view(querystring=filters.querystring, by=user, at=now, **given)
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ChangingViewSerializer, responses=SavedViewSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Rename one's own view, share it or no longer."""
        view = self.get_object()
        actions.change_view(
            view, by=caller(request), at=timezone.now(), **checked(ChangingViewSerializer, request)
        )
        return Response(SavedViewSerializer(get_object_or_404(SavedView, pk=view.pk)).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete one's own view; the risks it lists stay as they are."""
        actions.delete_view(self.get_object(), by=caller(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
