"""When a measure must be looked at again: one ordered table, evaluated inside the database (domain.md 3.4-3.6).

Conditions are written over the columns of the relation `judged` (risks.models.judged.Judged). The nightly sweep
fills that relation from the measures in force, `evaluate proportionality` from its input lines; both run the
same compiled CASE. There is no Python twin. Sources: ICCPR 19(3); UNGP 19-20; DSA 14(4); thresholds are our
defaults and configurable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable, Func

from risks.rules.ladder import NEEDS_END_DATE

RULES_VERSION = "2026-11"


class Outcome(StrEnum):
    """What a cycle may say of a measure, strongest first."""

    LIFT_EXECUTE = "LIFT_EXECUTE"
    EXPIRE = "EXPIRE"
    REVIEW_URGENT = "REVIEW_URGENT"
    REVIEW_DUE = "REVIEW_DUE"
    OK = "OK"


URGENT_HOURS, URGENT_HOURS_LIFE, DUE_DAYS = 72, 24, 14

# Days between reviews by intrusiveness I0..I5 and level L1..L5; then days to a full re-justification.
REVIEW_INTERVALS: Mapping[int, tuple[int, int, int, int, int]] = {
    0: (365, 180, 90, 30, 7),
    1: (365, 180, 120, 60, 30),
    2: (180, 120, 90, 45, 30),
    3: (90, 90, 60, 30, 14),
    4: (45, 45, 30, 21, 14),
    5: (30, 30, 30, 14, 7),
}
REJUSTIFICATION_DAYS: Mapping[int, int | None] = {0: None, 1: 730, 2: 365, 3: 365, 4: 180, 5: 365}


def check_intervals(table: Mapping[int, Sequence[int]]) -> None:
    """Raise ValueError when an interval grows with severity or, from I1, with intrusiveness (domain.md 3.4)."""
    for intrusion, row in table.items():
        if list(row) != sorted(row, reverse=True):
            raise ValueError(f"Intervals of class I{intrusion} must never increase with severity.")
        above = table.get(intrusion - 1)
        if intrusion >= 2 and above and any(mine > theirs for mine, theirs in zip(row, above, strict=True)):
            raise ValueError(
                f"Intervals of class I{intrusion} must not be longer than those of the class below."
            )


check_intervals(REVIEW_INTERVALS)


def _lookup(values: Sequence[int | None], index: str) -> Func:
    """Return SQL that picks one of `values` by a 1-based index; the values are our own integers."""
    literals = ",".join("NULL" if value is None else str(int(value)) for value in values)
    return Func(template=f"(ARRAY[{literals}]::int[])[{index}]", output_field=IntegerField())


def interval_days() -> Func:
    """Return the review interval of the judged measure, in days; a closed risk (L0) uses column L1."""
    flat = [days for intrusion in range(6) for days in REVIEW_INTERVALS[intrusion]]
    return _lookup(flat, "intrusion * 5 + GREATEST(level_now, 1)")


def rejustification_days() -> Func:
    """Return after how many days the judged measure needs a full re-justification, or NULL."""
    return _lookup([REJUSTIFICATION_DAYS[intrusion] for intrusion in range(6)], "intrusion + 1")


@dataclass(frozen=True)
class Trigger:
    """One row of table 3.6: its code, when it fires, when it is urgent, and its sentence."""

    code: str
    when: Q
    outcome: Outcome
    urgent_when: Q | None
    sentence: str
    provision: str


GRAVE = Q(level_now__gte=4)
INTRUSIVE = Q(intrusion__gte=4)
INTERVAL = interval_days()
CEILING: Combinable = F("level_now") + F("ceiling_lift")

TRIGGERS: tuple[Trigger, ...] = (
    Trigger(
        "APPEAL_UPHELD",
        Q(appeal_upheld=True),
        Outcome.LIFT_EXECUTE,
        None,
        "A human appeal body decided for the person, so the measure is to be undone.",
        "UNGP 31; DSA 20(4)",
    ),
    Trigger(
        "END_DATE_PASSED",
        Q(end_date_passed=True),
        Outcome.EXPIRE,
        None,
        "The end date that a person fixed has passed, so the measure ends by its own terms.",
        "ICCPR 19(3)",
    ),
    Trigger(
        "EXPIRED_RISK_HIGH",
        Q(end_date_passed=True) & GRAVE,
        Outcome.OK,
        None,
        "The measure ended while the risk is still severe: people are alerted.",
        "UNGP 19",
    ),
    Trigger(
        "INDEFINITE_MEASURE",
        Q(no_end_date=True, kind__in=sorted(NEEDS_END_DATE)),
        Outcome.REVIEW_URGENT,
        None,
        "A suspension or feature limit without an end date is never proportionate: set a date or lift it.",
        "ICCPR 19(3); Oversight Board 2021-001-FB-FBR",
    ),
    Trigger(
        "THREAT_TO_LIFE",
        Q(threat_to_life=True, intrusion__lte=1),
        Outcome.REVIEW_URGENT,
        None,
        "Lives are in danger and the response is no stronger than a label.",
        "UNGP 14, 19",
    ),
    Trigger(
        "RISK_CLOSED",
        Q(level_now=0),
        Outcome.REVIEW_DUE,
        INTRUSIVE,
        "The risk that the measure answers has been closed.",
        "ICCPR 19(3)",
    ),
    Trigger(
        "CEILING_EXCEEDED",
        Q(level_now__gte=1, intrusion__gt=CEILING),
        Outcome.REVIEW_DUE,
        INTRUSIVE,
        "The measure is more intrusive than the present severity of the risk supports.",
        "ICCPR 19(3); GC34 para 34",
    ),
    Trigger(
        "UNDER_RESPONSE",
        GRAVE & Q(intrusion__lt=F("level_now") - 3),
        Outcome.REVIEW_URGENT,
        None,
        "The risk is severe and the response is weaker than the least that is expected.",
        "UNGP 13, 19",
    ),
    Trigger(
        "NEW_EVIDENCE",
        Q(new_evidence=True),
        Outcome.REVIEW_DUE,
        Q(intrusion__gte=3) | GRAVE,
        "Evidence has come in since the last review.",
        "UNGP 20",
    ),
    Trigger(
        "COLLATERAL_HARM",
        Q(collateral_harm=True),
        Outcome.REVIEW_DUE,
        Q(intrusion__gte=3),
        "Others than the person addressed are reported to be burdened by the measure.",
        "ICCPR 19(3); GC34 para 34",
    ),
    Trigger(
        "CONTEXT_ENDED",
        Q(context_ended=True),
        Outcome.REVIEW_DUE,
        INTRUSIVE,
        "The situation that called for the measure is over.",
        "ICCPR 19(3)",
    ),
    Trigger(
        "RISK_INCREASED",
        Q(level_now__gt=F("level_then")),
        Outcome.REVIEW_DUE,
        GRAVE,
        "The risk is more severe than when the measure was imposed or last reviewed.",
        "UNGP 17, 24",
    ),
    Trigger(
        "RISK_DECREASED",
        Q(level_now__gte=1, level_now__lt=F("level_then")),
        Outcome.REVIEW_DUE,
        None,
        "The risk is less severe than when the measure was imposed or last reviewed.",
        "ICCPR 19(3)",
    ),
    Trigger(
        "POLICY_CHANGED",
        Q(policy_changed=True),
        Outcome.REVIEW_DUE,
        None,
        "The rule or law relied on has been amended or repealed.",
        "ICCPR 19(3) (provided by law)",
    ),
    Trigger(
        "CONSULTATION_FINDING",
        Q(consultation_finding=True),
        Outcome.REVIEW_DUE,
        None,
        "People who were consulted raised something about this measure.",
        "UNGP 18, 20(b)",
    ),
    Trigger(
        "INEFFECTIVE",
        Q(ineffective=True),
        Outcome.REVIEW_DUE,
        None,
        "What was measured says that the measure has no effect.",
        "ICCPR 19(3) (suitability)",
    ),
    Trigger(
        "MEASURE_AGE",
        Q(age_days__gt=rejustification_days()),
        Outcome.REVIEW_DUE,
        None,
        "The measure is so old that it needs a full new justification.",
        "UNGP 20",
    ),
    Trigger(
        "REVIEW_LAPSED",
        Q(days_since_review__gt=INTERVAL * Value(2)),
        Outcome.REVIEW_URGENT,
        None,
        "More than twice the review interval has passed without a review.",
        "UNGP 20",
    ),
    Trigger(
        "INTERVAL_ELAPSED",
        Q(days_since_review__gt=INTERVAL, days_since_review__lte=INTERVAL * Value(2)),
        Outcome.REVIEW_DUE,
        None,
        "The review interval for this kind of measure at this severity has passed.",
        "UNGP 20",
    ),
    Trigger(
        "END_DATE_NEAR",
        Q(end_date_near=True),
        Outcome.REVIEW_DUE,
        None,
        "The end date is near: assess now whether the risk has receded.",
        "Oversight Board 2021-001-FB-FBR",
    ),
)
WITHIN_INTERVAL = "WITHIN_INTERVAL"
BY_CODE: Mapping[str, Trigger] = {trigger.code: trigger for trigger in TRIGGERS}


@dataclass(frozen=True)
class Arm:
    """One arm of the CASE: a code with the finding it gives under its condition."""

    code: str
    outcome: Outcome
    when: Q


def arms() -> tuple[Arm, ...]:
    """Return the CASE arms: strongest finding first and, inside one strength, by precedence (3.6)."""
    listed = [
        Arm(trigger.code, Outcome.REVIEW_URGENT, trigger.when & trigger.urgent_when)
        for trigger in TRIGGERS
        if trigger.urgent_when is not None
    ]
    listed += [Arm(trigger.code, trigger.outcome, trigger.when) for trigger in TRIGGERS]
    precedence = [trigger.code for trigger in TRIGGERS]
    strength = list(Outcome)
    ranked = sorted(listed, key=lambda arm: (strength.index(arm.outcome), precedence.index(arm.code)))
    return tuple(arm for arm in ranked if arm.outcome is not Outcome.OK)


ARMS = arms()


def primary_arm() -> Case:
    """Return the one CASE that gives the number of the deciding arm, or the number of arms when none fires."""
    return Case(
        *(When(arm.when, then=Value(number)) for number, arm in enumerate(ARMS)),
        default=Value(len(ARMS)),
        output_field=IntegerField(),
    )


def fires(trigger: Trigger) -> Case:
    """Return 1 where a trigger applies, else 0."""
    return Case(When(trigger.when, then=Value(1)), default=Value(0), output_field=IntegerField())


def suggestion(*, code: str, level_now: int, intrusion: int, ceiling_lift: int = 0) -> str:
    """Return the advice that goes with a primary code; advice only, a person decides (domain.md 3.9)."""
    if code in {"APPEAL_UPHELD", "END_DATE_PASSED", "RISK_CLOSED"}:
        return "lift"
    if code in {"INDEFINITE_MEASURE", "CEILING_EXCEEDED", "COLLATERAL_HARM"}:
        return "de_escalate"
    if code == "CONTEXT_ENDED":
        return "none" if level_now >= 4 else "de_escalate"
    if code == "RISK_DECREASED":
        floor = level_now - 3 if level_now >= 4 else 0
        return "de_escalate" if intrusion > floor else "none"
    if code in {"THREAT_TO_LIFE", "UNDER_RESPONSE"}:
        return "escalate"
    if code == "RISK_INCREASED":
        return "escalate" if intrusion < min(level_now + ceiling_lift, 5) else "none"
    return "none"
