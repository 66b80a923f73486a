"""The roll-up of cases by day, and the changes that no worker has folded into it yet."""

from django.db import models
from django.db.models import Q

from smart360.cases.choices import CaseKind, Standing


class Tally(models.Model):
    """How many cases of a kind and topic stand so, counted by one day of the utility's calendar.

    Not the whole truth: what `TallyChange` still holds comes on top (queries/tallies.py).
    """

    standing = models.CharField(max_length=15, choices=Standing)
    kind = models.CharField(max_length=15, choices=CaseKind)
    topic = models.CharField(max_length=30, blank=True, default="", db_default="")
    day = models.DateField(help_text="Of creation while open, of the end then.")
    count = models.IntegerField()
    seconds = models.BigIntegerField(
        default=0, db_default=0, help_text="Of the resolution times of what ended, together."
    )
    missed = models.IntegerField(
        default=0, db_default=0, help_text="How many of what ended had missed a target."
    )

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            # Also the index by which the figures of seven months are read.
            models.UniqueConstraint(
                fields=["standing", "kind", "topic", "day"], name="a_day_has_one_tally_of_a_topic"
            ),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="tally_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="tally_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} {self.standing} on {self.day}"


class TallyChange(models.Model):
    """One case that came to stand somewhere, or ceased to, and is in no tally yet.

    Written by a trigger beside its cause, so that no two writers meet in one row; a worker folds
    it. It keeps the moment, not the day, which depends on the utility's time zone.
    """

    removable = True

    standing = models.CharField(max_length=15, choices=Standing)
    kind = models.CharField(max_length=15, choices=CaseKind)
    topic = models.CharField(max_length=30, blank=True, default="", db_default="")
    counts_at = models.DateTimeField()
    change = models.SmallIntegerField()
    seconds = models.BigIntegerField(default=0, db_default=0)
    missed = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(change__in=(-1, 1)), name="a_change_is_by_one"),
            # As in a tally, where one bad row would stop every fold.
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="change_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="change_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change:+d} {self.kind} {self.standing}"
