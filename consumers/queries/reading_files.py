"""Files of readings as their pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from consumers.choices import FileState, RowOutcome
from consumers.models import ReadingFile, ReadingFileRow

MOST_FILES = 25
MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file and how far it is. ``to_verify`` of the ``new`` are unusual and wait."""

    key: int
    name: str
    state: str
    is_dry_run: bool
    uploaded_at: datetime
    uploaded_by: str
    rows: int
    done: int
    new: int
    same: int
    to_verify: int
    wrong: int

    @property
    def is_running(self) -> bool:
        """Whether a worker is at it."""
        return self.state == FileState.RUNNING

    @property
    def is_stopped(self) -> bool:
        """Whether it failed and waits for a person."""
        return self.state == FileState.STOPPED

    @property
    def can_be_stored(self) -> bool:
        """Whether it was looked through and has something new."""
        return self.state == FileState.DONE and self.is_dry_run and bool(self.new)


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that is not taken, as it stands in the file, and why."""

    line: int
    meter_number: str
    read_on: str
    value: str
    sentence: str

    @property
    def cells(self) -> tuple[str, ...]:
        """As the report has it."""
        return (str(self.line), self.meter_number, self.read_on, self.value, self.sentence)


PROBLEM_HEAD = ("line", "meter_number", "read_on", "value", "problem")


def list_files() -> list[FileRow]:
    """The newest files, the newest first; one statement."""
    found = ReadingFile.objects.select_related("uploaded_by").order_by("-pk")[:MOST_FILES]
    return [_row(file) for file in found]


def get_file(file: int) -> FileRow | None:
    """One file, or None."""
    found = ReadingFile.objects.select_related("uploaded_by").filter(pk=file).first()
    return _row(found) if found else None


def problems_of(file: int, *, at_most: int = MOST_PROBLEMS) -> list[Problem]:
    """The first rows that are not taken."""
    return list(_problems(file, at_most))


def all_problems_of(file: int) -> Iterator[Problem]:
    """Every row that is not taken, in the order of the file."""
    return _problems(file, None)


def _problems(file: int, at_most: int | None) -> Iterator[Problem]:
    rows = ReadingFileRow.objects.filter(file=file, outcome=RowOutcome.WRONG).order_by("line")
    facts = rows.values_list("line", "meter_number", "read_on", "value", "problem")
    for each in facts[:at_most].iterator(chunk_size=1000):
        yield Problem(*each)


def _row(file: ReadingFile) -> FileRow:
    return FileRow(
        key=file.pk,
        name=file.name,
        state=file.state,
        is_dry_run=file.is_dry_run,
        uploaded_at=file.uploaded_at,
        uploaded_by=file.uploaded_by.full_name if file.uploaded_by else "Smart360",
        rows=file.rows,
        done=file.done,
        new=file.new,
        same=file.same,
        to_verify=file.unusual,
        wrong=file.wrong,
    )
