"""The records of knowing and acting."""

from risks.models.action_samples import ActionSample, SampledAction
from risks.models.changes import Change
from risks.models.clocks import ClockEntry, ClockReminder
from risks.models.consultations import Consultation, ConsultationFinding, Participant, StakeholderGroup
from risks.models.dilemmas import (
    Dilemma,
    DilemmaAdvice,
    DilemmaDecision,
    DilemmaOption,
    OptionEffect,
    Precedent,
    Stake,
)
from risks.models.duties import CompanionDuty
from risks.models.evidence import Evidence
from risks.models.exit_execution import ExitDuty, ExitStage
from risks.models.exit_narratives import ExitNarrative
from risks.models.exit_staying import EmergencyStop, StayingTerm
from risks.models.exits import ExitDecision, ExitImpactAssessment, ExitReview
from risks.models.experts import ExpertAccess, ExpertOpinion
from risks.models.involvement import Involvement, InvolvementChallenge
from risks.models.judged import Judged
from risks.models.leverage import EffectMeasurement, LeverageAction
from risks.models.leverage_plans import CorrectivePlan, LeveragePlan, LeveragePlanMove, Milestone
from risks.models.measures import Measure, Signal
from risks.models.model_reviews import ModelReview
from risks.models.onboarding import Onboarding, OnboardingFinding
from risks.models.partner_records import CrucialTest, PartnerContact, PartnerCorrection, PartnerNote
from risks.models.partners import Partner, Relationship, RelationshipRisk
from risks.models.plans import MitigationPlan
from risks.models.policies import Policy, PolicyVersion
from risks.models.proportionality import Chunk, Cycle, Finding, Reminder, ReviewTask, Touch
from risks.models.publications import Publication, ReplacedWords, SalientList
from risks.models.rabat import RabatAssessment, RabatConfirmation
from risks.models.reassessments import Reassessment
from risks.models.record import RecordEntry
from risks.models.register import ListUse, RegisterImport, SavedView
from risks.models.rights import Right
from risks.models.salience import (
    LoweringProposal,
    Product,
    Risk,
    RiskRight,
    SeverityAssessment,
)
from risks.models.statements import StatementOfReasons
from risks.models.terms import AgreedTerms
from risks.models.three_part_test import ThreePartTest

__all__ = [
    "ActionSample",
    "AgreedTerms",
    "Change",
    "Chunk",
    "ClockEntry",
    "ClockReminder",
    "CompanionDuty",
    "Consultation",
    "ConsultationFinding",
    "CorrectivePlan",
    "CrucialTest",
    "Cycle",
    "Dilemma",
    "DilemmaAdvice",
    "DilemmaDecision",
    "DilemmaOption",
    "EffectMeasurement",
    "EmergencyStop",
    "Evidence",
    "ExitDecision",
    "ExitDuty",
    "ExitImpactAssessment",
    "ExitNarrative",
    "ExitReview",
    "ExitStage",
    "ExpertAccess",
    "ExpertOpinion",
    "Finding",
    "Involvement",
    "InvolvementChallenge",
    "Judged",
    "LeverageAction",
    "LeveragePlan",
    "LeveragePlanMove",
    "ListUse",
    "LoweringProposal",
    "Measure",
    "Milestone",
    "MitigationPlan",
    "ModelReview",
    "Onboarding",
    "OnboardingFinding",
    "OptionEffect",
    "Participant",
    "Partner",
    "PartnerContact",
    "PartnerCorrection",
    "PartnerNote",
    "Policy",
    "PolicyVersion",
    "Precedent",
    "Product",
    "Publication",
    "RabatAssessment",
    "RabatConfirmation",
    "Reassessment",
    "RecordEntry",
    "RegisterImport",
    "Relationship",
    "RelationshipRisk",
    "Reminder",
    "ReplacedWords",
    "ReviewTask",
    "Right",
    "Risk",
    "RiskRight",
    "SalientList",
    "SampledAction",
    "SavedView",
    "SeverityAssessment",
    "Signal",
    "Stake",
    "StakeholderGroup",
    "StatementOfReasons",
    "StayingTerm",
    "ThreePartTest",
    "Touch",
]
