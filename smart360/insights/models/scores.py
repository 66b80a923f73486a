"""Relationship Health Scores as they were, month by month."""

from django.db import models
from django.db.models import Q

from consumers.models import Consumer


class HealthScore(models.Model):
    """A consumer's score at the end of a month; of the running month, as of last night (CON7).

    Written by the nightly run alone. What is shown as the score of today is worked out anew.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day.")
    score = models.PositiveSmallIntegerField(help_text="0 to 100.")
    version = models.PositiveSmallIntegerField(help_text="Of the definitions it was made by.")
    scored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "month"], name="a_month_has_one_health_score"
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 100)), name="a_health_score_is_0_to_100"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_health_score_is_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.score}/100 in {self.month:%Y-%m}"
