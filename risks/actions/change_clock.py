"""The time-to-change clock as a kept fact: every move of it is an entry that says why (domain.md 5.4)."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.models import ClockEntry, Involvement, RelationshipRisk, Risk
from risks.queries.method import method
from risks.queries.time_to_change import NO_DAY, change_on_record, clock_of
from risks.rules.involvement import CONTRIBUTES, stop_due
from risks.rules.leverage import PARTIAL_CHANGE, deadline, moved_deadline, own_part_due

Kind = ClockEntry.Kind


def start_clock(tied: RelationshipRisk, *, by: str, at: datetime) -> None:
    """Start the clock of a harm that was just tied: it runs from knowledge (UNGP 19; domain.md 5.4).

    Args:
        tied: the harm.
        by, at: who, and now.

    Raises:
        NotAllowed: nobody said since when the company knows.
    """
    level = tied.risk.level
    if tied.known_since is None:
        raise NotAllowed(NO_DAY)
    own_due = None
    if tied.own_contribution:
        by_tier = stop_due(at, tie=CONTRIBUTES[0], tier=tied.risk.tier, level=level, method=method())
        own_due = own_part_due(level, at.date(), by_tier.date() if by_tier else None)
    _enter(
        tied,
        Kind.STARTED,
        day=tied.known_since,
        level=level,
        due=deadline(level, tied.known_since, method().time_limits),
        own_due=own_due,
        reasons=tied.how_known,
        by=by,
        at=at,
    )


def follow_severity(risk: Risk, *, at: datetime) -> None:
    """Move the deadlines of a risk's partners with its severity, in the transaction that changed it (domain.md 5.4).

    Rising brings them nearer at once. Falling never shortens what a partner had; a severe level falls only with new
    evidence and a second person (SD5), and the entry names both who judged and who signed.

    Args:
        risk: the risk, as it stands now.
        at: now.
    """
    timed = risk.relationships.select_for_update().filter(clock_level__isnull=False)
    for tied in timed.exclude(clock_level=risk.level):
        _follow(tied, risk, at=at)


def _follow(tied: RelationshipRisk, risk: Risk, *, at: datetime) -> None:
    before, after = tied.clock_level or risk.level, risk.level
    rose, held = after > before, risk.held
    started = tied.clock_started_on or tied.known_since
    assert started is not None  # noqa: S101  # its clock runs, so it started
    due = moved_deadline(
        tied.change_due,
        before=before,
        after=after,
        started=started,
        on=at.date(),
        limits=method().time_limits,
    )
    open_part = tied.own_contribution and tied.own_part_stopped_on is None
    own_due = own_part_due(after, at.date(), tied.own_stop_due) if open_part and rose else tied.own_stop_due
    who = [held.recorded_by, held.confirmed_by] if held else []
    _enter(
        tied,
        Kind.SEVERITY_ROSE if rose else Kind.SEVERITY_FELL,
        day=at.date(),
        level=after,
        due=due,
        own_due=own_due,
        reasons=held.what_changed or held.reason if held else "",
        by=", ".join(one for one in who if one) or "job",
        at=at,
    )


@transaction.atomic
def extend_time(tied: RelationshipRisk, *, reasons: str, by: User, at: datetime) -> None:
    """Grant the one extension of the time to see change; its days are added once (domain.md 5.4).

    Raises:
        NotAllowed: not SENIOR, a level without extension, no measured trend, time that has passed, reasons too short,
            or granted before.
    """
    by.demand(Permission.DECIDE_EXIT)
    refuse_revenue_owner(tied, by, "gives it no more time")
    said = demand_reasons(reasons)
    held = _held(tied)
    level = held.risk.level
    days = method().time_limits[level].extension
    if not days or held.change_due is None:
        raise NotAllowed(f"UNGP 19: at severity {level} there is no extension; the more severe, the sooner.")
    best = clock_of(held, on=at.date()).best_effect
    if best != PARTIAL_CHANGE:
        raise NotAllowed("UNGP 19: an extension needs a partial change that was measured (effect 2).")
    if held.extended_on is not None:
        raise NotAllowed("UNGP 19: the one extension was granted before; there is no second.")
    if at.date() > held.change_due:
        raise NotAllowed(
            "UNGP 19: the time to see change has passed. Consider exit; staying with conditions may be the answer."
        )
    _enter(
        held,
        Kind.EXTENDED,
        day=at.date(),
        level=level,
        due=held.change_due + timedelta(days=days),
        own_due=held.own_stop_due,
        reasons=said,
        by=by.username,
        at=at,
    )
    RelationshipRisk.objects.filter(pk=held.pk).update(
        extended_by=by, extended_on=at.date(), extension_reasons=said
    )
    log_of_tied(held, "extended time to change", by=by, at=at)


@transaction.atomic
def restart_clock(tied: RelationshipRisk, *, known_on: date, reasons: str, by: User, at: datetime) -> None:
    """Restart the clock after a relapse: only where a change was on record before (domain.md 5.4).

    Args:
        tied: the harm.
        known_on: the day since which the company knows that it goes on again.
        reasons: what was seen, in 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a revenue target on the partner, no change on record, a day that cannot be, or reasons.
    """
    by.demand(Permission.ASSESS_RISK)
    refuse_revenue_owner(tied, by, "restarts no clock of it")
    said = demand_reasons(reasons)
    held = _held(tied)
    first = change_on_record(held)
    if first is None:
        raise NotAllowed(
            "UNGP 19: a clock restarts only after a change that was measured (effect 3 or more). The deadline stands."
        )
    if not first.measured_on <= known_on <= at.date():
        raise NotAllowed(
            f"Known again since: a day from {first.measured_on:%-d %B %Y}, when the change was measured, to today."
        )
    _enter(
        held,
        Kind.RESTARTED,
        day=known_on,
        level=held.risk.level,
        due=deadline(held.risk.level, known_on, method().time_limits),
        own_due=held.own_stop_due,
        reasons=said,
        by=by.username,
        at=at,
    )
    log_of_tied(held, "restarted time to change", by=by, at=at)


def follow_finding(found: Involvement, *, at: datetime) -> None:
    """Tell the clocks that a finding was made on the company's own part, in its transaction (I3; domain.md 5.4).

    Args:
        found: a finding that stands; the harms that it concerns carry its answer already.
        at: now.
    """
    by = found.decided_by.username if found.decided_by else "job"
    for tied in _timed(found):
        if found.stop_due is not None:
            due = own_part_due(tied.risk.level, at.date(), found.stop_due.date())
            _of_own_part(tied, Kind.OWN_PART_FOUND, due, reasons=found.decision_reasons, by=by, at=at)
        elif tied.own_stop_due is not None:
            _of_own_part(tied, Kind.OWN_PART_CLEARED, None, reasons=found.decision_reasons, by=by, at=at)


def follow_stop(found: Involvement, *, how: str, by: User, at: datetime) -> None:
    """Tell the clocks that the company's own part stopped (I3); each then runs for the partner alone."""
    for tied in _timed(found):
        _of_own_part(tied, Kind.OWN_PART_STOPPED, None, reasons=how, by=by.username, at=at)


def _timed(found: Involvement) -> list[RelationshipRisk]:
    timed = RelationshipRisk.objects.select_for_update(of=("self",)).select_related("risk")
    return list(
        timed.filter(risk=found.risk_id, relationship=found.relationship_id, clock_level__isnull=False)
    )


def _of_own_part(
    tied: RelationshipRisk, kind: Kind, due: date | None, *, reasons: str, by: str, at: datetime
) -> None:
    _enter(
        tied,
        kind,
        day=at.date(),
        level=tied.clock_level or tied.risk.level,
        due=tied.change_due,
        own_due=due,
        reasons=reasons,
        by=by,
        at=at,
    )


def _enter(
    tied: RelationshipRisk,
    kind: Kind,
    *,
    day: date,
    level: int,
    due: date | None,
    own_due: date | None,
    reasons: str,
    by: str,
    at: datetime,
) -> None:
    """Append an entry; the database copies its deadline to the harm, or refuses one that breaks 5.4."""
    try:
        with transaction.atomic():
            ClockEntry.objects.create(
                tied=tied,
                kind=kind,
                day=day,
                level=level,
                due_before=tied.change_due,
                due_after=due,
                own_due_after=own_due,
                reasons=reasons.strip(),
                entered_by=by,
                entered_at=at,
            )
    except IntegrityError as refused:
        raise NotAllowed(
            "The clock moved in the meantime. Open the page again to see where it stands."
        ) from refused
    tied.refresh_from_db()


def _held(tied: RelationshipRisk) -> RelationshipRisk:
    return (
        RelationshipRisk.objects.select_for_update(of=("self",))
        .select_related("risk", "relationship")
        .get(pk=tied.pk)
    )


def refuse_revenue_owner(tied: RelationshipRisk, by: User, what: str) -> None:
    """Refuse whoever earns by the partner (SD4).

    Raises:
        NotAllowed: the person has a revenue target on it.
    """
    if tied.relationship.revenue_owners.filter(pk=by.pk).exists():
        raise NotAllowed(f"SD4: whoever has a revenue target on this partner {what}.")


def log_of_tied(tied: RelationshipRisk, action: str, *, by: User, at: datetime, **detail: int) -> None:
    """Log without the partner's name, which may endanger people (N8)."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"relationship {tied.relationship_id}",
        detail={"risk": tied.risk_id, **detail},
    )
