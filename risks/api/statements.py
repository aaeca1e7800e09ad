"""Statements of reasons: issued from a measure in force, corrected by a new one (DSA 17, domain.md 8.4)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from risks.actions import statements as actions
from risks.actions.statements import MAY_ISSUE
from risks.forms.statements import CONTENT_TYPES, SOURCES, StatementFilter
from risks.models import Measure, StatementOfReasons
from risks.models.statements import CATEGORIES
from risks.queries.statements import listed_statements
from risks.rules.statement import Told

LONGEST = 5000


class StatementSerializer(serializers.ModelSerializer[StatementOfReasons]):
    """A statement as it was issued."""

    issued_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    content = serializers.DictField()

    class Meta:
        model = StatementOfReasons
        fields = (
            *("id", "measure", "puid", "ground", "category", "content", "text", "sha256"),
            *("supersedes", "correction_reasons", "issued_by", "issued_at"),
        )
        read_only_fields = fields


class IssuingStatementSerializer(serializers.Serializer[Any]):
    """What the measure does not hold; with reasons where it corrects the last statement."""

    measure = serializers.PrimaryKeyRelatedField[Measure](queryset=Measure.objects.all())
    facts = serializers.CharField(max_length=LONGEST)
    explanation = serializers.CharField(max_length=LONGEST)
    category = serializers.ChoiceField(choices=CATEGORIES)
    content_types = serializers.ListField(
        child=serializers.ChoiceField(choices=CONTENT_TYPES), min_length=1, max_length=len(CONTENT_TYPES)
    )
    content_type_other = serializers.CharField(max_length=500, default="", allow_blank=True)
    content_date = serializers.DateField()
    source_type = serializers.ChoiceField(choices=SOURCES)
    correction_reasons = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class StatementViewSet(mixins.RetrieveModelMixin, Register[StatementOfReasons]):
    """Statements of reasons, the latest first; they stay as they were issued. Nothing is sent from here."""

    queryset = StatementOfReasons.objects.select_related("issued_by")
    asks = {"create": MAY_ISSUE}
    serializer_class = StatementSerializer

    @extend_schema(
        responses=StatementSerializer(many=True), parameters=filters_of(StatementFilter.base_fields)
    )
    def list(self, request: Request) -> Response:
        """Every statement that the filters leave."""
        chosen = StatementFilter(request.query_params).filters()
        return self.page(listed_statements(**chosen), StatementSerializer)

    @extend_schema(request=IssuingStatementSerializer, responses={201: StatementSerializer})
    def create(self, request: Request) -> Response:
        """Issue the statement of a measure in force, or the correction of its last one."""
        given = checked(IssuingStatementSerializer, request)
        measure, reasons = given.pop("measure"), given.pop("correction_reasons")
        issued = actions.issue_statement(
            measure, Told(**given), correction_reasons=reasons, by=caller(request), at=timezone.now()
        )
        return Response(StatementSerializer(issued).data, status=status.HTTP_201_CREATED)
