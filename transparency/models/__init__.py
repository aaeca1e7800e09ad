"""What is shown, frozen; what left; and what others published, to compare."""

from transparency.models.coverage import CoverageAnswer
from transparency.models.log import AnchorPush, LogCheckpoint, LogEntry, Manifest
from transparency.models.releases import Release
from transparency.models.reports import Document, Report
from transparency.models.statements import (
    ExportedStatement,
    ReferenceMeasure,
    ReferenceOrganisation,
    ReferenceStatement,
    StatementExport,
)

__all__ = [
    "AnchorPush",
    "CoverageAnswer",
    "Document",
    "ExportedStatement",
    "LogCheckpoint",
    "LogEntry",
    "Manifest",
    "ReferenceMeasure",
    "ReferenceOrganisation",
    "ReferenceStatement",
    "Release",
    "Report",
    "StatementExport",
]
