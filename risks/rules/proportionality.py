"""When a measure must be looked at again: one ordered table, evaluated inside the database (domain.md 3.4-3.6).

Conditions are written over the columns of the relation `judged` (risks.models.judged.Judged). The sweeps fill
that relation from the measures in force, `evaluate proportionality` from its input lines; both run the same
compiled CASE. There is no Python twin. Intervals come in as columns, so that they can be configured.
Sources: ICCPR 19(3); UNGP 19-20; DSA 14(4). EMERGENCY_LAPSED is our addition to the codes of 3.6 (from 3.2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least

from risks.rules.ladder import NEEDS_END_DATE
from risks.rules.method import Method

RULES_VERSION = "2026-11"


def rules_version(method: Method) -> str:
    """Return the version of the rules and of the method under which a cycle judges."""
    return "+".join(filter(None, [RULES_VERSION, method.version]))


class Outcome(StrEnum):
    """What a cycle may say of a measure, strongest first."""

    LIFT_EXECUTE = "LIFT_EXECUTE"
    EXPIRE = "EXPIRE"
    REVIEW_URGENT = "REVIEW_URGENT"
    REVIEW_DUE = "REVIEW_DUE"
    OK = "OK"


FOUND_SAID: Mapping[str, str] = {
    Outcome.LIFT_EXECUTE: "To be lifted",
    Outcome.EXPIRE: "Past its end",
    Outcome.REVIEW_URGENT: "Review urgent",
    Outcome.REVIEW_DUE: "Review due",
    Outcome.OK: "In order",
}


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
INTERVAL = F("interval_days")
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
        "EMERGENCY_LAPSED",
        Q(emergency_lapsed=True),
        Outcome.REVIEW_URGENT,
        None,
        "An emergency measure outlived its hours without the full assessment that it needs.",
        "ICCPR 19(3); method 9",
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
        Q(age_days__gt=F("rejustify_after")),
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


def days_to_next_look() -> Combinable:
    """Return in how many days the passage of time alone may first let another trigger fire, 1 or more.

    For a row on which none fires. One date a clock: an end date near, an end date passed, a context over, a
    justification too old, an interval elapsed. All else changes by an event, which leaves a touch.
    """
    return Greatest(
        Value(1),
        Least(
            F("days_to_end") - F("near_days"),
            F("days_to_end") + 1,
            F("days_to_context_end") + 1,
            F("rejustify_after") - F("age_days") + 1,
            INTERVAL - F("days_since_review") + 1,
        ),
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
