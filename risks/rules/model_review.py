"""Business-model reviews: when one is due, its way, and what it may conclude (GP18; domain.md 1.11)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import LEAST_REASONS, Permission, Step
from risks.rules.gaps import Gap
from risks.rules.method import DEFAULT, Method

SIGN_OFF_KIND = "model_review"
SEVERE = 4
UPHELD_SHARING_A_DRIVER = 3
LEAST_ALTERNATIVES = 2


class ReviewState(StrEnum):
    TRIGGERED = "triggered"
    SCOPED = "scoped"
    EVIDENCE = "evidence"
    CONSULTED = "consulted"
    CONCLUDED = "concluded"
    TRACKED = "tracked"
    CLOSED = "closed"


class ReviewTrigger(StrEnum):
    YEARLY = "yearly"
    SHARED_BY_SEVERE_RISKS = "shared_by_severe_risks"
    UPHELD_GRIEVANCES = "upheld_grievances"
    MONETISATION_CHANGE = "monetisation_change"
    EXPERT_OR_REGULATOR = "expert_or_regulator"


class Conclusion(StrEnum):
    NO_SYSTEMIC_LINK = "no_systemic_link"
    MITIGATE_WITHIN_MODEL = "mitigate_within_model"
    CHANGE_INCENTIVE = "change_incentive"
    CHANGE_DESIGN = "change_design"
    RESTRICT_OFFERING = "restrict_offering"
    DISCONTINUE = "discontinue"


TRIGGER_SENTENCES: Mapping[str, str] = {
    ReviewTrigger.YEARLY: "No review was signed within the last year.",
    ReviewTrigger.SHARED_BY_SEVERE_RISKS: "Severe risks of the last 12 months share this driver.",
    ReviewTrigger.UPHELD_GRIEVANCES: "Upheld grievances of the last 12 months share this driver.",
    ReviewTrigger.MONETISATION_CHANGE: "A change of monetisation is proposed on risks with this driver.",
    ReviewTrigger.EXPERT_OR_REGULATOR: "An expert or a regulator found something on risks with this driver.",
}
SIGNED = frozenset({ReviewState.TRACKED, ReviewState.CLOSED})
UNSIGNED = frozenset(ReviewState) - SIGNED


def _step(label: str, before: set[ReviewState], after: ReviewState, who: Permission) -> Step:
    return Step(label, frozenset(before), after, who)


REVIEW_STEPS: Mapping[str, Step] = {
    "scope": _step("Scope the review", {ReviewState.TRIGGERED}, ReviewState.SCOPED, Permission.REVIEW_MODEL),
    "evidence": _step(
        "Record the evidence",
        {ReviewState.SCOPED, ReviewState.CONSULTED},
        ReviewState.EVIDENCE,
        Permission.REVIEW_MODEL,
    ),
    "consult": _step(
        "Record who was consulted", {ReviewState.EVIDENCE}, ReviewState.CONSULTED, Permission.REVIEW_MODEL
    ),
    "conclude": _step("Conclude", {ReviewState.CONSULTED}, ReviewState.CONCLUDED, Permission.REVIEW_MODEL),
    "sign": _step(
        "Sign the review", {ReviewState.CONCLUDED}, ReviewState.TRACKED, Permission.SIGN_MODEL_REVIEW
    ),
    "refuse": _step(
        "Send the review back", {ReviewState.CONCLUDED}, ReviewState.CONSULTED, Permission.SIGN_MODEL_REVIEW
    ),
    "close": _step("Close the review", {ReviewState.TRACKED}, ReviewState.CLOSED, Permission.REVIEW_MODEL),
}


@dataclass(frozen=True)
class DriverFacts:
    """What is on record about one driver of the business model, as the triggers read it.

    Args:
        open_risks: open risks that carry the driver.
        reviewed_on: day on which the last signed review was concluded, or None.
        severe_lately: open risks of level 4 or more with the driver, opened or assessed within 12 months.
        severe_unreviewed: those of them that the last signed review did not weigh as severe.
        upheld_grievances: upheld grievances with the driver within 12 months, since the last review.
        monetisation_changes: changes of monetisation proposed on such risks since the last review.
        outside_findings: findings of experts and regulators on such risks within 12 months, since the last review.
    """

    open_risks: int = 0
    reviewed_on: date | None = None
    severe_lately: int = 0
    severe_unreviewed: int = 0
    upheld_grievances: int = 0
    monetisation_changes: int = 0
    outside_findings: int = 0


def triggers(facts: DriverFacts, *, on: date, method: Method = DEFAULT) -> list[ReviewTrigger]:
    """Return why a driver is to be reviewed on a day; empty when nothing asks for it (domain.md 1.11).

    What a signed review has weighed does not ask for another, so that a review can come to an end.

    Args:
        facts: what is on record.
        on: the day.
        method: how often, and how many risks must share the driver.
    """
    every = timedelta(days=method.model_review_every_days)
    late = facts.reviewed_on is None or on - facts.reviewed_on >= every
    shared = facts.severe_lately >= method.severe_risks_sharing_a_driver and facts.severe_unreviewed > 0
    holds = {
        ReviewTrigger.YEARLY: facts.open_risks > 0 and late,
        ReviewTrigger.SHARED_BY_SEVERE_RISKS: shared,
        ReviewTrigger.UPHELD_GRIEVANCES: facts.upheld_grievances >= UPHELD_SHARING_A_DRIVER,
        ReviewTrigger.MONETISATION_CHANGE: facts.monetisation_changes > 0,
        ReviewTrigger.EXPERT_OR_REGULATOR: facts.outside_findings > 0,
    }
    return [trigger for trigger, fires in holds.items() if fires]


def year_before(day: date) -> date:
    """Return the same day twelve calendar months earlier; 28 February for a 29th (domain.md 0.1)."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


@dataclass(frozen=True)
class Concluding:
    """What a review holds when somebody concludes it. How much the driver earns is no part of it."""

    conclusion: str
    reasons: str
    user_misuse_only: bool
    incentives_examined: str
    alternatives: Sequence[str]
    metrics: Sequence[Mapping[str, str]]


def missing_to_scope(*, scope: str, affected_groups: str, risks: int) -> list[str]:
    """Return what a scope lacks, one sentence each (GP18)."""
    checks = (
        (bool(scope.strip()), "GP18: say what of the business model is looked at, and over which time."),
        (bool(affected_groups.strip()), "GP18: say which groups of people are affected."),
        (risks > 0, "GP18: choose at least one open risk that carries the driver."),
    )
    return [sentence for holds, sentence in checks if not holds]


def missing_evidence(*, evidence: str, internal_research: str) -> list[str]:
    """Return what the evidence lacks, one sentence each (domain.md 1.11)."""
    checks = (
        (bool(evidence.strip()), "GP18: say on what evidence the review rests."),
        (
            bool(internal_research.strip()),
            "Internal research: say what the company's own research found, or in a sentence that there is none. "
            "Ignoring it is an omission (UNGP 13).",
        ),
    )
    return [sentence for holds, sentence in checks if not holds]


def missing_consultation(*, consulted: str, why_not: str) -> list[str]:
    """Return the sentence that is due when nobody was heard and no reason is given (GP18(b))."""
    if consulted.strip() or why_not.strip():
        return []
    return ["UNGP 18(b): say which groups were consulted and what they said, or why nobody could be."]


def missing_to_conclude(given: Concluding, *, on: date) -> list[str]:
    """Return why a review may not be concluded, one sentence each; empty when it may (B1; domain.md 1.11).

    Args:
        given: the conclusion and what it rests on.
        on: the day; what is measured is due on it or later.
    """
    different = {one.strip().lower() for one in given.alternatives if one.strip()}
    checks = (
        (given.conclusion in set(Conclusion), "Conclusion: choose one of the six."),
        (
            len(given.reasons.strip()) >= LEAST_REASONS,
            f"Reasons: say why in at least {LEAST_REASONS} characters, so that the board can follow it.",
        ),
        (
            not given.user_misuse_only or bool(given.incentives_examined.strip()),
            "B1: misuse by users alone is no conclusion unless the incentives of the design were examined. "
            "Say which were, and what was found.",
        ),
        (
            len(different) >= LEAST_ALTERNATIVES,
            f"Design alternatives: weigh at least {LEAST_ALTERNATIVES} different ones, one a line.",
        ),
        (
            bool(given.metrics),
            "UNGP 20: name at least one metric by which the board will see whether it works.",
        ),
    )
    return [sentence for holds, sentence in checks if not holds] + [
        sentence for metric in given.metrics for sentence in _metric_lacks(metric, on)
    ]


def _metric_lacks(metric: Mapping[str, str], on: date) -> Iterator[str]:
    name = metric.get("name", "").strip() or "one of them"
    if not all(metric.get(part, "").strip() for part in ("name", "baseline", "target", "unit", "due")):
        yield f"Metric {name}: give its name, baseline, target, unit and day."
    elif date.fromisoformat(metric["due"]) < on:
        yield f"Metric {name}: its day lies in the past. Give the day on which the target is to be reached."


def missing_to_close(*, metrics: Sequence[Mapping[str, object]], outcome: str) -> list[str]:
    """Return why a tracked review may not be closed: every metric is read, and the outcome told (UNGP 20)."""
    unread = [str(one["name"]) for one in metrics if not one.get("readings")]
    lacking = [f"UNGP 20: record a reading of {name} first." for name in unread]
    if len(outcome.strip()) < LEAST_REASONS:
        lacking.append(f"Outcome: say in at least {LEAST_REASONS} characters what changed for people.")
    return lacking


def due_on(opened_on: date, *, method: Method = DEFAULT) -> date:
    """Return the last day for the board's signature; from the next day on the review is the board's matter (B2)."""
    return opened_on + timedelta(days=method.model_review_days)


def is_overdue(state: str, *, opened_on: date, on: date, method: Method = DEFAULT) -> bool:
    """Return whether a review that nobody signed is open longer than it may be (B2)."""
    return state in UNSIGNED and on > due_on(opened_on, method=method)


def overdue_gap(driver: str, *, opened_on: date, days: int) -> Gap:
    """Return the gap of a review that is open too long (B2).

    Args:
        driver: the driver in words.
        opened_on: when it was opened.
        days: how long it may be open.
    """
    return Gap(
        "MODEL_REVIEW_OVERDUE",
        driver,
        f"B2: the business-model review, open since {opened_on:%-d %B %Y}, is older than {days} days: "
        "a matter for the board.",
    )


def unreviewed_gap(driver: str, *, severe: int) -> Gap:
    """Return the gap of a driver that severe risks share and nobody reviewed (K25)."""
    return Gap(
        "DRIVER_NOT_REVIEWED",
        driver,
        f"GP18: {severe} open risks of level 4 or more share this driver, and no business-model review is open "
        "or was signed within the last year.",
    )


def untold_gap(driver: str) -> Gap:
    """Return the gap of a signed review that the public does not read any more, as its words lead to somebody (N8)."""
    return Gap(
        "MODEL_REVIEW_NOT_TOLD",
        driver,
        "UNGP 21(c): the public does not read this review any more, because its words lead to somebody who is in "
        "danger. Conclude the next review in words that do not.",
    )
