"""The roll-ups of cases by day and month, and the changes that no worker has folded in yet."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from smart360.cases.choices import CaseKind, Standing


def _months_of(changes: str) -> pgtrigger.Func:
    """Adds what has changed of days to their months; ``changes`` says in which rows, and how."""
    return pgtrigger.Func(
        f"""
        INSERT INTO cases_monthtally AS t (standing, kind, topic, month, count, seconds, missed)
        SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date,
               sum(way * count), sum(way * seconds), sum(way * missed) FROM ({changes}) AS changes
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (kind, standing, topic, month) DO UPDATE
           SET count = t.count + excluded.count, seconds = t.seconds + excluded.seconds,
               missed = t.missed + excluded.missed;
        RETURN NULL;
        """  # noqa: S608  (our own words)
    )


def _follows(name: str, operation: pgtrigger.Operation, changes: str, **rows: str) -> Any:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=_months_of(changes),
    )


class Counted(models.Model):
    """How many cases of a kind and topic stand so.

    Not the whole truth: what `TallyChange` still holds comes on top (queries/tallies.py).
    """

    standing = models.CharField(max_length=15, choices=Standing)
    kind = models.CharField(max_length=15, choices=CaseKind)
    topic = models.CharField(max_length=30, blank=True, default="", db_default="")
    count = models.IntegerField()
    seconds = models.BigIntegerField(
        default=0, db_default=0, help_text="Of the resolution times of what ended, together."
    )
    missed = models.IntegerField(
        default=0, db_default=0, help_text="How many of what ended had missed a target."
    )

    class Meta:
        abstract = True


class Tally(Counted):
    """The same counted by one day of the utility's calendar."""

    day = models.DateField(help_text="Of creation while open, of the end then.")

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
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
        # Months follow their days by themselves, whoever folds or counts anew.
        triggers = [
            _follows("months_add", pgtrigger.Insert, "SELECT 1 AS way, * FROM now", new="now"),
            _follows(
                "months_follow",
                pgtrigger.Update,
                "SELECT 1 AS way, * FROM now UNION ALL SELECT -1, * FROM before",
                new="now",
                old="before",
            ),
            _follows(
                "months_subtract", pgtrigger.Delete, "SELECT -1 AS way, * FROM before", old="before"
            ),
        ]
        # Days of one standing whatever they are about, such as those of the running month.
        indexes = [models.Index(fields=["kind", "standing", "day"], name="tally_by_day")]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} {self.standing} on {self.day}"


class MonthTally(Counted):
    """The same of all days of one month together, so that a page need not add up years of days."""

    month = models.DateField(help_text="Its first day.")

    class Meta:
        verbose_name_plural = "month tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "standing", "topic", "month"],
                name="a_month_has_one_tally_of_a_topic",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_tally_is_of_its_first"),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="month_tally_standing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="month_tally_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} {self.standing} in {self.month:%Y-%m}"


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
