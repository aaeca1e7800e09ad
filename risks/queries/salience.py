"""Which risks are salient on a day, and in which order (domain.md 2.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from risks.models import Risk, SeverityAssessment
from risks.rules.salience import is_salient, rank_key


@dataclass(frozen=True)
class Ranked:
    """A risk with the assessment that holds."""

    risk: Risk
    assessment: SeverityAssessment


def salient_risks(risks: QuerySet[Risk], *, on: date) -> list[Ranked]:
    """Return those of some risks that are salient on a day, the gravest first; later assessments are not seen.

    Args:
        risks: the risks to look at.
        on: the day.
    """
    holding = SeverityAssessment.objects.filter(risk=OuterRef("pk"), holds_from__lte=on)
    found = list(risks.filter(opened_on__lte=on).annotate(holding=Subquery(holding.values("pk")[:1])))
    assessments = SeverityAssessment.objects.in_bulk([one.holding for one in found if one.holding])
    ranked = [Ranked(one, assessments[one.holding]) for one in found if one.holding]
    return sorted(_salient(ranked), key=_order)


def _salient(ranked: Iterable[Ranked]) -> Iterable[Ranked]:
    return (one for one in ranked if is_salient(one.assessment.level, one.assessment.effective_likelihood))


def _order(one: Ranked) -> tuple[int, ...]:
    held = one.assessment
    key = rank_key(
        level=held.level,
        delay=held.delay_makes_irremediable,
        effective=held.effective_likelihood,
        heads=(held.scale, held.scope, held.irremediability),
        vulnerable=held.heightened_vulnerability,
    )
    return (*key, one.risk.pk)
