"""The only writer of the columns of a risk that follow from its assessments and findings; partners' clocks follow."""

from dataclasses import asdict
from datetime import date, datetime

from django.db.models import Min
from django.db.models.functions import Greatest

from risks.actions.change_clock import follow_severity
from risks.models import Involvement, Risk, SeverityAssessment
from risks.queries.method import method
from risks.rules.involvement import gravest_tie
from risks.rules.standing import Judgement, next_review, stand


def refresh(risk: Risk, *, at: datetime) -> None:
    """Bring the columns of one risk up to what its record says; call it in the transaction of whatever changed.

    Args:
        risk: the risk; read again from the database, and refreshed.
        at: now; assessments that hold from later days are not seen.
    """
    risk.refresh_from_db()
    held = SeverityAssessment.objects.filter(risk=risk, holds_from__lte=at.date()).first()
    standing = stand(judgement(held), closed=risk.status == Risk.Status.CLOSED)
    changes = asdict(standing) | {
        "held": held,
        "assessed_on": held.holds_from if held else None,
        "tier_since": at if standing.tier != risk.tier or risk.tier_since is None else risk.tier_since,
        "tie": _tie(risk),
        "next_review": next_review(
            tier=standing.tier,
            assessed_on=held.holds_from if held else None,
            opened_on=risk.opened_on,
            context_until=risk.context_until,
            triggered_on=_triggered_on(risk, held) if held else None,
            method=method(),
        ),
    }
    Risk.objects.filter(pk=risk.pk).update(**changes)
    risk.refresh_from_db()
    follow_severity(risk, at=at)


def judgement(held: SeverityAssessment | None) -> Judgement:
    """Return what an assessment says, as the rules take it."""
    if held is None:
        return Judgement()
    return Judgement(
        level=held.level,
        incomplete=held.incomplete,
        state_of_harm=held.state_of_harm,
        likelihood=held.likelihood,
        delay=held.delay_makes_irremediable,
        heads=(held.scale, held.scope, held.irremediability),
        vulnerable=held.heightened_vulnerability,
    )


def _tie(risk: Risk) -> str:
    found = Involvement.objects.filter(risk=risk, state__in=Involvement.STANDING)
    return gravest_tie(found.values_list("tie", flat=True))


def _triggered_on(risk: Risk, held: SeverityAssessment) -> date | None:
    """Return since when the assessment is in question: later evidence, or a tagged finding never considered (E6).

    A finding counts from the day on which it was screened; before, nobody outside the engagement team may read it.
    """
    evidence = risk.evidence.filter(recorded_at__gt=held.recorded_at).aggregate(first=Min("recorded_at"))
    considered = SeverityAssessment.findings_considered.through.objects.filter(
        severityassessment__risk=risk
    ).values("consultationfinding")
    findings = (
        risk.consultation_findings.filter(consultation__screened_at__isnull=False)
        .exclude(pk__in=considered)
        .aggregate(first=Min(Greatest("recorded_at", "consultation__screened_at")))
    )
    days = [one["first"].date() for one in (evidence, findings) if one["first"]]
    return min(days, default=None)
