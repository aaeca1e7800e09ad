"""Who owns a partner and on which lists it stands, with day and source (domain.md 5.1)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import Partner, PartnerNote

WHOLE = 100


@transaction.atomic
def record_note(
    partner: Partner,
    *,
    kind: str,
    subject: str,
    source: str,
    noted_on: date,
    standing: str = "",
    since: date | None = None,
    share: Decimal | None = None,
    says: str = "",
    replaces: PartnerNote | None = None,
    by: User,
    at: datetime,
) -> PartnerNote:
    """Record a note about a partner; a note that was wrong or is out of date is replaced, and stays on record.

    Args:
        partner: read again under a lock.
        kind: sanctions or ownership.
        subject: the name of the list, or of the owner.
        source: where it is written, with a link where there is one.
        noted_on: the day on which it was looked up.
        standing: for a list, whether the partner is on it.
        since: listed on, or owner since.
        share: how much of the partner an owner holds, in percent.
        says: what else is known.
        replaces: the note that this one replaces.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a missing source, days that cannot be, shares above the whole, or a note that was
            replaced before or is of another partner or kind.
    """
    by.demand(Permission.LOG_LEVERAGE)
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    _check(kind, subject, source, standing)
    _check_days(noted_on, since, today=at.date())
    if replaces is not None and (replaces.partner_id, replaces.kind) != (held.pk, kind):
        raise NotAllowed("Replaces: choose a note of the same kind about the same partner.")
    if share is not None:
        _check_share(held, share, replaces)
    try:
        with transaction.atomic():
            note = PartnerNote.objects.create(
                partner=held,
                kind=kind,
                subject=" ".join(subject.split()),
                standing=standing,
                since=since,
                share=share,
                source=source.strip(),
                says=says.strip(),
                noted_on=noted_on,
                replaces=replaces,
                recorded_by=by,
                recorded_at=at,
            )
    except IntegrityError:
        raise NotAllowed(
            "This note was replaced already. Open the page again to see the one that stands."
        ) from None
    record_event(
        by=by.username,
        at=at,
        action=f"recorded {kind} note",
        subject=f"partner {held.pk}",
        detail={"note": note.pk, "replaces": replaces.pk if replaces else None},
    )
    return note


def _check(kind: str, subject: str, source: str, standing: str) -> None:
    if not subject.strip():
        raise NotAllowed("Name: say which list, or who owns the partner.")
    if not source.strip():
        raise NotAllowed("Source: say where it is written, with a link where there is one.")
    if kind == PartnerNote.Kind.SANCTIONS and standing not in PartnerNote.Standing:
        raise NotAllowed("Standing: say whether the partner is on the list.")


def _check_days(noted_on: date, since: date | None, *, today: date) -> None:
    if noted_on > today:
        raise NotAllowed("Looked up on: this day is still to come.")
    if since and since > noted_on:
        raise NotAllowed("Since: this day comes after the day on which it was looked up.")


def _check_share(partner: Partner, share: Decimal, replaces: PartnerNote | None) -> None:
    if not 0 < share <= WHOLE:
        raise NotAllowed("Share: give a percentage above 0 and up to 100.")
    others = partner.notes.filter(kind="ownership", replaced_by__isnull=True)
    if replaces is not None:
        others = others.exclude(pk=replaces.pk)
    held = sum((one.share for one in others if one.share is not None), Decimal(0))
    if held + share > WHOLE:
        raise NotAllowed(
            f"Share: the owners on record hold {held.normalize():f} % already, so this makes more than the whole. "
            "Replace a note that is out of date."
        )
