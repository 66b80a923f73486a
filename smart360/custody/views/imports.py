"""Imports: upload a file, try it, take it over, watch it, see what was wrong (CON15)."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from smart360.custody.choices import ImportMode
from smart360.custody.forms import ImportForm
from smart360.custody.models import ImportRun
from smart360.custody.operations import begin_import, resume_import, try_upload
from smart360.custody.queries.imports import REPORT_HEAD, find_run, list_runs, problems_of
from smart360.custody.rules.files import AccountFile
from smart360.custody.rules.importing import COLUMNS
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.export import csv_response
from smart360.web.fields import form_key_if_sent, posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

PAGE = "custody/import_list.html"


@require_GET
@requires(Permission.IMPORT)
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports, newest first; while one is at work its panel asks here for itself."""
    return _page(request, ImportForm())


@require_POST
@requires(Permission.IMPORT)
def import_try(request: HttpRequest) -> HttpResponse:
    """Take a file in and begin its dry run."""
    key, form = posted_form_key(request.POST), ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    upload = form.cleaned_data["file"]
    file = AccountFile(upload, PurePath(upload.name or "").name)
    try:
        try_upload(file=file, by=signed_in_person(request), at=clock.now(), form_key=key)
    except Refusal as refusal:
        form.add_error(None if refusal.is_conflict else "file", refusal.sentence)
        return _page(request, form, status=refusal.http_status)
    messages.success(request, "The dry run has started. Nothing is stored by it.")
    return HttpResponseRedirect(reverse("import_list"))


@require_POST
@requires(Permission.IMPORT)
def import_start(request: HttpRequest, run: int) -> HttpResponse:
    """Take a file over that was tried."""
    key, tried = form_key_if_sent(request.POST), _run(run)
    try:
        begin_import(
            file=tried.file_id or 0,
            mode=ImportMode.REAL,
            by=signed_in_person(request),
            at=clock.now(),
            is_by_worker=True,
            form_key=key,
        )
    except Refusal as refusal:
        return _page(request, ImportForm(), status=refusal.http_status, refusal=refusal)
    messages.success(request, "The import has started.")
    return HttpResponseRedirect(reverse("import_list"))


@require_POST
@requires(Permission.IMPORT)
def import_resume(request: HttpRequest, run: int) -> HttpResponse:
    """Let an import that was cut short go on where it stopped."""
    key, stopped = form_key_if_sent(request.POST), _run(run)
    try:
        resume_import(run=stopped.pk, by=signed_in_person(request), at=clock.now(), form_key=key)
    except Refusal as refusal:
        return _page(request, ImportForm(), status=refusal.http_status, refusal=refusal)
    messages.success(request, "The import goes on.")
    return HttpResponseRedirect(reverse("import_list"))


@require_GET
@requires(Permission.IMPORT)
def import_problems(request: HttpRequest, run: int) -> StreamingHttpResponse:
    """What was wrong: line, account, column and a sentence."""
    found = problems_of(_run(run).pk)
    rows = ((str(each.line), each.account_number, each.column, each.sentence) for each in found)
    name, by = f"import-{run}-problems.csv", signed_in_person(request).pk
    return csv_response(name, REPORT_HEAD, rows, by=by)


@require_GET
@requires(Permission.IMPORT)
def import_sample(request: HttpRequest) -> StreamingHttpResponse:
    """A file with every column and one account."""
    head = [column.name for column in COLUMNS]
    row = [column.example for column in COLUMNS]
    return csv_response("accounts.csv", head, [row], by=signed_in_person(request).pk)


def _run(run: int) -> ImportRun:
    found = find_run(run)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, form: ImportForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "runs": list_runs(), "columns": COLUMNS, **more}
    return page_or_fragment(request, PAGE, "runs", context, status=status)
