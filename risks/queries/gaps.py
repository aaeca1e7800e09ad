"""The gaps of a risk, computed from its records each time they are shown."""

from collections.abc import Iterator, Sequence

from risks.models import Involvement, Measure, RecordEntry, Risk
from risks.rules.consultation import ConsultationState
from risks.rules.gaps import (
    Gap,
    MeasureFacts,
    exit_gaps,
    is_exit,
    lifting_gaps,
    measure_gaps,
    right_gaps,
    risk_gaps,
)

ASKED = frozenset(ConsultationState) - {ConsultationState.PLANNED, ConsultationState.SAFEGUARDS_CHECKED}
OPEN = {Involvement.Tie.UNDETERMINED, Involvement.Tie.CLAIM}


def gaps_of(risk: Risk) -> list[Gap]:
    """Return what the record of a risk leaves open or shows was done wrong."""
    assessment = risk.assessments.first()
    record, measures = list(risk.record.all()), list(risk.measures.all())
    ties = {involvement.tie for involvement in risk.involvements.all()}
    gaps = [
        *risk_gaps(
            risk.title,
            incomplete=assessment is None or assessment.incomplete,
            consulted=any(one.state in ASKED for one in risk.consultations.all()),
            undetermined=Involvement.Tie.UNDETERMINED in ties or ties <= OPEN,
        )
    ]
    for measure in measures:
        gaps += measure_gaps(_facts(measure))
    for entry in record:
        if entry.kind == RecordEntry.Kind.RIGHT:
            gaps += right_gaps(entry.what)
        if entry.detail.get("code") == "lifted" and entry.when_first is None:
            gaps += lifting_gaps(f"{entry.what}: {entry.detail.get('target', 'target not said')}")
    return [*gaps, *_exit_gaps(risk, record, measures)]


def _facts(measure: Measure) -> MeasureFacts:
    return MeasureFacts(
        title=f"{measure} ({measure.starts_said})",
        kind=measure.kind,
        rule_relied_on=measure.rule_relied_on,
        legal_ground=measure.legal_ground,
        ends_on=measure.ends_on,
        ends_said=measure.ends_said,
        ended_on=measure.ended_on,
        lifted=measure.state == Measure.State.LIFTED,
    )


def _exit_gaps(risk: Risk, record: Sequence[RecordEntry], measures: Sequence[Measure]) -> Iterator[Gap]:
    """Yield the gap of each exit on record; a withdrawal that was carried out is one, whoever failed to write it so."""
    exits = [entry.detail for entry in record if entry.kind == RecordEntry.Kind.EXIT]
    begun = (one.starts_said for one in measures if is_exit(one.kind, imposed_by=one.imposed_by))
    carried_out = next(begun, "")
    for said in exits or [{}]:
        yield from exit_gaps(
            risk.title,
            decided=said.get("decided", ""),
            carried_out=carried_out,
            assessment_done=said.get("assessment_done", ""),
        )
