"""What the public pages show of the records below: published risks only."""

from dataclasses import dataclass
from datetime import date

from risks.models import Measure, Risk
from risks.queries.salience import salient_risks
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


def measure_counts(*, on: date) -> dict[str, int]:
    """Return how many measures on published risks stand, and how many have ended."""
    shown = Measure.objects.filter(risk__published=True)
    standing = shown.in_force(on).count()
    return {"in_force": standing, "ended": shown.filter(starts_on__lte=on).count() - standing}
