"""The gaps of a risk, computed from its records each time they are shown."""

from risks.models import Involvement, Measure, RecordEntry, Risk
from risks.rules.gaps import Gap, MeasureFacts, exit_gaps, measure_gaps, risk_gaps


def gaps_of(risk: Risk) -> list[Gap]:
    """Return what the record of a risk leaves open or shows was done wrong."""
    gaps: list[Gap] = []
    assessment = risk.assessments.first()
    record = list(risk.record.all())
    gaps += risk_gaps(
        risk.title,
        incomplete=assessment is None or assessment.incomplete,
        consulted=any(entry.kind == RecordEntry.Kind.CONSULTATION for entry in record),
        undetermined=risk.involvements.filter(tie=Involvement.Tie.UNDETERMINED).exists(),
    )
    for measure in risk.measures.all():
        gaps += measure_gaps(
            MeasureFacts(
                title=f"{measure} ({measure.starts_said})",
                kind=measure.kind,
                rule_relied_on=measure.rule_relied_on,
                legal_ground=measure.legal_ground,
                ends_on=measure.ends_on,
                ended_on=measure.ended_on,
                lifted=measure.state == Measure.State.LIFTED,
            )
        )
    for entry in record:
        if entry.kind == RecordEntry.Kind.EXIT:
            gaps += exit_gaps(
                risk.title,
                decided=entry.detail.get("decided", ""),
                assessment_done=entry.detail.get("assessment_done", ""),
            )
    return gaps
