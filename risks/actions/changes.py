"""The way of a change through the launch gate: proposed, perhaps excepted, decided by somebody else (GP18, G4)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, move, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    LEAST_REASONS,
    NotAllowed,
    Permission,
    SignOffReasons,
    canonical_hash,
    demand_reasons,
)
from risks.models import Change, Product, Risk
from risks.queries.changes import passage_of
from risks.rules.launch_gate import CHANGE_STEPS, SIGN_OFF_KIND

SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)
NOTHING_EXCEPTED: dict[str, Any] = {
    "exception_reasons": "",
    "exception_asked_by": None,
    "exception_signed_by": None,
    "exception_signed_at": None,
    "exception_risks": [],
}


@transaction.atomic
def propose(
    *,
    title: str,
    kind: str,
    about: str,
    products: Sequence[Product],
    countries: Sequence[str],
    planned_on: date | None,
    risks: Sequence[Risk],
    no_risk_reasons: str,
    by: User,
    at: datetime,
) -> Change:
    """Record a change that is to pass the launch gate (GP18).

    Args:
        title, kind, about, products, countries, planned_on: what is to change, where and when.
        risks: those that it touches.
        no_risk_reasons: why there are none: which rights were looked at; needed when none is linked.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, or no risk and no reason.
    """
    by.demand(Permission.PROPOSE_CHANGE)
    reasons = _no_risk_reasons(risks, no_risk_reasons)
    change = Change.objects.create(
        title=title,
        kind=kind,
        about=about,
        countries=list(countries),
        planned_on=planned_on,
        no_risk_reasons=reasons,
        proposed_by=by,
        proposed_at=at,
    )
    change.products.set(products)
    change.risks.set(risks)
    _log(change, "proposed change", by=by, at=at, risks=sorted(risk.pk for risk in risks))
    return change


@transaction.atomic
def edit(
    change: Change,
    *,
    title: str,
    kind: str,
    about: str,
    products: Sequence[Product],
    countries: Sequence[str],
    planned_on: date | None,
    risks: Sequence[Risk],
    no_risk_reasons: str,
    by: User,
    at: datetime,
) -> None:
    """Change what is proposed; an exception that was asked for or signed falls with it, since it was for other content.

    Raises:
        NotAllowed: the role, another person's proposal, one that was decided on, or no risk and no reason.
    """
    by.demand(Permission.PROPOSE_CHANGE)
    change = _locked(change)
    if change.state != Change.State.PROPOSED:
        raise NotAllowed(
            "G4: this change was decided on or withdrawn. Its content and risks stay; propose a new one."
        )
    if change.proposed_by_id != by.pk:
        raise NotAllowed(
            "SD1: only whoever proposed a change edits it, so that nobody approves their own words."
        )
    before = content_hash(change)
    reasons = _no_risk_reasons(risks, no_risk_reasons)
    change.title, change.kind, change.about = title, kind, about
    change.countries, change.planned_on, change.no_risk_reasons = list(countries), planned_on, reasons
    change.save(update_fields=["title", "kind", "about", "countries", "planned_on", "no_risk_reasons"])
    change.products.set(products)
    change.risks.set(risks)
    if content_hash(change) != before:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=change.pk, at=at)
        Change.objects.filter(pk=change.pk).update(**NOTHING_EXCEPTED)
    _log(change, "edited change", by=by, at=at, risks=sorted(risk.pk for risk in risks))


@transaction.atomic
def approve(change: Change, *, reasons: str, seen_hash: str, by: User, at: datetime) -> None:
    """Let a change pass the gate, if the gate is open at this moment (G4, SD1).

    Args:
        change: the change.
        reasons: why, 50 characters or more.
        seen_hash: content hash of what the decider read.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the proposer or the exception's signer, changed content, the state, or a shut gate.
    """
    by.demand(Permission.APPROVE_CHANGE)
    change = _judged(change, reasons, seen_hash, by=by)
    if change.exception_signed_by and change.exception_signed_by.username in by.as_one():
        raise NotAllowed(
            "SD1: whoever signed the exception does not approve the change too. Ask another decider."
        )
    found = passage_of(change).gate
    if change.state == Change.State.PROPOSED and not found.open:
        raise NotAllowed(found.sentence)
    _decide(change, "approve", reasons, by=by, at=at)


@transaction.atomic
def refuse(change: Change, *, reasons: str, seen_hash: str, by: User, at: datetime) -> None:
    """Refuse a change; what was asked for it is no longer asked (SD1).

    Raises:
        NotAllowed: the role, the proposer, changed content, short reasons, or the state.
    """
    by.demand(Permission.APPROVE_CHANGE)
    change = _judged(change, reasons, seen_hash, by=by)
    _decide(change, "refuse", reasons, by=by, at=at)
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=change.pk, at=at)


@transaction.atomic
def withdraw(change: Change, *, reasons: str, by: User, at: datetime) -> None:
    """Withdraw a change that nobody decided on yet.

    Raises:
        NotAllowed: the role, short reasons, or the state.
    """
    by.demand(Permission.PROPOSE_CHANGE)
    said = demand_reasons(reasons)
    change = _locked(change)
    move(
        change,
        CHANGE_STEPS["withdraw"],
        by=by,
        at=at,
        called=f"change {change.pk}",
        decided_by=by,
        decided_at=at,
        reasons=said,
    )
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=change.pk, at=at)


@transaction.atomic
def ask_exception(change: Change, *, reasons: str, by: User, at: datetime) -> SignOff:
    """Ask a senior for an exception for exactly the risks that shut the gate now, each at its level (G4).

    Raises:
        NotAllowed: the role, short reasons, a change that was decided on, or a gate that no severe risk shuts.
    """
    by.demand(Permission.PROPOSE_CHANGE)
    said = demand_reasons(reasons)
    change = _locked(change)
    if change.state != Change.State.PROPOSED:
        raise NotAllowed(
            "G4: this change was decided on or withdrawn. An exception is for a change that waits."
        )
    Change.objects.filter(pk=change.pk).update(**NOTHING_EXCEPTED)
    change.refresh_from_db()
    blocking = _blocking(change)
    if not blocking:
        raise NotAllowed("G4: no linked risk shuts the gate, so there is nothing to except.")
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=change.pk, at=at)
    change.exception_reasons, change.exception_asked_by, change.exception_risks = said, by, blocking
    change.save(update_fields=["exception_reasons", "exception_asked_by", "exception_risks"])
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=change.pk,
        subject=f"Change {change.pk}",
        step="exception",
        step_label="Sign an exception from the launch gate",
        permission=Permission.SIGN_EXCEPTION,
        content_hash=exception_hash(change),
        parts=proposed_content(change)
        | {"risks that shut the gate": change.exception_risks, "reasons": change.exception_reasons},
        by=by,
        at=at,
    )


@transaction.atomic
def decide_exception(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> Change:
    """Sign or refuse an exception: a senior who neither proposed the change nor asked for it (G4, SD1).

    Raises:
        NotAllowed: a rule refuses, the change or what shuts its gate is no longer the same, or somebody decided.
    """
    change = _locked(Change(pk=sign_off.subject_id))
    drifted = exception_hash(change) != sign_off.content_hash or _blocking(change) != change.exception_risks
    if approve and drifted:
        raise NotAllowed(
            "G4: the change, or what shuts its gate, is no longer what the exception was asked for. "
            "It must be asked for again."
        )
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({change.proposed_by.username}),
        least=SIGN_OFF_REASONS,
    )
    signed = {"exception_signed_by": by, "exception_signed_at": at} if approve else NOTHING_EXCEPTED
    Change.objects.filter(pk=change.pk).update(**signed)
    change.refresh_from_db()
    return change


def content_hash(change: Change) -> str:
    """Return the SHA-256 of what is proposed; a decision is bound to it."""
    return canonical_hash(proposed_content(change))


def proposed_content(change: Change) -> dict[str, Any]:
    """Return what is proposed."""
    return {
        "change": change.pk,
        "title": change.title,
        "kind": change.kind,
        "about": change.about,
        "products": sorted(change.products.values_list("pk", flat=True)),
        "countries": change.countries,
        "planned_on": change.planned_on.isoformat() if change.planned_on else None,
        "risks": sorted(change.risks.values_list("pk", flat=True)),
        "no_risk_reasons": change.no_risk_reasons,
    }


def exception_hash(change: Change) -> str:
    """Return the SHA-256 of an exception: the change, the risks with their levels, and the reasons."""
    content: dict[str, Any] = {
        "change": content_hash(change),
        "risks": change.exception_risks,
        "reasons": change.exception_reasons,
    }
    return canonical_hash(content)


def _locked(change: Change) -> Change:
    """Return the change as it stands, held until the end of the transaction, with the risks it touches."""
    held = Change.objects.select_for_update(of=("self",)).get(pk=change.pk)
    list(Risk.objects.select_for_update(of=("self",)).filter(changes=held).order_by("pk"))
    return held


def _judged(change: Change, reasons: str, seen_hash: str, *, by: User) -> Change:
    demand_reasons(reasons)
    change = _locked(change)
    if change.proposed_by.username in by.as_one():
        raise NotAllowed("SD1: whoever proposed a change does not decide on it. Ask another decider.")
    if seen_hash != content_hash(change):
        raise NotAllowed("The change was edited since you opened it. Read it again, then decide.")
    return change


def _decide(change: Change, name: str, reasons: str, *, by: User, at: datetime) -> None:
    move(
        change,
        CHANGE_STEPS[name],
        by=by,
        at=at,
        called=f"change {change.pk}",
        detail={"exception": change.exception_signed_by_id is not None},
        decided_by=by,
        decided_at=at,
        reasons=reasons.strip(),
    )


def _blocking(change: Change) -> list[dict[str, int]]:
    """Return the risks that shut the gate with no exception, each with its level, in the order of their ids."""
    touched = passage_of(change).touched
    return [
        {"risk": one.risk.pk, "level": one.risk.level}
        for one in sorted(touched, key=lambda one: one.risk.pk)
        if one.linked.blocks
    ]


def _no_risk_reasons(risks: Sequence[Risk], said: str) -> str:
    if risks:
        return ""
    return demand_reasons(
        said, about="GP18: link the risks that the change touches, or say why there are none"
    )


def _log(change: Change, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    """Log without the title, which may name a partner (N8)."""
    record_event(by=by.username, at=at, action=action, subject=f"change {change.pk}", detail=detail)
