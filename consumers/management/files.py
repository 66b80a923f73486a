"""A file of accounts, read without keeping it: once for its order, then account by account.

What is kept is where each row lies, to which account it belongs and the numbers that must not be
shared: some hundred bytes a row, whatever the row holds.
"""

from __future__ import annotations

import csv
import os
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from django.core.management.base import CommandError

from consumers.rules.importing import (
    RAGGED,
    SHARED_COLUMNS,
    Row,
    account_key,
    header_problems,
    number_as_kept,
)

DELIMITERS = ",;\t|"
LONGEST_FIELD = 10_000
SHOWN_EVERY = 5_000
LAST = -1


@dataclass
class Layout:
    """Where the rows lie: row by row its place, its length, its line and the account's next row."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    lengths: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    next_rows: array[int] = field(default_factory=lambda: array("q"))

    def add(self, start: int, length: int, line: int) -> int:
        """One more row; its serial number in the file."""
        self.starts.append(start)
        self.lengths.append(length)
        self.lines.append(line)
        self.next_rows.append(LAST)
        return len(self.starts) - 1


class AccountFile:
    """The rows of one account after the other, in the order in which the accounts begin.

    Used as a context; ``lay_out`` comes first and raises CommandError for a file of no use.
    ``doubtful`` are the accounts that name a meter or device which another account names too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self.doubtful: set[str] = set()
        self._header: list[str] = []
        self._delimiter = ","
        self._layout = Layout()
        self._first_row: dict[str, int] = {}
        self._seen_as = (0, 0)

    def __enter__(self) -> Self:
        try:
            self._file: BinaryIO = self.path.open("rb")
        except FileNotFoundError:
            raise CommandError(f"There is no file {self.path}.") from None
        except (IsADirectoryError, PermissionError) as error:
            raise CommandError(f"{self.path} cannot be read: {error.strerror}.") from None
        if not self._file.seekable():
            self._file.close()
            raise CommandError(f"{self.path} cannot be read twice; give a file, not a pipe.")
        self._seen_as = self._looks()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def _looks(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def __len__(self) -> int:
        """How many accounts there are."""
        return len(self._first_row)

    # -------------------------------------------------------------- the first reading
    def lay_out(self, tell: Callable[[int], None]) -> None:
        """Read the file once; ``tell`` hears now and then how many rows there are so far."""
        try:
            self._read_header()
            self._read_places(tell)
        except UnicodeDecodeError as error:
            raise CommandError(
                f"{self.path.name} is not UTF-8 (byte {error.start}). Save it as “CSV UTF-8”."
            ) from None
        except csv.Error as error:
            raise CommandError(f"{self.path.name} is not a CSV file: {error}.") from None

    def _read_header(self) -> None:
        """The first line, which decides by what the columns are divided."""
        first = next(Lines(self._file), "")
        if not first.strip():
            raise CommandError(f"{self.path.name} is empty; its first line must name the columns.")
        self._delimiter = max(DELIMITERS, key=first.count)

    def _read_places(self, tell: Callable[[int], None]) -> None:
        csv.field_size_limit(LONGEST_FIELD)
        self._file.seek(0)
        lines = Lines(self._file)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        self._header = [cell.strip().lower().replace(" ", "_") for cell in next(reader)]
        if problems := header_problems(self._header):
            deque(lines, maxlen=0)  # in another encoding all columns are wrong: that comes first
            raise CommandError(f"{self.path.name}: {' '.join(problems)} --columns lists them.")
        account_at = self._header.index("account_number")
        shared_at = [self._header.index(each) for each in SHARED_COLUMNS if each in self._header]
        named_by: list[dict[str, str]] = [{} for _ in shared_at]
        last_row: dict[str, int] = {}
        start, line = lines.place, reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                key = account_key(cells[account_at] if account_at < len(cells) else "", line)
                row = self._layout.add(start, lines.place - start, line)
                if key in last_row:
                    self._layout.next_rows[last_row[key]] = row
                else:
                    self._first_row[key] = row
                last_row[key] = row
                for numbers, at in zip(named_by, shared_at, strict=True):
                    if at < len(cells) and (number := number_as_kept(cells[at])):
                        first = numbers.setdefault(number, key)
                        if first != key:
                            self.doubtful |= {first, key}
                if (row + 1) % SHOWN_EVERY == 0:
                    tell(row + 1)
            start, line = lines.place, reader.line_num + 1
        self.rows = len(self._layout.starts)

    # -------------------------------------------------------------- reading again
    def accounts(self) -> Iterator[tuple[str, list[Row]]]:
        """Each account's key with its rows."""
        for key in self._first_row:
            yield key, self.rows_of(key)

    def accounts_in_doubt(self) -> Iterator[tuple[str, list[Row]]]:
        """The same for those alone that share a meter or device."""
        for key in self._first_row:
            if key in self.doubtful:
                yield key, self.rows_of(key)

    def rows_of(self, key: str) -> list[Row]:
        """The rows of one account with their line numbers."""
        rows: list[Row] = []
        row = self._first_row[key]
        while row != LAST:
            rows.append((self._layout.lines[row], self._row_at(row)))
            row = self._layout.next_rows[row]
        return rows

    def _row_at(self, row: int) -> dict[str, str]:
        if self._looks() != self._seen_as:
            raise CommandError(f"{self.path.name} was changed while it was read.")
        self._file.seek(self._layout.starts[row])
        text = self._file.read(self._layout.lengths[row]).decode()
        cells = next(csv.reader([text], delimiter=self._delimiter, strict=True))
        values = dict(zip(self._header, cells, strict=False))
        if len(cells) != len(self._header):
            values[RAGGED] = f"{len(cells)} values for {len(self._header)} columns."
        return values


class Lines:
    """The lines of a file in UTF-8, and at which byte the next one begins."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left: list[bytes] = []
        self.place = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._left.pop() if self._left else self._read()
        begins = self.place
        self.place += len(line)
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
