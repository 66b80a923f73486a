"""What is done for insights: ask the invariants, score relationships, suggest VIPs."""

from smart360.insights.operations.invariants import Finding, ask, tell_of_findings
from smart360.insights.operations.scores import begin_scoring, go_on_with_scores
from smart360.insights.operations.vips import UnableToDecideVip, accept_vip, decline_vip

__all__ = [
    "Finding",
    "UnableToDecideVip",
    "accept_vip",
    "ask",
    "begin_scoring",
    "decline_vip",
    "go_on_with_scores",
    "tell_of_findings",
]
