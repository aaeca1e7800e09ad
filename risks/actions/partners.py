"""What people do about business partners: record and correct relationships, begin them, tie harms to them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from hrdd.governance.actions import move, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Step, demand_reasons
from risks.actions.change_clock import log_of_tied, start_clock
from risks.actions.recording import products_named
from risks.actions.screening import refuse_identifying
from risks.models import Partner, PartnerCorrection, Relationship, RelationshipRisk, Risk
from risks.queries.partner_history import Change, changes_between, told_to_the_audit
from risks.rules.onboarding import begin_refusal
from risks.rules.partner import (
    LABELS,
    PartnerFacts,
    RelationshipFacts,
    refusals_of_partner,
    refusals_of_relationship,
    takes_warning_off,
)

STANDS = {
    value: str(label) for value, label in Relationship.Status.choices if value != Relationship.Status.UNKNOWN
}
BEGIN = Step("Begin the relationship", frozenset({"proposed"}), "active", Permission.LOG_LEVERAGE)
NOTHING_DIFFERS = "Nothing differs from what is on record. Change what is wrong, or go back."


@transaction.atomic
def record_relationship(
    partner: PartnerFacts,
    facts: RelationshipFacts,
    *,
    not_begun: bool = False,
    owner: User | None = None,
    by: User,
    at: datetime,
) -> Relationship:
    """Record a relationship, and its partner where the name is new (domain.md 5.1).

    Args:
        partner: with whom; of a partner on record only a further warning is taken over.
        facts: the relationship.
        not_begun: whether its onboarding gate is still ahead (5.3); what goes on already without one raises a gap.
        owner: who looks after it, if that is known already.
        by, at: who, and now.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.LOG_LEVERAGE)
    _check(refusals_of_partner(partner))
    _check(
        refusals_of_relationship(facts, kinds=Relationship.Kind.values, today=at.date(), begun=not not_begun)
    )
    _check_owner(owner)
    _screen(about=partner.about, supplied=facts.supplied)
    status = Relationship.Status.PROPOSED if not_begun else Relationship.Status.ACTIVE
    relationship = Relationship.objects.create(
        partner=_partner(partner), **columns_of(facts), owner=owner, status=status, recorded_at=at
    )
    relationship.products.set(products_named(facts.products))
    record_event(
        by=by.username, at=at, action="recorded relationship", subject=f"relationship {relationship.pk}"
    )
    return relationship


@transaction.atomic
def correct_relationship(
    relationship: Relationship,
    facts: RelationshipFacts,
    *,
    owner: User | None,
    reasons: str,
    by: User,
    at: datetime,
) -> PartnerCorrection:
    """Correct what is on record of a relationship; before and after are kept, and cannot be changed.

    Args:
        relationship: read again under a lock.
        facts: all of it as it shall be. Terms, risks, status and whether it is crucial have acts of their own.
        owner: who looks after it.
        reasons: why, in at least 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, what the record lacks, short reasons, or nothing differs.
    """
    by.demand(Permission.LOG_LEVERAGE)
    said = demand_reasons(reasons)
    held = _held(relationship)
    if held.not_taken_up:
        raise NotAllowed(
            "A dossier tells of this relationship. Take it up: say what it is and where it stands."
        )
    _check(
        refusals_of_relationship(
            facts,
            kinds=Relationship.Kind.values,
            today=at.date(),
            begun=held.status != Relationship.Status.PROPOSED,
        )
    )
    if owner != held.owner:
        _check_owner(owner)
    _screen(supplied=facts.supplied)
    changes = changes_between(facts_of(held), facts)
    if owner != held.owner:
        changes.append(Change(LABELS["owner"], _called(held.owner), _called(owner)))
    if not changes:
        raise NotAllowed(NOTHING_DIFFERS)
    Relationship.objects.filter(pk=held.pk).update(**columns_of(facts), owner=owner)
    held.products.set(products_named(facts.products))
    return keep_correction(held.partner, changes, relationship=held, reasons=said, by=by, at=at)


@transaction.atomic
def take_up_relationship(
    relationship: Relationship,
    facts: RelationshipFacts,
    *,
    status: str,
    owner: User | None,
    reasons: str,
    by: User,
    at: datetime,
) -> PartnerCorrection:
    """Say what a relationship is that a dossier tells of, and where it stands; its words are kept (domain.md 5.1).

    Args:
        relationship: one that nobody took up yet; read again under a lock.
        facts: all of it, as far as it is known.
        status: where it stands, by Relationship.Status; "not known" is no answer.
        owner: who looks after it.
        reasons: where this is known from, in at least 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, what the record lacks, short reasons, or it was taken up before.
    """
    by.demand(Permission.LOG_LEVERAGE)
    said = demand_reasons(reasons)
    held = _held(relationship)
    if not held.not_taken_up:
        raise NotAllowed("This relationship was taken up before. Correct it instead.")
    if status not in STANDS:
        raise NotAllowed(f"Where it stands: choose one of {', '.join(STANDS)}.")
    begun = status != Relationship.Status.PROPOSED
    _check(refusals_of_relationship(facts, kinds=Relationship.Kind.values, today=at.date(), begun=begun))
    _check_owner(owner)
    _screen(supplied=facts.supplied)
    changes = [
        *changes_between(facts_of(held), facts),
        Change(LABELS["status"], held.get_status_display(), STANDS[status]),
    ]
    if owner is not None:
        changes.append(Change(LABELS["owner"], _called(held.owner), _called(owner)))
    Relationship.objects.filter(pk=held.pk).update(**columns_of(facts), status=status, owner=owner)
    held.products.set(products_named(facts.products))
    return keep_correction(held.partner, changes, relationship=held, reasons=said, by=by, at=at)


@transaction.atomic
def correct_partner(
    partner: Partner, facts: PartnerFacts, *, reasons: str, by: User, at: datetime
) -> PartnerCorrection:
    """Correct who a partner is, for all relationships with it; before and after are kept.

    Args:
        partner: read again under a lock.
        facts: all of it as it shall be; a warning not to name it is added to here, never taken off.
        reasons: why, in at least 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, what the record lacks, a name that another partner has, a warning that would be lost,
            short reasons, or nothing differs.
    """
    by.demand(Permission.LOG_LEVERAGE)
    said = demand_reasons(reasons)
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    _check(refusals_of_partner(facts))
    if takes_warning_off(held.naming_endangers, facts.naming_endangers):
        raise NotAllowed(
            "UNGP 21(c): a warning not to name a partner is added to, never taken off here. Ask the safety officer "
            "(REDACTOR) to lift it."
        )
    if Partner.objects.filter(name__iexact=facts.name, told_by=held.told_by).exclude(pk=held.pk).exists():
        raise NotAllowed("Partner: another partner has this name. Record the relationship with that one.")
    _screen(about=facts.about)
    return _change(held, facts, reasons=said, by=by, at=at)


@transaction.atomic
def lift_warning(
    partner: Partner, *, naming_endangers: str, reasons: str, by: User, at: datetime
) -> PartnerCorrection:
    """Lift or reword the warning not to name a partner, once nobody is in danger any more (8.6 N8).

    Args:
        partner: read again under a lock.
        naming_endangers: what the warning says from now on; empty where naming it endangers nobody.
        reasons: why, in at least 50 characters.
        by, at: the safety officer, and now.

    Raises:
        NotAllowed: the role, short reasons, or nothing differs.
    """
    by.demand(Permission.CLEAR_REPORT)
    said = demand_reasons(reasons)
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    facts = PartnerFacts(held.name, held.country, held.about, naming_endangers.strip())
    return _change(held, facts, reasons=said, by=by, at=at)


def _change(held: Partner, facts: PartnerFacts, *, reasons: str, by: User, at: datetime) -> PartnerCorrection:
    before = PartnerFacts(held.name, held.country, held.about, held.naming_endangers)
    changes = changes_between(before, facts)
    if not changes:
        raise NotAllowed(NOTHING_DIFFERS)
    Partner.objects.filter(pk=held.pk).update(
        name=facts.name, country=facts.country, about=facts.about, naming_endangers=facts.naming_endangers
    )
    return keep_correction(held, changes, names=(facts.name,), reasons=reasons, by=by, at=at)


@transaction.atomic
def begin_relationship(relationship: Relationship, *, on: date, by: User, at: datetime) -> None:
    """Let a relationship begin whose onboarding was approved (domain.md 5.3).

    Args:
        relationship: one that has not begun.
        on: the day on which it begins, or began.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a day to come, an onboarding that was not approved, or it began before.
    """
    by.demand(Permission.LOG_LEVERAGE)
    if on > at.date():
        raise NotAllowed("Began on: this day is still to come. Record it on the day.")
    latest = relationship.onboardings.first()
    if relationship.status == Relationship.Status.PROPOSED and (
        refusal := begin_refusal(latest.status if latest else "")
    ):
        raise NotAllowed(refusal)
    if relationship.contract_end and relationship.contract_end < on:
        raise NotAllowed("Began on: the contract ends before this day. Correct one of the two.")
    move(
        relationship,
        BEGIN,
        by=by,
        at=at,
        called=f"relationship {relationship.pk}",
        field="status",
        started_on=on,
    )


def keep_correction(
    partner: Partner,
    changes: Sequence[Change],
    *,
    relationship: Relationship | None = None,
    names: Sequence[str] = (),
    reasons: str,
    by: User,
    at: datetime,
) -> PartnerCorrection:
    """Keep what was corrected, and log it without the partner's name, which may endanger people (N8).

    Args:
        partner, relationship: what was corrected.
        changes: each field, before and after, in words.
        names: further names that the log never holds.
        reasons, by, at: why, who, and now.
    """
    kept = PartnerCorrection.objects.create(
        partner=partner,
        relationship=relationship,
        changes=[vars(one) for one in changes],
        reasons=reasons,
        made_by=by.username,
        made_at=at,
    )
    subject = f"relationship {relationship.pk}" if relationship else f"partner {partner.pk}"
    record_event(
        by=by.username,
        at=at,
        action=f"corrected {subject.partition(' ')[0]}",
        subject=subject,
        detail={"changed": told_to_the_audit(changes, names=(partner.name, *names))},
    )
    return kept


def facts_of(relationship: Relationship) -> RelationshipFacts:
    """Return what is on record of a relationship as facts."""
    return RelationshipFacts(
        kind=relationship.kind,
        supplied=relationship.supplied,
        country=relationship.country,
        products=tuple(relationship.products.order_by("name").values_list("name", flat=True)),
        started_on=relationship.started_on,
        contract_end=relationship.contract_end,
        revenue_band=relationship.revenue_band,
    )


def columns_of(facts: RelationshipFacts) -> dict[str, object]:
    """Return the columns of a relationship that its facts fill."""
    return {name: value for name, value in vars(facts).items() if name != "products"}


def _held(relationship: Relationship) -> Relationship:
    found = Relationship.objects.select_for_update(of=("self",)).select_related("partner")
    return found.get(pk=relationship.pk)


def _called(user: User | None) -> str:
    return user.display_name if user else ""


def _check(found: Sequence[tuple[str, str]]) -> None:
    if found:
        raise NotAllowed(found[0][1])


def _check_owner(owner: User | None) -> None:
    if owner is not None and not owner.may(Permission.READ_DESK):
        raise NotAllowed("Owner: this person cannot open the desk. Choose somebody who can.")


def _screen(**texts: str) -> None:
    """Refuse what belongs sealed with the contacts."""
    refuse_identifying({LABELS[name]: said for name, said in texts.items()})


def _partner(facts: PartnerFacts) -> Partner:
    """Return the partner of a name, however it is capitalised; a further warning is added, none is ever lost."""
    name, warning = " ".join(facts.name.split()), facts.naming_endangers.strip()
    partner = Partner.objects.select_for_update().filter(name__iexact=name, told_by="").first()
    if partner is None:
        return Partner.objects.create(
            name=name, country=facts.country, about=facts.about, naming_endangers=warning
        )
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


@transaction.atomic
def date_knowledge(
    tied: RelationshipRisk, *, known_since: date, how_known: str, by: User, at: datetime
) -> None:
    """Say since when the company knows of a harm that a dossier tells of; the clock starts on that day (5.4).

    Args:
        tied: the harm; read again under a lock.
        known_since, how_known: since when, and from what.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a day to come, no word on how it is known, or the day is on record.
    """
    by.demand(Permission.ASSESS_RISK)
    if known_since > at.date():
        raise NotAllowed("Known since: this day is still to come. The clock starts with knowledge.")
    if not how_known.strip():
        raise NotAllowed("How it became known: say what it is known from.")
    dated = RelationshipRisk.objects.filter(pk=tied.pk, known_since__isnull=True).update(
        known_since=known_since, how_known=how_known.strip()
    )
    if not dated:
        raise NotAllowed("Since when it is known is on record already; its clock runs.")
    tied.refresh_from_db()
    start_clock(tied, by=by.username, at=at)
    log_of_tied(tied, "dated knowledge of a harm", by=by, at=at)


def log_of_relationship(
    relationship: int, action: str, *, by: User, at: datetime, detail: Mapping[str, object] | None = None
) -> None:
    """Log by the number of a relationship, never by its partner's name, which may endanger people (N8)."""
    record_event(by=by.username, at=at, action=action, subject=f"relationship {relationship}", detail=detail)
