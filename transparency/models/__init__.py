"""What is shown, frozen; what left; and what others published, to compare."""

from transparency.models.coverage import CoverageAnswer
from transparency.models.log import AnchorPush, LogCheckpoint, LogEntry, Manifest
from transparency.models.quantities import EnteredQuantity
from transparency.models.redactions import Redaction
from transparency.models.releases import Release
from transparency.models.reports import Document, Report
from transparency.models.sections import ReportSection, SectionComment, SectionRevision
from transparency.models.statements import (
    ExportedStatement,
    ReferenceMeasure,
    ReferenceOrganisation,
    ReferenceStatement,
    StatementExport,
)
from transparency.models.sufficiency import SufficiencyAnswer
from transparency.models.withdrawals import Withdrawal

__all__ = [
    "AnchorPush",
    "CoverageAnswer",
    "Document",
    "EnteredQuantity",
    "ExportedStatement",
    "LogCheckpoint",
    "LogEntry",
    "Manifest",
    "Redaction",
    "ReferenceMeasure",
    "ReferenceOrganisation",
    "ReferenceStatement",
    "Release",
    "Report",
    "ReportSection",
    "SectionComment",
    "SectionRevision",
    "StatementExport",
    "SufficiencyAnswer",
    "Withdrawal",
]
