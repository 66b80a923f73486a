"""Pages as careless people write them: the control of the walk over the corpus."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from consumers.models import Consumer
from smart360.urls import handler400, handler403, handler404, handler500
from smart360.urls import urlpatterns as product
from smart360.web.gate import public
from smart360.web.models import Draft

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@public
def echoes(request: HttpRequest) -> HttpResponse:
    """Forgets to escape."""
    return HttpResponse(f'<input value="{request.POST.get("words", "")}">')


@public
def looks_up(request: HttpRequest) -> HttpResponse:
    """Hands what was typed to the database as it came."""
    found = Consumer.objects.filter(pk=request.POST.get("words", "1")).exists()
    return HttpResponse(str(found))


@public
def tells(request: HttpRequest) -> HttpResponse:
    """Shows what went wrong in the machine's own words."""
    try:
        return HttpResponse(str(int(request.POST["words"])))
    except (KeyError, ValueError) as error:
        return HttpResponse(repr(error).replace("<", "&lt;"), status=400)


@public
def writes_first(request: HttpRequest) -> HttpResponse:
    """Writes, then looks whether it may."""
    person = request.user.pk or 0
    Draft.objects.create(person_id=person, form="careless", typed={}, saved_at="2024-12-10T00:00Z")
    return HttpResponse("", status=422 if request.POST.get("words") != "right" else 200)


@public
def leads_away(request: HttpRequest) -> HttpResponse:
    """Goes wherever it is told."""
    words = request.POST.get("words", "/").replace("\r", "").replace("\n", "").replace("\0", "")
    response = HttpResponse(status=302)
    response["Location"] = words.encode("ascii", "replace").decode()
    return response


@public
def renders(request: HttpRequest) -> HttpResponse:
    """Takes what was typed for a template."""
    words = request.POST.get("words", "")
    return HttpResponse("15838" if words == "{{ 7919|add:7919 }}" else "")


careless = {
    "echoes": (echoes, "unescaped"),
    "looks_up": (looks_up, "ValueError"),
    "tells": (tells, "tells 'ValueError"),
    "writes_first": (writes_first, "changed web_draft"),
    "leads_away": (leads_away, "leads to"),
    "renders": (renders, "read it as a template"),
}
"""Each page, and what the walk must say about it."""

urlpatterns: list[Any] = [
    *product,
    *(path(f"careless/{name}", view, name=name) for name, (view, _) in careless.items()),
]
