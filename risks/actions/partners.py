"""What people do about business partners: record relationships and tie harms to them."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.change_clock import log_of_tied, start_clock
from risks.models import Partner, Relationship, RelationshipRisk, Risk


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
    start_clock(tied, by=by.username, at=at)
    log_of_tied(tied, "tied risk to relationship", by=by, at=at)
    return tied
