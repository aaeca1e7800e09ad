"""Write a report in sections: who answers for each, what it says, and what colleagues ask of it (domain.md 8.1)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import Risk
from transparency.actions.coverage import answer_by_section, demand_draft
from transparency.actions.report_log import log_on_report
from transparency.models import Report, ReportSection, SectionComment, SectionRevision
from transparency.rules.sections import BY_CODE, LONGEST_TEXT, WORDS, SectionState


@transaction.atomic
def write_section(
    report: Report,
    *,
    code: str,
    risk: Risk | None,
    text: str,
    ready: bool,
    answers: Iterable[str] = (),
    by: User,
    at: datetime,
) -> ReportSection:
    """Write a section of a draft; what it said before stays with whoever wrote it.

    Args:
        report: the report.
        code: the section; `risk` goes with the section that each salient risk has.
        text: Markdown as policies use it; empty takes the section out.
        ready: whether its owner holds it for ready.
        answers: the questions of the framework that it answers, of those that it may answer.
        by: the publisher, or the owner of the section; who writes signs nothing of the report (SD1).
        at: now.

    Raises:
        NotAllowed: the person, the state, or the text.
    """
    demand_draft(report)
    section = _section(report, code, risk)
    _demand_writer(section, by)
    said = text.strip()
    if len(said) > LONGEST_TEXT:
        raise NotAllowed(f"Text: {len(said)} characters; a section holds {LONGEST_TEXT} at most.")
    section.text = said
    section.state = SectionState.EMPTY if not said else SectionState.READY if ready else SectionState.DRAFT
    section.save()
    SectionRevision.objects.create(section=section, text=said, state=section.state, by=by, at=at)
    chosen = [one for one in answers if one in BY_CODE[code].questions] if said else []
    answer_by_section(report, section, chosen, by=by, at=at)
    _log(section, "wrote a section", by=by, at=at, state=str(section.state))
    return section


@transaction.atomic
def give_section(
    report: Report, *, code: str, risk: Risk | None, owner: User | None, by: User, at: datetime
) -> None:
    """Let somebody answer for a section of a draft, or nobody; who writes it signs nothing of the report (SD1).

    Raises:
        NotAllowed: the person, or the state.
    """
    demand_draft(report)
    by.demand(Permission.DRAFT_REPORT)
    if owner is not None and not (owner.is_active and owner.may(Permission.WRITE_IN_REPORT)):
        raise NotAllowed(f"Owner: {owner} writes in no report, and cannot answer for a section.")
    section = _section(report, code, risk)
    section.owner = owner
    section.save(update_fields=["owner"])
    _log(section, "gave a section to somebody", by=by, at=at, owner=owner.username if owner else "nobody")


@transaction.atomic
def comment(
    report: Report, *, code: str, risk: Risk | None, text: str, by: User, at: datetime
) -> SectionComment:
    """Comment on a section of a draft; the comment is open until somebody resolves it.

    Raises:
        NotAllowed: the person, the state, or nothing said.
    """
    demand_draft(report)
    by.demand(Permission.WRITE_IN_REPORT)
    if not text.strip():
        raise NotAllowed("Comment: write what should change, or what you ask.")
    section = _section(report, code, risk)
    made = SectionComment.objects.create(section=section, text=text.strip(), by=by, at=at)
    _log(section, "commented on a section", by=by, at=at)
    return made


@transaction.atomic
def resolve_comment(one: SectionComment, *, by: User, at: datetime) -> None:
    """Resolve a comment: its author, the owner of the section or the publisher does.

    Raises:
        NotAllowed: the person, the state, or it is resolved.
    """
    demand_draft(one.section.report)
    if one.by_id != by.pk:
        _demand_writer(one.section, by)
    _move_comment(one, by=by, at=at, resolved=True)


@transaction.atomic
def reopen_comment(one: SectionComment, *, by: User, at: datetime) -> None:
    """Open a resolved comment of a draft again.

    Raises:
        NotAllowed: the person, the state, or it is open.
    """
    demand_draft(one.section.report)
    by.demand(Permission.WRITE_IN_REPORT)
    _move_comment(one, by=by, at=at, resolved=False)


def _move_comment(one: SectionComment, *, by: User, at: datetime, resolved: bool) -> None:
    waiting = SectionComment.objects.filter(pk=one.pk, resolved_at__isnull=resolved)
    if not waiting.update(resolved_by=by if resolved else None, resolved_at=at if resolved else None):
        raise NotAllowed("This comment is resolved already." if resolved else "This comment is open.")
    _log(one.section, "resolved a comment" if resolved else "opened a comment again", by=by, at=at)


def carry_sections_over(report: Report, before: Report | None, *, at: datetime) -> None:
    """Take over what a new draft inherits: of the same period all that was written, to be marked ready anew; of another
    period who answers for each section. Nothing that was written of one period speaks silently of another.

    Args:
        report: the new draft.
        before: the last edition on the same period, or else the last report; nothing if there is none.
        at: now.
    """
    if before is None:
        return
    same = before.period == report.period
    for one in ReportSection.objects.filter(report=before).prefetch_related("revisions"):
        text = one.text if same else ""
        made = ReportSection.objects.create(
            report=report,
            code=one.code,
            risk=one.risk,
            owner=one.owner if one.owner and one.owner.is_active else None,
            text=text,
            state=SectionState.DRAFT if text else SectionState.EMPTY,
        )
        writers = {revision.by_id: revision for revision in one.revisions.all()} if text else {}
        SectionRevision.objects.bulk_create(
            SectionRevision(section=made, text=text, state=made.state, by_id=writer, at=at)
            for writer in writers
        )


def _section(report: Report, code: str, risk: Risk | None) -> ReportSection:
    if code not in BY_CODE or (code == WORDS) != (risk is not None):
        raise NotAllowed("Section: there is no such section.")
    found, _made = ReportSection.objects.get_or_create(report=report, code=code, risk=risk)
    return found


def _demand_writer(section: ReportSection, by: User) -> None:
    if section.owner_id == by.pk:
        by.demand(Permission.WRITE_IN_REPORT)
    else:
        by.demand(Permission.DRAFT_REPORT)


def _log(section: ReportSection, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    log_on_report(section.report, action, by=by, at=at, section=section.slug, **detail)
