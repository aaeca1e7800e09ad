"""The API on one page: every register under /api/v1/, its schema, and its pages for people."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from hrdd.governance.rules import Permission
from risks.api.catalogue import ProductViewSet, RightViewSet, StakeholderViewSet
from risks.api.changes import ChangeViewSet
from risks.api.consultations import ConsultationViewSet
from risks.api.findings import FindingViewSet
from risks.api.involvement import InvolvementViewSet
from risks.api.lowering import LoweringViewSet
from risks.api.model_reviews import ModelReviewViewSet
from risks.api.plans import PlanViewSet
from risks.api.register import GapViewSet, SavedViewViewSet
from risks.api.risks import RiskViewSet

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
router.register("model-reviews", ModelReviewViewSet, basename="api-model-review")
router.register("changes", ChangeViewSet, basename="api-change")
router.register("saved-views", SavedViewViewSet, basename="api-saved-view")


class SchemaView(SpectacularAPIView):
    """The schema of the API, for whoever reads the desk."""

    permission = Permission.READ_DESK


class DocumentationView(SpectacularSwaggerSplitView):
    """The API for people to read and try."""

    permission = Permission.READ_DESK


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(router.urls)),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocumentationView.as_view(url_name="api-schema"), name="api-docs"),
]
