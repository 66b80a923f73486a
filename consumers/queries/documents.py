"""Reads of a consumer's documents: the list, one with its versions and history, the tray."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from consumers.choices import DocumentKind, DocumentState
from consumers.models import (
    ConsumerDocument,
    ConsumerDocumentVersion,
    DocumentUpload,
    ViewLogEntry,
)
from consumers.queries.timeline import line_of, shown_of
from consumers.rules.documents import ARROWS
from consumers.rules.timeline import DOCUMENT_EVENTS
from smart360.documents.choices import ContentType
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.models import Entry
from smart360.web.formats import shown_size
from smart360.web.paging import Page, Sort, page_of
from smart360.web.shown import TimelineEntry

PAGE_SIZE = 20
MOST_LINES = MOST_LOOKS = 20
NEWEST_FIRST = Sort("newest", "newest first", ("-id",))
WITHDRAWN = "WITHDRAWN"
"""A state only to who reads: what the document was before it was withdrawn matters no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """A document as one person may see it; ``state`` is the tone's code."""

    id: int
    kind: str
    kind_in_words: str
    title: str
    version: int
    state: str
    uploaded_at: datetime
    uploaded_by: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    is_own: bool
    decisions: tuple[str, ...]
    """What this person may make of it now."""
    can_renew: bool
    can_withdraw: bool

    @property
    def is_identity(self) -> bool:
        """Whether each look at it is written down."""
        return self.kind == DocumentKind.IDENTITY

    @property
    def waits_for_another(self) -> bool:
        """Whether somebody else than this person verifies it."""
        return self.is_own and self.state == DocumentState.PROCESSING

    @property
    def can_verify(self) -> bool:
        """Whether this person may verify it now."""
        return DocumentState.VERIFIED in self.decisions


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file of a version; ``kind`` is PDF, JPG or PNG, ``size`` in words."""

    position: int
    kind: str
    size: str

    @property
    def is_paper(self) -> bool:
        """Whether it is a PDF and no picture."""
        return self.kind == ContentType.PDF


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version of a document with its files in order."""

    number: int
    uploaded_at: datetime
    uploaded_by: str
    files: list[ShownFile]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a proof of identity; ``file`` says which, or is ""."""

    person: str
    at: datetime
    file: str


def list_documents(
    documents: QuerySet[ConsumerDocument],
    *,
    to: Person,
    kind: str = "",
    state: str = "",
    cursor: str = "",
) -> Page[ShownDocument]:
    """A page of those of ``documents`` that are asked for, newest first; one statement."""
    documents = _with_people(documents)
    if kind:
        documents = documents.filter(kind=kind)
    if state:
        documents = documents.filter(withdrawn_at__isnull=state != WITHDRAWN)
    if state and state != WITHDRAWN:
        documents = documents.filter(state=state)
    found = page_of(documents, sort=NEWEST_FIRST, cursor=cursor, size=PAGE_SIZE)
    rows = [_shown(each, to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def find_document(
    documents: QuerySet[ConsumerDocument], document: int, *, to: Person
) -> ShownDocument | None:
    """One of ``documents``, or None."""
    found = _with_people(documents).filter(pk=document).first()
    return _shown(found, to) if found else None


def versions_of(document: int) -> list[ShownVersion]:
    """All versions of a document, newest first; one statement."""
    versions: list[ShownVersion] = []
    files = ConsumerDocumentVersion.objects.filter(document=document)
    for each in files.select_related("file", "uploaded_by").order_by("-number", "position"):
        if not versions or versions[-1].number != each.number:
            who = each.uploaded_by.full_name
            versions.append(ShownVersion(each.number, each.uploaded_at, who, []))
        file = each.file
        versions[-1].files.append(
            ShownFile(each.position, file.content_type, shown_size(file.size))
        )
    return versions


def find_file(document: int, number: int, position: int) -> ConsumerDocumentVersion | None:
    """One file of one version of a document."""
    files = ConsumerDocumentVersion.objects.filter(document=document).select_related("file")
    return files.filter(number=number, position=position).first()


def history_of(consumer: int, document: int, *, to: Person) -> list[TimelineEntry]:
    """What was done with a document, newest first; one statement."""
    lines = Entry.objects.filter(
        consumer=consumer, kind__in=DOCUMENT_EVENTS, new__document=document
    )
    found = shown_of(lines).order_by("-at", "-id")[:MOST_LINES]
    return [line_of(each, to) for each in found]


def looks_at(document: int) -> list[Look]:
    """Who looked at a proof of identity, last first; one statement."""
    looks = ViewLogEntry.objects.filter(document=document).select_related("person", "file")
    return [
        Look(
            person=each.person.full_name,
            at=each.at,
            file=f"Version {each.file.number}, file {each.file.position}" if each.file else "",
        )
        for each in looks.order_by("-id")[:MOST_LOOKS]
    ]


def tray_of(consumer: int, *, to: Person) -> list[DocumentUpload]:
    """The files that this person has uploaded for a consumer and not added yet."""
    tray = DocumentUpload.objects.filter(consumer=consumer, person=to)
    return list(tray.select_related("file").order_by("pk"))


def find_upload(consumer: int, file: uuid.UUID, *, to: Person) -> DocumentUpload | None:
    """One file of one's own tray."""
    own = DocumentUpload.objects.filter(consumer=consumer, person=to, file=file)
    return own.select_related("file").first()


def _with_people(documents: QuerySet[ConsumerDocument]) -> QuerySet[ConsumerDocument]:
    people = ("uploaded_by", "decided_by", "withdrawn_by")
    return documents.select_related("title", "reason", *people)


def _shown(document: ConsumerDocument, to: Person) -> ShownDocument:
    is_withdrawn = document.withdrawn_at is not None
    is_own = document.uploaded_by_id == to.pk
    verifies = to.has_permission(Permission.VERIFY_DOCUMENT)
    decides = verifies and not is_own and not is_withdrawn
    return ShownDocument(
        id=document.pk,
        kind=document.kind,
        kind_in_words=document.get_kind_display(),
        title=document.title.text,
        version=document.version,
        state=WITHDRAWN if is_withdrawn else document.state,
        uploaded_at=document.uploaded_at,
        uploaded_by=document.uploaded_by.full_name,
        decided_at=document.decided_at,
        decided_by=document.decided_by.full_name if document.decided_by else "",
        reason=document.reason.text if document.reason else "",
        withdrawn_at=document.withdrawn_at,
        withdrawn_by=document.withdrawn_by.full_name if document.withdrawn_by else "",
        is_own=is_own,
        decisions=ARROWS.get(document.state, ()) if decides else (),
        can_renew=not is_withdrawn and to.has_permission(Permission.UPLOAD_DOCUMENT),
        can_withdraw=not is_withdrawn and (is_own or verifies),
    )
