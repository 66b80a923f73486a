"""Adding a document to a profile: the files on one's tray, then what they are (CON13)."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consumers import access, operations
from consumers.forms import DocumentForm
from consumers.models import Consumer
from consumers.operations.documents import NO_FILE as ADD_ONE_FIRST
from consumers.operations.documents import refuse_more
from consumers.queries.documents import ShownDocument, find_upload, tray_of
from consumers.rules.documents import MOST_BYTES, MOST_FILES
from consumers.views.profiles import found_consumer, shell
from smart360.desk.views.documents import TAB, found_document
from smart360.documents.access import as_download
from smart360.documents.inspection.findings import LARGEST_FILE
from smart360.documents.intake import EMPTY, check, plain_title
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.text import key_in
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment
from smart360.web.shown import RefusedUpload, Upload, UploadList

NEW = "desk/document_new.html"
NO_FILE = "No file was chosen"


@require_http_methods(["GET", "POST"])
@requires(Permission.UPLOAD_DOCUMENT)
def document_new(request: HttpRequest, account: str) -> HttpResponse:
    """Make a document of the files on one's tray."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    kinds = access.kinds_of_documents(person)
    if request.method == "GET":
        return _page(request, consumer, form=DocumentForm(kinds=kinds))
    key, form = posted_form_key(request.POST), DocumentForm(request.POST, kinds=kinds)
    if not form.is_valid():
        if not tray_of(consumer.pk, to=person):  # the operation says it of a form that is right
            form.add_error(None, ADD_ONE_FIRST)
        return _page(request, consumer, form=form, status=422)
    try:
        made = operations.add_document(
            consumer=consumer.pk, by=person, at=clock.now(), form_key=key, **form.cleaned_data
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, consumer, form=form, status=refusal.http_status)
    messages.success(request, "Document added. A supervisor verifies it.")
    return HttpResponseRedirect(resolve_url("document_detail", account, made.pk))


@require_http_methods(["GET", "POST"])
@requires(Permission.UPLOAD_DOCUMENT)
def document_version(request: HttpRequest, account: str, document: int) -> HttpResponse:
    """Make the files on one's tray the newest version of a document."""
    consumer, found = found_document(request, account, document)
    if request.method == "GET":
        return _page(request, consumer, document=found)
    key = posted_form_key(request.POST)
    try:
        operations.renew_document(
            document=found.id, by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        status = refusal.http_status
        return _page(request, consumer, document=found, refusal=refusal, status=status)
    messages.success(request, "New version added. A supervisor verifies it.")
    return HttpResponseRedirect(resolve_url("document_detail", account, document))


# ------------------------------------------------------------------ the tray
@require_POST
@requires(Permission.UPLOAD_DOCUMENT)
def tray_add(request: HttpRequest, account: str) -> HttpResponse:
    """Add a file, several without JavaScript; a refused one is told and not stored."""
    key, consumer = posted_form_key(request.POST), found_consumer(request, account)
    sent = request.FILES.getlist("file")
    refused = [] if sent else [RefusedUpload(NO_FILE, EMPTY)]
    for number, file in enumerate(sent):
        try:
            _add(request, consumer, file, uuid.uuid5(key, str(number)))
        except Refusal as refusal:
            refused.append(RefusedUpload(plain_title(file.name or ""), refusal.sentence))
    return _answer(request, consumer, refused)


def _add(request: HttpRequest, consumer: Consumer, file: UploadedFile[Any], key: uuid.UUID) -> None:
    person = signed_in_person(request)
    # said before the file is looked through; the operation counts again under its lock
    refuse_more(tray_of(consumer.pk, to=person), 0)
    operations.add_upload(
        consumer=consumer.pk,
        taken=check(file.name or "", file.read(LARGEST_FILE + 1)),
        by=person,
        at=clock.now(),
        form_key=key,
    )


@require_POST
@requires(Permission.UPLOAD_DOCUMENT)
def tray_remove(request: HttpRequest, account: str, file: uuid.UUID) -> HttpResponse:
    """Remove one file; pressed twice, it is gone all the same."""
    consumer = found_consumer(request, account)
    operations.remove_upload(consumer=consumer.pk, file=file, by=signed_in_person(request))
    return _answer(request, consumer)


@require_GET
@requires(Permission.UPLOAD_DOCUMENT)
def tray_file(request: HttpRequest, account: str, file: uuid.UUID) -> HttpResponse:
    """A file of one's own tray, to be looked at before it is added."""
    consumer = found_consumer(request, account)
    found = find_upload(consumer.pk, file, to=signed_in_person(request))
    if found is None:
        raise Http404
    return as_download(found.file)


def _answer(
    request: HttpRequest, consumer: Consumer, refused: Sequence[RefusedUpload] = ()
) -> HttpResponse:
    """The list as it is now, with what was refused; the whole page where there is no script."""
    document = _document_of(request, consumer)
    status = 422 if refused else 200
    if is_fragment(request):
        uploads = _uploads(request, consumer, document, refused)
        return render(request, f"{NEW}#files", {"uploads": uploads}, status=status)
    if not refused:
        return HttpResponseRedirect(_back(consumer, document))
    kinds = access.kinds_of_documents(signed_in_person(request))
    form = None if document else DocumentForm(kinds=kinds)
    return _page(request, consumer, form=form, document=document, refused=refused, status=status)


def _document_of(request: HttpRequest, consumer: Consumer) -> ShownDocument | None:
    """The document of which the files become a version, where the address names one."""
    key = key_in(request.GET.get("document", ""))
    if key is None:
        return None
    return found_document(request, consumer.account_number, key)[1]


def _back(consumer: Consumer, document: ShownDocument | None) -> str:
    account = consumer.account_number
    if document is None:
        return reverse("document_new", args=[account])
    return reverse("document_version", args=[account, document.id])


def _uploads(
    request: HttpRequest,
    consumer: Consumer,
    document: ShownDocument | None,
    refused: Sequence[RefusedUpload],
) -> UploadList:
    account = consumer.account_number
    query = f"?document={document.id}" if document else ""
    return UploadList(
        files=[
            Upload(
                title=each.file.title,
                kind=each.file.content_type,
                size=each.file.size,
                remove_url=reverse("tray_remove", args=[account, each.file_id]) + query,
                url=reverse("tray_file", args=[account, each.file_id]),
            )
            for each in tray_of(consumer.pk, to=signed_in_person(request))
        ],
        refused=refused,
        upload_url=reverse("tray_add", args=[account]) + query,
        most_files=MOST_FILES,
        most_bytes=MOST_BYTES,
        largest_file=LARGEST_FILE,
    )


def _page(
    request: HttpRequest,
    consumer: Consumer,
    *,
    form: DocumentForm | None = None,
    document: ShownDocument | None = None,
    refused: Sequence[RefusedUpload] = (),
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = access.shown(consumer, to=signed_in_person(request))
    context: dict[str, Any] = shell(request, shown, tab=TAB) | {
        "form": form,
        "document": document,
        "uploads": _uploads(request, consumer, document, refused),
        "back_url": reverse("document_detail", args=[shown.account_number, document.id])
        if document
        else reverse("consumer_documents", args=[shown.account_number]),
        "refusal": refusal,
    }
    return render(request, NEW, context, status=status)
