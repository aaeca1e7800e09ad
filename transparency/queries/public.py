"""What the public pages show of the records below: published risks only."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from risks.models import Measure, Risk
from risks.models.measures import NEVER_STOOD
from risks.queries.publications import Card, Shown, cards
from risks.queries.salience import salient_risks
from risks.rules.ladder import LADDER


def published_list(*, on: date) -> list[Card]:
    """Return the published salient risks of a day, the gravest first; closed ones are not salient."""
    published = Risk.objects.filter(published=True).exclude(status=Risk.Status.CLOSED)
    ranked = salient_risks(published.prefetch_related("rights"), on=on)
    shown = [Shown(one.risk, one.assessment.level, one.assessment.incomplete) for one in ranked]
    return cards(shown, on=on)


@dataclass(frozen=True)
class MeasureCounts:
    """How many measures stand, of which kinds, and how many have ended."""

    by_kind: list[tuple[str, int]]
    ended: int

    @property
    def in_force(self) -> int:
        """Return how many stand."""
        return sum(many for _, many in self.by_kind)


def measure_counts(*, on: date) -> MeasureCounts:
    """Count the measures on published risks, the most intrusive kind first."""
    shown = Measure.objects.filter(risk__published=True, starts_on__lte=on).exclude(state__in=NEVER_STOOD)
    kinds = (
        shown.in_force(on)
        .order_by("-intrusion", "kind")
        .values_list("kind", "intrusion")
        .annotate(many=Count("pk"))
    )
    by_kind = [(LADDER[kind].label, many) for kind, _, many in kinds]
    return MeasureCounts(by_kind, ended=shown.count() - sum(many for _, many in by_kind))
