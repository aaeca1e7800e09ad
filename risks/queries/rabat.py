"""Rabat worksheets: what one comes to while it is typed, and how one stands now (domain.md 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from risks.models import Dilemma, RabatAssessment, RabatConfirmation
from risks.queries.method import method
from risks.rules.dilemma import UNSETTLED, State
from risks.rules.rabat import Gates, Mode, Outcome, Scores, threshold
from risks.rules.rabat_worksheet import (
    FACTORS,
    IS_INPUT,
    MEANINGS,
    NAMES,
    Factor,
    Given,
    advice_on_mode,
    contradictions,
    valid_until,
)

REFERRED = (Outcome.CRIMINAL, Outcome.CRIMINAL_BY_ANALOGY)


@dataclass(frozen=True)
class RabatPreview:
    """What the worksheet comes to so far, in words."""

    outcome: Outcome
    name: str
    meaning: str
    advice: str
    capped: bool
    until: datetime
    contradictions: list[str]
    is_input: str = IS_INPUT


def referred_to_senior() -> list[RabatAssessment]:
    """Return the worksheets at the criminal threshold on undecided dilemmas, the oldest first (4.3: the same day).

    Only the latest worksheet of a dilemma that two assessors stand behind counts.
    """
    worksheets = RabatAssessment.objects.select_related("dilemma", "assessed_by").prefetch_related(
        "confirmations__assessor"
    )
    latest: dict[int, RabatAssessment] = {}
    for one in worksheets.filter(dilemma__state__in=(*UNSETTLED, State.INTERIM_DECIDED)).order_by(
        "-assessed_at", "-pk"
    ):
        if not one.lacking():
            latest.setdefault(one.dilemma_id, one)
    return [one for one in reversed(list(latest.values())) if one.outcome in REFERRED]


def preview_of(dilemma: Dilemma, given: Mapping[str, Any], *, at: datetime) -> RabatPreview:
    """Return what the fields given so far come to; nothing is written.

    Args:
        dilemma: whose risk says how long the scores may be relied on.
        given: the cleaned fields of the form; what could not be read counts as not known.
        at: now.
    """
    mode = Mode(given.get("mode") or Mode.ART20)
    gates = Gates.parse("".join(given.get(f"gate_{name}") or "?" for name in vars(Gates.parse("?"))))
    scores = Scores(**{one.name: given.get(one.name) for one in FACTORS})
    found = threshold(gates, scores, mode)
    contrary = Given(
        mode,
        gates,
        given.get("grounds", ()),
        given.get("harm_sought", ()),
        given.get("exceptions", ()),
        scores.intent,
        given.get("intent_text", ""),
    )
    return RabatPreview(
        outcome=found,
        name=NAMES[found],
        meaning=MEANINGS[found],
        advice=advice_on_mode(mode, gates),
        capped=scores.intent == 0 and found is not Outcome.INCOMPLETE,
        until=valid_until(
            at,
            context_tags=dilemma.risk.context_tags,
            days=method().rabat_days,
            tense_days=method().rabat_tense_days,
        ),
        contradictions=list(contradictions(contrary).values()),
    )


@dataclass(frozen=True)
class Scored:
    """One factor of a worksheet: its score, the anchor it was scored by, and why."""

    factor: Factor
    score: int | None
    anchor: str
    text: str


@dataclass(frozen=True)
class Standing:
    """A worksheet as it stands at a moment."""

    assessment: RabatAssessment
    state: str
    usable: bool
    lacking: list[str]
    scored: list[Scored]
    confirmations: Sequence[RabatConfirmation]
    advice: str


def standing_of(assessment: RabatAssessment, *, at: datetime) -> Standing:
    """Return how a worksheet stands: who is behind it, and whether it may still be relied on (SD9, 4.1)."""
    lacking = assessment.lacking()
    expired = assessment.valid_until < at
    if expired:
        state = "Expired"
    elif lacking:
        state = "Waits for an assessor"
    else:
        state = "Confirmed"
    incomplete = assessment.outcome == Outcome.INCOMPLETE
    return Standing(
        assessment,
        state,
        usable=not (expired or lacking or incomplete),
        lacking=lacking,
        scored=[_scored(assessment, one) for one in FACTORS],
        confirmations=list(assessment.confirmations.all()),
        advice=advice_on_mode(Mode(assessment.mode), assessment.three_gates),
    )


def _scored(assessment: RabatAssessment, factor: Factor) -> Scored:
    score = getattr(assessment, factor.name)
    anchor = "not known" if score is None else factor.anchors[score]
    return Scored(factor, score, anchor, assessment.texts.get(factor.name, ""))


def assessments() -> QuerySet[RabatAssessment]:
    """Return the worksheets with their assessors, the latest first."""
    found = RabatAssessment.objects.select_related("dilemma__risk", "assessed_by")
    return found.prefetch_related("confirmations__assessor")


def rabat_of(dilemma: Dilemma, *, at: datetime) -> list[Standing]:
    """Return the worksheets of a dilemma as they stand now, the latest first."""
    return [standing_of(one, at=at) for one in assessments().filter(dilemma=dilemma)]
