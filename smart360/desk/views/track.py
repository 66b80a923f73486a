"""The consumer's own page: one link, no password, nothing to change (BEY6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from disconnections.queries.tracking import follow
from smart360.cases.queries.tracking import Tracked
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.web.gate import public

UNSEEN = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the link is the key: it is never told to another site
    "X-Robots-Tag": "noindex, nofollow",
}


@require_GET
@public
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Where a request stands, in plain words."""
    return _page(request, token, follow(token, at=clock.now()))


@require_GET
@public
def track_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as PDF; until a worker has made it, the page that waits for it."""
    tracked = follow(token, at=clock.now())
    if tracked is None or tracked.receipt is None:
        return _page(request, token, tracked, is_waiting=True)
    return _unseen(as_download(tracked.receipt))


def _page(
    request: HttpRequest, token: str, tracked: Tracked | None, *, is_waiting: bool = False
) -> HttpResponse:
    """The one page there is, also for a link that leads nowhere."""
    status = 404 if tracked is None else 202 if is_waiting else 200
    context = {"token": token, "tracked": tracked, "is_waiting": is_waiting}
    return _unseen(render(request, "desk/track.html", context, status=status))


def _unseen(response: HttpResponse) -> HttpResponse:
    for name, value in UNSEEN.items():
        response[name] = value
    return response
