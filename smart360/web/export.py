"""Lists as CSV files: streamed, and harmless when a spreadsheet opens them (bad-inputs.md 56)."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """A file that hands back what is written to it, line by line."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def safe_cell(text: str) -> str:
    """``text`` with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file line by line, in UTF-8 with the mark by which spreadsheets know it."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff".encode() + _line(writer.writerow(head))
    for row in rows:
        yield _line(writer.writerow([safe_cell(cell) for cell in row]))


def _line(written: object) -> bytes:
    return str(written).encode("utf-8", "replace")


def csv_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[str]]
) -> StreamingHttpResponse:
    """The rows as a download called ``name``."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
