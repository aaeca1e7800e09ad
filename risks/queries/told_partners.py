"""What a dossier tells of a relationship, kept as it was said."""

from dataclasses import dataclass

from django.db.models import Q

from risks.models import RecordEntry, Relationship
from risks.queries.gaps import exit_gaps_of


@dataclass(frozen=True)
class ToldOf:
    """What a dossier tells of a relationship: its words, the leverage that was used, the exit, and its gaps."""

    words: list[tuple[str, str]]
    leverage: list[RecordEntry]
    exits: list[tuple[RecordEntry, list[str]]]


def told_of(relationship: Relationship) -> ToldOf | None:
    """Return what a dossier tells of a relationship; an exit of the whole case is told of each of its relationships.

    Args:
        relationship: None is returned for one that no dossier tells of.
    """
    if not relationship.told_by:
        return None
    of_case = Q(relationship__isnull=True, kind=RecordEntry.Kind.EXIT)
    tied = relationship.risks.exclude(told_by="").values("risk")
    entries = RecordEntry.objects.filter(Q(relationship=relationship) | of_case, risk__in=tied)
    words = [("Called", relationship.kind_said)] if relationship.kind_said else []
    words += [
        ("Leverage on hand" if name == "leverage" else name.replace("_", " ").capitalize(), said)
        for name, said in relationship.told.items()
        if name != "kind" or said != relationship.kind_said
    ]
    leverage, exits = [], []
    for one in entries.select_related("risk"):
        if one.kind == RecordEntry.Kind.EXIT:
            exits.append((one, [gap.message for gap in exit_gaps_of(one)]))
        elif one.kind == RecordEntry.Kind.LEVERAGE:
            leverage.append(one)
    return ToldOf(words, leverage, exits)
