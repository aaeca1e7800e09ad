"""Records of oversight, and the figures that leadership read."""

from hrdd.oversight.models.figures import BoardPack, FigureRelease, IndicatorValue
from hrdd.oversight.models.meetings import Escalation, OversightMeeting
from hrdd.oversight.models.public import PublicMandate, PublicMeeting, PublicTraining
from hrdd.oversight.models.resources import Incentive, Staffing, Training
from hrdd.oversight.models.sign_offs import SignOffReminder

__all__ = [
    "BoardPack",
    "Escalation",
    "FigureRelease",
    "Incentive",
    "IndicatorValue",
    "OversightMeeting",
    "PublicMandate",
    "PublicMeeting",
    "PublicTraining",
    "SignOffReminder",
    "Staffing",
    "Training",
]
