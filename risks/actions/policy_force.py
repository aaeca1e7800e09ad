"""Policies come into force and cease to be; whatever measure relied on one is looked at again (L3; domain.md 3.6)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from hrdd.governance.actions import JOB, move, record_event, void_sign_offs
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.models import Measure, Policy, PolicyVersion, Signal
from risks.models.measures import IN_FORCE
from risks.queries.partners import never_named
from risks.queries.policies import due_versions
from risks.rules.policy import SIGN_OFF_KIND, VersionState, check_reliance, steps_of
from risks.rules.policy_diff import Became, clause_changes, what_became_of
from risks.rules.screening import refusal

BECAME: Mapping[Became, str] = {
    Became.SAME: " The clause relied on reads the same in the new version.",
    Became.CHANGED: " The clause relied on reads differently in the new version.",
    Became.REMOVED: " The clause relied on is not in the new version.",
}
PUT_INTO_FORCE = "put policy into force"
OVERTAKEN = "A later version came into force before this one did."


@transaction.atomic
def put_in_force(version: PolicyVersion, *, by: User, at: datetime) -> None:
    """Put an approved version into force on its day, or today where none was set; the one before it is replaced.

    Raises:
        NotAllowed: the role, the state, a day that is still to come, or a later version in force.
    """
    by.demand(steps_of(version.policy.kind)["force"].permission)
    held_policy(version.policy_id)
    version = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
    if version.state != VersionState.APPROVED:
        raise NotAllowed(
            "Only an approved version comes into force. Open the page again to see where it stands."
        )
    if version.in_force_from is not None and version.in_force_from > at.date():
        raise NotAllowed(
            f"It was approved for {version.in_force_from:%-d %B %Y} and comes into force on that day by itself."
        )
    begin(version, by=by.username, at=at)


def carry_out_dated(*, at: datetime) -> list[PolicyVersion]:
    """Put into force what a person approved and dated for today or before; return it (domain.md 3.8, SD7).

    Nothing without a human approval and a human date is touched; a version that cannot come into force is left for a
    person, and the others go on.
    """
    begun = []
    for version in due_versions(on=at.date()):
        with transaction.atomic():
            held_policy(version.policy_id)
            fresh = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
            if fresh.state == VersionState.APPROVED and not _ahead(fresh):
                begin(fresh, by=JOB, at=at)
                begun.append(fresh)
    return begun


def begin(version: PolicyVersion, *, by: str, at: datetime) -> None:
    """Put an approved version into force under the lock of its policy, whoever caused it.

    Raises:
        NotAllowed: a later version, or one that began later, is in force.
    """
    check_not_overtaken(version)
    begins = version.in_force_from or at.date()
    ended = _supersede(version, begins=begins, at=at)
    PolicyVersion.objects.filter(pk=version.pk, state=VersionState.APPROVED).update(
        state=VersionState.IN_FORCE, in_force_on=begins, changed_at=at
    )
    version.refresh_from_db()
    signals = signal_measures(
        ended,
        note=f"{version.policy}: version {version.number} took the place of the version relied on.",
        clauses=_clauses_then(ended, version),
        by=by,
        at=at,
    )
    record_event(
        by=by,
        at=at,
        action=PUT_INTO_FORCE,
        subject=called(version),
        detail={"from": begins.isoformat(), "replaced": [called(one) for one in ended], "signals": signals},
    )


@transaction.atomic
def repeal(version: PolicyVersion, *, reasons: str, by: User, at: datetime) -> None:
    """Repeal a version in all its languages; measures that rely on it are looked at again (POLICY_CHANGED).

    The public reads the reasons beside the text, so they must lead to nobody (8.6 N1, N8).

    Raises:
        NotAllowed: the role, reasons too short or unfit for the public, or a version neither approved nor in force.
    """
    said = demand_reasons(reasons)
    leads_to_somebody = refusal("Reasons", said, known=never_named())
    if leads_to_somebody:
        raise NotAllowed(leads_to_somebody)
    step = steps_of(version.policy.kind)["repeal"]
    by.demand(step.permission)
    held_policy(version.policy_id)
    same = PolicyVersion.objects.select_related("policy").filter(
        policy=version.policy_id, number=version.number, state__in=step.before
    )
    ended = list(same)
    if version.pk not in {one.pk for one in ended}:
        raise NotAllowed("Only a version that is approved or in force is repealed.")
    for one in ended:
        move(
            one,
            step,
            by=by,
            at=at,
            called=called(one),
            ended_on=at.date(),
            ending_reasons=said,
            changed_at=at,
        )
    signal_measures(
        ended,
        note=f"{version.policy}: version {version.number}, which was relied on, was repealed.",
        by=by.username,
        at=at,
    )


def check_not_overtaken(version: PolicyVersion) -> None:
    """Refuse a version behind what is in force.

    Raises:
        NotAllowed: a later version is in force, or one that began after the day of this one.
    """
    if _ahead(version):
        raise NotAllowed("A later version is in force, or came into force after the day of this one.")


def _ahead(version: PolicyVersion) -> bool:
    """Whether what is in force is later than this version, by its number or by its day."""
    standing = version.policy.versions.filter(state=VersionState.IN_FORCE)
    if standing.filter(number__gt=version.number).exists():
        return True
    begins = version.in_force_from
    earlier = standing.filter(number__lt=version.number)
    return begins is not None and earlier.filter(in_force_on__gt=begins).exists()


def _supersede(version: PolicyVersion, *, begins: date, at: datetime) -> list[PolicyVersion]:
    """End what the version replaces, in every language; return what was in force until now."""
    before = version.policy.versions.filter(number__lt=version.number)
    ended = list(before.filter(state=VersionState.IN_FORCE).select_related("policy"))
    before.filter(state=VersionState.IN_FORCE).update(
        state=VersionState.SUPERSEDED, ended_on=begins, changed_at=at
    )
    before.filter(state=VersionState.APPROVED).update(
        state=VersionState.REPEALED, ended_on=at.date(), ending_reasons=OVERTAKEN, changed_at=at
    )
    for one in before.filter(state=VersionState.SUBMITTED):
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=one.pk, at=at)
    before.filter(state=VersionState.SUBMITTED).update(
        state=VersionState.DRAFT, content_hash="", changed_at=at
    )
    return ended


def _clauses_then(ended: Sequence[PolicyVersion], now: PolicyVersion) -> dict[str, dict[str, str]]:
    """Return, by version and clause, a sentence on what became of it; only within one language can that be told."""
    found = {}
    for one in ended:
        if one.language == now.language:
            changes = clause_changes(one.parts, now.parts)
            found[str(one.pk)] = {
                part.number: BECAME[what_became_of(changes, part.number)] for part in one.parts
            }
    return found


def signal_measures(
    versions: Sequence[PolicyVersion],
    *,
    note: str,
    by: str,
    at: datetime,
    clauses: Mapping[str, Mapping[str, str]] | None = None,
) -> int:
    """Record, in one statement, that the rule changed on which measures in force rely; return on how many (3.6).

    Said once for a measure and a version, however often it is called. The next cycle finds REVIEW_DUE.

    Args:
        versions: those that are no longer in force.
        note: what happened to them.
        by, at: who, and now.
        clauses: by id of the version and number of a clause, what became of it.
    """
    told: list[Any] = [Signal.Kind.POLICY_CHANGED, at.date(), note, json.dumps(clauses or {}), by]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO risks_signal (measure_id, kind, noted_on, note, noted_by, policy_version_id)
            SELECT id, %s, %s, %s || coalesce(%s::jsonb #>> ARRAY[policy_version_id::text, policy_clause], ''), %s,
                policy_version_id
            FROM risks_measure
            WHERE policy_version_id = ANY(%s) AND state = ANY(%s) AND starts_on <= %s
            ORDER BY id
            ON CONFLICT (measure_id, policy_version_id) WHERE policy_version_id IS NOT NULL DO NOTHING""",
            [*told, [one.pk for one in versions], list(IN_FORCE), at.date()],
        )
        return int(cursor.rowcount)


@transaction.atomic
def rely_on(
    measure: Measure, *, version: PolicyVersion, clause: str, conduct_on: date | None, by: User, at: datetime
) -> None:
    """Record on which clause a measure relies, once; it keeps the rule under which it was imposed (L3).

    Args:
        measure: that names no clause yet.
        version, clause: the version and the number of its clause.
        conduct_on: the day of the conduct; None for the day on which the measure began.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a clause on record, or a rule that was not in force on that day.
    """
    by.demand(Permission.PROPOSE_MEASURE)
    held_policy(version.policy_id)
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    version = PolicyVersion.objects.select_related("policy").get(pk=version.pk)
    if measure.policy_version_id is not None:
        raise NotAllowed(
            "The clause it relies on is on record and stays. Another rule needs another measure."
        )
    check_conduct(version, clause, conduct_on=conduct_on, starts_on=measure.starts_on)
    Measure.objects.filter(pk=measure.pk).update(policy_version=version, policy_clause=clause)
    record_event(
        by=by.username,
        at=at,
        action="recorded the policy relied on",
        subject=f"measure {measure.pk}",
        detail={"version": called(version), "clause": clause},
    )
    signal_if_over(version, by=by, at=at)


def signal_if_over(version: PolicyVersion, *, by: User, at: datetime) -> None:
    """Have measures that rely on a version looked at again where it is no longer in force (3.6)."""
    if version.ended_on is not None:
        note = f"{version.policy}: version {version.number}, which it relies on, is no longer in force."
        signal_measures([version], note=note, by=by.username, at=at)


def check_conduct(version: PolicyVersion, clause: str, *, conduct_on: date | None, starts_on: date) -> None:
    """Refuse a clause that was not in force when the conduct occurred (L3).

    Args:
        version, clause: what is relied on.
        conduct_on: the day of the conduct; None where it is not known, or goes on as the measure begins.
        starts_on: the day on which the measure begins.

    Raises:
        NotAllowed: conduct after the measure began, a version not in force then, or no such clause.
    """
    if conduct_on is not None and conduct_on > starts_on:
        raise NotAllowed(f"Conduct on: choose {starts_on:%-d %B %Y}, when the measure begins, or earlier.")
    check_reliance(
        called=str(version),
        clauses=version.parts,
        clause=clause,
        began=version.in_force_on,
        ended=version.ended_on,
        conduct_on=conduct_on or starts_on,
    )


def called(version: PolicyVersion) -> str:
    """Return what the audit log calls a version."""
    return f"policy {version.policy.slug}, version {version.number} ({version.language})"


def held_policy(pk: int) -> Policy:
    """Return a policy, held until the end of the transaction; whatever moves one of its versions holds it first."""
    return Policy.objects.select_for_update().get(pk=pk)
