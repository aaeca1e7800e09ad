"""Draw, review and close a sample of what a rule did; people do each of it (domain.md 3.2)."""

import hashlib
import secrets
from datetime import date, datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.measure_proposals import demand_person, locked, log
from risks.actions.reassessments import deciders_of
from risks.models import ActionSample, Measure, SampledAction
from risks.models.measures import IN_FORCE
from risks.rules.action_sample import SampleError, SampleVerdict, appeals_refusal, draw, references_in


@transaction.atomic
def draw_sample(
    measure: Measure,
    *,
    period_from: date,
    period_to: date,
    references: str,
    size: int,
    by: User,
    at: datetime,
) -> ActionSample:
    """Draw a random sample from the keys of every action that a rule took in a period.

    Args:
        measure: in force, of unit `rule_class`.
        period_from, period_to: the days covered, both counted.
        references: the keys of all actions, one a line; only those drawn are kept, and the hash of the whole.
        size: how many are drawn; at least 50, or all.
        by, at: a person who neither proposed, decided nor imposed it (SD2), and now.

    Raises:
        NotAllowed: the role, a machine, SD2, another unit or state, an open sample, or what the rules refuse.
    """
    held = _held(measure, by)
    if held.unit_of_review != Measure.Unit.RULE_CLASS:
        raise NotAllowed("Method 9.1: this measure is reviewed one by one, so there is nothing to sample.")
    if held.state not in IN_FORCE:
        raise NotAllowed("Method 9.1: only a measure in force acts on items.")
    if held.samples.filter(closed_at__isnull=True).exists():
        raise NotAllowed("A sample of this measure is open. Review and close it first.")
    if period_to < period_from or period_to > at.date():
        raise NotAllowed(f"Period: end it on {at:%-d %B %Y} or earlier, and begin it before it ends.")
    seed = secrets.randbits(53)
    try:
        every = references_in(references)
        drawn = draw(every, size=size, seed=seed)
    except SampleError as refusal:
        raise NotAllowed(str(refusal)) from None
    sample = ActionSample.objects.create(
        measure=held,
        period_from=period_from,
        period_to=period_to,
        actions=len(every),
        seed=seed,
        population_hash=hashlib.sha256("\n".join(sorted(every)).encode()).hexdigest(),
        drawn_by=by,
        drawn_at=at,
    )
    SampledAction.objects.bulk_create(
        SampledAction(sample=sample, position=position, reference=reference)
        for position, reference in enumerate(drawn, start=1)
    )
    log(held, "drew sample", by=by, at=at, sample=sample.pk, size=len(drawn), of=len(every))
    return sample


@transaction.atomic
def review_action(
    sample: ActionSample, *, position: int, verdict: str, note: str, by: User, at: datetime
) -> SampledAction:
    """Record what a person found about one action of an open sample; until it is closed they may say it anew.

    Raises:
        NotAllowed: the role, a machine, SD2, a closed sample, an unknown action or verdict, or doubt without a note.
    """
    held = _held(sample.measure, by)
    open_one = _open(sample)
    if verdict not in set(SampleVerdict):
        raise NotAllowed("Verdict: choose correct, incorrect or unclear.")
    if verdict != SampleVerdict.CORRECT and not note.strip():
        raise NotAllowed("Note: say what is wrong or unclear about it, without a name.")
    found = open_one.items.filter(position=position)
    if not found.update(verdict=verdict, note=note.strip(), reviewed_by=by, reviewed_at=at):
        raise NotAllowed("There is no such action in this sample.")
    log(held, f"reviewed sampled action: {verdict}", by=by, at=at, sample=open_one.pk, position=position)
    return found.get()


@transaction.atomic
def close_sample(
    sample: ActionSample,
    *,
    appeals_lodged: int,
    appeals_decided: int,
    appeals_upheld: int,
    conclusion: str,
    by: User,
    at: datetime,
) -> None:
    """Close a sample whose every action was reviewed; it stays as it is from then on.

    Args:
        sample: an open sample.
        appeals_lodged, appeals_decided, appeals_upheld: of the period.
        conclusion: what it says about the rule, 50 characters or more.
        by, at: a person, and now.

    Raises:
        NotAllowed: the role, a machine, SD2, actions nobody reviewed, figures that cannot be, or short words.
    """
    held = _held(sample.measure, by)
    open_one = _open(sample)
    waiting = open_one.items.filter(verdict="").count()
    if waiting:
        raise NotAllowed(
            f"Method 9.1: {waiting} of the sample {'is' if waiting == 1 else 'are'} not reviewed yet."
        )
    refusal = appeals_refusal(lodged=appeals_lodged, decided=appeals_decided, upheld=appeals_upheld)
    if refusal:
        raise NotAllowed(refusal)
    open_one.conclusion = demand_reasons(conclusion, about="Conclusion")
    open_one.appeals_lodged, open_one.appeals_decided = appeals_lodged, appeals_decided
    open_one.appeals_upheld = appeals_upheld
    open_one.closed_by, open_one.closed_at = by, at
    open_one.save()
    log(held, "closed sample", by=by, at=at, sample=open_one.pk)


def _held(measure: Measure, by: User) -> Measure:
    demand_person(by)
    by.demand(Permission.REASSESS_MEASURE)
    held = locked(measure)
    if by.as_one() & deciders_of(held):
        raise NotAllowed(
            "SD2: whoever imposed, proposed or decided a measure does not review what it did. Ask another reviewer."
        )
    return held


def _open(sample: ActionSample) -> ActionSample:
    held = ActionSample.objects.select_for_update().get(pk=sample.pk)
    if held.closed_at is not None:
        raise NotAllowed("This sample is closed and stays as it is. Draw another.")
    return held
