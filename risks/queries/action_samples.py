"""What the samples of a measure say."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from risks.models import ActionSample, Measure
from risks.rules.action_sample import ClosedSample, SampleVerdict, Share, refusal_to_maintain, share


@dataclass(frozen=True)
class SampleStanding:
    """A sample with its counts."""

    sample: ActionSample
    size: int
    counts: dict[str, int]

    @property
    def reviewed(self) -> int:
        """Return how many actions were reviewed."""
        return sum(self.counts.values())

    @property
    def wrong(self) -> Share:
        """Return the share that should not have been touched."""
        return share(self.counts[SampleVerdict.INCORRECT], self.reviewed)


def standings_of(samples: QuerySet[ActionSample]) -> Sequence[SampleStanding]:
    """Return samples with their counts, the latest first, in one query."""
    counted = {str(verdict): Count("items", filter=Q(items__verdict=verdict)) for verdict in SampleVerdict}
    told = (
        samples.select_related("drawn_by", "closed_by")
        .annotate(size=Count("items"), **counted)
        .order_by("-drawn_at", "-id")
    )
    return [SampleStanding(one, one.size, {name: getattr(one, name) for name in counted}) for one in told]


def sample_refusal(measure: Measure) -> str:
    """Return why a measure may not be maintained for want of a sample, or nothing (3.2)."""
    if measure.unit_of_review != Measure.Unit.RULE_CLASS:
        return ""
    closed = [
        ClosedSample(one.sample.closed_at.date(), one.reviewed, one.sample.actions)
        for one in standings_of(measure.samples.all())
        if one.sample.closed_at
    ]
    return refusal_to_maintain(closed, reviewed_on=measure.reviewed_on)
