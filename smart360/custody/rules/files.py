"""A file of accounts, read once from beginning to end without keeping it (CON15).

What it gives are rows as they are staged: their line, the account that they belong to, the numbers
that no two accounts may share, and the cells as they stand.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from smart360.custody.rules.importing import (
    RAGGED,
    SHARED_COLUMNS,
    Row,
    account_key,
    header_problems,
    number_as_kept,
)
from smart360.kernel.errors import Refusal

DELIMITERS = ",;\t|"
LONGEST_FIELD = 10_000
LONGEST_NUMBER = 60
"""Of an account, a meter, a device, to be compared; what is longer is refused when it is read."""
SHOWN_EVERY = 5_000


class Unreadable(Refusal):
    """A file of no use, said in a sentence."""


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row of the file. ``cells`` is a JSON list of its values."""

    line: int
    key: str
    meter_number: str
    device_number: str
    cells: str


class AccountFile:
    """A file that is open for reading bytes, and the name under which it is spoken of."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file = file
        self.name = name
        self.header: list[str] = []
        self._delimiter = ","

    def digest(self) -> str:
        """The file's SHA-256, by which it is known when it is given again."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()  # type: ignore[arg-type]

    def size(self) -> int:
        """How many bytes it has."""
        return self.file.seek(0, os.SEEK_END)

    def rows(self, tell: Callable[[int], None]) -> Iterator[StagedRow]:
        """Every row once; ``tell`` hears now and then how many there are so far.

        ``header`` is known from the first row on. Raises Unreadable for a file of no use.
        """
        try:
            self._read_header()
            yield from self._read_rows(tell)
        except UnicodeDecodeError as error:
            raise Unreadable(
                f"{self.name} is not UTF-8 (byte {error.start}). Save it as “CSV UTF-8”."
            ) from None
        except csv.Error as error:
            raise Unreadable(f"{self.name} is not a CSV file: {error}.") from None

    def _read_header(self) -> None:
        """The first line, which decides by what the columns are divided."""
        self.file.seek(0)
        first = next(Lines(self.file), "")
        if not first.strip():
            raise Unreadable(f"{self.name} is empty; its first line must name the columns.")
        self._delimiter = max(DELIMITERS, key=first.count)

    def _read_rows(self, tell: Callable[[int], None]) -> Iterator[StagedRow]:
        csv.field_size_limit(LONGEST_FIELD)
        self.file.seek(0)
        lines = Lines(self.file)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        self.header = [cell.strip().lower().replace(" ", "_") for cell in next(reader)]
        if problems := header_problems(self.header):
            deque(lines, maxlen=0)  # in another encoding all columns are wrong: that comes first
            raise Unreadable(f"{self.name}: {' '.join(problems)} The sample file has them all.")
        numbers = [self.header.index(n) if n in self.header else None for n in SHARED_COLUMNS]
        account_at = self.header.index("account_number")
        rows, line = 0, reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                account = cells[account_at] if account_at < len(cells) else ""
                meter, device = (
                    comparable(cells[at]) if at is not None and at < len(cells) else ""
                    for at in numbers
                )
                key = comparable(account) or account_key("", line)
                yield StagedRow(line, key, meter, device, json.dumps(cells))
                rows += 1
                if rows % SHOWN_EVERY == 0:
                    tell(rows)
            line = reader.line_num + 1


def comparable(typed: str) -> str:
    """A number as it is kept; nothing for what cannot be one, which its reading tells."""
    number = number_as_kept(typed)
    return "" if len(number) > LONGEST_NUMBER or "\0" in number else number


def row_of(line: int, header: list[str], cells: str) -> Row:
    """A staged row as it is read."""
    given: list[str] = json.loads(cells)
    values = dict(zip(header, given, strict=False))
    if len(given) != len(header):
        values[RAGGED] = f"{len(given)} values for {len(header)} columns."
    return line, values


class Lines:
    """The lines of a file in UTF-8; a byte that is none is told with its place in the file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left: list[bytes] = []
        self._place = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._left.pop() if self._left else self._read()
        begins = self._place
        self._place += len(line)
        try:
            return line.decode("utf-8-sig" if begins == 0 else "utf-8")
        except UnicodeDecodeError as error:
            error.start += begins
            raise

    def _read(self) -> bytes:
        """Up to the next line feed; a lone carriage return ends a line too."""
        line = self._file.readline()
        if not line:
            raise StopIteration
        if b"\r" in line[:-2]:
            self._left = line.splitlines(keepends=True)[::-1]
            return self._left.pop()
        return line
