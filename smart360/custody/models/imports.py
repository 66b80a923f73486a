"""Files of accounts while they are imported, and the imports (CON15)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from smart360.custody.choices import ImportMode, ImportState


class ImportFile(models.Model):
    """A file whose rows are staged, whole: known by its digest when it is given again.

    It goes with its rows once it is taken over, or after some days: it is full of personal data.
    """

    removable = True

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="Bytes.")
    header = models.JSONField(default=list, help_text="The columns in the file's order.")
    rows = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    staged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="a_file_is_staged_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="import_file_digest_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One row of a staged file, as it stands there."""

    removable = True

    file = models.ForeignKey(
        ImportFile, on_delete=models.PROTECT, related_name="staged", db_index=False
    )
    key = models.CharField(max_length=60, db_collation="C", help_text="The account's number.")
    line = models.PositiveIntegerField(help_text="Where it begins in the file.")
    meter_number = models.CharField(max_length=60, blank=True)
    device_number = models.CharField(max_length=60, blank=True)
    cells = models.TextField(help_text="Its values, a JSON list.")

    class Meta:
        constraints = [
            # The next accounts in the order of their numbers, each with its rows.
            models.UniqueConstraint(fields=["file", "key", "line"], name="row_by_account"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"


class ImportRun(models.Model):
    """One dry run or import of a file, by whom, and how far it is."""

    file = models.ForeignKey(
        ImportFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        help_text="Empty once its rows are gone.",
    )
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    mode = models.CharField(max_length=4, choices=ImportMode)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.RUNNING)
    is_by_worker = models.BooleanField(
        default=False, help_text="Begun on a page; otherwise by a command, which does it itself."
    )
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    after = models.CharField(
        max_length=60, blank=True, db_collation="C", help_text="Accounts up to this one are done."
    )
    looked_at = models.PositiveIntegerField(default=0, help_text="Accounts that are done.")
    new = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=ImportMode.values), name="import_mode_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(looked_at=models.F("new") + models.F("same") + models.F("refused")),
                name="each_account_had_an_end",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=ImportState.RUNNING),
                name="one_import_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} of {self.file_name}"


class ImportProblem(models.Model):
    """Why an account of a file was not taken over: where, and in a sentence."""

    removable = True

    run = models.ForeignKey(
        ImportRun, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    line = models.PositiveIntegerField()
    account_number = models.CharField(max_length=60)
    column = models.CharField(max_length=30)
    sentence = models.TextField()

    class Meta:
        indexes = [
            # The report, in the order of the file.
            models.Index(fields=["run", "line"], name="problem_by_line"),
            # Accounts that were refused before they are read.
            models.Index(fields=["run", "account_number"], name="problem_by_account"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}"
