"""The bell, and trying a failed message again."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_GET, require_POST

from smart360.comms import operations, queries
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import is_own_address, requires, signed_in
from smart360.web.htmx import done, page_or_fragment


@require_GET
@signed_in
def notice_list(request: HttpRequest) -> HttpResponse:
    """Everything that one's own bell has rung for, newest first."""
    person = signed_in_person(request)
    page = queries.list_notices(person, cursor=request.GET.get("cursor", ""))
    unread = queries.count_unread(person)
    context = {
        "page": page,
        "unread": unread,
        "words": f"{len(page.rows)} shown, newest first; {unread} new",
        **page.urls(),
    }
    return page_or_fragment(request, "comms/notice_list.html", "notices", context)


@require_GET
@signed_in
def notice_bell(request: HttpRequest) -> HttpResponse:
    """The bell with its count, fetched again now and then by every page."""
    unread = queries.count_unread(signed_in_person(request))
    return render(request, "components/bell.html", {"unread_notices": unread})


@require_POST
@signed_in
def notice_open(request: HttpRequest, notice: int) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    person = signed_in_person(request)
    if queries.find_notice(person, notice) is None:
        raise Http404
    read = operations.read_notice(notice=notice, by=person, at=clock.now())
    return HttpResponseRedirect(read.path)


@require_POST
@signed_in
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    operations.read_all_notices(by=signed_in_person(request), at=clock.now())
    return done(request, to=resolve_url("notice_list"))


@require_POST
@requires(Permission.RETRY_MESSAGE)
def message_retry(request: HttpRequest, message: int) -> HttpResponse:
    """Try a message again that was not delivered, and return to the page it was shown on."""
    me = signed_in_person(request)
    if not queries.is_known(message, to=me):
        raise Http404
    operations.retry_message(message=message, by=me, at=clock.now())
    back = request.headers.get("Referer", "")
    to = back if is_own_address(request, back) else resolve_url("start")
    return done(request, to=to, event="case-changed")
