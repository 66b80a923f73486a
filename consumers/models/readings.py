"""Files of readings, and what became of each of their rows (CON10)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from consumers.choices import FileState, RowOutcome


class ReadingFile(models.Model):
    """One file of readings: looked through by a worker, row after row, then stored if asked."""

    name = models.CharField(max_length=120, help_text="What its sender called it, made plain.")
    is_dry_run = models.BooleanField(default=True, help_text="Nothing is stored.")
    state = models.CharField(max_length=10, choices=FileState)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    after = models.PositiveIntegerField(default=0, help_text="Lines up to this one are done.")
    done = models.PositiveIntegerField(default=0, help_text="Rows that are done.")
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    unusual = models.PositiveIntegerField(default=0, help_text="Of the new: wait for verification.")
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=FileState.values), name="state_of_a_reading_file_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReadingFileRow(models.Model):
    """One row of a file of readings as it stands there, and what became of it."""

    file = models.ForeignKey(
        ReadingFile, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    line = models.PositiveIntegerField(help_text="Where it stands in the file.")
    meter_number = models.CharField(max_length=60, blank=True)
    read_on = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=60, blank=True)
    no_consumption = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=10, choices=RowOutcome, default=RowOutcome.WAITING)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # The next rows in the order of the file; what is wrong with them, in the same.
            models.UniqueConstraint(fields=["file", "line"], name="one_row_a_line_of_a_file"),
            models.CheckConstraint(
                condition=Q(outcome__in=RowOutcome.values), name="outcome_of_a_row_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
