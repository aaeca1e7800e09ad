"""Decisions to publish a risk or to leave it off the published list; appended, the latest wins (R3; domain.md 1.1)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.models import Publication, Risk
from risks.queries.partners import never_named
from risks.rules.publication import (
    SEVERE,
    Text,
    permission_to_leave_off,
    permission_to_publish,
    refusals_to_publish,
)
from risks.rules.screening import refusal


@transaction.atomic
def publish_risk(risk: Risk, *, by: User, at: datetime) -> Publication:
    """Let the public read of a risk.

    A risk that was told in a dossier may be published as a draft and before it is fully scored: it is on the public
    record already, and the page marks it "not fully scored". What a senior left off as severe, a senior puts back:
    the reasons were people's safety, and a publisher may not know them all (R3).

    Args:
        risk: the risk; read again under a lock.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, or why it may not be published, all of it, in sentences.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    latest = held.publications.order_by("-pk").first()
    needed = permission_to_publish(None if latest is None or latest.publish else latest.level)
    if needed is Permission.WITHHOLD_RISK and by.may(Permission.PUBLISH_RISK) and not by.may(needed):
        raise NotAllowed(
            "R3: a senior executive left this risk off the published list while it was severe. Only a senior executive "
            "puts it back. Ask one."
        )
    by.demand(needed)
    if held.published and latest is not None and latest.publish:
        raise NotAllowed("The public reads of this risk already. There is nothing to decide.")
    lacking = refusals_to_publish(text_of(held))
    if lacking:
        raise NotAllowed(" ".join(lacking))
    return _decide(held, publish=True, reasons="", by=by, at=at)


@transaction.atomic
def withhold_risk(risk: Risk, *, reasons: str, by: User, at: datetime) -> Publication:
    """Leave a risk off the published list, or take it off; from level 4 only a senior does, and the board reads why.

    Args:
        risk: the risk; read again under a lock.
        reasons: whom or what publishing would endanger; at least 50 characters, in words that identify nobody.
        by, at: who, and now.

    Raises:
        NotAllowed: the role (R3), or the reasons.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    if not (by.may(permission_to_leave_off(held.level)) or by.may(Permission.WITHHOLD_RISK)):
        if held.level >= SEVERE and by.may(Permission.PUBLISH_RISK):
            raise NotAllowed(
                f"R3: this risk is at level {held.level}, and so always salient. Only a senior executive leaves it off "
                "the published list, with reasons shown to the board. Ask one."
            )
        by.demand(permission_to_leave_off(held.level))
    said = demand_reasons(reasons)
    if found := refusal("Reasons", said):
        raise NotAllowed(found)
    return _decide(held, publish=False, reasons=said, by=by, at=at)


def text_of(risk: Risk) -> Text:
    """Return what of a risk decides whether it may be published."""
    return Text(
        title=risk.title,
        summary=risk.summary,
        draft=risk.status == Risk.Status.DRAFT,
        incomplete=risk.incomplete,
        public_record=bool(risk.imported_from),
        never_named=tuple(never_named()),
    )


def _decide(risk: Risk, *, publish: bool, reasons: str, by: User, at: datetime) -> Publication:
    decision = Publication.objects.create(
        risk=risk, publish=publish, level=risk.level, reasons=reasons, decided_by=by, decided_at=at
    )
    Risk.objects.filter(pk=risk.pk).update(published=publish)
    record_event(
        by=by.username,
        at=at,
        action="published risk" if publish else "left risk off the published list",
        subject=f"risk {risk.pk}",
        detail={"level": risk.level},
    )
    return decision
