"""What is shown, frozen."""

from transparency.models.reports import Document, Report

__all__ = ["Document", "Report"]
