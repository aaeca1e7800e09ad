"""What a record leaves open or history did wrong: recorded as it was, and named (domain.md 1.2, 1.4, 2.2, 3.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from risks.rules.ladder import LADDER, NEEDS_END_DATE

NEEDS_EXIT_ASSESSMENT = "UNGP 19 commentary"
AFFIRMED = ("yes", "done", "completed", "true")


@dataclass(frozen=True)
class Gap:
    """One gap: a stable code, what it is about, and a sentence with the provision."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True)
class MeasureFacts:
    """What the gaps need to know of a measure."""

    title: str
    kind: str
    rule_relied_on: str
    legal_ground: str
    ends_on: date | None
    ended_on: date | None
    lifted: bool


def measure_gaps(facts: MeasureFacts) -> Iterator[Gap]:
    """Yield the gaps of one measure as history left it."""
    if facts.kind in NEEDS_END_DATE and facts.ends_on is None:
        yield Gap(
            "INDEFINITE_MEASURE",
            facts.title,
            "ICCPR 19(3): this restriction was imposed without an end date. A suspension or feature limit needs a "
            "determinate period.",
        )
    rule = facts.rule_relied_on.strip().lower()
    if LADDER[facts.kind].intrusion > 0 and (not rule or rule.startswith("none")) and not facts.legal_ground:
        yield Gap(
            "NO_RULE_RELIED_ON",
            facts.title,
            "ICCPR 19(3): no published rule or law that the measure relied on is on record (legality, question L1).",
        )
    if facts.lifted and facts.ends_on and facts.ended_on and facts.ended_on > facts.ends_on:
        days = (facts.ended_on - facts.ends_on).days
        yield Gap(
            "ENDED_LATE",
            facts.title,
            f"The measure was to end on {facts.ends_on:%-d %B %Y} and was lifted {days} days later.",
        )


def exit_gaps(title: str, *, decided: str, assessment_done: str) -> Iterator[Gap]:
    """Yield the gap of an exit that was decided without a completed exit impact assessment (X1)."""
    done = assessment_done.strip().lower()
    complete = done.startswith(AFFIRMED) or done[:4].isdigit()
    if decided and not complete:
        said = f" (the record says: {assessment_done})" if assessment_done else ""
        yield Gap(
            "EXIT_WITHOUT_IMPACT_ASSESSMENT",
            title,
            f"UNGP 19: the exit was decided without a completed exit impact assessment{said}.",
        )


def risk_gaps(title: str, *, incomplete: bool, consulted: bool, undetermined: bool) -> Iterator[Gap]:
    """Yield the gaps of a risk: severity not scored, nobody consulted, involvement open."""
    if incomplete:
        yield Gap(
            "SEVERITY_INCOMPLETE",
            title,
            "UNGP 14: severity is told in words and not yet scored; unknown heads count as 4 in the interim.",
        )
    if not consulted:
        yield Gap(
            "NOBODY_CONSULTED",
            title,
            "UNGP 18(b): no consultation with affected people, nor a reason why not, is on record.",
        )
    if undetermined:
        yield Gap(
            "INVOLVEMENT_UNDETERMINED",
            title,
            "UNGP 13: how the company is involved has not been found; fact-finding is due.",
        )
