"""The gate before a relationship starts: reviewed, found, decided by somebody else (domain.md 5.3)."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.rules import Permission
from risks.actions import onboarding as actions
from risks.api.partner_shapes import OnboardingSerializer, OnboardingStorySerializer
from risks.models import Onboarding, OnboardingFinding
from risks.queries.partners import never_named
from risks.rules.onboarding import DECISIONS, ONBOARDING_STEPS, STATUSES


class FindingOfOnboardingSerializer(serializers.Serializer[Any]):
    """What the review found, at the severity that it could have for people."""

    says = serializers.CharField(max_length=5000)
    level = serializers.IntegerField(min_value=1, max_value=5)


class ClosingFindingSerializer(serializers.Serializer[Any]):
    """Which finding, and what changed, in at least 50 characters."""

    finding = serializers.PrimaryKeyRelatedField[OnboardingFinding](queryset=OnboardingFinding.objects.all())
    what_changed = serializers.CharField(max_length=5000)


class OnboardingDecisionSerializer(serializers.Serializer[Any]):
    """The decision, its reasons in at least 50 characters, and the content_hash of what was read."""

    decision = serializers.ChoiceField(choices=[(name, ONBOARDING_STEPS[name].label) for name in DECISIONS])
    reasons = serializers.CharField(max_length=5000)
    conditions = serializers.CharField(max_length=5000, default="", allow_blank=True)
    seen_hash = serializers.CharField(max_length=64)


class OnboardingViewSet(Register[Onboarding]):
    """Onboardings, the latest first. One is asked for by POST to `relationships/{id}/onboarding/`."""

    queryset = Onboarding.objects.select_related("asked_by", "decided_by")
    asks = {
        **dict.fromkeys(("close_finding", "findings", "review"), (Permission.ASSESS_RISK,)),
        "decision": [Permission.DECIDE_ONBOARDING],
    }
    serializer_class = OnboardingSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """Return the context, with the names that are never told."""
        return {**super().get_serializer_context(), "names": never_named()}

    @extend_schema(
        responses=OnboardingSerializer(many=True),
        parameters=[OpenApiParameter("status", str, enum=list(STATUSES))],
    )
    def list(self, request: Request) -> Response:
        """Every onboarding, or those of one status."""
        wanted = request.query_params.get("status", "")
        found = self.get_queryset()
        page = self.paginate_queryset(found.filter(status=wanted) if wanted in STATUSES else found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=OnboardingStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One onboarding with its findings."""
        return self._story(self.get_object())

    @extend_schema(request=None, responses=OnboardingStorySerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str) -> Response:
        """Begin the review."""
        one = self.get_object()
        actions.begin_review(one, by=caller(request), at=timezone.now())
        return self._story(one)

    @extend_schema(request=FindingOfOnboardingSerializer, responses={201: OnboardingStorySerializer})
    @action(detail=True, methods=["post"])
    def findings(self, request: Request, pk: str) -> Response:
        """Record what the review found."""
        one = self.get_object()
        given = checked(FindingOfOnboardingSerializer, request)
        actions.record_finding(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one, code=status.HTTP_201_CREATED)

    @extend_schema(request=ClosingFindingSerializer, responses=OnboardingStorySerializer)
    @action(detail=True, methods=["post"], url_path="findings/close")
    def close_finding(self, request: Request, pk: str) -> Response:
        """Close a finding with what changed."""
        one = self.get_object()
        given = checked(ClosingFindingSerializer, request)
        found = get_object_or_404(one.findings, pk=given.pop("finding").pk)
        actions.close_finding(found, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    @extend_schema(request=OnboardingDecisionSerializer, responses=OnboardingStorySerializer)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, pk: str) -> Response:
        """Approve, approve with conditions, or refuse; by somebody who neither asked nor closed a finding (SD1)."""
        one = self.get_object()
        given = checked(OnboardingDecisionSerializer, request)
        actions.decide(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    def _story(self, one: Onboarding, code: int = status.HTTP_200_OK) -> Response:
        one.refresh_from_db()
        return Response(
            OnboardingStorySerializer(one, context=self.get_serializer_context()).data, status=code
        )
