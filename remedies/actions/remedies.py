"""Appeal and repair: heard by somebody new, offered, delivered with evidence, verified by another (6.4, 6.6)."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, demand_reasons
from remedies.actions.assignment import log_on_case
from remedies.actions.case_steps import begun, take
from remedies.actions.reading import tell
from remedies.forms.told import decision_told, remedy_told
from remedies.models import Case, Remedy, SystemicAction
from remedies.rules.case_deadlines import appeal_by
from remedies.rules.case_workflow import Finding, OnMeasure, demand_appeal_in_time, demand_on_measure
from remedies.rules.remedy import (
    Money,
    Part,
    RemedyKind,
    RootCause,
    Scope,
    SideEffect,
    demand_action,
    demand_appeal,
    demand_money,
    demand_offer,
    demand_restored,
    demand_share,
    scope_of,
)
from remedies.rules.wraps import KeyPair
from risks.actions.measures import undo_on_appeal

NOT_THIS_ONE = "This remedy is not the next one here. Open the page again to see where it stands."


@transaction.atomic
def take_appeal(case: Case, *, by: User, at: datetime) -> None:
    """Record that the person appeals; somebody who was not involved before hears it (SD3).

    Raises:
        NotAllowed: 60 days have passed, the role on this case, or the state.
    """
    case = begun(case, "appeal", by=by)
    told_on = case.decided_on or case.screened_on
    demand_appeal_in_time(appeal_by(told_on) if told_on else None, today=at.date())
    take(case, "appeal", by=by, at=at, appealed_on=at.date())


@transaction.atomic
def decide_appeal(
    case: Case,
    *,
    finding: Finding,
    reasons: str,
    by: User,
    pair: KeyPair,
    at: datetime,
    on_measure: OnMeasure = OnMeasure.NONE,
) -> None:
    """Decide an appeal, and tell the person what and why; it never leaves them worse off.

    Args:
        case: the case.
        finding, reasons: what was found, and why; the person reads both.
        by, pair, at: who, their open vault, and now.
        on_measure: what becomes of the measure that the case is linked to; a machine carries out no more (3.8).

    Raises:
        NotAllowed: a worse finding, SD2, SD3 after a case was opened again, short reasons, the role on this case, or
            the state.
    """
    case = begun(case, "decide-appeal", by=by)
    if case.appeal_decided_by_id == by.pk:
        raise NotAllowed(
            "SD3: who decided an appeal on this case before does not hear the next. Assign somebody new."
        )
    demand_appeal(Finding(case.finding), finding)
    demand_on_measure(finding, on_measure, has_measure=case.measure is not None)
    told = decision_told(finding, demand_reasons(reasons), language=case.language, until=None)
    tell(case, told, by=by, pair=pair, at=at)
    take(
        case,
        "decide-appeal",
        by=by,
        at=at,
        finding=str(finding),
        appeal_decided_on=at.date(),
        appeal_decided_by=by,
        on_measure=str(on_measure),
    )
    if case.measure is not None and on_measure == OnMeasure.UNDONE:
        undo_on_appeal(case.measure, by=by, at=at)


@transaction.atomic
def offer_remedy(
    case: Case,
    *,
    kinds: Collection[RemedyKind],
    scope: Scope,
    due: date,
    text: str,
    by: User,
    pair: KeyPair,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "",
    share_pct: int | None = None,
    owner: User | None = None,
    area: RootCause = RootCause.NONE,
) -> None:
    """Offer the person how to make it good; what it is in words stands only in what they read (M1, M2).

    Args:
        case: the case.
        kinds, scope, due: what, for whom, and by when it is delivered.
        text: what the person reads, at least 50 characters.
        by, pair, at: who, their open vault, and now.
        amount, currency: what is paid, in whole units of a currency of ISO 4217; both or neither.
        share_pct: the share of the company in percent, when it contributed.
        owner, area: who owns what changes for everybody, and where; for a systemic one (M4).

    Raises:
        NotAllowed: M1, M4, a case that was not upheld, an amount or share that cannot be, short words, the role on
            this case, or the state.
    """
    case = begun(case, "offer-remedy", by=by)
    demand_offer(Finding(case.finding), kinds, due=due, today=at.date())
    money = demand_money(kinds, amount=amount, currency=currency)
    demand_share(share_pct, part=Part(case.part))
    scopes = {kind: scope_of(kind, scope) for kind in kinds}
    demand_action(scopes.values(), has_owner=owner is not None, root_cause=area)
    if owner is not None and case.conflicts.filter(user=owner).exists():
        raise NotAllowed("SD3: a conflict bars this person from what follows of the case.")
    told = remedy_told(demand_reasons(text, about="What is offered"), language=case.language)
    tell(case, told, by=by, pair=pair, at=at)
    paid = {RemedyKind.FINANCIAL_COMPENSATION: money}
    offered = Remedy.objects.bulk_create(
        Remedy(
            case=case,
            kind=str(kind),
            scope=str(scopes[kind]),
            due=due,
            offered_on=at.date(),
            share_pct=share_pct,
            amount_minor=paid.get(kind, Money()).minor,
            currency=paid.get(kind, Money()).currency,
        )
        for kind in kinds
    )
    if owner is not None:
        SystemicAction.objects.bulk_create(
            SystemicAction(
                case=case, remedy=one, area=str(area), owner=owner, due=due, opened_by=by, opened_on=at.date()
            )
            for one in offered
            if one.scope == Scope.SYSTEMIC
        )
    take(case, "offer-remedy", by=by, at=at)


@transaction.atomic
def begin_delivery(case: Case, *, by: User, at: datetime) -> None:
    """Begin to do what the person agreed to.

    Raises:
        NotAllowed: the role on this case, or the state.
    """
    take(begun(case, "deliver", by=by), "deliver", by=by, at=at)


@transaction.atomic
def deliver(
    case: Case,
    *,
    remedy: str,
    evidence: str,
    by: User,
    pair: KeyPair,
    at: datetime,
    restored: Collection[SideEffect] = (),
    not_restorable: Collection[SideEffect] = (),
) -> None:
    """Say that one remedy was delivered, with the evidence, which the person reads as well (M5).

    Args:
        case, remedy: the case, and the id of one of its remedies.
        evidence: what shows it, at least 50 characters.
        by, pair, at: who, their open vault, and now.
        restored, not_restorable: when a measure is undone, what it took that was given back, and what cannot be (M6).

    Raises:
        NotAllowed: no evidence, M6, another remedy, the role on this case, or the state.
    """
    case = begun(case, "delivered", by=by)
    said = demand_reasons(evidence, about="M5: evidence")
    open_ones = case.remedies.filter(agreed_on__isnull=False, delivered_on__isnull=True)
    given = {"restored": sorted(map(str, restored)), "not_restorable": sorted(map(str, not_restorable))}
    found = open_ones.filter(pk=remedy).first()
    if found is None:
        raise NotAllowed(NOT_THIS_ONE)
    demand_restored(
        RemedyKind(found.kind),
        undoes_measure=case.measure is not None,
        restored=restored,
        not_restorable=not_restorable,
    )
    open_ones.filter(pk=remedy).update(delivered_on=at.date(), delivered_by=by, **given)
    tell(case, said, by=by, pair=pair, at=at)
    _log(case, "delivered a remedy", remedy, by=by, at=at)
    if not open_ones.exists():
        take(case, "delivered", by=by, at=at)


@transaction.atomic
def verify(case: Case, *, remedy: str, how: str, by: User, pair: KeyPair, at: datetime) -> None:
    """Verify, as somebody else, that a remedy reached the person, and tell them how it was checked (M5).

    Raises:
        NotAllowed: who delivered it, no word on how, another remedy, the role on this case, or the state.
    """
    case = begun(case, "verify", by=by)
    said = demand_reasons(how, about="M5: how it was verified")
    waiting = case.remedies.filter(delivered_on__isnull=False, verified_on__isnull=True)
    if waiting.filter(pk=remedy, delivered_by=by).exists():
        raise NotAllowed("M5: somebody else verifies what you delivered.")
    if not waiting.filter(pk=remedy).update(verified_on=at.date(), verified_by=by):
        raise NotAllowed(NOT_THIS_ONE)
    tell(case, said, by=by, pair=pair, at=at)
    _log(case, "verified a remedy", remedy, by=by, at=at)
    if not waiting.exists():
        take(case, "verify", by=by, at=at)


def _log(case: Case, action: str, remedy: str, *, by: User, at: datetime) -> None:
    kind = case.remedies.get(pk=remedy).kind
    log_on_case(case, action, by=by, at=at, kind=kind)
