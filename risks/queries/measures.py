"""The register of measures, and what is known of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Sum

from hrdd.governance.models import User
from hrdd.governance.queries import name_of
from risks.models import Cycle, Finding, Measure, Reassessment, ReviewTask
from risks.models.measures import ENDED, NEVER_STOOD, STILL_OPEN
from risks.queries.desk import BY_CODE_SENTENCE
from risks.rules.proportionality import suggestion
from risks.rules.said_dates import in_words
from risks.rules.three_part_test import QUESTIONS, Answer, Question

FINDINGS_SHOWN = 20
NOT_YET, NEVER_DID = "not yet", "it never stood"
ADVICE = {
    "lift": "Lift it. This is advice only; a person decides.",
    "de_escalate": "Move to something less intrusive. This is advice only; a person decides.",
    "escalate": "Consider a stronger response, through the usual approval. This is advice only; a person decides.",
}


@dataclass(frozen=True)
class Explained:
    """A finding with its sentence."""

    finding: Finding
    sentence: str


@dataclass(frozen=True)
class Answered:
    """A question of the three-part test, its answer, and whether that answer carries, fails or leaves it open."""

    question: Question
    answer: str
    tone: str
    text: str = ""


def listed_measures(*, state: str = "", kind: str = "", finding: str = "") -> QuerySet[Measure]:
    """Return the measures that a filter leaves, those in force first, then the latest, each with what was found last.

    Args:
        state, kind: as stored.
        finding: an outcome, or "none" for measures of which the latest look found nothing.
    """
    measures = Measure.objects.select_related("risk", "latest_finding__cycle")
    if state:
        measures = measures.filter(state=state)
    if kind:
        measures = measures.filter(kind=kind)
    if finding == "none":
        measures = measures.filter(latest_finding__isnull=True)
    elif finding:
        measures = measures.filter(latest_finding__finding=finding)
    return measures.order_by(ENDED, F("starts_on").desc(), "pk")


def findings_of(measure: Measure) -> list[Explained]:
    """Return the latest findings on a measure, the newest first."""
    found = measure.findings.select_related("cycle").order_by("-cycle__as_of", "-pk")
    return explained(found[:FINDINGS_SHOWN])


def explained(findings: QuerySet[Finding] | Sequence[Finding]) -> list[Explained]:
    """Return findings with the sentence of the code that decided."""
    return [Explained(one, BY_CODE_SENTENCE[one.code]) for one in findings]


def answers_of(measure: Measure) -> list[Answered]:
    """Return the three-part test of a measure, or nothing where it was never answered."""
    if measure.test is None:
        return []
    given = measure.test.given()
    return [_answer(question, given.answers.get(question.code)) for question in QUESTIONS]


def _answer(question: Question, given: Answer | None) -> Answered:
    answer = given.answer if given else "unknown"
    tone = {"yes": "ok", "no": "urgent", "not_applicable": "neutral"}.get(answer, "due")
    return Answered(question, answer.replace("_", " "), tone, given.text if given else "")


def imposer(measure: Measure) -> str:
    """Return the name of who put a measure in force; of history, what the record says."""
    if measure.proposed_by is None:
        return measure.imposed_by
    for one in (measure.proposed_by, measure.decided_by):
        if one and one.username == measure.imposed_by:
            return str(one)
    return str(User.objects.filter(username=measure.imposed_by).first() or measure.imposed_by)


def decisions_of(measure: Measure) -> QuerySet[Reassessment]:
    """Return what people decided on a measure since it began, each with `by`, the name of who did."""
    return measure.reassessments.select_related("proposed").annotate(by=name_of("decided_by"))


def facts_of(measure: Measure) -> list[tuple[str, Any]]:
    """Return the facts of a measure as pairs of a term and what is on record."""
    stood, is_over = measure.state not in NEVER_STOOD, measure.state not in STILL_OPEN
    unstood = NEVER_DID if is_over else NOT_YET
    reviewed = measure.reviewed_on != measure.starts_on
    return [
        ("Kind", f"{measure.get_kind_display()}, intrusiveness {measure.intrusion} of 5"),
        ("In the words of the record", measure.said),
        ("Imposed by", imposer(measure) if stood else "nobody" if is_over else "nobody yet"),
        ("Began", _day_or_words(measure.starts_on, measure.starts_said) if stood else unstood),
        (
            "Was to end" if is_over else "Ends",
            measure.ends_on or in_words(measure.ends_said) or "no end date",
        ),
        ("State today", measure.get_state_display()),
        ("Ended", (measure.ended_on or "still stands") if stood else unstood),
        ("Rule relied on", measure.rule_relied_on),
        ("Legal ground", measure.legal_ground),
        (f"Severity {'at the last review' if reviewed else 'to begin with'}", f"level {measure.level_then}"),
        ("Last review", measure.reviewed_on if reviewed else "none"),
        ("Note", measure.note or "none"),
    ]


def _day_or_words(day: date, said: str) -> date | str:
    """Return the day where the record names one, else its words: "2021-02" is no day."""
    return day if said in {"", day.isoformat()} else in_words(said)


def open_task(measure: Measure) -> ReviewTask | None:
    """Return the task that waits on a measure."""
    return measure.tasks.filter(closed_at__isnull=True).first()


def advice_on(finding: Finding) -> str:
    """Return what the rules suggest on a finding, or nothing where they leave it open."""
    inputs = finding.inputs
    advised = suggestion(
        code=finding.code,
        level_now=inputs["level_now"],
        intrusion=inputs["intrusion"],
        ceiling_lift=inputs.get("ceiling_lift", 0),
    )
    return ADVICE.get(advised, "")


@dataclass(frozen=True)
class Progress:
    """How far a cycle is."""

    total: int
    done: int
    set_aside: int
    assessed: int


def progress_of(cycle: Cycle) -> Progress:
    """Return how many parts of a cycle are done, and how many measures they held."""
    chunks = cycle.chunks.all()
    return Progress(
        total=chunks.count(),
        done=chunks.filter(done_at__isnull=False).count(),
        set_aside=chunks.filter(quarantined=True, done_at__isnull=True).count(),
        assessed=chunks.aggregate(assessed=Sum("assessed"))["assessed"] or 0,
    )
