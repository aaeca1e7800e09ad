"""What a record leaves open or history did wrong: recorded as it was, and named (domain.md 1.2, 1.4, 2.2, 3.2)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from risks.rules.ladder import LADDER, NEEDS_END_DATE

INDEFINITE = re.compile(r"(indefinite(ly)?|permanent(ly)?|open[- ]ended|until further notice|none|no end)\b")
ENDS_FOR_GOOD = 5
EXITS = frozenset({"service_termination", "country_withdrawal"})
BY_THE_COMPANY = frozenset({"", "company", "the company", "platform", "the platform"})
# An answer that says so, or the day on which it was done.
AFFIRMED = re.compile(r"(yes|done|completed?|true)\b|(19|20)[0-9]{2}(-[0-9]{2}){0,2}\b")
DENIED = re.compile(r"(no|not|none|never|false|n/a)\b")
DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


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
    ends_said: str
    ended_on: date | None
    lifted: bool


def measure_gaps(facts: MeasureFacts) -> Iterator[Gap]:
    """Yield the gaps of one measure as history left it."""
    if facts.ends_on is None and _must_end(facts):
        end = f' (the record says: "{facts.ends_said}")' if facts.ends_said else ""
        yield Gap(
            "INDEFINITE_MEASURE",
            facts.title,
            f"ICCPR 19(3): this restriction was imposed without an end date{end}. It needs a determinate period.",
        )
    if LADDER[facts.kind].intrusion > 0 and not (_told(facts.rule_relied_on) or _told(facts.legal_ground)):
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


def _must_end(facts: MeasureFacts) -> bool:
    """Suspensions and feature limits must have an end; milder measures must not be called endless either."""
    milder = 0 < LADDER[facts.kind].intrusion < ENDS_FOR_GOOD
    return facts.kind in NEEDS_END_DATE or (
        milder and bool(INDEFINITE.match(facts.ends_said.strip().lower()))
    )


def _told(rule: str) -> bool:
    said = rule.strip().lower()
    return bool(said) and not said.startswith("none")


def is_exit(kind: str, *, imposed_by: str) -> bool:
    """Return whether a measure ends a relationship or a service by the company's own decision."""
    return kind in EXITS and imposed_by.strip().lower() in BY_THE_COMPANY


def exit_gaps(title: str, *, decided: str, carried_out: str, assessment_done: str) -> Iterator[Gap]:
    """Yield the gap of an exit that was decided without an exit impact assessment completed before it (X1).

    Args:
        title: the risk.
        decided: the day or words of the decision, as the record has them.
        carried_out: when a measure that is an exit began; it was decided, whatever the record says of that.
        assessment_done: the day or words on the assessment.
    """
    if not decided.strip() or DENIED.match(decided.strip().lower()):
        decided = carried_out
    if not decided:
        return
    said = f" (the record says: {assessment_done})" if assessment_done else ""
    if not AFFIRMED.match(assessment_done.strip().lower()) or _is_later(assessment_done, decided):
        yield Gap(
            "EXIT_WITHOUT_IMPACT_ASSESSMENT",
            title,
            f"UNGP 19: the exit was decided without an exit impact assessment completed before it{said}.",
        )


def _is_later(one: str, other: str) -> bool:
    """Return whether one text begins with a date after the date that the other begins with, as far as both tell."""
    days = [DAY.match(said.strip()) for said in (one, other)]
    first, second = (day.group() if day else "" for day in days)
    told = min(len(first), len(second))
    return first[:told] > second[:told]


def right_gaps(said: str) -> Iterator[Gap]:
    """Yield the gap of a right that the record names by no article."""
    yield Gap(
        "RIGHT_WITHOUT_ARTICLE",
        said,
        "UNGP 12: the record names this right by no article of the UDHR, the ICCPR or the ICESCR, so it is not matched "
        "to the rights catalogue.",
    )


def lifting_gaps(said: str) -> Iterator[Gap]:
    """Yield the gap of a lifting whose day is not known."""
    yield Gap(
        "LIFTED_ON_UNKNOWN_DATE",
        said,
        "The record says that a measure was lifted, not when; the measure counts as in force until the day is known.",
    )


# The gaps of the register: a stable code, a sentence with its provision. The conditions stand in risks.queries.gaps.
REGISTER_GAPS: Mapping[str, str] = {
    "SEVERITY_INCOMPLETE": (
        "UNGP 14: severity is told in words and not yet scored; unknown heads count as 4 in the interim."
    ),
    "STALE_ASSESSMENT": "UNGP 18, R5: the assessment is past its date and must be made again.",
    "CONTEXT_PASSED": "UNGP 18, R5: the context that the assessment assumed is over (an election, an emergency).",
    "NO_OWNER": "UNGP 19(a), G1: salient, and nobody answers for it.",
    "OWNER_WITHOUT_MANDATE": (
        "UNGP 19(a), G1: salient, and whoever answers for it holds no mandate: no authority, budget or time was given."
    ),
    "NO_MITIGATION": "UNGP 19: salient, and neither an approved plan nor a measure in force answers it.",
    "INTERIM_OVERDUE": "UNGP 24: a P1 risk needs a decision on interim measures within its hours; none was taken.",
    "PLAN_OVERDUE": "UNGP 24, G2: the time for a plan has passed, and none is approved.",
    "NOBODY_CONSULTED": "UNGP 18(b): no consultation with affected people, nor a reason why not, is on record.",
    "AFFECTED_NOT_HEARD": (
        "UNGP 18(b): severe, and the judgement rests on nothing that people affected said, or who speaks for them."
    ),
    "FINDING_UNANSWERED": "UNGP 21, E2: people were consulted and had no answer in the time set.",
    "PARTICIPANTS_NOT_TOLD": "UNGP 21, E3: findings were answered, and the people consulted have not been told.",
    "INVOLVEMENT_UNDETERMINED": "UNGP 13: how the company is involved has not been found; fact-finding is due.",
    "FACT_FINDING_OVERDUE": "UNGP 13: the time to find the facts about the involvement has passed.",
    "REASSESS_INVOLVEMENT": (
        "UNGP 19: directly linked, known for longer than the time to see change, and no leverage had an effect: "
        "continued inaction may become contribution. A decider looks at the involvement again."
    ),
    "LINKED_YET_SILENT": "UNGP 19: directly linked through a relationship, and no leverage was used.",
    "BEGUN_WITHOUT_ONBOARDING": (
        "UNGP 19: linked through a relationship that began without its onboarding gate (method 7a), when leverage "
        "was greatest."
    ),
    "OWN_PART_NOT_STOPPED": "UNGP 19, I3: the company's own part goes on past the time in which it had to stop.",
    "NO_REMEDIATION_PLAN": "UNGP 22, I1: the company causes or contributes, and no remediation plan is approved.",
    "DILEMMA_LAPSED": (
        "UNGP 20, ICCPR 19(3): a dilemma between rights was decided for a time that has passed without another look."
    ),
    "SALIENT_NOT_PUBLISHED": "UNGP 21: salient, and nobody decided whether the public reads of it.",
    "NAMED_THOUGH_DANGEROUS": (
        "UNGP 21(c): the public reads the name of a partner whose name endangers people. Correct the "
        "text, or take it off the published list, today."
    ),
    "NO_RIGHT_NAMED": "UNGP 12: no right of the catalogue is named.",
}
FROM_THE_RECORD = ("SEVERITY_INCOMPLETE", "NOBODY_CONSULTED", "INVOLVEMENT_UNDETERMINED")
