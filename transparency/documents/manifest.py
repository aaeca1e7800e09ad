"""What a published edition consists of, as bytes that are signed and logged."""

import hashlib
from typing import Any

import rfc8785
from django.conf import settings

from transparency.models import Report
from transparency.queries.reports import listed_documents

SCHEMA = "hrdd-manifest-v1"
TEMPLATES = ("templates/transparency/report.html", "static/css/report.css")


def template_hash() -> str:
    """Return the SHA-256 over the template and the style that documents are rendered with."""
    together = b"".join((settings.BASE_DIR / name).read_bytes() for name in TEMPLATES)
    return hashlib.sha256(together).hexdigest()


def render_manifest(report: Report, *, previous: str) -> bytes:
    """Return the manifest of an edition as RFC 8785 bytes.

    Args:
        report: the published edition.
        previous: SHA-256 of the manifest before this one in the log, or nothing.
    """
    assert report.published_at is not None  # noqa: S101  # the database keeps it beside the state
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "publication",
        "organisation": settings.ORGANISATION,
        "title": report.title,
        "period": report.period,
        "edition": report.edition,
        "published_at": report.published_at.isoformat(),
        "content_sha256": report.content_hash,
        "template_sha256": template_hash(),
        "code_version": settings.CODE_VERSION,
        "previous_manifest_sha256": previous,
        "documents": listed_documents(report),
    }
    return rfc8785.dumps(manifest)
