"""Business-model reviews: when one is due, its way, and what it may conclude (GP18; domain.md 1.11)."""

from enum import StrEnum


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
