"""The files of a complaint that is being written: added one by one, looked at, removed."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from complaints import operations
from complaints.access import find_draft, find_draft_file
from complaints.models import ComplaintDraft
from complaints.operations.drafts import refuse_more
from complaints.queries.create import get_limits
from complaints.queries.drafts import files_of
from complaints.views.sheet import EVIDENCE, TEMPLATE, Sheet, open_sheet, shown
from smart360.documents.access import as_download
from smart360.documents.inspection.findings import LARGEST_FILE
from smart360.documents.intake import EMPTY, check, plain_title
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment
from smart360.web.shown import RefusedUpload

NO_FILE = "No file was chosen"


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def draft_file_add(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Add a file, several without JavaScript; a refused one is told and not stored."""
    key = posted_form_key(request.POST)
    found = _own(request, draft)
    sent = request.FILES.getlist("file")
    refused = [] if sent else [RefusedUpload(NO_FILE, EMPTY)]
    for number, file in enumerate(sent):
        try:
            _add(request, found, file, uuid.uuid5(key, str(number)))
        except Refusal as refusal:
            refused.append(RefusedUpload(plain_title(file.name or ""), refusal.sentence))
    return _answer(request, draft, refused)


def _add(
    request: HttpRequest, draft: ComplaintDraft, file: UploadedFile[Any], key: uuid.UUID
) -> None:
    # said before the file is looked through; the operation counts again under its lock
    refuse_more([each.file.size for each in files_of(draft)], 0, limits=get_limits())
    operations.add_file(
        draft=draft.pk,
        taken=check(file.name or "", file.read(LARGEST_FILE + 1)),
        by=signed_in_person(request),
        at=clock.now(),
        form_key=key,
    )


@require_POST
@requires(Permission.CREATE_COMPLAINT)
def draft_file_remove(request: HttpRequest, draft: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Remove one file; pressed twice, it is gone all the same."""
    _own(request, draft)
    operations.remove_file(
        draft=draft, file=file, by=signed_in_person(request), at=clock.now()
    )  # fmt: skip
    return _answer(request, draft)


@require_GET
@requires(Permission.CREATE_COMPLAINT)
def draft_file(request: HttpRequest, draft: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """A file of one's own draft, to be looked at before it is submitted."""
    found = find_draft_file(draft, file, to=signed_in_person(request))
    if found is None:
        raise Http404
    return as_download(found.file)


def _own(request: HttpRequest, draft: uuid.UUID) -> ComplaintDraft:
    found = find_draft(draft, to=signed_in_person(request))
    if found is None:
        raise Http404
    return found


def _answer(
    request: HttpRequest, draft: uuid.UUID, refused: Sequence[RefusedUpload] = ()
) -> HttpResponse:
    """The list as it is now, with what was refused; the whole page where there is no script."""
    at = clock.now()
    sheet: Sheet = open_sheet(signed_in_person(request), _own(request, draft), at=at)
    uploads = sheet.uploads(refused)
    status = 422 if refused else 200
    if is_fragment(request):
        return render(request, f"{TEMPLATE}#files", {"uploads": uploads}, status=status)
    if not refused:
        return HttpResponseRedirect(sheet.url(EVIDENCE) + "#evidence")
    return shown(request, sheet, step=EVIDENCE, status=status, uploads=uploads)
