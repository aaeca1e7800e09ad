"""“You said, we did”: what anyone may read of the consultations that were published (GP21, E3, E5, E8; domain.md 7.4).

Never names, places, days, languages, vulnerability, nor numbers under the smallest group; quotes only with consent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from risks.models import Consultation, ConsultationFinding
from risks.queries.consultations import seen_numbers
from risks.rules.consultation import Consent, Response, heard_as, is_proxy

NO_QUOTE = "Said in somebody's own words, which are not published: they did not agree to that."


@dataclass(frozen=True)
class Answered:
    """What people said, and what was done, or why not."""

    theme: str
    you_said: str
    response: str
    we_did: str
    why: str


@dataclass(frozen=True)
class PublicConsultation:
    """A consultation as anyone may read it."""

    anchor: str
    title: str
    question: str
    year: str
    method: str
    asked: tuple[str, ...]
    people: str
    breakdown: tuple[tuple[str, str], ...]
    themes: tuple[str, ...]
    summary: str
    limits: str
    proxy: bool
    proxy_reasons: str
    after_the_fact: bool
    findings: tuple[Answered, ...]


def published_consultations() -> QuerySet[Consultation]:
    """Return what may be read in public, the latest first."""
    shown = Q(published=True, told_by_dossier=False, screened_by__isnull=False)
    found = Consultation.objects.filter(shown).prefetch_related("groups", "findings")
    return found.order_by("-published_at", "-pk")


def told(consultations: Sequence[Consultation]) -> Iterator[PublicConsultation]:
    """Yield consultations that are published as anyone may read them."""
    for one in consultations:
        types = {group.type for group in one.groups.all()}
        findings = tuple(_answered(finding, one) for finding in one.findings.all())
        breakdown, people = seen_numbers(one)
        yield PublicConsultation(
            anchor=f"consultation-{one.pk}",
            title=one.title,
            question=one.question,
            year=f"{one.held_from:%Y}" if one.held_from else "",
            method=one.get_method_display(),
            asked=tuple(sorted(heard_as(kind) for kind in types)),
            people=people,
            breakdown=breakdown,
            themes=tuple(dict.fromkeys(finding.theme for finding in findings)),
            summary=one.summary,
            limits=one.limits,
            proxy=is_proxy(types),
            proxy_reasons=one.proxy_reasons,
            after_the_fact=one.after_the_fact,
            findings=findings,
        )


def _answered(finding: ConsultationFinding, of: Consultation) -> Answered:
    hidden = finding.is_quote and of.consent_attribution != Consent.GIVEN
    not_done = finding.response in {Response.NOT_ACCEPTED, Response.PARTLY}
    return Answered(
        theme=finding.theme,
        you_said=NO_QUOTE if hidden else finding.you_said,
        response=finding.get_response_display(),
        we_did=finding.we_did,
        why=finding.reasons if not_done else "",
    )
