"""Lists as files, streamed, and harmless when a spreadsheet opens them (bad-inputs.md 56)."""

import csv
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from io import RawIOBase
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import StreamingHttpResponse

log = logging.getLogger(__name__)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE = 64 * 1024

Cell = str | Decimal
"""Text, or a number, which a spreadsheet can add up."""


class _Echo:
    """A file that hands back what is written to it, line by line."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def safe_cell(text: str) -> str:
    """``text`` with an apostrophe before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file line by line, in UTF-8 with the mark by which spreadsheets know it."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff".encode() + _line(writer.writerow(head))
    for row in rows:
        yield _line(
            writer.writerow(
                [safe_cell(cell) if isinstance(cell, str) else f"{cell:f}" for cell in row]
            )
        )


def _line(written: object) -> bytes:
    return str(written).encode("utf-8", "replace")


def csv_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, by: int
) -> StreamingHttpResponse:
    """The rows as a download called ``name``; the log says that this person took it."""
    lines = csv_lines(head, _told(rows, name, by))
    return _download(name, lines, "text/csv; charset=utf-8")


def xlsx_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, by: int
) -> StreamingHttpResponse:
    """The same as a workbook of one sheet."""
    return _download(name, xlsx_pieces(head, _told(rows, name, by)), XLSX)


def _told(rows: Iterable[Sequence[Cell]], name: str, by: int) -> Iterator[Sequence[Cell]]:
    """The rows; after the last that leaves, the log says who took how many, and nothing of them."""
    count = 0
    try:
        for row in rows:
            count += 1
            yield row
    finally:
        log.info("person %d took %s, %d rows", by, name, count)


def _download(name: str, pieces: Iterator[bytes], kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


# ------------------------------------------------------------------ a workbook
# The least that ECMA-376 calls a workbook: one sheet whose texts stand in their cells.
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    f' ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Spool(RawIOBase):
    """A file that can only be written; what was written is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()

    def writable(self) -> bool:
        """It is; but nobody can go back in it, or read."""
        return True

    def write(self, data: Any) -> int:
        """Keep it until it is taken."""
        piece = bytes(data)
        self.waiting += piece
        return len(piece)

    def taken(self) -> bytes:
        """What is there."""
        piece = bytes(self.waiting)
        self.waiting.clear()
        return piece


def xlsx_pieces(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The workbook piece by piece. Texts are texts, whatever they begin with: none is a formula."""
    spool = _Spool()
    with ZipFile(cast("IO[bytes]", spool), "w", ZIP_DEFLATED) as book:
        for name, content in _PARTS.items():
            book.writestr(name, _DECLARATION + content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_sheet_row(head))
            for row in rows:
                sheet.write(_sheet_row(row))
                if len(spool.waiting) >= PIECE:
                    yield spool.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield spool.taken()


def _sheet_row(cells: Sequence[Cell]) -> bytes:
    written = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_NO_XML.sub("", cell))}</t></is></c>'
        if isinstance(cell, str)
        else f"<c><v>{cell:f}</v></c>"
        for cell in cells
    )
    return f"<row>{written}</row>".encode()
