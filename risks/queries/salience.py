"""Which risks are salient on a day, and in which order (domain.md 2.4)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from risks.models import Risk, SeverityAssessment
from risks.rules.salience import State, effective_likelihood, is_salient, rank_key, response_tier
from risks.rules.severity import BANDS


@dataclass(frozen=True)
class Ranked:
    """A risk with the assessment that holds."""

    risk: Risk
    assessment: SeverityAssessment

    @property
    def effective(self) -> int | None:
        """Return the effective likelihood; None once remedied."""
        held = self.assessment
        state = State(held.state_of_harm) if held.state_of_harm else None
        return effective_likelihood(held.level, state, held.likelihood)

    @property
    def tier(self) -> str | None:
        """Return how fast to act."""
        held = self.assessment
        return response_tier(held.level, self.effective, delay=held.delay_makes_irremediable)

    @property
    def salient(self) -> bool:
        """Whether the risk belongs on the salient list."""
        return is_salient(self.assessment.level, self.effective)

    @property
    def band(self) -> str:
        """Return the name of the level."""
        return BANDS[self.assessment.level]

    @property
    def order(self) -> tuple[int, ...]:
        """Return what sorts it among others, the first to be acted on smallest."""
        held = self.assessment
        key = rank_key(
            level=held.level,
            delay=held.delay_makes_irremediable,
            effective=self.effective,
            heads=(held.scale, held.scope, held.irremediability),
            vulnerable=held.heightened_vulnerability,
        )
        return (*key, self.risk.pk)


def ranked_risks(risks: QuerySet[Risk], *, on: date) -> list[Ranked]:
    """Return those of some risks that were judged by a day, the gravest first, in two queries.

    Args:
        risks: the risks to look at.
        on: the day; later assessments are not seen.
    """
    holding = SeverityAssessment.objects.filter(risk=OuterRef("pk"), holds_from__lte=on)
    found = list(risks.filter(opened_on__lte=on).annotate(holding=Subquery(holding.values("pk")[:1])))
    assessments = SeverityAssessment.objects.in_bulk([one.holding for one in found if one.holding])
    ranked = [Ranked(one, assessments[one.holding]) for one in found if one.holding]
    return sorted(ranked, key=lambda one: one.order)


def salient_risks(risks: QuerySet[Risk], *, on: date) -> list[Ranked]:
    """Return those of some risks that are salient on a day, the gravest first."""
    return [one for one in ranked_risks(risks, on=on) if one.salient]
