"""Business-model reviews: opened when a trigger fires, concluded, signed by the board, tracked (domain.md 1.11)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import model_reviews as actions
from risks.models import ModelReview, Risk
from risks.queries import model_reviews as queries
from risks.rules.model_review import Conclusion
from risks.rules.words import Driver, Vulnerability, labels


def _words(*, needed: bool = False) -> serializers.CharField:
    if needed:
        return serializers.CharField(max_length=5000)
    return serializers.CharField(max_length=5000, default="", allow_blank=True)


class ModelReviewSerializer(serializers.ModelSerializer[ModelReview]):
    """A review of one driver."""

    risks = serializers.PrimaryKeyRelatedField[Risk](many=True, read_only=True)
    opened_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    concluded_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    signed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    sign_by = serializers.SerializerMethodField()

    class Meta:
        model = ModelReview
        fields = (
            *("id", "driver", "state", "triggers", "opened_by", "opened_on", "sign_by", "scope", "risks"),
            *("affected_groups", "vulnerabilities", "revenue_share_pct", "evidence", "internal_research"),
            *("incentives_examined", "user_misuse_only", "consulted", "why_not_consulted"),
            *("design_alternatives", "metrics", "conclusion", "conclusion_reasons", "changes_made"),
            *("trade_secret_reasons", "concluded_by", "concluded_on", "signed_by", "signed_on"),
            *("closed_on", "outcome"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.DateField())
    def get_sign_by(self, review: ModelReview) -> str:
        """Return by when the board should have signed (B2)."""
        return queries.last_day(review).isoformat()


class DriverSerializer(serializers.Serializer[Any]):
    """A driver of the business model, with its risks and what asks for a review of it."""

    driver = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    open_risks = serializers.IntegerField()
    severe = serializers.IntegerField()
    triggers = serializers.ListField(child=serializers.CharField())
    last = serializers.IntegerField(source="last.pk", default=None, allow_null=True)
    current = serializers.IntegerField(source="current.pk", default=None, allow_null=True)
    overdue = serializers.BooleanField()
    may_open = serializers.BooleanField()


class DriversSerializer(serializers.Serializer[Any]):
    """Every driver."""

    results = DriverSerializer(many=True)


class OpeningSerializer(serializers.Serializer[Any]):
    """Which driver; the triggers are computed, never given."""

    driver = serializers.ChoiceField(choices=labels(Driver))


class ScopingSerializer(serializers.Serializer[Any]):
    """What is looked at, and whom it affects. The share of revenue is shown, and weighs nothing."""

    scope = _words(needed=True)
    risks = serializers.PrimaryKeyRelatedField[Risk](many=True, queryset=Risk.objects.all())
    affected_groups = _words(needed=True)
    vulnerabilities = serializers.ListField(
        child=serializers.ChoiceField(choices=labels(Vulnerability)), max_length=100, default=list
    )
    revenue_share_pct = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, default=None, allow_null=True
    )


class RestingSerializer(serializers.Serializer[Any]):
    """On what a review rests, the company's own research with it."""

    evidence = _words(needed=True)
    internal_research = _words(needed=True)


class HearingSerializer(serializers.Serializer[Any]):
    """Which groups were heard, or why nobody could be (UNGP 18(b))."""

    consulted = _words()
    why_not_consulted = _words()


class MetricSerializer(serializers.Serializer[Any]):
    """What the board will measure by."""

    name = serializers.CharField(max_length=200)
    baseline = serializers.CharField(max_length=200)
    target = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=200)
    due = serializers.DateField()


class ConcludingSerializer(serializers.Serializer[Any]):
    """The conclusion and what it rests on (B1)."""

    conclusion = serializers.ChoiceField(choices=labels(Conclusion))
    conclusion_reasons = _words(needed=True)
    user_misuse_only = serializers.BooleanField(default=False)
    incentives_examined = _words()
    design_alternatives = serializers.ListField(child=serializers.CharField(max_length=5000), max_length=50)
    metrics = MetricSerializer(many=True)
    changes_made = _words()
    trade_secret_reasons = _words()

    def validate_metrics(self, metrics: list[dict[str, Any]]) -> list[dict[str, str]]:
        """Return the metrics with their days as they are kept."""
        return [one | {"due": one["due"].isoformat()} for one in metrics]


class ReadingSerializer(serializers.Serializer[Any]):
    """What a metric, counted from 0, showed on a day."""

    metric = serializers.IntegerField(min_value=0, max_value=1000)
    value = serializers.CharField(max_length=200)
    read_on = serializers.DateField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """What changed for people, in at least 50 characters (UNGP 20)."""

    outcome = _words(needed=True)


class ModelReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[ModelReview]):
    """Business-model reviews, the latest first. The board signs on the page of sign-offs alone."""

    queryset = ModelReview.objects.select_related("opened_by", "concluded_by", "signed_by").prefetch_related(
        "risks"
    )
    asks = dict.fromkeys(
        ("create", "conclusion", "consultation", "evidence", "outcome", "readings", "scope"),
        (Permission.REVIEW_MODEL,),
    )
    serializer_class = ModelReviewSerializer

    @extend_schema(responses=DriversSerializer)
    @action(detail=False, pagination_class=None)
    def drivers(self, request: Request) -> Response:
        """Every driver of the business model; those that ask for a review first."""
        rows = queries.driver_rows(on=timezone.now().date())
        return Response(DriversSerializer({"results": rows}).data)

    @extend_schema(request=OpeningSerializer, responses={201: ModelReviewSerializer})
    def create(self, request: Request) -> Response:
        """Open the review of a driver for which a trigger fires."""
        given = checked(OpeningSerializer, request)
        review = actions.open_review(by=caller(request), at=timezone.now(), **given)
        return Response(ModelReviewSerializer(review).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ScopingSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def scope(self, request: Request, pk: str) -> Response:
        """Say what is looked at."""
        return self._after(request, actions.scope, ScopingSerializer)

    @extend_schema(request=RestingSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def evidence(self, request: Request, pk: str) -> Response:
        """Record on what it rests."""
        return self._after(request, actions.record_evidence, RestingSerializer)

    @extend_schema(request=HearingSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def consultation(self, request: Request, pk: str) -> Response:
        """Record who was heard."""
        return self._after(request, actions.record_consultation, HearingSerializer)

    @extend_schema(request=ConcludingSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def conclusion(self, request: Request, pk: str) -> Response:
        """Conclude, and ask the board to sign."""
        return self._after(request, actions.conclude, ConcludingSerializer)

    @extend_schema(request=ReadingSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def readings(self, request: Request, pk: str) -> Response:
        """Record what a metric showed; readings are added, never replaced."""
        return self._after(request, actions.record_reading, ReadingSerializer)

    @extend_schema(request=OutcomeSerializer, responses=ModelReviewSerializer)
    @action(detail=True, methods=["post"])
    def outcome(self, request: Request, pk: str) -> Response:
        """Close it with what changed for people."""
        return self._after(request, actions.close, OutcomeSerializer)

    def _after(
        self, request: Request, act: Callable[..., object], shape: type[serializers.Serializer[Any]]
    ) -> Response:
        review = self.get_object()
        act(review, by=caller(request), at=timezone.now(), **checked(shape, request))
        return Response(ModelReviewSerializer(self.get_object()).data)
