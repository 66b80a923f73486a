"""Documents of consumers, brought where a test wants them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from consumers.models import Consumer, ConsumerDocument
from consumers.operations import add_document, add_upload, decide_document
from smart360.documents.choices import ContentType
from smart360.documents.intake import Taken
from smart360.staff.models import Person

TITLE = "Agreement of Maria Rodriguez"


def lay(consumer: Consumer, by: Person, at: datetime, *, size: int = 100, files: int = 1) -> None:
    """Lay so many files on the tray."""
    for number in range(files):
        taken = Taken(ContentType.PDF, b"%PDF-" + bytes(size - 5), f"page {number}.pdf")
        add_upload(consumer=consumer.pk, taken=taken, by=by, at=at, form_key=uuid4())


def add(
    consumer: Consumer,
    by: Person,
    at: datetime,
    *,
    kind: str = "AGREEMENT",
    title: str = TITLE,
    files: int = 1,
) -> ConsumerDocument:
    lay(consumer, by, at, files=files)
    return add_document(
        consumer=consumer.pk, kind=kind, title=title, by=by, at=at, form_key=uuid4()
    )


def decide(
    document: ConsumerDocument, decision: str, by: Person, at: datetime, **more: Any
) -> ConsumerDocument:
    said: dict[str, Any] = {"version": document.version, "reason": ""} | more
    return decide_document(
        document=document.pk, decision=decision, by=by, at=at, form_key=uuid4(), **said
    )
