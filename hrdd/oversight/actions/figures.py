"""Freeze the figures of the board, and render its pack (domain.md 9; ADR 33)."""

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import connection, transaction

from hrdd.governance.actions import JOB, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import Permission, canonical_hash
from hrdd.job import as_job
from hrdd.oversight.documents import render_html
from hrdd.oversight.models import BoardPack, FigureRelease, IndicatorValue
from hrdd.oversight.queries.figures import content_of_board, indicator_values
from hrdd.oversight.rules.indicators import QUERY_VERSION

FREEZE_LOCK = 4132


def freeze_by_hand(*, by: User, at: datetime) -> FigureRelease:
    """Freeze the figures now, for a meeting.

    Raises:
        NotAllowed: the role.
    """
    by.demand(Permission.FREEZE_FIGURES)
    return _freeze(by=by.username, at=at)


def freeze_nightly(*, at: datetime) -> FigureRelease | None:
    """Freeze the figures of a day unless they were frozen on it already; None if they were."""
    with as_job():
        if FigureRelease.objects.filter(as_of=at.date()).exists():
            return None
        return _freeze(by=JOB, at=at)


@transaction.atomic
def _freeze(*, by: str, at: datetime) -> FigureRelease:
    """Count everything in one transaction, keep it, and ask for its pack; two at once come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FREEZE_LOCK])
    latest = FigureRelease.objects.values_list("frozen_at", flat=True).first()
    if latest is not None and latest >= at:
        at = latest + timedelta(microseconds=1)
    values = indicator_values(at=at)
    content = content_of_board(values, at=at)
    release = FigureRelease.objects.create(
        as_of=at.date(),
        frozen_at=at,
        frozen_by=by,
        query_version=QUERY_VERSION,
        content=content,
        content_hash=canonical_hash({"values": [asdict(one) for one in values], "content": content}),
    )
    IndicatorValue.objects.bulk_create(IndicatorValue(release=release, **asdict(one)) for one in values)
    BoardPack.objects.create(release=release, asked_by=by, asked_at=at)
    record_event(
        by=by,
        at=at,
        action="froze the board's figures",
        subject=str(release),
        detail={"hash": release.content_hash, "red": sum(one.red for one in values)},
    )
    return release


def render_pack(pack: BoardPack, *, at: datetime) -> bool:
    """Render the pack of a release, once; return whether it was rendered now.

    Args:
        pack: what was asked for.
        at: now.
    """
    if pack.rendered_at is not None:
        return False
    from transparency.documents.pdf import render_pdf  # here, so that web processes do not load Pango

    pdf = render_pdf(render_html(pack.release), content_hash=pack.release.content_hash)
    waiting = BoardPack.objects.filter(pk=pack.pk, rendered_at__isnull=True)
    return bool(waiting.update(rendered_at=at, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest()))
