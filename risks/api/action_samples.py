"""Samples of what a rule did: drawn, reviewed one by one, closed (domain.md 3.2)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import action_samples as actions
from risks.models import ActionSample, Measure, SampledAction
from risks.rules.action_sample import SampleVerdict

LONGEST = 5000
LONGEST_LIST = 2_000_000


class SampledActionSerializer(serializers.ModelSerializer[SampledAction]):
    """One action that was drawn, and what a person found about it."""

    reviewed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = SampledAction
        fields = ("position", "reference", "verdict", "note", "reviewed_by", "reviewed_at")
        read_only_fields = fields


class ActionSampleSerializer(serializers.ModelSerializer[ActionSample]):
    """A sample with how it was drawn; seed and hash let another draw it again from the same keys."""

    items = SampledActionSerializer(many=True, read_only=True)
    drawn_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    closed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = ActionSample
        fields = (
            *("id", "measure", "period_from", "period_to", "actions", "seed", "population_hash"),
            *("drawn_by", "drawn_at", "items", "appeals_lodged", "appeals_decided", "appeals_upheld"),
            *("conclusion", "closed_by", "closed_at"),
        )
        read_only_fields = fields


class DrawingSampleSerializer(serializers.Serializer[Any]):
    """The keys of every action of the period; only those drawn are kept."""

    measure = serializers.PrimaryKeyRelatedField[Measure](queryset=Measure.objects.all())
    period_from = serializers.DateField()
    period_to = serializers.DateField()
    references = serializers.CharField(max_length=LONGEST_LIST)
    size = serializers.IntegerField(min_value=1, max_value=2_000)


class ReviewingActionSerializer(serializers.Serializer[Any]):
    """What a person found about one action."""

    position = serializers.IntegerField(min_value=1)
    verdict = serializers.ChoiceField(choices=[str(one) for one in SampleVerdict])
    note = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class ClosingSampleSerializer(serializers.Serializer[Any]):
    """The appeals of the period, and what the sample says about the rule."""

    appeals_lodged = serializers.IntegerField(min_value=0)
    appeals_decided = serializers.IntegerField(min_value=0)
    appeals_upheld = serializers.IntegerField(min_value=0)
    conclusion = serializers.CharField(max_length=LONGEST)


class ActionSampleViewSet(mixins.RetrieveModelMixin, Register[ActionSample]):
    """Samples of what the rules over many items did, the latest first; a closed one stays as it is."""

    queryset = ActionSample.objects.select_related("drawn_by", "closed_by").prefetch_related(
        "items__reviewed_by"
    )
    asks = dict.fromkeys(("create", "close", "review"), (Permission.REASSESS_MEASURE,))
    serializer_class = ActionSampleSerializer

    @extend_schema(responses=ActionSampleSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every sample."""
        return self.page(self.get_queryset(), ActionSampleSerializer)

    @extend_schema(request=DrawingSampleSerializer, responses={201: ActionSampleSerializer})
    def create(self, request: Request) -> Response:
        """Draw a random sample of a measure in force that is reviewed by samples."""
        given = checked(DrawingSampleSerializer, request)
        sample = actions.draw_sample(given.pop("measure"), **given, by=caller(request), at=timezone.now())
        return self._told(sample.pk, status.HTTP_201_CREATED)

    @extend_schema(request=ReviewingActionSerializer, responses=ActionSampleSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str) -> Response:
        """Record what a person found about one action."""
        sample, given = self.get_object(), checked(ReviewingActionSerializer, request)
        actions.review_action(sample, **given, by=caller(request), at=timezone.now())
        return self._told(sample.pk)

    @extend_schema(request=ClosingSampleSerializer, responses=ActionSampleSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Close a sample whose every action was reviewed."""
        sample, given = self.get_object(), checked(ClosingSampleSerializer, request)
        actions.close_sample(sample, **given, by=caller(request), at=timezone.now())
        return self._told(sample.pk)

    def _told(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(ActionSampleSerializer(self.get_queryset().get(pk=pk)).data, status=code)
