"""What is shown, frozen."""

from transparency.models.log import AnchorPush, LogCheckpoint, LogEntry, Manifest
from transparency.models.reports import Document, Report

__all__ = ["AnchorPush", "Document", "LogCheckpoint", "LogEntry", "Manifest", "Report"]
