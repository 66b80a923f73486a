"""Documents of a consumer: uploaded, renewed, verified, published, withdrawn (CON13).

Lock order: the consumer, then the form key, then the document.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from consumers import guards
from consumers.access import kinds_of_documents
from consumers.choices import DocumentKind, DocumentState
from consumers.models import (
    Consumer,
    ConsumerDocument,
    ConsumerDocumentVersion,
    DocumentUpload,
    ViewLogEntry,
)
from consumers.queries.proposals import waiting_for_certificate
from consumers.queries.protecting import registered_by, resting_on
from consumers.rules.documents import LONGEST_TITLE, MOST_BYTES, MOST_FILES, may_become
from smart360.comms.outbox import notify_staff
from smart360.documents import store
from smart360.documents.intake import Taken, why_too_much
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, why_unsaid
from smart360.organisation.queries import day_of
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import keep_words, record
from smart360.web import form_keys

UPLOAD = "consumers.add_upload"
ADD = "consumers.add_document"
RENEW = "consumers.renew_document"
DECIDE = "consumers.decide_document"
LONGEST_REASON = 250
KEPT_IN_TRAY = timedelta(days=7)
SWEPT_AT_ONCE = 500
SECOND_PERSON = "Somebody else must verify what you uploaded"
WITHDRAWN = "This document was withdrawn"
NO_FILE = "Add a file first"
NO_REASON = "Enter the reason for rejection"
EVENTS = {
    DocumentState.VERIFIED: Event.DOCUMENT_VERIFIED,
    DocumentState.PUBLISHED: Event.DOCUMENT_PUBLISHED,
    DocumentState.REJECTED: Event.DOCUMENT_REJECTED,
}


class UnableToUpload(Refusal):
    """The file is one too many, or together with the others too large (F2)."""

    sentence_by_default = "This is more than one document takes"


class UnableToKeepDocument(Refusal):
    """There is no file, it does not say what it is, or it was withdrawn."""


class UnableToDecideDocument(Refusal):
    """It was decided or renewed meanwhile, takes another person, or nobody says why."""


refuses(
    {
        f"{owner}_takes_so_many_{what}": UnableToUpload()
        for owner in ("tray", "version")
        for what in ("files", "bytes")
    }
    | {
        "a_document_is_verified_by_another": UnableToDecideDocument(
            SECOND_PERSON, is_forbidden=True
        ),
        "documents_move_along_arrows": UnableToDecideDocument(
            "Somebody was faster. Look at the document again.", is_conflict=True
        ),
    }
)


# ------------------------------------------------------------------ the tray
@operation
def add_upload(
    *, consumer: int, taken: Taken, by: Person, at: datetime, form_key: uuid.UUID
) -> None:
    """Lay a file that was checked on one's tray for a consumer; the same form again adds none.

    Raises NoSuchConsumer, UnableToUpload.
    """
    locked = guards.lock_consumer(consumer)
    if form_keys.claim(form_key, by=by.pk, act=UPLOAD, about=str(consumer), at=at):
        return
    refuse_more(_tray(consumer, by), len(taken.body))
    pending = store.hold_upload(taken=taken, by=by, at=at)
    DocumentUpload.objects.create(consumer=locked, person=by, file=pending, added_at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=UPLOAD, result=str(pending.pk))


def refuse_more(tray: Sequence[DocumentUpload], size: int) -> None:
    """Say that a file is one too many beside those of a tray, or all are too large."""
    sizes = [each.file.size for each in tray]
    if wrong := why_too_much(sizes, size, most_files=MOST_FILES, most_bytes=MOST_BYTES):
        raise UnableToUpload(wrong)


@operation
def remove_upload(*, consumer: int, file: uuid.UUID, by: Person) -> None:
    """Take a file off one's tray; one that is gone already is no error. Raises NoSuchConsumer."""
    guards.lock_consumer(consumer)
    for each in _tray(consumer, by):
        if each.file_id == file:
            _drop(each)


@operation
def sweep_trays(*, at: datetime) -> int:
    """Drop files that lay on a tray for a week; how many."""
    old = DocumentUpload.objects.filter(added_at__lt=at - KEPT_IN_TRAY).order_by("added_at")
    rows = old.select_for_update(of=("self",), skip_locked=True).select_related("file")
    gone = list(rows[:SWEPT_AT_ONCE])
    for each in gone:
        _drop(each)
    return len(gone)


def _tray(consumer: int, by: Person) -> list[DocumentUpload]:
    tray = DocumentUpload.objects.filter(consumer=consumer, person=by)
    return list(tray.select_related("file").order_by("pk"))


def _drop(upload: DocumentUpload) -> None:
    pending = upload.file
    upload.delete()
    store.drop(pending)


# ------------------------------------------------------------------ documents
@operation
def add_document(
    *, consumer: int, kind: str, title: str, by: Person, at: datetime, form_key: uuid.UUID
) -> ConsumerDocument:
    """Make the files of one's tray the first version of a document, for a supervisor to verify.

    The same form again gives the first document. Raises NoSuchConsumer, UnableToKeepDocument.
    """
    locked = guards.lock_consumer(consumer)
    about = form_keys.with_contents(str(consumer), {"kind": kind, "title": title})
    if earlier := form_keys.claim(form_key, by=by.pk, act=ADD, about=about, at=at):
        return ConsumerDocument.objects.get(pk=int(earlier))
    if kind not in kinds_of_documents(by):
        raise UnableToKeepDocument(NOT_OFFERED, field="kind")
    if wrong := why_unsaid(title, at_most=LONGEST_TITLE):
        raise UnableToKeepDocument(wrong, field="title")
    made = ConsumerDocument(
        consumer=locked, kind=kind, title=keep_words(title), uploaded_at=at, uploaded_by=by
    )
    _take_over(made, Event.DOCUMENT_ADDED, by=by, at=at)
    _tell_deciders(made, by=by, at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=ADD, result=str(made.pk))
    return made


@operation
def renew_document(
    *, document: int, by: Person, at: datetime, form_key: uuid.UUID
) -> ConsumerDocument:
    """Make the files of one's tray the newest version of a document, to be verified again.

    Raises UnableToKeepDocument.
    """
    found = _lock_document(document)
    if form_keys.claim(form_key, by=by.pk, act=RENEW, about=str(document), at=at) is not None:
        return found
    if found.withdrawn_at is not None:
        raise UnableToKeepDocument(WITHDRAWN, is_conflict=True)
    was_rejected = found.state == DocumentState.REJECTED
    found.version += 1
    found.state = DocumentState.PROCESSING
    found.uploaded_at, found.uploaded_by = at, by
    found.decided_at = found.decided_by = found.reason = None
    _take_over(found, Event.DOCUMENT_RENEWED, by=by, at=at)
    if was_rejected:  # until now nothing could rest on it
        _tell_deciders(found, by=by, at=at)
    return found


@operation
def decide_document(
    *,
    document: int,
    version: int,
    decision: str,
    reason: str = "",
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
) -> ConsumerDocument:
    """Verify, publish or reject the ``version`` that somebody else uploaded (X6).

    Raises UnableToDecideDocument.
    """
    found = _lock_document(document)
    about = form_keys.with_contents(
        str(document), {"version": version, "decision": decision, "reason": reason}
    )
    if form_keys.claim(form_key, by=by.pk, act=DECIDE, about=about, at=at) is not None:
        return found
    if found.withdrawn_at is not None:
        raise UnableToDecideDocument(WITHDRAWN, is_conflict=True)
    if found.version != version:
        raise UnableToDecideDocument(
            f"Version {found.version} came meanwhile. Look at it first.", is_conflict=True
        )
    if found.uploaded_by_id == by.pk:
        raise UnableToDecideDocument(SECOND_PERSON, is_forbidden=True)
    if not may_become(found.state, decision):
        who = found.decided_by.full_name if found.decided_by else "nobody"
        raise UnableToDecideDocument(
            f"{found.get_state_display()} by {who} already", is_conflict=True
        )
    is_rejected = decision == DocumentState.REJECTED
    wrong = why_unsaid(reason, at_most=LONGEST_REASON, unsaid=NO_REASON) if is_rejected else ""
    if wrong:
        raise UnableToDecideDocument(wrong, field="reason")
    found.state, found.decided_at, found.decided_by = decision, at, by
    found.reason = keep_words(reason) if is_rejected else None
    found.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    _record(EVENTS[DocumentState(decision)], found, by=by, at=at)
    if is_rejected:
        _tell_register(found, "rejected", by, at)
        _ring(found, [found.uploaded_by], "a document that you uploaded was rejected", by, at)
    return found


@operation
def withdraw_document(*, document: int, by: Person, at: datetime) -> ConsumerDocument:
    """Take a document back for good; its files stay. Who uploaded it may, or a supervisor.

    Raises UnableToKeepDocument.
    """
    found = _lock_document(document)
    if found.withdrawn_at is not None:
        return found
    if found.uploaded_by_id != by.pk and not by.has_permission(Permission.VERIFY_DOCUMENT):
        raise UnableToKeepDocument(
            "Only who uploaded a document or a supervisor withdraws it", is_forbidden=True
        )
    found.withdrawn_at, found.withdrawn_by = at, by
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _record(Event.DOCUMENT_WITHDRAWN, found, by=by, at=at)
    _tell_register(found, "withdrawn", by, at)
    return found


@operation
def note_look(*, document: int, file: int | None, by: Person, at: datetime) -> None:
    """Write down that somebody looks at a proof of identity, or opens this file of it (X5).

    Before it leaves, so that nobody sees one of which the log does not tell.
    """
    ViewLogEntry.objects.create(document_id=document, file_id=file, person=by, at=at)


# ------------------------------------------------------------------ steps of these acts
@step
def _lock_document(document: int) -> ConsumerDocument:
    """The document under its consumer's lock and its own."""
    key = ConsumerDocument.objects.values_list("consumer_id", flat=True).get(pk=document)
    locked: Consumer = guards.lock_consumer(key)
    rows = ConsumerDocument.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("uploaded_by", "decided_by").get(pk=document)
    found.consumer = locked
    return found


@step
def _take_over(document: ConsumerDocument, event: Event, *, by: Person, at: datetime) -> None:
    """Store the document with the files of the tray as its newest version, and tell of it."""
    tray = _tray(document.consumer_id, by)
    if not tray:
        raise UnableToKeepDocument(NO_FILE)
    document.save()
    for position, upload in enumerate(tray, start=1):
        pending = upload.file
        upload.delete()
        title = f"Document {document.pk} version {document.version} file {position}"
        ConsumerDocumentVersion.objects.create(
            document=document,
            number=document.version,
            position=position,
            file=store.keep(pending, title=title, by=by, at=at),
            uploaded_at=at,
            uploaded_by=by,
        )
    _record(event, document, by=by, at=at)
    _ring(document, people_who_may(Permission.VERIFY_DOCUMENT), "a document waits for you", by, at)


@step
def _record(event: Event, document: ConsumerDocument, *, by: Person, at: datetime) -> None:
    """One line for one act; its words stay with the document, so that they go with it."""
    new = {"document": document.pk, "kind": document.kind, "version": document.version}
    record(event, by=by.pk, at=at, consumer=document.consumer_id, new=new)


@step
def _ring(
    document: ConsumerDocument, people: Sequence[Person], words: str, by: Person, at: datetime
) -> None:
    """Ring the bell of these people but for who acts; the consumer's name stays in the house."""
    account = document.consumer.account_number
    notify_staff(
        people=[each for each in people if each.pk != by.pk],
        sentence=f"{account}: {words}",
        path=reverse("document_detail", args=[account, document.pk]),
        at=at,
        dedupe_key=f"document:{document.pk}:{document.version}:{document.state}",
    )


@step
def _tell_register(document: ConsumerDocument, became: str, by: Person, at: datetime) -> None:
    """Ring with supervisors and who registered it where a protection loses its certificate.

    It goes on protecting: only somebody who says why lifts it.
    """
    entries = resting_on(document.pk, today=day_of(at))
    if not entries:
        return
    account = document.consumer.account_number
    told = [*people_who_may(Permission.PROTECT_ACCOUNT), *registered_by(entries)]
    notify_staff(
        people=[each for each in told if each.pk != by.pk],
        sentence=f"{account}: the certificate of its protection was {became}",
        path=reverse("account_holds", args=[account]),
        at=at,
        dedupe_key=f"certificate-lost:{document.pk}:{document.version}:{became}",
    )


@step
def _tell_deciders(document: ConsumerDocument, *, by: Person, at: datetime) -> None:
    """Ring with who can accept a protection that waits for its certificate: this may be it.

    They all may read why a household is protected; not with who alone proposed it.
    """
    if document.kind != DocumentKind.CERTIFICATE:
        return
    proposers = waiting_for_certificate(document.consumer_id)
    if not proposers:
        return
    account = document.consumer.account_number
    notify_staff(
        people=[
            each
            for each in people_who_may(Permission.PROTECT_ACCOUNT)
            if each.pk != by.pk and any(each.pk != proposer for proposer in proposers)
        ],
        sentence=f"{account}: a certificate came, and a proposed protection waits for one",
        path=reverse("account_holds", args=[account]),
        at=at,
        dedupe_key=f"certificate-came:{document.pk}:{document.version}",
    )
