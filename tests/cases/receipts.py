"""A receipt of a case as a test reads it, whatever the kind."""

import io
from typing import Protocol

from pypdf import PdfReader

from smart360.documents.access import read
from smart360.documents.models import StoredFile
from smart360.owed.tasks import drain


class HasReceipt(Protocol):
    """What a case is about."""

    @property
    def receipt(self) -> StoredFile | None:
        """The PDF, once it is made."""

    def refresh_from_db(self) -> None:
        """Read it again."""


def text_of(body: bytes) -> str:
    """What a reader sees of a PDF."""
    pages = PdfReader(io.BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def pay_pdf(made: HasReceipt) -> bytes:
    """Let a worker pay what is owed, and read what it made."""
    assert drain("PDF") == 1
    made.refresh_from_db()
    assert made.receipt is not None
    return read(made.receipt)
