"""What the public pages show of the records below: published risks only."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from risks.models import Measure, Risk
from risks.queries.salience import salient_risks
from risks.rules.ladder import LADDER
from risks.rules.severity import BANDS


@dataclass(frozen=True)
class PublishedRisk:
    """A risk as the public reads it."""

    anchor: str
    title: str
    summary: str
    level: int
    band: str
    incomplete: bool
    rights: tuple[str, ...]


def published_list(*, on: date) -> list[PublishedRisk]:
    """Return the published salient risks of a day, the gravest first."""
    return [
        PublishedRisk(
            anchor=f"risk-{one.risk.pk}",
            title=one.risk.title,
            summary=one.risk.summary,
            level=one.assessment.level,
            band=BANDS[one.assessment.level],
            incomplete=one.assessment.incomplete,
            rights=tuple(dict.fromkeys(right.title for right in one.risk.rights.all())),
        )
        for one in salient_risks(Risk.objects.filter(published=True).prefetch_related("rights"), on=on)
    ]


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
    shown = Measure.objects.filter(risk__published=True, starts_on__lte=on)
    kinds = (
        shown.in_force(on)
        .order_by("-intrusion", "kind")
        .values_list("kind", "intrusion")
        .annotate(many=Count("pk"))
    )
    by_kind = [(LADDER[kind].label, many) for kind, _, many in kinds]
    return MeasureCounts(by_kind, ended=shown.count() - sum(many for _, many in by_kind))
