"""What is shown, frozen; what left; and what others published, to compare."""

from transparency.models.reports import Document, Report
from transparency.models.statements import (
    ExportedStatement,
    ReferenceMeasure,
    ReferenceOrganisation,
    ReferenceStatement,
    StatementExport,
)

__all__ = [
    "Document",
    "ExportedStatement",
    "ReferenceMeasure",
    "ReferenceOrganisation",
    "ReferenceStatement",
    "Report",
    "StatementExport",
]
