"""Whom the criteria suggest as VIP: a supervisor accepts or declines (CON6)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from smart360.insights import operations
from smart360.insights.queries.vips import has_suggestion, vip_policy, waiting_suggestions
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

LIST = "insights/vip_suggestions.html"


@require_GET
@requires(Permission.SET_VIP)
def vip_suggestion_list(request: HttpRequest) -> HttpResponse:
    """What waits for a supervisor, the longest waiting first."""
    return _page(request)


@require_POST
@requires(Permission.SET_VIP)
def vip_suggestion_accept(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Mark the consumer as VIP."""
    return _decided(request, suggestion, operations.accept_vip, "The consumer is VIP")


@require_POST
@requires(Permission.SET_VIP)
def vip_suggestion_decline(request: HttpRequest, suggestion: int) -> HttpResponse:
    """Leave the consumer as they are."""
    return _decided(request, suggestion, operations.decline_vip, "The suggestion is declined")


def _decided(
    request: HttpRequest, suggestion: int, decide: Callable[..., Any], done: str
) -> HttpResponse:
    if not has_suggestion(suggestion):
        raise Http404
    try:
        decide(
            suggestion=suggestion,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=posted_form_key(request.POST),
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal, status=refusal.http_status)
    messages.success(request, done)
    return HttpResponseRedirect(resolve_url("vip_suggestion_list"))


def _page(
    request: HttpRequest, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    cursor = request.GET.get("cursor", "")
    page = waiting_suggestions(to=signed_in_person(request), cursor=cursor)
    context = {
        "rows": page.rows,
        "refusal": refusal,
        "is_on": vip_policy().is_on,
        **page.urls(reverse("vip_suggestion_list")),
    }
    answer = page_or_fragment(request, LIST, "suggestions", context)
    answer.status_code = status
    return answer
