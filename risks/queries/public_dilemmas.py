"""Decided dilemmas as the public reads them, once a second person cleared the words (domain.md 1.6, 8.6)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from hrdd.governance.models import SignOff
from hrdd.governance.rules import canonical_hash
from risks.models import Dilemma, DilemmaDecision, Risk
from risks.queries.dilemmas import final_decisions
from risks.queries.partners import never_named
from risks.rules.dilemma import SETTLED
from risks.rules.screening import refusal

SIGN_OFF_KIND = "public reasons"


@dataclass(frozen=True)
class PublicDilemma:
    """What was weighed, what was done and why; nobody is named."""

    question: str
    decided: str
    reasons: str
    policy: str
    test: str
    demand: str


def as_public(decision: DilemmaDecision) -> PublicDilemma:
    """Return a decision exactly as the public would read it."""
    dilemma = decision.dilemma
    demand = ""
    if dilemma.is_demanded:
        demand = f"{dilemma.get_demand_authority_display()} asked for it"
        if dilemma.demand_in_writing is not None:
            demand += ", in writing" if dilemma.demand_in_writing else ", not in writing"
    return PublicDilemma(
        question=dilemma.question,
        decided=decision.option.get_kind_display() if decision.option.kind else decision.option.course,
        reasons=decision.public_reasons,
        policy=decision.policy_relied_on,
        test=decision.test.outcome if decision.test else "",
        demand=demand,
    )


def public_hash(decision: DilemmaDecision) -> str:
    """Return the SHA-256 of what the public would read; a clearance is bound to it."""
    return canonical_hash(asdict(as_public(decision)))


def clearance_of(decision: DilemmaDecision) -> SignOff | None:
    """Return the latest sign-off that was asked on the public words of a decision."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=decision.pk)
    return asked.select_related("decided_by").order_by("-pk").first()


def public_dilemmas(risks: Iterable[Risk]) -> dict[int, list[PublicDilemma]]:
    """Return by risk the decided dilemmas that anyone may read, in four queries whatever the number of risks.

    The risk is published, a second person cleared the latest decision as it reads now, and its words still pass the
    screen: whoever came into danger since is not named.
    """
    published = [one.pk for one in risks if one.published]
    settled = Dilemma.objects.filter(risk__in=published, state__in=SETTLED).order_by("pk")
    latest = [
        (one, decision)
        for one in settled.prefetch_related(final_decisions())
        for decision in one.final[:1]  # type: ignore[attr-defined]  # prefetched
    ]
    cleared = _cleared([decision.pk for _dilemma, decision in latest])
    hidden, found = never_named() if latest else [], defaultdict(list)
    for dilemma, decision in latest:
        decision.dilemma = dilemma
        if public_hash(decision) in cleared.get(decision.pk, ()):
            told = as_public(decision)
            if told.reasons and not _endangers(told, hidden):
                found[dilemma.risk_id].append(told)
    return dict(found)


def _cleared(decisions: Sequence[int]) -> dict[int, set[str]]:
    signed = SignOff.objects.filter(
        subject_kind=SIGN_OFF_KIND, subject_id__in=decisions, decision=SignOff.Decision.APPROVED
    )
    found: dict[int, set[str]] = defaultdict(set)
    for decision, content_hash in signed.values_list("subject_id", "content_hash"):
        found[decision].add(content_hash)
    return found


def _endangers(told: PublicDilemma, hidden: Sequence[str]) -> bool:
    return any(refusal("", said, known=hidden) for said in asdict(told).values())
