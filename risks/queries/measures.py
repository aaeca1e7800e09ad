"""Measures with what was found and decided about them."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from risks.models import Finding, Measure
from risks.rules.proportionality import BY_CODE
from risks.rules.three_part_test import QUESTIONS


def measures(*, words: str = "", state: str = "", kind: str = "") -> QuerySet[Measure]:
    """Return measures with their latest finding, the latest begun first.

    Args:
        words: each must occur in the target, the rule or the risk's title.
        state, kind: one of each, or empty for any; another word matches none.
    """
    latest = Finding.objects.filter(measure=OuterRef("pk")).order_by("-cycle__as_of", "-pk")
    found = (
        Measure.objects.select_related("risk")
        .annotate(
            latest_finding=Subquery(latest.values("finding")[:1]),
            latest_code=Subquery(latest.values("code")[:1]),
        )
        .order_by("-starts_on", "-pk")
    )
    for word in words.split()[:10]:
        found = found.filter(
            Q(target__icontains=word) | Q(rule_relied_on__icontains=word) | Q(risk__title__icontains=word)
        )
    if state:
        found = found.filter(state=state)
    return found.filter(kind=kind) if kind else found


def findings_of(measure: Measure) -> list[tuple[Finding, str]]:
    """Return the findings on a measure with the sentence of the deciding code, the latest first."""
    found = measure.findings.select_related("cycle").order_by("-cycle__as_of", "-pk")
    return [(one, BY_CODE[one.code].sentence) for one in found]


def answers_of(measure: Measure) -> list[tuple[str, str, str]]:
    """Return the answers of the three-part test: code, question, answer; empty where it was never answered."""
    given = measure.three_part_test
    return [(one.code, one.text, given.get(one.code, "unknown")) for one in QUESTIONS] if given else []
