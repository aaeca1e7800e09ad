"""Withdraw a published edition because it endangers people: one asks, another decides (domain.md 8.2, SD6)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed
from transparency.actions.report_log import log_on_report
from transparency.models import Report, Withdrawal
from transparency.queries.withdrawals import CAN_BE_READ, asked_for
from transparency.rules.withdrawal import (
    ANSWER_WITHIN,
    MAY_ASK,
    MAY_DECIDE,
    REASONS,
    SIGN_OFF_KIND,
    step_label,
)
from transparency.rules.workflows import State


@transaction.atomic
def ask_withdrawal(report: Report, *, reason: str, by: User, at: datetime) -> SignOff:
    """Ask a second person to withdraw an edition at once. Whom it endangers is told by a code and in no words.

    Args:
        report: the edition.
        reason: a code of `REASONS`.
        by: who asks, and so may not decide.
        at: now.

    Raises:
        NotAllowed: the role, an edition that nobody can read, no reason, or a request that waits already.
    """
    if not any(by.may(permission) for permission in MAY_ASK):
        by.demand(MAY_ASK[0])
    report = Report.objects.select_for_update().get(pk=report.pk)
    if report.state not in CAN_BE_READ:
        raise NotAllowed("Only what was published can be withdrawn. Anything else is taken back to draft.")
    if reason not in REASONS:
        raise NotAllowed(
            "Say whom it endangers. An error is corrected by a new edition, and reputation is no reason (method 16)."
        )
    if asked_for(report) is not None:
        raise NotAllowed("Its withdrawal was asked for already. A senior executive decides.")
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=report.pk,
        subject=f"{report}, edition {report.edition}",
        step=reason,
        step_label=step_label(reason),
        permission=MAY_DECIDE,
        content_hash=report.content_hash,
        answer_by=at + ANSWER_WITHIN,
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> Report:
    """Withdraw an edition, or leave it as it is.

    From then on its addresses answer 410 and the public's role in the database does not see it. Its bytes stay behind
    that door, so that the log, the manifest and the sums can still be verified.

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    report = Report.objects.select_for_update().get(pk=sign_off.subject_id)
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({sign_off.asked_by.username}),
    )
    if not approve:
        return report
    Withdrawal.objects.create(
        report=report,
        period=report.period,
        edition=report.edition,
        content_hash=report.content_hash,
        reason=sign_off.step,
        asked_by=sign_off.asked_by,
        decided_by=by,
        withdrawn_at=at,
    )
    Report.objects.filter(pk=report.pk, state__in=CAN_BE_READ).update(state=State.WITHDRAWN)
    report.refresh_from_db()
    log_on_report(
        report, "withdrawn for safety", by=by, at=at, hash=report.content_hash, reason=sign_off.step
    )
    return report
