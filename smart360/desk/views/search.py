"""The search that finds everything: requests, complaints, consumers; as a page and as one types."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consumers.rules.searching import TOO_LONG, read_search
from smart360.desk.queries.search import Found, find_everything
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.throttle import take_turn


@require_GET
@requires(Permission.SEARCH_CONSUMERS, Permission.VIEW_REQUESTS)
def search_everything(request: HttpRequest) -> HttpResponse:
    """Requests, complaints and consumers that fit the words, as a page."""
    words = request.GET.get("q", "")
    searched = read_search(words)
    found, now = _nothing() if searched.problem else _find(request, words)
    context = {
        "now": now,
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
    found, now = _nothing() if searched.problem else _find(request, words)
    context = {"now": now, "found": found, "problem": searched.problem, "words": words}
    status = 422 if searched.problem == TOO_LONG else 200
    return render(request, "desk/search.html#options", context, status=status)


def _nothing() -> tuple[Found, datetime]:
    return Found(), clock.now()


def _find(request: HttpRequest, words: str) -> tuple[Found, datetime]:
    """What was found, and when. Counts the search; AskedTooOften is answered by 429."""
    me = signed_in_person(request)
    take_turn(me.pk)
    now = clock.now()
    return find_everything(words, to=me, at=now, zone=zone_in_use()), now
