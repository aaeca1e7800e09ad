"""The sections of a report: how they stand, who still owes what, and what the report tells of them (domain.md 8.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from hrdd.governance.models import User
from risks.models import Risk
from transparency.models import Report, ReportSection, SectionRevision
from transparency.queries.contents import risks_of
from transparency.rules.sections import (
    BY_CODE,
    SECTIONS,
    STATE_WORDS,
    WORDS,
    Debt,
    SectionKind,
    SectionState,
    Standing,
    anchor_of,
    debts,
    slug_of,
    where_of,
)
from transparency.rules.workflows import State


@dataclass(frozen=True)
class Listed:
    """A section as the desk lists it; `row` is nothing while nobody touched it."""

    kind: SectionKind
    slug: str
    title: str
    risk: Risk | None
    row: ReportSection | None
    open_comments: int = 0

    @property
    def state(self) -> str:
        """Return how far it is."""
        return self.row.state if self.row else SectionState.EMPTY

    @property
    def state_label(self) -> str:
        """Return how far it is, in words."""
        return STATE_WORDS[self.state]

    @property
    def owner(self) -> User | None:
        """Return who answers for it."""
        return self.row.owner if self.row else None


def sections_of(report: Report) -> QuerySet[ReportSection]:
    """Return the sections that somebody touched, with owner and the number of open comments."""
    waiting = Count("comments", filter=Q(comments__resolved_at__isnull=True))
    return (
        ReportSection.objects.filter(report=report).select_related("owner", "risk").annotate(waiting=waiting)
    )


def listed_sections(report: Report) -> list[Listed]:
    """Return every section that a report may have: those of the company, and one for each of its salient risks.

    Of a report that is frozen, only those that somebody touched.
    """
    rows = {(one.code, one.risk_id): one for one in sections_of(report)}

    def listed(kind: SectionKind, risk: Risk | None) -> Listed:
        row = rows.get((kind.code, risk.pk if risk else None))
        title = f"{kind.title}: {risk.title}" if risk else kind.title
        waiting = row.waiting if row else 0  # type: ignore[attr-defined]  # annotated
        return Listed(kind, slug_of(kind.code, risk.pk if risk else None), title, risk, row, waiting)

    touched = [one.risk for one in rows.values() if one.risk]
    risks = risks_of(report) if report.state == State.DRAFT else touched
    return [
        *(listed(kind, None) for kind in SECTIONS),
        *(listed(BY_CODE[WORDS], risk) for risk in risks),
    ]


def owed(report: Report) -> list[Debt]:
    """Return what is still to be done on the sections of a draft, by whom."""
    return debts(
        Standing(one.title, str(one.owner) if one.owner else "", one.state, one.open_comments)
        for one in listed_sections(report)
    )


def written_sections(report: Report, risks: Sequence[int]) -> list[dict[str, Any]]:
    """Return the sections with a text as the report tells them, in the order of the catalogue and of the risks.

    Args:
        report: the report.
        risks: the keys of its salient risks, in order.
    """
    order = {code: nth for nth, code in enumerate(BY_CODE)}
    numbers = {risk: nth for nth, risk in enumerate(risks, start=1)}
    found = [
        {
            "code": one.code,
            "risk": numbers.get(one.risk_id, 0) if one.risk_id else 0,
            "where": where_of(one.code),
            "anchor": anchor_of(one.code, numbers.get(one.risk_id or 0, 0)),
            "title": BY_CODE[one.code].title,
            "text": one.text,
        }
        for one in ReportSection.objects.filter(report=report).exclude(text="")
        if one.risk_id is None or one.risk_id in numbers
    ]
    return sorted(found, key=lambda one: (order[one["code"]], one["risk"]))


def section_authors(report: Report) -> frozenset[str]:
    """Return the user names of all who ever wrote in a section of a report."""
    written = SectionRevision.objects.filter(section__report=report)
    return frozenset(written.values_list("by__username", flat=True))
