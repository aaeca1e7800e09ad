"""What the page of a risk tells: its judgements with what each changed, its rights, and what weighed on what."""

from dataclasses import dataclass

from risks.models import Evidence, RecordEntry, Risk, SeverityAssessment
from risks.queries.register import STATES
from risks.queries.timeline import WEIGHED
from risks.rules.severity import BANDS

HEADS = (("Scale", "scale"), ("Scope", "scope"), ("Irremediability", "irremediability"))


@dataclass(frozen=True)
class Head:
    """One head of an assessment as it is shown, with its value in the one before."""

    name: str
    value: int | None
    before: int | None
    changed: bool
    rationale: str


@dataclass(frozen=True)
class Judged:
    """One assessment as it is shown."""

    assessment: SeverityAssessment
    band: str
    state_of_harm: str
    heads: list[Head]
    level_before: int | None
    evidence: list[Evidence]

    @property
    def rose(self) -> bool:
        return self.level_before is not None and self.assessment.level > self.level_before

    @property
    def fell(self) -> bool:
        return self.level_before is not None and self.assessment.level < self.level_before


def assessments_of(risk: Risk, *, restricted: bool) -> list[Judged]:
    """Return every judgement of a risk, the newest first, each beside the one before it.

    Args:
        risk: the risk.
        restricted: whether the reader may read restricted evidence.
    """
    held = list(risk.assessments.prefetch_related("evidence", "consultations", "findings_considered"))
    earlier = [*held[1:], None]
    return [_judged(one, earlier[place], restricted=restricted) for place, one in enumerate(held)]


def _judged(one: SeverityAssessment, before: SeverityAssessment | None, *, restricted: bool) -> Judged:
    heads = [
        Head(
            name,
            getattr(one, head),
            getattr(before, head) if before else None,
            before is not None and getattr(before, head) != getattr(one, head),
            getattr(one, f"{head}_rationale"),
        )
        for name, head in HEADS
    ]
    evidence = [piece for piece in one.evidence.all() if restricted or _open(piece)]
    level_before = before.level if before else None
    return Judged(one, BANDS[one.level], STATES[one.state_of_harm], heads, level_before, evidence)


def evidence_of(risk: Risk, *, restricted: bool) -> tuple[list[Evidence], int]:
    """Return the evidence that a reader may read, and how many pieces are kept from them."""
    pieces = list(risk.evidence.all())
    shown = [piece for piece in pieces if restricted or _open(piece)]
    return shown, len(pieces) - len(shown)


def _open(piece: Evidence) -> bool:
    return piece.disclosure != Evidence.Disclosure.RESTRICTED


@dataclass(frozen=True)
class Story:
    """What a dossier told about rights and dilemmas."""

    dilemmas: list[tuple[str, RecordEntry]]
    rights_without_article: list[RecordEntry]
    proceedings: int


def story_of(risk: Risk) -> Story:
    """Return what weighed on what, the rights that name no article, and how many proceedings are on record."""
    entries = list(risk.record.all())
    return Story(
        dilemmas=[(_weighed(one), one) for one in entries if one.kind in WEIGHED],
        rights_without_article=[one for one in entries if one.kind == RecordEntry.Kind.RIGHT],
        proceedings=sum(one.kind == RecordEntry.Kind.PROCEEDING for one in entries),
    )


def _weighed(entry: RecordEntry) -> str:
    factor = str(entry.detail.get("factor", "")).replace("_", " ")
    return f"{entry.get_kind_display()}: {factor}" if factor else entry.get_kind_display()
