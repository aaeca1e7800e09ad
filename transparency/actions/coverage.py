"""Say of each question of the Reporting Framework where a report answers it, or why not (domain.md 8.1)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import Risk
from transparency.actions.report_log import log_on_report
from transparency.models import CoverageAnswer, Report, ReportSection
from transparency.queries.coverage import coverage_of
from transparency.rules import coverage
from transparency.rules.workflows import State

FROM_THE_RECORD_ALONE = "A command made this report from the record alone, which does not answer it."


@transaction.atomic
def answer_question(
    report: Report, *, question: str, risk: Risk | None, told_in: str, reason: str, by: User, at: datetime
) -> None:
    """Say of a question which place answers it, or why it is not answered; the latest word holds.

    Args:
        report: a draft.
        question: its code.
        risk: the one salient risk of which it is said; nothing for the company, or for all risks.
        told_in: the code of the place that answers it, or nothing.
        reason: why it is not answered, in a sentence; instead of a place.
        by: the publisher, who then signs nothing of the report (SD1).
        at: now.

    Raises:
        NotAllowed: the person, the state, or what is said (8.1).
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    _say(report, [question], risk, told_in, reason.strip(), by=by, at=at)


@transaction.atomic
def forget_answer(report: Report, *, question: str, risk: Risk | None, by: User, at: datetime) -> None:
    """Take back what was said of a question; the record answers it again, or nothing does.

    Raises:
        NotAllowed: the person, the state, or nothing was said.
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    gone, _of = CoverageAnswer.objects.filter(report=report, question=question, risk=risk).delete()
    if not gone:
        raise NotAllowed("Nothing is said of this question any more. Open the index again.")
    log_on_report(report, "took back an answer of the index", by=by, at=at, questions=[question])


@transaction.atomic
def leave_open_unanswered(report: Report, *, reason: str, by: User, at: datetime) -> int:
    """Give one reason for all supporting questions that are open; those of the threshold need one each (8.1).

    What people said of single risks stays.

    Returns:
        how many questions.

    Raises:
        NotAllowed: the person, the state, no such question, or a reason that is none.
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    open_ones = [row.question.code for row in coverage_of(report).open_supporting]
    if not open_ones:
        raise NotAllowed("No supporting question is open.")
    _say(report, open_ones, None, "", reason.strip(), by=by, at=at)
    return len(open_ones)


@transaction.atomic
def answer_from_the_record_alone(report: Report, *, by: User, at: datetime) -> None:
    """Say of each question that the record does not answer that this is so; for a report that a command makes.

    Raises:
        NotAllowed: the person or the state.
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    open_ones = [row.question.code for row in coverage_of(report).open]
    if open_ones:
        _say(report, open_ones, None, "", FROM_THE_RECORD_ALONE, by=by, at=at)


def answer_by_section(
    report: Report, section: ReportSection, questions: Sequence[str], *, by: User, at: datetime
) -> None:
    """Let a section of a draft answer these questions and no other; who wrote it was allowed to.

    Raises:
        NotAllowed: what is said (8.1).
    """
    place, risk = coverage.section_place(section.code), section.risk
    before = CoverageAnswer.objects.filter(report=report, told_in=place, risk=risk)
    before.exclude(question__in=questions).delete()
    new = [code for code in questions if not before.filter(question=code).exists()]
    if new:
        _say(report, new, risk, place, "", by=by, at=at)


def _say(
    report: Report,
    questions: Sequence[str],
    risk: Risk | None,
    told_in: str,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> None:
    refused = coverage.refusal(questions, told_in, reason)
    if refused:
        raise NotAllowed(refused)
    if risk is not None and not all(coverage.BY_CODE[code].of_issues for code in questions):
        raise NotAllowed("Risk: this question is asked of the company, not of each risk.")
    for code in questions:
        CoverageAnswer.objects.update_or_create(
            report=report,
            question=code,
            risk=risk,
            defaults={"told_in": told_in, "reason": reason, "by": by, "at": at},
        )
    log_on_report(
        report,
        "answered questions of the index",
        by=by,
        at=at,
        questions=list(questions),
        risk=risk.pk if risk else None,
        told_in=told_in or "not answered",
    )


def demand_draft(report: Report) -> None:
    """Hold a report in its state, and refuse unless that is a draft.

    Raises:
        NotAllowed: it is frozen (8.2).
    """
    state = Report.objects.select_for_update().values_list("state", flat=True).get(pk=report.pk)
    if state != State.DRAFT:
        raise NotAllowed("The report is frozen. Take it back to draft to change what it says (method 16).")
