"""Published texts that name a partner whose name endangers people: the database finds what the screen does (N8)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from risks.models import Consultation, ConsultationFinding, Risk
from risks.models.naming import (
    WORDS_OF_A_CONSULTATION,
    WORDS_OF_A_FINDING,
    WORDS_OF_A_RISK,
    Pieces,
    Unmarked,
)
from risks.queries.partners import never_named
from risks.rules.naming import pattern_of, pieces_of


def named_though_dangerous() -> Q:
    """Return the condition of risks whose public text names such a partner, or a public consultation's about it."""
    names = never_named()
    if not names:
        return Q(pk__in=[])
    heard = Consultation.objects.filter(published=True)
    told = naming(heard, WORDS_OF_A_CONSULTATION, names)
    answered = naming(ConsultationFinding.objects.filter(consultation__in=heard), WORDS_OF_A_FINDING, names)
    about = Consultation.risks.through.objects
    return (
        Q(pk__in=naming(Risk.objects.filter(published=True), WORDS_OF_A_RISK, names).values("pk"))
        | Q(pk__in=about.filter(consultation__in=told.values("pk")).values("risk"))
        | Q(pk__in=about.filter(consultation__in=answered.values("consultation")).values("risk"))
    )


def naming(records: QuerySet[Any], words: Combinable, names: Sequence[str]) -> QuerySet[Any]:
    """Return those of some records whose words hold one of some names, found by the index of their pieces.

    Args:
        records: of one model.
        words: of that model, as risks.models.naming says them.
        names: as they are on record.
    """
    said = Unmarked(words)
    found = Q(pk__in=[])
    for name in names:
        if pattern := pattern_of(name):
            held = Q(said__regex=pattern)
            for spellings in pieces_of(name):
                held &= Q(pieces__overlap=spellings)
            found |= held
    asked: QuerySet[Any] = records.order_by().alias(said=said, pieces=Pieces(said))
    return asked.filter(found)
