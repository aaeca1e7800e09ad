"""Clocks as rows of every kind, put on record past the pages and past the triggers that ask for a story."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.signals import post_init

from hrdd.governance.models import User
from risks.models import (
    ExitDecision,
    ExitReview,
    Involvement,
    LeverageAction,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
)
from risks.rules.exit import ExitKind

TODAY = datetime.now(tz=UTC).date()
NO_SUCH = 1  # the people and assessments that the story would have; no trigger asks for them


@dataclass(frozen=True)
class Told:
    """One clock: days are counted back from today, so that a negative one is ahead."""

    level: int = 3
    known: int = 20
    timed: tuple[int, int, int | None] | None = None  # its level, its start, its deadline
    restarted: int | None = None
    own_part: str = ""
    own_due: int | None = None
    breach: bool = False
    ended: bool = False
    closed: bool = False
    actions: tuple[tuple[int, int | None, int], ...] = ()  # begun, effect, measured
    exits: tuple["Answer", ...] = ()
    finding: tuple[str, int, bool] | None = None  # its tie, known since, of this relationship alone


@dataclass(frozen=True)
class Answer:
    """An exit that was considered."""

    opened: int
    withdrawn: bool = False
    stays_since: int | None = None
    review: int | None = None
    looked: tuple[int, ...] = field(default=())


def ago(many: int) -> date:
    return TODAY - timedelta(days=many)


def moment(many: int) -> datetime:
    return datetime.combine(ago(many), datetime.min.time(), tzinfo=UTC)


@contextmanager
def past_the_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def clocks_read() -> Iterator[list[int]]:
    """Yield the numbers of the clocks that are read from the database meanwhile."""
    read: list[int] = []

    def note(instance: RelationshipRisk, **_rest: Any) -> None:
        read.append(instance.pk)

    post_init.connect(note, sender=RelationshipRisk, weak=False)
    try:
        yield read
    finally:
        post_init.disconnect(note, sender=RelationshipRisk)


def on_record(
    told: Told, *, beside: RelationshipRisk | None = None, owner: User | None = None
) -> RelationshipRisk:
    """Put a clock on record.

    Args:
        told: the clock.
        beside: another one whose relationship it shares; what is told of exits and of an end is left out then.
        owner: of the relationship.
    """
    with past_the_triggers():
        risk = Risk.objects.create(
            title="Arrests",
            summary="x",
            opened_on=date(2020, 1, 1),
            level=told.level,
            tier=2,
            **({"status": "closed", "closed_on": TODAY} if told.closed else {}),
        )
        relationship = beside.relationship if beside else _relationship(told, owner)
        tied = RelationshipRisk.objects.create(relationship=relationship, risk=risk, **_columns(told))
        for begun, effect, measured in told.actions:
            counted = {"effect": effect, "measured_on": ago(measured), "measured_at": moment(measured)}
            LeverageAction.objects.create(
                tied=tied,
                kind="direct_dialogue",
                rung=0,
                requested_change="x",
                started_on=ago(begun),
                deadline=ago(begun),
                recorded_by="ana",
                **(counted if effect is not None else {}),
            )
        if told.finding:
            tie, knew, alone = told.finding
            Involvement.objects.create(
                risk=risk,
                relationship=relationship if alone else None,
                state="found",
                tie=tie,
                knew_since=ago(knew),
                said="x",
                proposed_by_id=NO_SUCH,
                decided_by_id=NO_SUCH + 1,
                decided_at=moment(knew),
            )
    return tied


def _columns(told: Told) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "known_since": ago(told.known),
        "how_known": "x",
        "own_contribution": bool(told.own_part),
        "own_part_stopped_on": TODAY if told.own_part == "stopped" else None,
        "own_stop_due": None if told.own_due is None else ago(told.own_due),
        "zero_tolerance_breach": "x" if told.breach else "",
        "restarted_at": None if told.restarted is None else moment(told.restarted),
    }
    if told.timed:
        level, started, due = told.timed
        columns |= {"clock_level": level, "clock_started_on": ago(started)}
        columns["change_due"] = None if due is None else ago(due)
    return columns


def _relationship(told: Told, owner: User | None) -> Relationship:
    partner = Partner.objects.create(name=f"Partner {Partner.objects.count()}")
    made = Relationship.objects.create(
        partner=partner,
        kind="reseller",
        supplied="x",
        owner=owner,
        status="ended" if told.ended else "active",
    )
    for one in told.exits:
        staying: dict[str, Any] = (
            {"state": "executed", "kind": ExitKind.REMAIN_WITH_CONDITIONS}
            if (one.stays_since is not None)
            else {"state": "closed", "kind": ExitKind.SUSPEND_PART}
        )
        approved = ago(one.opened if one.stays_since is None else one.stays_since)
        decision = ExitDecision.objects.create(
            relationship=made,
            trigger="leverage_failed",
            opened_by_id=NO_SUCH,
            opened_on=ago(one.opened),
            approved_by_id=NO_SUCH,
            approved_on=approved,
            impact_assessment_id=NO_SUCH,
            review_due=None if one.review is None else ago(one.review),
            **(staying | ({"state": "withdrawn"} if one.withdrawn else {})),
        )
        for day in one.looked:
            ExitReview.objects.create(
                decision=decision, found="x", evidence="x", reviewed_on=ago(day), reviewed_by="ana"
            )
    return made
