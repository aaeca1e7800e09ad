"""Judge whether a frozen report suffices: a person does, criterion by criterion; no figure does (UNGP 21)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from transparency.actions.report_log import log_on_report
from transparency.models import Report, SufficiencyAnswer
from transparency.queries.sufficiency import last_judgements
from transparency.rules import sufficiency
from transparency.rules.workflows import State

JUDGED = (State.DATA_FROZEN, State.REDACTION_REVIEW, State.SAFETY_CLEARED, State.APPROVED)


@transaction.atomic
def judge_sufficiency(
    report: Report, *, criterion: str, suffices: bool, reasons: str, by: User, at: datetime
) -> None:
    """Say whether the frozen content suffices on one criterion of UNGP 21; the safety of people is another's to judge.

    Args:
        report: frozen, and not published yet.
        criterion: its code.
        suffices: whether it does.
        reasons: why, in a sentence.
        by: who may judge this criterion.
        at: now.

    Raises:
        NotAllowed: the person, the state, or no reasons.
    """
    report = Report.objects.select_for_update().get(pk=report.pk)
    asked = sufficiency.BY_CODE.get(criterion)
    if asked is None:
        raise NotAllowed("Criterion: there is no such criterion.")
    by.demand(asked.permission)
    if report.state not in JUDGED:
        raise NotAllowed("UNGP 21: judge a content that is frozen and not published yet.")
    if asked.code == sufficiency.SAFE and report.prepared_by.username in by.as_one():
        raise NotAllowed(
            "SD6: whoever prepared a report, or stands in for them, does not judge whether it endangers people."
        )
    if len(reasons.strip()) < sufficiency.LEAST_REASON:
        raise NotAllowed(f"Reasons: say why in at least {sufficiency.LEAST_REASON} characters.")
    SufficiencyAnswer.objects.create(
        report=report,
        content_hash=report.content_hash,
        criterion=criterion,
        suffices=suffices,
        reasons=reasons.strip(),
        by=by,
        at=at,
    )
    log_on_report(
        report,
        "judged whether it suffices",
        by=by,
        at=at,
        hash=report.content_hash,
        criterion=criterion,
        suffices=suffices,
    )


def demand_sufficient(report: Report) -> None:
    """Refuse a content that was not judged to suffice on every criterion.

    Raises:
        NotAllowed: with the criteria, by their provision.
    """
    unmet = sufficiency.unmet(last_judgements(report))
    if unmet:
        raise NotAllowed(" ".join(unmet))
