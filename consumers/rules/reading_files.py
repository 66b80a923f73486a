"""The shape of a file of readings: its columns, its rows, what is wrong with them (CON10). Pure."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from consumers.rules.readings import LARGEST, UnableToEnterReading, round_off
from smart360.kernel.errors import Refusal
from smart360.kernel.text import why_unshowable

NEEDED = ("meter_number", "read_on", "value")
COLUMNS = (*NEEDED, "no_consumption")
DELIMITERS = ",;\t|"
MOST_ROWS = 50_000
LARGEST_FILE = 5 * 1024 * 1024
LONGEST_CELL = 60
YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"", "no", "n", "false", "0"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
NOT_UTF8 = "The file is not UTF-8. Save it as “CSV UTF-8”."
NOT_CSV = "This is not a CSV file."
EMPTY = "The file has no rows. Its first line names the columns."


class UnableToReadFile(Refusal):
    """The file as a whole is of no use."""

    sentence_by_default = NOT_CSV


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in the file; ``problem`` when it cannot even be kept as it is."""

    line: int
    meter_number: str
    read_on: str
    value: str
    no_consumption: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a row says."""

    meter_number: str
    read_on: date
    value: Decimal
    has_no_consumption: bool


def rows_of_file(body: bytes) -> list[RawRow]:
    """The rows of a CSV file that names its columns in the first line. Raises UnableToReadFile."""
    if len(body) > LARGEST_FILE:
        raise UnableToReadFile("The file is larger than 5 MB. Divide it.", field="file")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnableToReadFile(NOT_UTF8, field="file") from None
    if "\0" in text:
        raise UnableToReadFile(NOT_CSV, field="file")
    try:
        rows = list(_rows(text))
    except csv.Error:
        raise UnableToReadFile(NOT_CSV, field="file") from None
    if not rows:
        raise UnableToReadFile(EMPTY, field="file")
    return rows


def _rows(text: str) -> Iterator[RawRow]:
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [cell.strip().lower().replace(" ", "_") for cell in next(reader, [])]
    _check_header(header)
    count = 0
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnableToReadFile(
                    f"The file has more than {MOST_ROWS:,} rows. Divide it.", field="file"
                )
            yield _raw(line, header, cells)
        line = reader.line_num + 1


def _check_header(header: list[str]) -> None:
    if not any(header):
        raise UnableToReadFile(EMPTY, field="file")
    if missing := [name for name in NEEDED if name not in header]:
        raise UnableToReadFile(f"The column {missing[0]} is missing.", field="file")
    if unknown := [name for name in header if name not in COLUMNS]:
        shown = unknown[0][:LONGEST_CELL] if not why_unshowable(unknown[0]) else "?"
        raise UnableToReadFile(f"There is no column “{shown}”.", field="file")
    if len(set(header)) < len(header):
        raise UnableToReadFile("A column is there twice.", field="file")


def _raw(line: int, header: list[str], cells: list[str]) -> RawRow:
    found = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    problem = ""
    if len(cells) != len(header):
        problem = f"{len(cells)} values for {len(header)} columns."
    elif any(len(cell) > LONGEST_CELL for cell in found.values()):
        problem = f"A value is longer than {LONGEST_CELL} characters."
    kept = {name: _kept(found.get(name, "")) for name in COLUMNS}
    if not problem and any(found.get(name, "") != kept[name] for name in COLUMNS):
        problem = "A value holds characters that cannot be shown."
    return RawRow(line=line, problem=problem, **kept)


def _kept(cell: str) -> str:
    """As much of a value as is kept and shown."""
    return "".join(letter if not why_unshowable(letter) else "?" for letter in cell)[:LONGEST_CELL]


def reading_of(row: RawRow) -> FileReading:
    """What the row says. Raises UnableToEnterReading with the column."""
    if row.problem:
        raise UnableToEnterReading(row.problem)
    if not row.meter_number:
        raise UnableToEnterReading("The meter number is missing.", field="meter_number")
    return FileReading(
        row.meter_number.upper(),
        _date_of(row.read_on),
        _value_of(row.value),
        _tick_of(row.no_consumption),
    )


def _date_of(text: str) -> date:
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise UnableToEnterReading(
            "The date is none. Write it as 2026-12-31.", field="read_on"
        ) from None


def _value_of(text: str) -> Decimal:
    value = Decimal(text) if _NUMBER.fullmatch(text) else None
    if value is None or value >= LARGEST or value != round_off(value):
        raise UnableToEnterReading(
            "The value is not a number such as 12580 or 12580.5.", field="value"
        )
    return value


def _tick_of(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise UnableToEnterReading("no_consumption is yes or no.", field="no_consumption")
    return text.lower() in YES
