"""Reports for those who make them and those who read them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet

from transparency.models import Document, Report
from transparency.rules.manifest import described
from transparency.rules.workflows import State


class Bytes(Func):
    """The length of bytes, counted in the database."""

    function = "octet_length"
    output_field = IntegerField()


def without_documents() -> QuerySet[Report]:
    """Return the frozen reports of which a document is missing."""
    return (
        Report.objects.exclude(state=State.DRAFT)
        .annotate(made=Count("documents", filter=Q(documents__content_hash=F("content_hash"))))
        .filter(made__lt=len(Document.Format))
        .order_by("pk")
    )


def published_reports() -> QuerySet[Report]:
    """Return what anyone may read, the latest period first."""
    return Report.objects.filter(state=State.PUBLISHED).defer("content")


def readable_editions() -> QuerySet[Report]:
    """Return every edition that anyone may read, those that a later one replaced too, the latest first."""
    return Report.objects.filter(state__in=(State.PUBLISHED, State.CORRECTED)).defer("content")


def current_documents(report: Report) -> list[Document]:
    """Return the documents of the content as it is now frozen, without their bytes; with their size."""
    order = {name: number for number, name in enumerate(Document.Format.values)}
    found = (
        report.documents.filter(content_hash=report.content_hash)
        .defer("body")
        .annotate(size=Bytes(F("body")))
    )
    return sorted(found, key=lambda one: order[one.format])


def documents_of(reports: Sequence[Report]) -> dict[int, list[Document]]:
    """Return by report the documents of the content as it is now frozen, as `current_documents`, in one query."""
    order = {name: number for number, name in enumerate(Document.Format.values)}
    found: dict[int, list[Document]] = {one.pk: [] for one in reports}
    made = Document.objects.filter(report__in=found, content_hash=F("report__content_hash"))
    for one in made.defer("body").annotate(size=Bytes(F("body"))):
        found[one.report_id].append(one)
    return {pk: sorted(files, key=lambda one: order[one.format]) for pk, files in found.items()}


def listed_documents(report: Report) -> list[dict[str, Any]]:
    """Return the documents of a report as its manifest lists them."""
    return [
        described(report.period, one.format, size=one.size, sha256=one.sha256)  # type: ignore[attr-defined]  # annotated
        for one in current_documents(report)
    ]


def published_document(period: str, format_: str) -> QuerySet[Document]:
    """Return one document of the published report on a period, or nothing."""
    return Document.objects.filter(
        report__period=period,
        report__state=State.PUBLISHED,
        format=format_,
        content_hash=F("report__content_hash"),
    )


def edition_document(period: str, edition: int, format_: str) -> QuerySet[Document]:
    """Return one document of an edition that was published and holds or was replaced, or nothing."""
    return Document.objects.filter(
        report__period=period,
        report__edition=edition,
        report__state__in=(State.PUBLISHED, State.CORRECTED),
        format=format_,
        content_hash=F("report__content_hash"),
    )


def replaced_editions(periods: Collection[str]) -> dict[str, list[Report]]:
    """Return the editions that a later one replaced, by period, the latest first."""
    found: dict[str, list[Report]] = {}
    replaced = Report.objects.filter(state=State.CORRECTED, period__in=periods).defer("content")
    for one in replaced.order_by("period", "-edition"):
        found.setdefault(one.period, []).append(one)
    return found


def staff_reports() -> QuerySet[Report]:
    """Return every report without its content, the latest period first."""
    return Report.objects.defer("content").select_related("prepared_by")


@dataclass(frozen=True)
class Passed:
    """A step on the way of a report: whether it was taken, by whom and when."""

    label: str
    done: bool
    who: str = ""
    when: datetime | None = None


def progress(report: Report) -> list[Passed]:
    """Return the steps of a report in order, with who took them."""
    signed = (
        ("Cleared for the safety of people", report.cleared_by, report.cleared_at),
        ("Approved", report.approved_by, report.approved_at),
    )
    return [
        Passed("Drafted", done=True, who=str(report.prepared_by), when=report.prepared_at),
        Passed("Figures frozen", done=report.state != State.DRAFT, when=_unless_draft(report)),
        *(Passed(label, done=who is not None, who=str(who or ""), when=when) for label, who, when in signed),
        Passed("Published", done=report.published_at is not None, when=report.published_at),
    ]


def _unless_draft(report: Report) -> datetime | None:
    return None if report.state == State.DRAFT else report.frozen_at
