"""What records refer to: rights, products, and groups of stakeholders."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.rules import Permission
from risks.actions import stakeholders as actions
from risks.forms.consultations import StakeholderFilter
from risks.models import Product, Right, StakeholderGroup
from risks.queries.stakeholders import listed_groups
from risks.rules.consultation import StakeholderType
from risks.rules.words import Vulnerability, labels


class RightSerializer(serializers.ModelSerializer[Right]):
    """An internationally recognised right (UNGP 12)."""

    class Meta:
        model = Right
        fields = (
            *("code", "title", "udhr", "iccpr", "icescr", "other_instruments", "character"),
            *("non_derogable_iccpr_4_2", "may_be_limited_by_measure", "limitation_grounds", "tech_example"),
            "notes",
        )
        read_only_fields = fields


class RightViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[Right]):
    """The catalogue of rights, by code."""

    queryset = Right.objects.all()
    serializer_class = RightSerializer
    lookup_value_converter = "slug"
    key = "code"


class ProductSerializer(serializers.ModelSerializer[Product]):
    """A product or service to which risks are tied."""

    class Meta:
        model = Product
        fields = ("id", "name", "about")
        read_only_fields = fields


class ProductViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[Product]):
    """The products, the latest first; one is recorded along with a risk."""

    queryset = Product.objects.all()
    serializer_class = ProductSerializer


class StakeholderGroupSerializer(serializers.ModelSerializer[StakeholderGroup]):
    """A group of people who are affected, or who know; never a person."""

    class Meta:
        model = StakeholderGroup
        fields = (*("id", "name", "type", "vulnerabilities", "why_here", "countries", "languages", "about"),)
        read_only_fields = fields


class GroupSerializer(serializers.Serializer[Any]):
    """A group to be recorded, whole."""

    name = serializers.CharField(max_length=160)
    type = serializers.ChoiceField(choices=labels(StakeholderType))
    vulnerabilities = serializers.ListField(
        child=serializers.ChoiceField(choices=labels(Vulnerability)), max_length=100, default=list
    )
    why_here = serializers.CharField(max_length=5000, default="", allow_blank=True)
    countries = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=300, default=list
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=100, default=list
    )
    about = serializers.CharField(max_length=5000, default="", allow_blank=True)


class StakeholderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[StakeholderGroup]):
    """Groups of stakeholders, the latest first (domain.md 7.1, 7.2)."""

    queryset = StakeholderGroup.objects.all()
    asks = {
        "create": [Permission.RUN_CONSULTATION],
        "update": [Permission.RUN_CONSULTATION],
    }
    serializer_class = StakeholderGroupSerializer

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what the filters of the page leave of a list."""
        if self.action != "list":
            return queryset
        return listed_groups(**StakeholderFilter(self.request.query_params).chosen())

    @extend_schema(parameters=filters_of(StakeholderFilter.base_fields))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every group that the filters leave."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=GroupSerializer, responses={201: StakeholderGroupSerializer})
    def create(self, request: Request) -> Response:
        """Record a group."""
        group = actions.record_group(
            None, by=caller(request), at=timezone.now(), **checked(GroupSerializer, request)
        )
        return Response(StakeholderGroupSerializer(group).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=GroupSerializer, responses=StakeholderGroupSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change what is on record of a group; it is sent whole."""
        group = get_object_or_404(StakeholderGroup, pk=pk)
        actions.record_group(
            group, by=caller(request), at=timezone.now(), **checked(GroupSerializer, request)
        )
        return Response(StakeholderGroupSerializer(group).data)
