"""The API on one page: every register under /api/v1/, its schema, and its pages for people."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from hrdd.governance.rules import Permission
from risks.api.risks import PlanViewSet, RiskViewSet

router = SimpleRouter(use_regex_path=False)
router.register("risks", RiskViewSet, basename="api-risk")
router.register("plans", PlanViewSet, basename="api-plan")


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
