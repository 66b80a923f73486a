"""What insights keeps."""

from smart360.insights.models.scores import HealthScore
from smart360.insights.models.vips import VipPolicy, VipSuggestion

__all__ = ["HealthScore", "VipPolicy", "VipSuggestion"]
