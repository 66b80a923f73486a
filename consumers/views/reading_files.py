"""Readings from a file: give it, watch it looked through, see what is wrong, store it (CON10)."""

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consumers.forms import ReadingFileForm
from consumers.operations.reading_files import start_reading_file, store_reading_file
from consumers.queries.reading_files import (
    PROBLEM_HEAD,
    FileRow,
    all_problems_of,
    get_file,
    list_files,
    problems_of,
)
from consumers.rules.reading_files import LARGEST_FILE, rows_of_file
from smart360.documents.intake import plain_title
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.export import csv_response
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

LIST = "consumers/reading_files.html"
PAGE = "consumers/reading_file.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_READINGS)
def reading_file_list(request: HttpRequest) -> HttpResponse:
    """The files that were given, newest first, and the form for another one.

    A file is looked through first: nothing is stored before somebody has seen what came of it.
    """
    if request.method == "GET":
        return _list(request, ReadingFileForm())
    key, form = posted_form_key(request.POST), ReadingFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    given = form.cleaned_data["file"]
    try:
        file = start_reading_file(
            name=plain_title(given.name or "") or "readings.csv",
            rows=rows_of_file(given.read(LARGEST_FILE + 1)),
            is_dry_run=True,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _list(request, form, status=refusal.http_status)
    return HttpResponseRedirect(resolve_url("reading_file", file))


def _list(request: HttpRequest, form: ReadingFileForm, *, status: int = 200) -> HttpResponse:
    return render(request, LIST, {"form": form, "files": list_files()}, status=status)


@require_GET
@requires(Permission.IMPORT_READINGS)
def reading_file(request: HttpRequest, file: int) -> HttpResponse:
    """One file: how far it is, what came of it, and what is wrong with which row."""
    return _page(request, _found(file))


@require_POST
@requires(Permission.IMPORT_READINGS)
def reading_file_store(request: HttpRequest, file: int) -> HttpResponse:
    """Store the readings of a file that was looked through."""
    found, key = _found(file), posted_form_key(request.POST)
    try:
        store_reading_file(
            file=found.key, by=signed_in_person(request), at=clock.now(), form_key=key
        )
    except Refusal as refusal:
        return _page(request, _found(file), status=refusal.http_status, refusal=refusal)
    messages.success(request, "The readings are being stored")
    return HttpResponseRedirect(resolve_url("reading_file", file))


@require_GET
@requires(Permission.IMPORT_READINGS)
def reading_file_errors(request: HttpRequest, file: int) -> StreamingHttpResponse:
    """Every row that is not taken, with its reason, for a spreadsheet."""
    found = _found(file)
    rows = (problem.cells for problem in all_problems_of(found.key))
    name = f"readings-{found.key}-problems.csv"
    return csv_response(name, PROBLEM_HEAD, rows, by=signed_in_person(request).pk)


def _found(file: int) -> FileRow:
    found = get_file(file)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, file: FileRow, *, status: int = 200, refusal: Refusal | None = None
) -> HttpResponse:
    context = {"file": file, "problems": problems_of(file.key), "refusal": refusal}
    return page_or_fragment(request, PAGE, "reading-file", context, status=status)
