"""The API on one page: every register under /api/v1/, its schema, and its pages for people."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from hrdd.change_feed import ChangeFeedViewSet
from hrdd.governance.access import MayRead, requires
from hrdd.governance.rules import Permission
from hrdd.oversight.api import (
    EscalationViewSet,
    FigureViewSet,
    IncentiveViewSet,
    MandateViewSet,
    MeetingViewSet,
    StaffingViewSet,
    TrainingViewSet,
)
from hrdd.problems import Problem
from risks.api.action_samples import ActionSampleViewSet
from risks.api.catalogue import ProductViewSet, RightViewSet, StakeholderViewSet
from risks.api.changes import ChangeViewSet
from risks.api.consultations import ConsultationViewSet
from risks.api.dilemmas import DilemmaViewSet
from risks.api.exits import ExitViewSet
from risks.api.findings import FindingViewSet
from risks.api.involvement import InvolvementViewSet
from risks.api.leverage import (
    ClockViewSet,
    CorrectivePlanViewSet,
    LeverageActionViewSet,
    LeveragePlanViewSet,
    MilestoneViewSet,
)
from risks.api.lowering import LoweringViewSet
from risks.api.measures import MeasureViewSet
from risks.api.model_reviews import ModelReviewViewSet
from risks.api.onboarding import OnboardingViewSet
from risks.api.partners import PartnerViewSet, RelationshipViewSet
from risks.api.plans import PlanViewSet
from risks.api.policies import PolicyVersionViewSet, PolicyViewSet
from risks.api.rabat import RabatViewSet
from risks.api.register import GapViewSet, SavedViewViewSet
from risks.api.review_tasks import ReviewTaskViewSet
from risks.api.risks import RiskViewSet
from risks.api.statements import StatementViewSet

router = SimpleRouter(use_regex_path=False)
router.register("rights", RightViewSet, basename="api-right")
router.register("products", ProductViewSet, basename="api-product")
router.register("risks", RiskViewSet, basename="api-risk")
router.register("lowering-proposals", LoweringViewSet, basename="api-lowering")
router.register("plans", PlanViewSet, basename="api-plan")
router.register("gaps", GapViewSet, basename="api-gap")
router.register("involvements", InvolvementViewSet, basename="api-involvement")
router.register("stakeholder-groups", StakeholderViewSet, basename="api-stakeholder")
router.register("consultations", ConsultationViewSet, basename="api-consultation")
router.register("consultation-findings", FindingViewSet, basename="api-finding")
router.register("measures", MeasureViewSet, basename="api-measure")
router.register("action-samples", ActionSampleViewSet, basename="api-action-sample")
router.register("statements", StatementViewSet, basename="api-statement")
router.register("model-reviews", ModelReviewViewSet, basename="api-model-review")
router.register("changes", ChangeViewSet, basename="api-change")
router.register("exits", ExitViewSet, basename="api-exit")
router.register("policies", PolicyViewSet, basename="api-policy")
router.register("policy-versions", PolicyVersionViewSet, basename="api-policy-version")
router.register("dilemmas", DilemmaViewSet, basename="api-dilemma")
router.register("rabat-assessments", RabatViewSet, basename="api-rabat")
router.register("review-tasks", ReviewTaskViewSet, basename="api-review-task")
router.register("leverage/clocks", ClockViewSet, basename="api-clock")
router.register("leverage/actions", LeverageActionViewSet, basename="api-leverage-action")
router.register("leverage/plans", LeveragePlanViewSet, basename="api-leverage-plan")
router.register("leverage/corrective-plans", CorrectivePlanViewSet, basename="api-corrective-plan")
router.register("leverage/milestones", MilestoneViewSet, basename="api-milestone")
router.register("partners", PartnerViewSet, basename="api-partner")
router.register("relationships", RelationshipViewSet, basename="api-relationship")
router.register("onboardings", OnboardingViewSet, basename="api-onboarding")
router.register("oversight/mandates", MandateViewSet, basename="api-mandate")
router.register("oversight/meetings", MeetingViewSet, basename="api-meeting")
router.register("oversight/escalations", EscalationViewSet, basename="api-escalation")
router.register("oversight/trainings", TrainingViewSet, basename="api-training")
router.register("oversight/incentives", IncentiveViewSet, basename="api-incentive")
router.register("oversight/staffing", StaffingViewSet, basename="api-staffing")
router.register("oversight/figures", FigureViewSet, basename="api-figures")
router.register("saved-views", SavedViewViewSet, basename="api-saved-view")
router.register("change-feed", ChangeFeedViewSet, basename="api-change-feed")


class SchemaView(SpectacularAPIView):
    """The schema of the API, for whoever reads the desk."""

    permission = Permission.READ_DESK
    area = ""
    permission_classes = (MayRead,)  # its own default is everybody

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Answer in the format asked for, made once for as long as we run."""
        renderer = request.accepted_renderer
        headers = {"Content-Disposition": f'inline; filename="{self._get_filename(request, None)}"'}  # type: ignore[no-untyped-call]
        kind = f"{renderer.media_type}; charset=utf-8"
        return HttpResponse(_told(renderer.format), content_type=kind, headers=headers)


@cache
def schema() -> dict[str, Any]:
    """Return the schema, which is the same for whoever may read it and for as long as we run."""
    with translation.override(settings.LANGUAGE_CODE):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@cache
def _told(form: str) -> str | bytes:
    renderer = next(one for one in SchemaView.renderer_classes if one.format == form)
    return renderer().render(schema())


@cache
def operations() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what the API offers, by register, as its schema tells it; it is the same for as long as we run."""
    found: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema()["paths"].items():
        for method, told in methods.items():
            register = address.removeprefix("/api/v1/").partition("/")[0].replace("-", " ").capitalize()
            found.setdefault(register, []).append(_operation(method.upper(), address, told))
    return list(found.items())


def _operation(method: str, address: str, told: dict[str, Any]) -> dict[str, Any]:
    sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [json.dumps(one["value"], indent=2) for one in sent.get("examples", {}).values()]
    return {
        "method": method,
        "address": address,
        "description": told.get("description", ""),
        "parameters": [one for one in told.get("parameters", ()) if one["in"] == "query"],
        "takes": sent.get("schema", {}).get("$ref", "").rpartition("/")[2],
        "examples": examples,
    }


@require_safe
@requires(Permission.READ_DESK)
def documentation(request: HttpRequest) -> HttpResponse:
    """The API for people to read, without a script."""
    return render(request, "api/docs.html", {"registers": operations(), "problems": list(Problem)})


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(router.urls)),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", documentation, name="api-docs"),
]
