"""What people said, what it is about, and what was done about it (E2, E6; domain.md 7.4)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.screening import demand_team, known_of, log, refuse_endangering
from risks.actions.standing import refresh
from risks.models import Consultation, ConsultationFinding, Measure, ModelReview, Risk, Signal
from risks.queries.consultations import is_team
from risks.queries.method import method
from risks.rules.consultation import NOT_HELD, ConsultationState, answer_due, answer_refusal

ANSWERING = (ConsultationState.SUMMARISED, ConsultationState.VALIDATED_BY_PARTICIPANTS)


@transaction.atomic
def record_finding(
    consultation: Consultation,
    *,
    you_said: str,
    is_quote: bool,
    theme: str,
    priority: int,
    owner: User | None,
    by: User,
    at: datetime,
) -> ConsultationFinding:
    """Record what people said; it must be screened before others read it.

    Args:
        consultation: one that was held and is not summarised yet.
        you_said: in words that they would recognise.
        is_quote: whether these are somebody's very words; published only with consent to attribution.
        theme, priority: what it is about; 1 to 3, the first is the most pressing.
        owner: who sees to the answer.
        by, at: who, and now; the answer is due from now on.

    Raises:
        NotAllowed: the role, the team, the state, or a text that could identify a person.
    """
    held = _held(consultation, by=by)
    refuse_endangering({"What they said": you_said, "Theme": theme}, known=known_of(held))
    finding = ConsultationFinding.objects.create(
        consultation=held,
        you_said=you_said.strip(),
        is_quote=is_quote,
        theme=theme.strip(),
        priority=priority,
        owner=owner,
        recorded_by=by,
        recorded_at=at,
        due=answer_due(at.date(), answer_days=method().answer_days),
    )
    _unscreen(held)
    log(held, "recorded consultation finding", by=by, at=at, finding=finding.pk)
    return finding


@transaction.atomic
def amend_finding(
    finding: ConsultationFinding,
    *,
    you_said: str,
    is_quote: bool,
    theme: str,
    priority: int,
    owner: User | None,
    by: User,
    at: datetime,
) -> None:
    """Put a finding in other words until the consultation is summarised; it must be screened again.

    Raises:
        NotAllowed: as in record_finding.
    """
    held = _held(finding.consultation, by=by)
    refuse_endangering({"What they said": you_said, "Theme": theme}, known=known_of(held))
    ConsultationFinding.objects.filter(pk=finding.pk).update(
        you_said=you_said.strip(), is_quote=is_quote, theme=theme.strip(), priority=priority, owner=owner
    )
    _unscreen(held)
    log(held, "amended consultation finding", by=by, at=at, finding=finding.pk)


@transaction.atomic
def tag_finding(
    finding: ConsultationFinding,
    *,
    risks: Iterable[Risk],
    measures: Iterable[Measure],
    model_reviews: Iterable[ModelReview],
    by: User,
    at: datetime,
) -> None:
    """Say which risks, measures and reviews a finding is about; each measure and risk is looked at again (E6).

    The signal on a measure names the finding by its number only. Tags are added; none is taken away, since what it set
    off has happened.

    Raises:
        NotAllowed: the role, the team, or nothing was said yet.
    """
    by.demand(Permission.RUN_CONSULTATION)
    demand_team(finding.consultation, by)
    if finding.consultation.state in NOT_HELD:
        raise NotAllowed("Nothing was said yet that could be about something.")
    finding.risks.add(*risks)
    finding.measures.add(*measures)
    finding.model_reviews.add(*model_reviews)
    for measure in finding.measures.all():
        _signal(finding, measure, by=by, at=at)
    for risk in finding.risks.all():
        refresh(risk, at=at)
    tagged = {
        "risks": sorted(finding.risks.values_list("pk", flat=True)),
        "measures": sorted(finding.measures.values_list("pk", flat=True)),
        "model_reviews": sorted(finding.model_reviews.values_list("pk", flat=True)),
    }
    log(finding.consultation, "tagged consultation finding", by=by, at=at, finding=finding.pk, **tagged)


def _signal(finding: ConsultationFinding, measure: Measure, *, by: User, at: datetime) -> None:
    """Raise CONSULTATION_FINDING on a measure, once for a finding."""
    Signal.objects.get_or_create(
        measure=measure,
        kind=Signal.Kind.CONSULTATION_FINDING,
        note=f"Finding {finding.pk} of consultation {finding.consultation_id}.",
        defaults={"noted_on": at.date(), "noted_by": by.username},
    )


@transaction.atomic
def answer_finding(
    finding: ConsultationFinding,
    *,
    response: str,
    we_did: str,
    reasons: str,
    owner: User | None,
    by: User,
    at: datetime,
) -> None:
    """Answer a finding; until the answers are closed a better answer replaces it (E2).

    Whoever is not of the team is not told whether a text names a participant, since that would confirm a guess; the
    text is compared before it is published.

    Args:
        finding: one of a consultation that was screened and summarised.
        response: one of Response.
        we_did, reasons: what was done about it, and why, or why not.
        owner: who sees to it.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, too little said, or a text that could identify a person.
    """
    by.demand(Permission.ANSWER_FINDING)
    held = Consultation.objects.select_for_update().get(pk=finding.consultation_id)
    if held.state not in ANSWERING:
        raise NotAllowed(
            "Findings are answered once the summary is screened and closed, and until the answers are."
        )
    if refusal := answer_refusal(response, we_did=we_did, reasons=reasons):
        raise NotAllowed(refusal)
    known = known_of(held) if is_team(by, held) else []
    refuse_endangering({"What we did": we_did, "Reasons": reasons}, known=known)
    ConsultationFinding.objects.filter(pk=finding.pk).update(
        response=response,
        we_did=we_did.strip(),
        reasons=reasons.strip(),
        owner=owner,
        answered_by=by,
        answered_at=at,
    )
    log(held, "answered consultation finding", by=by, at=at, finding=finding.pk, response=response)


def _held(consultation: Consultation, *, by: User) -> Consultation:
    by.demand(Permission.RUN_CONSULTATION)
    demand_team(consultation, by)
    held = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if held.state != ConsultationState.HELD:
        raise NotAllowed("Findings are recorded once people were asked, and until the summary is closed.")
    return held


def _unscreen(held: Consultation) -> None:
    Consultation.objects.filter(pk=held.pk).update(screened_by=None, screened_at=None)
