"""Public pages, and reports on the desk."""

import re

from django.urls import URLPattern, URLResolver, path, register_converter

from transparency.models import Document
from transparency.queries.public_data import WITHOUT_A_DAY
from transparency.views import (
    coverage,
    data,
    effectiveness,
    feeds,
    log,
    maps,
    policies,
    public,
    quantities,
    redactions,
    reports,
    sections,
    statements,
    sufficiency,
    withdrawals,
)


class FormatConverter:
    """The ending of a document's address."""

    regex = "|".join(Document.Format.values)

    def to_python(self, value: str) -> str:
        """Return the format."""
        return value

    def to_url(self, value: str) -> str:
        """Return the ending."""
        return value


class ManifestFileConverter(FormatConverter):
    """The name of a file that stands beside a published report."""

    regex = "|".join(re.escape(name) for name in log.MANIFEST_FILES)


class TileConverter(FormatConverter):
    """Where a tile stands below its level (c2sp.org/tlog-tiles): x001/x234/067, or 005.p/112 for a partial one."""

    regex = r"(?:x\d{3}/)*\d{3}(?:\.p/(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]))?"


class TileLevelConverter(FormatConverter):
    """The level of a tile, or the word for the entries themselves."""

    regex = "entries|[0-7]"


register_converter(FormatConverter, "format")
register_converter(TileConverter, "tile")
register_converter(TileLevelConverter, "tile_level")
register_converter(ManifestFileConverter, "manifest_file")
LOG = ".well-known/hrdd-log"

# Pages for people, which stand in every language (hrdd/urls.py gives them their prefix).
pages: list[URLPattern | URLResolver] = [
    path("", public.home, name="home"),
    path("risks/", public.risk_list, name="public-risks"),
    path("consultations/", public.consultation_list, name="public-consultations"),
    path("business-model/", public.business_model, name="public-business-model"),
    path("partners/", public.exits, name="public-exits"),
    path("complaints/", public.complaints, name="public-complaints"),
    path("corrections/", public.corrections, name="public-corrections"),
    path("accessibility/", public.accessibility, name="public-accessibility"),
    path("data/", data.data_page, name="public-data"),
    path("policies/", policies.policy_list, name="public-policies"),
    path("policies/<slug:slug>/", policies.policy, name="public-policy"),
    path("policies/<slug:slug>/<int:number>/", policies.policy_version, name="public-policy-version"),
    path("policies/<slug:slug>/<int:number>/changes/", policies.policy_changes, name="public-policy-changes"),
    path(
        "policies/<slug:slug>/<int:number>/<slug:language>/",
        policies.policy_version,
        name="public-policy-text",
    ),
    path(
        "policies/<slug:slug>/<int:number>/<slug:language>/changes/",
        policies.policy_changes,
        name="public-policy-text-changes",
    ),
    path("statements/", statements.statement_list, name="public-statements"),
    path("statements/<uuid:puid>/", statements.statement, name="public-statement"),
    path("verify/", log.verify, name="verify"),
    path("reports/", public.report_list, name="public-reports"),
]
# The same for everybody in one form: data, the log, frozen bytes; and the desk.
urlpatterns = [
    path("data/<slug:name>.schema.json", data.schema, name="public-schema"),
    *(path(f"{name}.json", data.data, {"name": name}, name=f"public-{name}-data") for name in WITHOUT_A_DAY),
    path("figures.csv", data.figures_table, name="public-figures-table"),
    path("risks.json", data.risks, name="public-risks-data"),
    path("reports.json", data.reports, name="public-reports-data"),
    *(
        path(f"feeds/{name.removeprefix('feed-')}.atom", feeds.feed, {"name": name}, name=name)
        for name in feeds.FEEDS
    ),
    path("robots.txt", maps.robots, name="robots"),
    path("sitemap.xml", maps.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", maps.sitemap_section, name="sitemap-section"),
    path("desk/cases/effectiveness/", effectiveness.effectiveness, name="case-effectiveness"),
    path("policies.json", policies.policy_list_data, name="public-policies-data"),
    path("policies/<slug:slug>.json", policies.policy_data, name="public-policy-data"),
    path(
        "policies/<slug:slug>/<int:number>.json",
        policies.policy_version_data,
        name="public-policy-version-data",
    ),
    path("statements.json", statements.statements_json, name="public-statements-json"),
    path("statements.csv", statements.statements_csv, name="public-statements-csv"),
    path("statements/<uuid:puid>.json", statements.statement_data, name="public-statement-data"),
    path("desk/statements/reference/", statements.reference, name="statement-reference"),
    path("desk/statements/exports/", statements.export_list, name="statement-exports"),
    path(f"{LOG}/checkpoint", log.checkpoint, name="log-checkpoint"),
    path(f"{LOG}/keys", log.keys, name="log-keys"),
    path(f"{LOG}/tile/<tile_level:level>/<tile:place>", log.tile, name="log-tile"),
    path("reports/<slug:period>/<manifest_file:name>", log.manifest_file, name="report-manifest"),
    path("reports/<slug:period>/", public.report, name="public-report"),
    path("reports/<slug:period>.<format:format>", public.report, name="public-report-file"),
    path(
        "reports/<slug:period>/editions/<int:edition>/<manifest_file:name>",
        log.manifest_file,
        name="edition-manifest",
    ),
    path("reports/<slug:period>/editions/<int:edition>/", public.edition, name="public-edition"),
    path(
        "reports/<slug:period>/editions/<int:edition>.<format:format>",
        public.edition,
        name="public-edition-file",
    ),
    path("desk/reports/", reports.report_list, name="report-list"),
    path("desk/reports/<int:pk>/", reports.report_detail, name="report-detail"),
    path("desk/reports/<int:pk>/coverage/", coverage.coverage_index, name="report-coverage"),
    path("desk/reports/<int:pk>/coverage/open/", coverage.leave_open, name="report-coverage-open"),
    path("desk/reports/<int:pk>/coverage/<str:question>/", coverage.question, name="report-question"),
    path(
        "desk/reports/<int:pk>/coverage/<str:question>/forget/",
        coverage.forget,
        name="report-question-forget",
    ),
    path("desk/reports/<int:pk>/withdraw/", withdrawals.ask, name="report-withdraw"),
    path("desk/reports/<int:pk>/sections/", sections.section_list, name="report-sections"),
    path("desk/reports/<int:pk>/sections/<slug:section>/", sections.section, name="report-section"),
    path("desk/reports/<int:pk>/sections/<slug:section>/owner/", sections.give, name="report-section-owner"),
    path(
        "desk/reports/<int:pk>/sections/<slug:section>/comments/",
        sections.comment,
        name="report-section-comment",
    ),
    path(
        "desk/reports/<int:pk>/comments/<int:comment>/<slug:step>/",
        sections.move_comment,
        name="report-comment-step",
    ),
    path("desk/reports/<int:pk>/quantities/", quantities.quantity_list, name="report-quantities"),
    path("desk/reports/<int:pk>/quantities/<slug:quantity>/", quantities.quantity, name="report-quantity"),
    path(
        "desk/reports/<int:pk>/quantities/<slug:quantity>/forget/",
        quantities.forget,
        name="report-quantity-forget",
    ),
    path("desk/reports/<int:pk>/sufficiency/", sufficiency.sufficiency, name="report-sufficiency"),
    path("desk/reports/<int:pk>/redactions/", redactions.redaction_list, name="report-redactions"),
    path("desk/reports/<int:pk>/redactions/words/", redactions.show_words, name="report-redactions-words"),
    path(
        "desk/reports/<int:pk>/redactions/<int:redaction>/<slug:step>/",
        redactions.decide,
        name="report-redaction-step",
    ),
    path("desk/reports/<int:pk>/<slug:step>/", reports.take_step, name="report-step"),
    path("desk/reports/<int:pk>.<format:format>", reports.report_preview, name="report-preview"),
]
