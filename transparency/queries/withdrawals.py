"""What was withdrawn for the safety of people: for the public that it was, for the desk who asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from hrdd.governance.models import SignOff, User
from transparency.models import Manifest, Report, Withdrawal
from transparency.rules.withdrawal import MAY_ASK, REASONS, SIGN_OFF_KIND
from transparency.rules.workflows import State

CAN_BE_READ = (State.PUBLISHED, State.CORRECTED)


@dataclass(frozen=True)
class Withdrawn:
    """An edition that was withdrawn, without a word of its content or of anybody."""

    period: str
    edition: int
    content_hash: str
    reason: str
    withdrawn_on: date

    @property
    def reason_label(self) -> str:
        """Return whom it endangers, in words."""
        return REASONS[self.reason]


def withdrawn_editions() -> list[Withdrawn]:
    """Return every edition that was withdrawn, the latest first."""
    found = Withdrawal.objects.order_by("-withdrawn_at", "-pk")
    rows = found.values_list("period", "edition", "content_hash", "reason", "withdrawn_at")
    return [Withdrawn(period, number, sha256, why, at.date()) for period, number, sha256, why, at in rows]


def withdrawn_edition(period: str, edition: int | None) -> Withdrawn | None:
    """Return an edition of a period that was withdrawn, by its number or the latest; or nothing."""
    return next(
        (one for one in withdrawn_editions() if one.period == period and edition in {None, one.edition}),
        None,
    )


def edition_manifest(period: str, edition: int) -> QuerySet[Manifest]:
    """Return the manifest of an edition that was published, whatever became of it, or nothing."""
    readable = Manifest.objects.filter(
        report__period=period, report__edition=edition, report__state__in=CAN_BE_READ
    )
    gone = Withdrawal.objects.filter(period=period, edition=edition).values("report_id")
    return readable if readable.exists() else Manifest.objects.filter(report__in=gone)


def asked_for(report: Report) -> SignOff | None:
    """Return the request to withdraw an edition that waits for its decision, or nothing."""
    waiting = SignOff.objects.filter(
        subject_kind=SIGN_OFF_KIND, subject_id=report.pk, decided_at__isnull=True
    )
    return waiting.select_related("asked_by").first()


def withdrawal_of(report: Report, user: User) -> Mapping[str, Any] | None:
    """Return what the desk shows of the withdrawal of an edition; nothing while it was not published."""
    if report.state not in {*CAN_BE_READ, State.WITHDRAWN}:
        return None
    done = Withdrawal.objects.select_related("asked_by", "decided_by").filter(report=report).first()
    waiting = None if done else asked_for(report)
    return {
        "done": done,
        "waiting": waiting,
        "may_ask": not done and not waiting and any(user.may(permission) for permission in MAY_ASK),
        "reasons": REASONS,
    }
