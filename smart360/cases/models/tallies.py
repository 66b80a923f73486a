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
        # What is taken out of here has been folded, whoever did it.
        triggers = [
            pgtrigger.Trigger(
                name="late_follows",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="folded"),
                func=pgtrigger.Func(
                    """
                    INSERT INTO cases_latetally AS t (kind, topic, quarter_at, count)
                    SELECT kind, topic,
                           date_bin('15 minutes', counts_at, '1970-01-01 00:00+00'), sum(change)
                      FROM folded WHERE standing = 'LATE'
                     GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 3, 2
                        ON CONFLICT (kind, quarter_at, topic) DO UPDATE
                       SET count = t.count + excluded.count;
                    RETURN NULL;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.change:+d} {self.kind} {self.standing}"


class LateTally(models.Model):
    """How many open cases of a kind and topic are breached from one quarter of an hour on.

    The same as the days of `Standing.LATE`, finer, so that the running day need not be counted.
    No day of any zone in use today begins within a quarter. What `TallyChange` still holds comes
    on top.
    """

    kind = models.CharField(max_length=15, choices=CaseKind)
    topic = models.CharField(max_length=30, blank=True, default="", db_default="")
    quarter_at = models.DateTimeField(help_text="When the quarter of an hour begins.")
    count = models.IntegerField()

    class Meta:
        verbose_name_plural = "late tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "quarter_at", "topic"], name="a_quarter_has_one_tally_of_a_topic"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CaseKind.values), name="late_tally_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(quarter_at__minute__in=[0, 15, 30, 45], quarter_at__second=0),
                name="a_late_tally_is_of_a_quarter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} late from {self.quarter_at:%Y-%m-%d %H:%M} on"
