"""The salient list of a day: drawn from the register, frozen, signed by the board once a year (domain.md 1.1)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed, Permission, RoleMayNot, canonical_hash
from risks.models import SalientList
from risks.queries.salient_list import drawn_rows, left_behind

SIGN_OFF_KIND = "salient list"
STEP = "sign"
# Who judges risks, and who answers for those left off.
MAY_DRAW = (Permission.ASSESS_RISK, Permission.WITHHOLD_RISK)


@transaction.atomic
def draw_salient_list(*, by: User, at: datetime) -> SalientList:
    """Freeze the salient risks as they stand, and ask the board to sign them.

    Args:
        by, at: who draws it, and so may not sign it; and now.

    Raises:
        NotAllowed: the role, nothing is salient, or a list that still holds waits for the board already.
    """
    if not may_draw(by):
        raise RoleMayNot(
            "Your role may not draw the salient list. An analyst or a senior executive draws it."
        )
    rows = drawn_rows()
    if not rows:
        raise NotAllowed(
            "No risk is salient, so that there is nothing to sign. Record and judge risks first."
        )
    _void_what_changed(at)
    try:
        with transaction.atomic():
            drawn = SalientList.objects.create(
                drawn_on=at.date(), rows=rows, content_hash=content_hash(rows), drawn_by=by
            )
    except IntegrityError:
        raise NotAllowed(
            "A salient list waits for the board already. The board signs or refuses it; then draw another."
        ) from None
    record_event(
        by=by.username,
        at=at,
        action="drew salient list",
        subject=f"salient list {drawn.pk}",
        detail={"risks": len(rows), "hash": drawn.content_hash},
    )
    ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=drawn.pk,
        subject=str(drawn),
        step=STEP,
        step_label="Sign the salient list",
        permission=Permission.SIGN_SALIENT_LIST,
        content_hash=drawn.content_hash,
        series="salient list",
        parts={row["title"]: row for row in rows},
        by=by,
        at=at,
    )
    return drawn


def _void_what_changed(at: datetime) -> None:
    """Let a list fall that waits for the board, and that the register has left behind."""
    for waiting in SalientList.objects.select_for_update().filter(signed_at=None, refused_at=None):
        if left_behind(waiting):
            void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=waiting.pk, at=at)
            SalientList.objects.filter(pk=waiting.pk).update(refused_at=at)


def may_draw(user: User) -> bool:
    """Whether somebody may draw the list."""
    return any(user.may(one) for one in MAY_DRAW)


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> SalientList:
    """Sign a salient list for the board, or refuse it.

    Nobody signs a list that they drew, nor one with a risk that they left off the published list (SD1).

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    drawn = SalientList.objects.select_for_update().select_related("drawn_by").get(pk=sign_off.subject_id)
    left_off_by = {row["left_off_by"] for row in drawn.rows if row["left_off_by"]}
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({drawn.drawn_by.username, *left_off_by}),
    )
    if approve and (content_hash(drawn.rows) != sign_off.content_hash or left_behind(drawn)):
        raise NotAllowed(
            "The register has changed since the list was drawn, so that it is not what the board was asked to sign. "
            "Have it drawn anew; this one then falls."
        )
    changes = {"signed_by": by, "signed_at": at} if approve else {"refused_at": at}
    SalientList.objects.filter(pk=drawn.pk).update(**changes)
    drawn.refresh_from_db()
    return drawn


def content_hash(rows: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of what the board signs."""
    return canonical_hash(rows)
