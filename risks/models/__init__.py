"""The records of knowing and acting."""

from risks.models.involvement import Involvement
from risks.models.judged import Judged
from risks.models.measures import Measure, Reassessment, Signal
from risks.models.partners import (
    ExitDecision,
    ExitImpactAssessment,
    ExitReview,
    LeverageAction,
    Partner,
    Relationship,
    RelationshipRisk,
)
from risks.models.proportionality import Chunk, Cycle, Finding, ReviewTask
from risks.models.record import RecordEntry
from risks.models.rights import Right
from risks.models.salience import Risk, RiskRight, SeverityAssessment

__all__ = [
    "Chunk",
    "Cycle",
    "ExitDecision",
    "ExitImpactAssessment",
    "ExitReview",
    "Finding",
    "Involvement",
    "Judged",
    "LeverageAction",
    "Measure",
    "Partner",
    "Reassessment",
    "RecordEntry",
    "Relationship",
    "RelationshipRisk",
    "ReviewTask",
    "Right",
    "Risk",
    "RiskRight",
    "SeverityAssessment",
    "Signal",
]
