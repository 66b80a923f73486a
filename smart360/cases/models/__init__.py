"""The case, its policy, its holds, the alerts raised for it, and what is tallied of it."""

from smart360.cases.models.approvals import Approval
from smart360.cases.models.cases import Alert, Case, Hold, HoldReason
from smart360.cases.models.lists import OPEN
from smart360.cases.models.orders import DUE, URGENCY
from smart360.cases.models.policies import SlaPolicy
from smart360.cases.models.tallies import LateTally, MonthTally, Tally, TallyChange

__all__ = [
    "DUE",
    "OPEN",
    "URGENCY",
    "Alert",
    "Approval",
    "Case",
    "Hold",
    "HoldReason",
    "LateTally",
    "MonthTally",
    "SlaPolicy",
    "Tally",
    "TallyChange",
]
