"""The way of a report: drafted, frozen, cleared, approved and published, each by the right person (domain.md 8.2)."""

import hashlib
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Manager, Max

from hrdd.governance.actions import ask_sign_off, decide_sign_off, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed
from risks.actions.screening import refuse_naming
from transparency import documents
from transparency.actions.redactions import carry_redactions, demand_applied, take_out
from transparency.actions.releases import release_figures
from transparency.actions.report_log import log_on_report
from transparency.actions.sections import carry_sections_over
from transparency.actions.sufficiency import demand_sufficient
from transparency.documents import pdf
from transparency.models import CoverageAnswer, Document, EnteredQuantity, Report
from transparency.queries.contents import report_content
from transparency.queries.coverage import authors_of, index_of
from transparency.queries.earlier import earlier_contents
from transparency.queries.quantities import (
    entered_figures,
    entries_of,
    statement_quantities,
    told_quantities,
)
from transparency.queries.sections import owed, written_sections
from transparency.rules.charts import charts, compared
from transparency.rules.completeness import missing_from, texts_of
from transparency.rules.periods import period_name
from transparency.rules.sections import told_debts
from transparency.rules.workflows import REPORT_STEPS, State

SIGN_OFF_KIND = "report"
Row = TypeVar("Row", CoverageAnswer, EnteredQuantity)
EARLIEST = date(2000, 1, 1)
DECISIONS = {
    "clear": (REPORT_STEPS["clear"], REPORT_STEPS["refuse-clearance"]),
    "approve": (REPORT_STEPS["approve"], REPORT_STEPS["refuse-approval"]),
}
NOT_SIGNED = {"cleared_by": None, "cleared_at": None, "approved_by": None, "approved_at": None}


@transaction.atomic
def draft_report(*, title: str, begin: date, end: date, by: User, at: datetime) -> Report:
    """Begin a report on a period; a later one on the same period is its next edition.

    Args:
        title: its title.
        begin, end: the first and the last day.
        by: who prepares it, and so may not sign it.
        at: now.

    Raises:
        NotAllowed: the role, the period, or an edition of it that is still on its way.
    """
    by.demand(REPORT_STEPS["freeze"].permission)
    if end < begin:
        raise NotAllowed("The period ends before it begins. Swap the two days.")
    if begin < EARLIEST or end > at.date():
        raise NotAllowed("A report tells what happened: choose a period between the year 2000 and today.")
    period = period_name(begin, end)
    under_way = Report.objects.filter(period=period, published_at__isnull=True).first()
    if under_way is not None:
        raise NotAllowed(f"“{under_way}” on this period is on its way. Finish it, or take it back to draft.")
    last = Report.objects.filter(period=period).aggregate(last=Max("edition"))["last"] or 0
    try:
        with transaction.atomic():
            report = Report.objects.create(
                title=title.strip(),
                period=period,
                period_from=begin,
                period_to=end,
                edition=last + 1,
                prepared_by=by,
                prepared_at=at,
            )
    except IntegrityError:
        raise NotAllowed("A colleague drafted this period just now. Open the list to see it.") from None
    same = Report.objects.filter(period=period, edition=last).first()
    carry_sections_over(report, same or Report.objects.exclude(pk=report.pk).first(), at=at)
    if same is not None:
        _carry_over(CoverageAnswer.objects, report, same)
        _carry_over(EnteredQuantity.objects, report, same)
    carry_redactions(report)
    record_event(
        by=by.username, at=at, action="drafted report", subject=str(report), detail={"period": period}
    )
    return report


def _carry_over(rows: Manager[Row], report: Report, before: Report) -> None:
    """Take what was said in the last edition over into its next, with who said it and when."""
    said = list(rows.filter(report=before))
    for one in said:
        one.pk, one.report = None, report
    rows.bulk_create(said)


@transaction.atomic
def freeze_figures(report: Report, *, by: User, at: datetime) -> None:
    """Take the content as the record has it now; from here on the record may change and the report does not.

    Raises:
        NotAllowed: the role, the state, something that the content lacks (UNGP 21), a section that is not done, or the
            name of a partner whose name endangers people (domain.md 8.6 N8).
    """
    _demand_next(Report.objects.select_for_update().get(pk=report.pk), "freeze", by=by)
    content = _complete(report, at=at)
    lacking = [*missing_from(content), *filter(None, [told_debts(owed(report))])]
    if lacking:
        raise NotAllowed(" ".join(lacking))
    refuse_naming(texts_of(content))
    body = documents.canonical_json(content)
    content_hash = hashlib.sha256(body).hexdigest()
    _move(
        report,
        "freeze",
        by=by,
        at=at,
        content=body.decode(),
        content_hash=content_hash,
        frozen_at=at,
        prepared_by=by,
    )


def _complete(report: Report, *, at: datetime) -> dict[str, Any]:
    """Return the content of a report: the record, figures that leave with it, what people wrote, and what follows."""
    content, risks = report_content(report, at=at)
    statements, entries = statement_quantities(report), entries_of(report)
    tables = {code: one.figures for code, one in statements.items()} | entered_figures(entries)
    people, printed, withheld = release_figures(report, at=at, quantities=tables)
    content |= {
        "released": people,
        "sections": written_sections(report, risks),
        "quantities": told_quantities(statements, entries, printed, withheld),
    }
    earlier = earlier_contents(report)
    content |= {
        "charts": charts(content, earlier),
        "compared": compared(content, earlier[-1]) if earlier else None,
    }
    return take_out(report, content | {"coverage": index_of(report, content, risks)})


@transaction.atomic
def thaw_figures(report: Report, *, by: User, at: datetime) -> None:
    """Let go of frozen figures and of every signature on them, as long as they are not published.

    Raises:
        NotAllowed: the role or the state.
    """
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=report.pk, at=at)
    _move(report, "thaw", by=by, at=at, **NOT_SIGNED)


def render_documents(report: Report, *, at: datetime) -> int:
    """Make the documents of a frozen content that are not there yet; return how many.

    Rendering twice is harmless: the first bytes stay.
    """
    there = set(report.documents.filter(content_hash=report.content_hash).values_list("format", flat=True))
    if not report.content_hash or there == set(Document.Format.values):
        return 0
    content, css = report.parsed_content, documents.style()
    html = documents.render_html(content, content_hash=report.content_hash, css=css)
    bodies = {
        Document.Format.HTML: html,
        Document.Format.PDF: pdf.render_pdf(html, content_hash=report.content_hash),
        Document.Format.JSON: report.content.encode(),
        Document.Format.CSV: documents.render_csv(content),
    }
    made = [
        Document(
            report=report,
            format=format_,
            content_hash=report.content_hash,
            body=body,
            sha256=hashlib.sha256(body).hexdigest(),
            style_hash=documents.style_hash(css) if format_ == Document.Format.HTML else "",
            made_at=at,
        )
        for format_, body in bodies.items()
        if format_ not in there
    ]
    Document.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


@transaction.atomic
def ask_clearance(report: Report, *, by: User, at: datetime) -> SignOff:
    """Ask a second person to clear the very documents that will be published (SD6).

    Raises:
        NotAllowed: the role, the state, documents that the worker has not made yet, or a redaction that is not in them.
    """
    _demand_documents(report)
    demand_applied(report)
    _move(report, "ask-clearance", by=by, at=at)
    return _ask(report, "clear", by=by, at=at)


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> Report:
    """Clear or approve a report, or refuse and send it back to draft.

    Args:
        sign_off: what was asked.
        by: who decides: none who prepared the report, wrote a part of it, or signed it before (SD1, SD6).
        at: now.
        approve: whether they sign.
        reasons: why; needed to refuse.
        seen_hash: SHA-256 of the content on the page they decided from.

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    report = Report.objects.select_for_update().get(pk=sign_off.subject_id)
    authors = frozenset(
        one.username for one in (report.prepared_by, report.cleared_by, report.approved_by) if one
    ) | authors_of(report)
    decide_sign_off(
        sign_off, by=by, at=at, approve=approve, reasons=reasons, seen_hash=seen_hash, authors=authors
    )
    signed, refused = DECISIONS[sign_off.step]
    if approve:
        demand_applied(report)
    if not approve:
        _move(report, refused.name, by=by, at=at, **NOT_SIGNED)
    elif signed.name == "clear":
        _move(report, "clear", by=by, at=at, cleared_by=by, cleared_at=at)
        _ask(report, "approve", by=sign_off.asked_by, at=at)
    else:
        _move(report, "approve", by=by, at=at, approved_by=by, approved_at=at)
    return report


@transaction.atomic
def publish_report(report: Report, *, by: User, at: datetime) -> None:
    """Publish the frozen bytes; an earlier edition of the period stays, marked as corrected.

    Raises:
        NotAllowed: the role, the state, a document that is missing, something that the content lacks, a judgement
            that it suffices (UNGP 21), or a partner that was marked since as never to be named (domain.md 8.6 N8).
    """
    _demand_documents(report)
    _demand_next(report, "publish", by=by)
    signed = {one.username for one in (report.cleared_by, report.approved_by) if one}
    if by.as_one() & signed:
        raise NotAllowed(
            "SD6: whoever cleared or approved a report, or stands in for them, does not publish it. Ask its publisher."
        )
    content = report.parsed_content
    lacking = missing_from(content)
    if lacking:
        raise NotAllowed(" ".join(lacking))
    refuse_naming(texts_of(content))
    demand_applied(report)
    demand_sufficient(report)
    earlier = Report.objects.filter(period=report.period, state=State.PUBLISHED).exclude(pk=report.pk)
    for replaced in earlier:
        log_on_report(replaced, "replaced by a new edition", by=by, at=at, hash=replaced.content_hash)
    earlier.update(state=State.CORRECTED)
    _move(report, "publish", by=by, at=at, published_at=at)


def _move(report: Report, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take one step of the workflow by a conditional UPDATE, and log it; refuse when it is not the next one."""
    step = REPORT_STEPS[name]
    by.demand(step.permission)
    moved = Report.objects.filter(pk=report.pk, state__in=step.before).update(state=step.after, **changes)
    if not moved:
        raise _not_next(name)
    report.refresh_from_db()
    log_on_report(report, step.label.lower(), by=by, at=at, hash=report.content_hash)


def _demand_next(report: Report, name: str, *, by: User) -> None:
    by.demand(REPORT_STEPS[name].permission)
    if report.state not in REPORT_STEPS[name].before:
        raise _not_next(name)


def _not_next(name: str) -> NotAllowed:
    label = REPORT_STEPS[name].label
    return NotAllowed(f"“{label}” is not the next step of this report. Open it again to see where it stands.")


def _ask(report: Report, name: str, *, by: User, at: datetime) -> SignOff:
    step = REPORT_STEPS[name]
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=report.pk,
        subject=str(report),
        step=step.name,
        step_label=step.label,
        permission=step.permission,
        content_hash=report.content_hash,
        series=f"report {report.period}",
        parts=report.parsed_content,
        by=by,
        at=at,
    )


def _demand_documents(report: Report) -> None:
    there = report.documents.filter(content_hash=report.content_hash).count()
    if there < len(Document.Format):
        raise NotAllowed(
            f"{there} of {len(Document.Format)} documents are made. The worker makes the rest; try again in a minute."
        )
