"""Published texts that name a partner whose name endangers people: flagged after they were published (8.6 N8)."""

from collections.abc import Iterator

from django.db.models import Q

from risks.models import Consultation, Risk
from risks.queries.partners import never_named
from risks.rules.screening import names_one


def named_though_dangerous() -> Q:
    """Return the condition of risks whose published text names such a partner, or a published consultation's about it.

    Where no partner is flagged, nothing is read; else the published texts are, and nothing else.
    """
    partners = never_named()
    return Q(pk__in=set(_naming(partners))) if partners else Q(pk__in=[])


def _naming(partners: list[str]) -> Iterator[int]:
    for pk, title, summary in Risk.objects.filter(published=True).values_list("pk", "title", "summary"):
        if names_one(f"{title}\n{summary}", partners):
            yield pk
    published = Consultation.objects.filter(published=True).prefetch_related("findings", "risks")
    for one in published:
        if names_one("\n".join(_public_words(one)), partners):
            yield from (risk.pk for risk in one.risks.all())


def _public_words(consultation: Consultation) -> Iterator[str]:
    yield from (consultation.title, consultation.question, consultation.proxy_reasons)
    yield from (consultation.limits, consultation.summary)
    yield from (str(part["group"]) for part in consultation.breakdown)
    for finding in consultation.findings.all():
        yield from (finding.you_said, finding.theme, finding.we_did, finding.reasons)
