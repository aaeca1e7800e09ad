"""What people said in consultations, what it is about, and the answers (E2, E6; domain.md 7.4)."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import findings as actions
from risks.forms.consultations import colleagues
from risks.models import ConsultationFinding, Measure, ModelReview, Risk
from risks.queries.consultations import answerable_by, seen_finding, team_only
from risks.rules.consultation import Response as Answer
from risks.rules.words import labels


class AboutSerializer(serializers.Serializer[Any]):
    """A record that a finding is about."""

    kind = serializers.CharField()
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]


class SeenFindingSerializer(serializers.Serializer[Any]):
    """What people said and what became of it, as its reader may see it."""

    id = serializers.IntegerField(source="pk")
    you_said = serializers.CharField()
    is_quote = serializers.BooleanField()
    theme = serializers.CharField()
    priority = serializers.IntegerField()
    response = serializers.CharField()
    we_did = serializers.CharField()
    reasons = serializers.CharField()
    owner = serializers.CharField()
    due = serializers.DateField()
    overdue = serializers.BooleanField()
    told = serializers.BooleanField()
    linked = AboutSerializer(many=True)


class _OwnedSerializer(serializers.Serializer[Any]):
    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True), default=None, allow_null=True
    )

    def validate_owner(self, owner: User | None) -> User | None:
        """Return who sees to it, or refuse whoever could not."""
        if owner is not None and not colleagues().filter(pk=owner.pk).exists():
            raise serializers.ValidationError("Who sees to it: choose somebody who engages or answers.")
        return owner


class FindingWordsSerializer(_OwnedSerializer):
    """What people said, in words that they would recognise and that lead to nobody."""

    you_said = serializers.CharField(max_length=5000)
    is_quote = serializers.BooleanField(default=False)
    theme = serializers.CharField(max_length=80)
    priority = serializers.IntegerField(min_value=1, max_value=3, default=2)


class TagsSerializer(serializers.Serializer[Any]):
    """What a finding is about; a tag is not taken away."""

    risks = serializers.PrimaryKeyRelatedField[Risk](many=True, queryset=Risk.objects.all(), required=False)
    measures = serializers.PrimaryKeyRelatedField[Measure](
        many=True, queryset=Measure.objects.all(), required=False
    )
    model_reviews = serializers.PrimaryKeyRelatedField[ModelReview](
        many=True, queryset=ModelReview.objects.all(), required=False
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all kinds; one that is not sent is empty."""
        return {name: [] for name in ("risks", "measures", "model_reviews")} | given


class AnswerSerializer(_OwnedSerializer):
    """What was done about a finding; reasons, in 50 characters, for what is not accepted."""

    response = serializers.ChoiceField(choices=labels(Answer))
    we_did = serializers.CharField(max_length=5000, default="", allow_blank=True)
    reasons = serializers.CharField(max_length=5000, default="", allow_blank=True)


def seen(finding: ConsultationFinding, code: int = status.HTTP_200_OK) -> Response:
    """Answer a finding that its reader may see."""
    finding.refresh_from_db()
    shown = seen_finding(finding, on=timezone.now().date())
    return Response(SeenFindingSerializer(shown).data, status=code)


class FindingViewSet(Register[ConsultationFinding]):
    """Findings that the reader may read: the screened ones, and those of their teams."""

    queryset = ConsultationFinding.objects.none()
    keeps_answers = False
    asks = {
        "update": [Permission.RUN_CONSULTATION],
        "tags": [Permission.RUN_CONSULTATION],
        "answer": [Permission.ANSWER_FINDING],
    }
    serializer_class = SeenFindingSerializer

    def get_queryset(self) -> QuerySet[ConsultationFinding]:
        """Return what the reader may read."""
        related = ("risks", "measures", "model_reviews")
        return answerable_by(caller(self.request)).prefetch_related(*related)

    @extend_schema(responses=SeenFindingSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every finding that the reader may read, the latest first."""
        today = timezone.now().date()
        rows = [seen_finding(one, on=today) for one in self.paginate_queryset(self.get_queryset()) or []]
        return self.get_paginated_response(SeenFindingSerializer(rows, many=True).data)

    @extend_schema(responses=SeenFindingSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One finding."""
        return seen(self.get_object())

    @extend_schema(request=FindingWordsSerializer, responses=SeenFindingSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Put it in other words until the consultation is summarised; it must be screened again."""
        return self._of_my_team(request, actions.amend_finding, FindingWordsSerializer)

    @extend_schema(request=TagsSerializer, responses=SeenFindingSerializer)
    @action(detail=True, methods=["post"])
    def tags(self, request: Request, pk: str) -> Response:
        """Say what it is about; each risk and measure is looked at again (E6)."""
        return self._of_my_team(request, actions.tag_finding, TagsSerializer)

    @extend_schema(request=AnswerSerializer, responses=SeenFindingSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer it; until the answers are closed a better answer replaces it (E2)."""
        user = caller(request)
        user.demand(Permission.ANSWER_FINDING)
        finding = self.get_object()
        given = checked(AnswerSerializer, request)
        actions.answer_finding(finding, by=user, at=timezone.now(), **given)
        return seen(finding)

    def _of_my_team(
        self, request: Request, act: Callable[..., object], shape: type[serializers.Serializer[Any]]
    ) -> Response:
        user = caller(request)
        user.demand(Permission.RUN_CONSULTATION)
        mine = ConsultationFinding.objects.filter(consultation__in=team_only(user).values("pk"))
        finding = get_object_or_404(mine.select_related("consultation"), pk=self.kwargs["pk"])
        act(finding, by=user, at=timezone.now(), **checked(shape, request))
        return seen(finding)
