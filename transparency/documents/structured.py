"""Structured data (schema.org) of the public pages: who publishes, the reports, the data."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from transparency.models import Document, Report
from transparency.queries.public_data import SETS, DataSet
from transparency.rules.manifest import MEDIA_TYPES
from transparency.rules.told_figures import COLUMNS

CONTEXT = "https://schema.org"


def organisation(site: str) -> dict[str, Any]:
    """Return who publishes, and how to complain.

    Args:
        site: where the pages stand, such as https://example.org; here as everywhere in this module.
    """
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": f"{settings.ORGANISATION}: human rights",
        "url": f"{site}/",
        "publisher": {
            **_publisher(site),
            "contactPoint": {
                "@type": "ContactPoint",
                "contactType": "human rights complaints",
                "url": site + reverse("raise"),
            },
        },
    }


def dataset(site: str, name: str) -> dict[str, Any]:
    """Return one set of data with its addresses."""
    return {"@context": CONTEXT, **_dataset(site, SETS[name])}


def catalogue(site: str) -> dict[str, Any]:
    """Return all sets of data."""
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "name": f"Human rights data of {settings.ORGANISATION}",
        "url": site + reverse("public-data"),
        "publisher": _publisher(site),
        **_licence(),
        "dataset": [_dataset(site, one) for one in SETS.values()],
    }


def reports(site: str, told: Sequence[tuple[Report, Sequence[Document]]]) -> dict[str, Any]:
    """Return every published report with its files."""
    return {"@context": CONTEXT, "@graph": [_report(site, report, files) for report, files in told]}


def _report(site: str, report: Report, files: Sequence[Document]) -> dict[str, Any]:
    return {
        "@type": "Report",
        "name": report.title,
        "url": site + reverse("public-report", args=[report.period]),
        "datePublished": report.published_at.date().isoformat() if report.published_at else None,
        "temporalCoverage": f"{report.period_from.isoformat()}/{report.period_to.isoformat()}",
        "version": report.edition,
        "inLanguage": "en",
        "publisher": _publisher(site),
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": site
                + reverse("public-edition-file", args=[report.period, report.edition, one.format]),
                "encodingFormat": MEDIA_TYPES[one.format].partition(";")[0],
                "sha256": one.sha256,
            }
            for one in files
        ],
    }


def _dataset(site: str, one: DataSet) -> dict[str, Any]:
    forms = [(one.json, "application/json"), *([(one.csv, "text/csv")] if one.csv else [])]
    told: dict[str, Any] = {
        "@type": "Dataset",
        "name": str(one.label),
        "description": str(one.about),
        "url": site + one.path,
        "isAccessibleForFree": True,
        **_licence(),
        "creator": _publisher(site),
        "distribution": [
            {"@type": "DataDownload", "contentUrl": site + path, "encodingFormat": form}
            for path, form in forms
        ],
    }
    return told | ({"variableMeasured": list(COLUMNS)} if one.name == "figures" else {})


def _licence() -> dict[str, str]:
    return {"license": settings.DATA_LICENCE_URL} if settings.DATA_LICENCE_URL else {}


def _publisher(site: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": settings.ORGANISATION, "url": f"{site}/"}
