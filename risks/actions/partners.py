"""What people do about business partners: tie harms to them, use leverage, and measure what it changed."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.models import LeverageAction, Partner, Relationship, RelationshipRisk, Risk, SeverityAssessment
from risks.rules.leverage import PARTIAL_CHANGE, TIME_LIMITS
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

LEAST_REASONS = 50


@transaction.atomic
def record_relationship(
    *,
    name: str,
    partner_country: str,
    about: str,
    naming_endangers: str,
    kind: str,
    supplied: str,
    country: str,
    code_of_conduct: str,
    started_on: date | None,
    contract_end: date | None,
    crucial: bool,
    crucial_essential: str,
    crucial_no_alternative: str,
    by: User,
    at: datetime,
) -> Relationship:
    """Record a relationship, and its partner where the name is new (domain.md 5.1, 5.5).

    Args:
        name, partner_country, about, naming_endangers: the partner.
        kind, supplied, country, code_of_conduct, started_on, contract_end: the relationship.
        crucial: whether it provides something essential for which no reasonable alternative exists.
        crucial_essential, crucial_no_alternative: why, both needed; revenue is no reason.
        by, at: who, and now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if crucial and not (crucial_essential.strip() and crucial_no_alternative.strip()):
        raise NotAllowed(
            "UNGP 19: a relationship is crucial only if it provides something essential and no reasonable "
            "alternative exists. Give both reasons; revenue is none."
        )
    if started_on and contract_end and contract_end < started_on:
        raise NotAllowed("Contract end: the contract ends before the relationship began.")
    partner = _partner(
        " ".join(name.split()), country=partner_country, about=about, warning=naming_endangers.strip()
    )
    relationship = Relationship.objects.create(
        partner=partner,
        kind=kind,
        supplied=supplied,
        country=country,
        code_of_conduct=code_of_conduct,
        started_on=started_on,
        contract_end=contract_end,
        crucial=crucial,
        crucial_essential=crucial_essential if crucial else "",
        crucial_no_alternative=crucial_no_alternative if crucial else "",
    )
    record_event(
        by=by.username, at=at, action="recorded relationship", subject=f"relationship {relationship.pk}"
    )
    return relationship


def _partner(name: str, *, country: str, about: str, warning: str) -> Partner:
    """Return the partner of a name, however it is capitalised; a further warning is added, none is ever lost."""
    partner = Partner.objects.select_for_update().filter(name__iexact=name).first()
    if partner is None:
        return Partner.objects.create(name=name, country=country, about=about, naming_endangers=warning)
    if warning and warning not in partner.naming_endangers:
        partner.naming_endangers = f"{partner.naming_endangers}\n{warning}".strip()
        partner.save(update_fields=["naming_endangers"])
    return partner


@transaction.atomic
def tie_risk(
    relationship: Relationship,
    risk: Risk,
    *,
    known_since: date,
    how_known: str,
    own_contribution: bool,
    zero_tolerance_breach: str,
    by: User,
    at: datetime,
) -> RelationshipRisk:
    """Tie a harm to a relationship; the clock starts on the day since which the company knows (domain.md 5.4).

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.ASSESS_RISK)
    if known_since > at.date():
        raise NotAllowed("Known since: this day is still to come. The clock starts with knowledge.")
    try:
        with transaction.atomic():
            tied = RelationshipRisk.objects.create(
                relationship=relationship,
                risk=risk,
                known_since=known_since,
                how_known=how_known,
                own_contribution=own_contribution,
                zero_tolerance_breach=zero_tolerance_breach,
            )
    except IntegrityError:
        raise NotAllowed("This risk is tied to the relationship already; its clock runs.") from None
    _log(tied, "tied risk to relationship", by=by, at=at)
    return tied


@transaction.atomic
def log_leverage(
    tied: RelationshipRisk,
    *,
    kind: str,
    rung: int,
    requested_change: str,
    started_on: date,
    deadline: date,
    collaborators: str,
    by: User,
    at: datetime,
) -> LeverageAction:
    """Record an attempt to change what the partner does (domain.md 5.2, 5.3).

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if started_on > at.date():
        raise NotAllowed("Started on: record an action once it has begun; a plan changes nothing yet.")
    if deadline < started_on:
        raise NotAllowed("Deadline: it lies before the action began.")
    action = LeverageAction.objects.create(
        tied=tied,
        kind=kind,
        rung=rung,
        requested_change=requested_change,
        started_on=started_on,
        deadline=deadline,
        collaborators=collaborators,
        recorded_by=by.username,
    )
    _log(tied, "used leverage", by=by, at=at, leverage=action.pk, rung=rung)
    return action


@transaction.atomic
def measure_effect(
    action: LeverageAction,
    *,
    effect: int,
    indicator: str,
    baseline: str,
    measured: str,
    evidence: str,
    self_report_only: bool,
    next_step: str,
    by: User,
    at: datetime,
) -> None:
    """Record what an action changed, once (domain.md 5.3).

    Raises:
        NotAllowed: an effect of 2 or more without an indicator and evidence other than the partner's own word.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if effect >= PARTIAL_CHANGE and self_report_only:
        raise NotAllowed("Effect: the partner's own word alone counts as a promise, 1 at most (UNGP 20).")
    if effect >= PARTIAL_CHANGE and not (indicator.strip() and measured.strip() and evidence.strip()):
        raise NotAllowed(
            "Effect: 2 or more needs an indicator that moved, its value, and evidence (UNGP 20)."
        )
    changed = LeverageAction.objects.filter(pk=action.pk, measured_on__isnull=True).update(
        effect=effect,
        indicator=indicator.strip(),
        baseline=baseline,
        measured=measured.strip(),
        evidence=evidence.strip(),
        self_report_only=self_report_only,
        next_step=next_step,
        measured_on=at.date(),
        measured_by=by.username,
    )
    if not changed:
        raise NotAllowed("The effect of this action is on record already. Record a new action.")
    _log(action.tied, "measured leverage", by=by, at=at, leverage=action.pk, effect=effect)


@transaction.atomic
def extend_time(tied: RelationshipRisk, *, reasons: str, by: User, at: datetime) -> None:
    """Grant the one extension of the time to see change (domain.md 5.4).

    Raises:
        NotAllowed: not SENIOR, a level without extension, no measured trend, reasons too short, or granted before.
    """
    by.demand(Permission.DECIDE_EXIT)
    if tied.relationship.revenue_owners.filter(pk=by.pk).exists():
        raise NotAllowed("SD4: whoever has a revenue target on this partner gives it no more time.")
    level = SeverityAssessment.objects.levels_on(at.date(), risk=tied.risk_id).first() or UNKNOWN_HEAD_INTERIM
    if not TIME_LIMITS[level].extension:
        raise NotAllowed(f"UNGP 19: at severity {level} there is no extension; the more severe, the sooner.")
    if not tied.actions.filter(effect=PARTIAL_CHANGE).exists():
        raise NotAllowed("UNGP 19: an extension needs a partial change that was measured (effect 2).")
    if len(reasons.strip()) < LEAST_REASONS:
        raise NotAllowed(f"Reasons: at least {LEAST_REASONS} characters.")
    changed = RelationshipRisk.objects.filter(pk=tied.pk, extended_on__isnull=True).update(
        extended_by=by, extended_on=at.date(), extension_reasons=reasons.strip()
    )
    if not changed:
        raise NotAllowed("UNGP 19: the one extension was granted before; there is no second.")
    _log(tied, "extended time to change", by=by, at=at)


def _log(tied: RelationshipRisk, action: str, *, by: User, at: datetime, **detail: int) -> None:
    """Log without the partner's name, which may endanger people (N8)."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"relationship {tied.relationship_id}",
        detail={"risk": tied.risk_id, **detail},
    )
