"""What insights keeps."""

from smart360.insights.models.scores import HealthScore

__all__ = ["HealthScore"]
