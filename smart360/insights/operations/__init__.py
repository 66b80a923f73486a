"""What is done for insights: ask the invariants, score relationships."""

from smart360.insights.operations.invariants import Finding, ask, tell_of_findings
from smart360.insights.operations.scores import begin_scoring, go_on_with_scores

__all__ = ["Finding", "ask", "begin_scoring", "go_on_with_scores", "tell_of_findings"]
