"""What the indicators of UNGP 31 are computed from, in a fixed number of queries (domain.md 6.9)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from remedies.models import Case, CaseMember, Rating, Remedy
from remedies.rules.case import TYPE_WORDS, CaseRole, CaseState, CaseType
from remedies.rules.case_workflow import Finding
from remedies.rules.effectiveness import CaseFacts, Facts, RatingFacts, RemedyFacts
from remedies.rules.remedy import RemedyKind
from risks.queries.consultations import mechanism_consultations
from risks.rules.suppression import Split, Table

LANGUAGE_NAMES = {"en": "English", "fr": "French", "es": "Spanish", "ar": "Arabic"}
# What is counted of a case; a row is cheaper than a whole record, and there are as many as ever came.
COUNTED = (
    *("type", "state", "received_week", "finding", "finding_before_appeal", "language", "channel"),
    *("severity", "on_behalf_of", "acknowledged_on", "told_on", "summary_offered_on", "decided_on"),
    *("appeal_decided_on", "closed_on", "root_cause"),
)
FINDING_WORDS = {
    Finding.UPHELD: "Upheld",
    Finding.PARTLY_UPHELD: "Upheld in part",
    Finding.NOT_UPHELD: "Not upheld",
    Finding.UNABLE_TO_DETERMINE: "Could not be found out",
}


def facts(*, last_published: date | None) -> Facts:
    """Return what the indicators are computed from; erased cases are no longer in it, their releases are.

    Args:
        last_published: when figures of the mechanism were published last.
    """
    decider = CaseMember.objects.filter(
        case=OuterRef("pk"), user=OuterRef("decided_by"), role=str(CaseRole.GRV_DEC), attested=True
    )
    cases = Case.objects.annotate(attested=Exists(decider)).values(*COUNTED, "risk_id", "attested")
    held, answered = mechanism_consultations()
    return Facts(
        cases=[_case(**one) for one in cases],
        remedies=[
            RemedyFacts(
                due=one.due,
                agreed_on=one.agreed_on,
                delivered_on=one.delivered_on,
                verified_on=one.verified_on,
                waiver=one.waiver,
                prevents_repetition=one.kind == RemedyKind.GUARANTEE_OF_NON_REPETITION,
                decided_on=one.case.decided_on,
            )
            for one in Remedy.objects.select_related("case")
        ],
        ratings=[
            RatingFacts(*row)
            for row in Rating.objects.values_list("quarter", "satisfaction", "fairness", "safety")
        ],
        consultations_on_mechanism=held,
        suggestions=answered,
        last_published=last_published,
    )


def case_tables(known: Sequence[CaseFacts], *, begin: date, end: date) -> dict[str, Table]:
    """Return how many cases came, by type and by language, and how many were decided, by what was found.

    Every answer stands in a table, also one that nobody gave, so that no row is there because of somebody.
    """
    received = [one for one in known if begin <= one.received_on <= end]
    decided = [one for one in known if one.decided_on and begin <= one.decided_on <= end]
    types = Counter(one.type for one in received)
    languages = Counter(one.language for one in received)
    findings = Counter(one.finding for one in decided)
    spoken = [*LANGUAGE_NAMES, *sorted(set(languages) - set(LANGUAGE_NAMES))]
    return {
        "cases_by_type": _table(
            "type", [TYPE_WORDS[one] for one in CaseType], [types[one] for one in CaseType]
        ),
        "cases_by_language": _table(
            "language", [LANGUAGE_NAMES.get(one, one) for one in spoken], [languages[one] for one in spoken]
        ),
        "cases_by_finding": _table(
            "finding", list(FINDING_WORDS.values()), [findings[one] for one in FINDING_WORDS]
        ),
    }


def _table(question: str, answers: Sequence[str], counts: Sequence[int]) -> Table:
    return Table((Split(question, tuple(answers), sensitive=True),), (tuple(counts),))


def _case(
    *,
    type: str,  # noqa: A002  # the column's word
    state: str,
    received_week: date,
    finding: str,
    finding_before_appeal: str,
    risk_id: int | None,
    attested: bool,
    **given: Any,
) -> CaseFacts:
    return CaseFacts(
        type=CaseType(type),
        state=CaseState(state),
        received_on=received_week,
        finding=Finding(finding),
        finding_before_appeal=Finding(finding_before_appeal),
        has_risk=risk_id is not None,
        decider_attested=attested,
        **given,
    )
