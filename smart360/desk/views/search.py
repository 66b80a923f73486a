"""The search that finds everything: requests and consumers, as a page and as one types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consumers.rules.searching import TOO_LONG, read_search
from smart360.desk.queries import Found, find_everything
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires


@require_GET
@requires(Permission.SEARCH_CONSUMERS, Permission.VIEW_REQUESTS)
def search_everything(request: HttpRequest) -> HttpResponse:
    """Requests and consumers that fit the words, as a page."""
    words = request.GET.get("q", "")
    searched = read_search(words)
    found = Found((), ()) if searched.problem else _find(request, words)
    context = {
        "now": clock.now(),
        "words": searched.text if searched.problem else words.strip(),
        "problem": searched.problem if words else "",
        "found": found,
    }
    status = 422 if searched.problem == TOO_LONG else 200
    return render(request, "desk/search.html", context, status=status)


@require_GET
@requires(Permission.SEARCH_CONSUMERS, Permission.VIEW_REQUESTS)
def search_options(request: HttpRequest) -> HttpResponse:
    """The same as options under the search box, as one types."""
    words = request.GET.get("q", "")
    searched = read_search(words)
    found = Found((), ()) if searched.problem else _find(request, words)
    context = {"now": clock.now(), "found": found, "problem": searched.problem, "words": words}
    return render(request, "desk/search.html#options", context)


def _find(request: HttpRequest, words: str) -> Found:
    me = signed_in_person(request)
    return find_everything(words, to=me, at=clock.now(), zone=zone_in_use())
