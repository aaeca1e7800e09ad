"""What happened around a risk, in one order of time: the record, judgements, findings, plans, measures, decisions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from hrdd.governance.queries import name_of
from risks.models import ExitDecision, LeverageAction, Reassessment, RecordEntry, Risk
from risks.models.measures import NEVER_STOOD
from risks.queries.consultations import Row
from risks.rules.said_dates import in_words
from risks.rules.severity import BANDS

WEIGHED = {RecordEntry.Kind.DILEMMA, RecordEntry.Kind.RABAT}
NOT_EVENTS = {RecordEntry.Kind.RIGHT, *WEIGHED}


@dataclass(frozen=True)
class Happening:
    """One thing on the timeline; `when_said` stands where the day is not known exactly."""

    day: date | None
    when_said: str
    what: str
    kind: str
    url: str = ""


def timeline_of(risk: Risk, consultations: Iterable[Row]) -> list[Happening]:
    """Return everything with a date around a risk, the earliest first; what has none comes last.

    Args:
        risk: the risk.
        consultations: those of the risk as the reader may see them.
    """
    happened = [
        *_record(risk),
        *_told_of(risk),
        *_asked(consultations),
        *_judged(risk),
        *_involved(risk),
        *_planned(risk),
        *_measured(risk),
        *_decided(risk),
    ]
    return sorted(happened, key=lambda one: (one.day is None, one.day or date.max))


def _record(risk: Risk) -> Iterator[Happening]:
    for entry in risk.record.exclude(kind__in=NOT_EVENTS):
        exact = entry.when_first is not None and entry.when_first == entry.when_last
        said = "" if exact else in_words(entry.when_said)
        yield Happening(entry.when_first, said, entry.what, entry.get_kind_display())


def _told_of(risk: Risk) -> Iterator[Happening]:
    """Yield the relationships that a dossier tells of."""
    for tied in risk.relationships.exclude(told_by="").select_related("relationship__partner"):
        one = tied.relationship
        url = reverse("partner-detail", args=[one.pk])
        what = f"{one.partner}: {one.kind_told}"
        yield Happening(None, one.told.get("date", ""), what, "Business relationship", url)


def _asked(consultations: Iterable[Row]) -> Iterator[Happening]:
    """Yield the consultations that were held, in the month that the reader may know of."""
    for row in consultations:
        if row.day is not None or row.told_by_dossier:
            url = reverse("consultation-detail", args=[row.pk])
            yield Happening(row.day, row.when, f"Consulted: {row.label}", "Consultation", url)


def _judged(risk: Risk) -> Iterator[Happening]:
    judged = risk.assessments.annotate(judge=name_of("recorded_by"), second=name_of("confirmed_by"))
    for level, day, judge, second in judged.values_list("level", "holds_from", "judge", "second"):
        by = f"{judge}, confirmed by {second}" if second else judge
        yield Happening(
            day, "", f"Severity judged: level {level}, {BANDS[level]}", f"Assessment by {by}", "#severity"
        )
    for lowering in risk.lowering_proposals.filter(state__in=["asked", "refused"]):
        what = f"Lower severity proposed: {lowering.level_held} to {lowering.level_proposed}"
        url = reverse("lowering-detail", args=[lowering.pk])
        yield Happening(lowering.proposed_at.date(), "", what, lowering.get_state_display(), url)
    for piece in risk.evidence.all():
        yield Happening(
            piece.recorded_at.date(), "", "Evidence recorded", piece.get_kind_display(), "#evidence"
        )


def _involved(risk: Risk) -> Iterator[Happening]:
    for one in risk.involvements.filter(decided_at__isnull=False).select_related("decided_by"):
        assert one.decided_at is not None  # noqa: S101  # as filtered
        what = f"Involvement {one.get_state_display().lower()}: {one.get_tie_display().lower()}"
        url = reverse("involvement-detail", args=[one.pk])
        yield Happening(one.decided_at.date(), "", what, f"Decided by {one.decided_by}", url)


def _planned(risk: Risk) -> Iterator[Happening]:
    for one in risk.plans.all():
        yield Happening(
            one.proposed_at.date(), "", f"{one.get_kind_display()} plan proposed", "Plan", "#plans"
        )
        if one.decided_at:
            state = one.get_state_display().lower()
            yield Happening(
                one.decided_at.date(), "", f"{one.get_kind_display()} plan {state}", "Plan", "#plans"
            )
        if one.tested_on:
            found = "works" if one.works else "does not work"
            yield Happening(one.tested_on, "", f"Test: the plan {found}", "Plan", "#plans")


def _measured(risk: Risk) -> Iterator[Happening]:
    for one in risk.measures.exclude(state__in=NEVER_STOOD):
        url = reverse("measure-detail", args=[one.pk])
        said = "" if one.starts_said == one.starts_on.isoformat() else in_words(one.starts_said)
        yield Happening(one.starts_on, said, str(one), "Measure begins", url)
        if one.ended_on:
            yield Happening(one.ended_on, "", str(one), f"Measure: {one.get_state_display().lower()}", url)
    for outcome in Reassessment.objects.filter(measure__risk=risk).select_related("measure"):
        url = reverse("measure-detail", args=[outcome.measure_id])
        yield Happening(
            outcome.decided_at.date(),
            "",
            f"{outcome.get_outcome_display()}: {outcome.measure}",
            "Re-assessment",
            url,
        )


def _decided(risk: Risk) -> Iterator[Happening]:
    for one in LeverageAction.objects.filter(tied__risk=risk).select_related("tied"):
        url = reverse("partner-detail", args=[one.tied.relationship_id])
        yield Happening(
            one.started_on, "", f"Leverage used: {one.get_kind_display().lower()}", "Leverage", url
        )
    exits = ExitDecision.objects.filter(relationship__risks__risk=risk).filter(Q(approved_on__isnull=False))
    for decision in exits.distinct():
        url = reverse("exit-detail", args=[decision.pk])
        yield Happening(decision.approved_on, "", "Exit decision approved", "Exit", url)
    for publication in risk.publications.all():
        what = "Published" if publication.publish else "Left off the published list"
        yield Happening(publication.decided_at.date(), "", what, "Publication", "#publication")
    for replaced in risk.replaced_words.all():
        what = f"Words that the public read were replaced: {replaced.part.lower()}"
        yield Happening(replaced.replaced_at.date(), "", what, "Publication", "#publication")
