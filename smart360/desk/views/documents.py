"""The Documents tab of a profile: what was uploaded, what was made, one document (CON13)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from consumers import access, operations, ports
from consumers.choices import DocumentKind
from consumers.forms import DecisionForm
from consumers.models import Consumer
from consumers.queries.documents import (
    ShownDocument,
    find_document,
    find_file,
    history_of,
    list_documents,
    looks_at,
    versions_of,
)
from consumers.queries.protecting import resting_on
from consumers.views.profiles import found_consumer, shell
from smart360.desk.queries.documents import papers_of
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment, page_or_fragment
from smart360.web.tones import DOCUMENT

TAB = "Documents"
LIST = "desk/consumer_documents.html"
DETAIL = "desk/document_detail.html"
KINDS = dict(DocumentKind.choices)
STATES = {code: badge.word for code, badge in DOCUMENT.items()}


# ------------------------------------------------------------------ the tab
@require_GET
@requires(Permission.VIEW_DOCUMENTS)
def consumer_documents(request: HttpRequest, account: str) -> HttpResponse:
    """The documents of a consumer, and beside them the bills and receipts that we made."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    asked = {name: request.GET.get(name, "") for name in ("kind", "state")}
    known = {"kind": KINDS, "state": STATES}
    wish = {name: value if value in known[name] else "" for name, value in asked.items()}
    known_to = access.visible_documents(consumer.pk, to=person)
    page = list_documents(known_to, to=person, cursor=request.GET.get("cursor", ""), **wish)
    context: dict[str, Any] = {
        "rows": page.rows,
        "account": account,
        "wish": wish,
        "kinds": [(code, KINDS[code]) for code in KINDS],
        "states": list(STATES.items()),
        "has_unknown": wish != asked,
        **page.urls(**wish),
    }
    if not is_fragment(request):
        context |= shell(request, access.shown(consumer, to=person), tab=TAB)
        context |= _papers(request, consumer, wish)
        context["can_upload"] = person.has_permission(Permission.UPLOAD_DOCUMENT)
    return page_or_fragment(request, LIST, "document-rows", context)


def _papers(request: HttpRequest, consumer: Consumer, wish: dict[str, str]) -> dict[str, Any]:
    person, cursor = signed_in_person(request), request.GET.get("papers", "")
    hidden = ports.hidden_cases(consumer.pk, person.pk)
    page = papers_of(consumer.pk, to=person, hidden=hidden, cursor=cursor)
    urls = page.urls(name="papers", **wish)
    return {"papers": page.rows} | {f"papers_{word}": url for word, url in urls.items()}


# ------------------------------------------------------------------ one document
@require_GET
@requires(Permission.VIEW_DOCUMENTS)
def document_detail(request: HttpRequest, account: str, document: int) -> HttpResponse:
    """Its versions and history; a proof of identity is looked at by name (X5)."""
    consumer, found = found_document(request, account, document)
    return _page(request, consumer, found)


@require_GET
@requires(Permission.VIEW_DOCUMENTS)
def document_file(
    request: HttpRequest, account: str, document: int, number: int, position: int
) -> HttpResponse:
    """One file of one version, to be saved."""
    _, found = found_document(request, account, document)
    file = find_file(found.id, number, position)
    if file is None or not _sees(request, found, number):
        raise Http404
    answer = as_download(file.file)
    _note(request, found, file.pk)
    return answer


def _sees(request: HttpRequest, found: ShownDocument, version: int) -> bool:
    return version == found.version or access.sees_every_version(signed_in_person(request))


def _note(request: HttpRequest, found: ShownDocument, file: int | None = None) -> None:
    if found.is_identity:
        by = signed_in_person(request)
        operations.note_look(document=found.id, file=file, by=by, at=clock.now())


@require_POST
@requires(Permission.VERIFY_DOCUMENT)
def document_decide(request: HttpRequest, account: str, document: int) -> HttpResponse:
    """Verify, publish or reject what somebody else uploaded."""
    consumer, found = found_document(request, account, document)
    key, form = posted_form_key(request.POST), DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, consumer, found, form, status=422)
    try:
        decided = operations.decide_document(
            document=found.id,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
            **form.cleaned_data,
        )
    except Refusal as refusal:
        _, found = found_document(request, account, document)
        if refusal.field:
            form.add_error(refusal.field, refusal.sentence)
            return _page(request, consumer, found, form, status=refusal.http_status)
        return _page(request, consumer, found, refusal=refusal, status=refusal.http_status)
    messages.success(request, f"{decided.get_state_display()}: version {decided.version}")
    return HttpResponseRedirect(resolve_url("document_detail", account, document))


@require_POST
@requires(Permission.UPLOAD_DOCUMENT, Permission.VERIFY_DOCUMENT)
def document_withdraw(request: HttpRequest, account: str, document: int) -> HttpResponse:
    """Take a document back for good."""
    consumer, found = found_document(request, account, document)
    try:
        operations.withdraw_document(
            document=found.id, by=signed_in_person(request), at=clock.now()
        )
    except Refusal as refusal:
        return _page(request, consumer, found, refusal=refusal, status=refusal.http_status)
    messages.success(request, "Document withdrawn")
    return HttpResponseRedirect(resolve_url("document_detail", account, document))


def found_document(
    request: HttpRequest, account: str, document: int
) -> tuple[Consumer, ShownDocument]:
    """The document of this consumer, or 404: for one of which somebody may not know, too."""
    consumer, person = found_consumer(request, account), signed_in_person(request)
    known_to = access.visible_documents(consumer.pk, to=person)
    found = find_document(known_to, document, to=person)
    if found is None:
        raise Http404
    return consumer, found


def _page(
    request: HttpRequest,
    consumer: Consumer,
    found: ShownDocument,
    form: DecisionForm | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    _note(request, found)
    person = signed_in_person(request)
    sees_looks = found.is_identity and person.has_permission(Permission.VERIFY_DOCUMENT)
    context: dict[str, Any] = shell(request, access.shown(consumer, to=person), tab=TAB) | {
        "document": found,
        "versions": [each for each in versions_of(found.id) if _sees(request, found, each.number)],
        "history": history_of(consumer.pk, found.id, to=person),
        "sees_looks": sees_looks,
        "looks": looks_at(found.id) if sees_looks else [],
        "protects": found.kind == DocumentKind.CERTIFICATE
        and bool(resting_on(found.id, today=today_in_use())),
        "decision_form": form or DecisionForm(auto_id="decision-%s"),
        "refusal": refusal,
    }
    return render(request, DETAIL, context, status=status)
