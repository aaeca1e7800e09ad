"""Plans about risks: proposed, decided, ended, tested."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import plans as plan_actions
from risks.models import MitigationPlan


class PlanSerializer(serializers.ModelSerializer[MitigationPlan]):
    """A plan about a risk."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )

    class Meta:
        model = MitigationPlan
        fields = (
            *("id", "kind", "actions", "target", "owner", "due", "state", "proposed_at", "decided_at"),
            *("reasons", "tested_on", "works", "test_result"),
        )
        read_only_fields = (
            *("id", "state", "proposed_at", "decided_at", "reasons", "tested_on", "works", "test_result"),
        )


class ReasonsSerializer(serializers.Serializer[Any]):
    """Why a step is taken, in at least 50 characters."""

    reasons = serializers.CharField(max_length=5000)


class DecisionSerializer(ReasonsSerializer):
    """Approve or refuse, with the reasons."""

    approve = serializers.BooleanField()


class ControlTestSerializer(serializers.Serializer[Any]):
    """Whether a plan works, and what was tested and found."""

    works = serializers.BooleanField()
    test_result = serializers.CharField(max_length=5000)


class PlanViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, Register[MitigationPlan]):
    """Plans about risks, the latest first."""

    queryset = MitigationPlan.objects.select_related("owner", "proposed_by")
    asks = {
        "decide": [Permission.APPROVE_PLAN],
        "end": [Permission.APPROVE_PLAN],
        "test": [Permission.CONFIRM_RISK],
    }
    serializer_class = PlanSerializer

    @extend_schema(request=DecisionSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Approve or refuse."""
        return self._after(request, plan_actions.decide_plan, DecisionSerializer)

    @extend_schema(request=ReasonsSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End an approved plan."""
        return self._after(request, plan_actions.end_plan, ReasonsSerializer)

    @extend_schema(request=ControlTestSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Record whether it works."""
        return self._after(request, plan_actions.record_test, ControlTestSerializer)

    def _after(
        self, request: Request, act: Callable[..., None], shape: type[serializers.Serializer[Any]]
    ) -> Response:
        plan = self.get_object()
        act(plan, by=caller(request), at=timezone.now(), **checked(shape, request))
        plan.refresh_from_db()
        return Response(PlanSerializer(plan).data)
