"""Records of oversight, and the figures that leadership read."""

from hrdd.oversight.models.figures import BoardPack, FigureRelease, IndicatorValue
from hrdd.oversight.models.meetings import Escalation, OversightMeeting
from hrdd.oversight.models.resources import Incentive, Staffing, Training

__all__ = [
    "BoardPack",
    "Escalation",
    "FigureRelease",
    "Incentive",
    "IndicatorValue",
    "OversightMeeting",
    "Staffing",
    "Training",
]
