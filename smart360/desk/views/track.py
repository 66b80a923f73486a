"""The consumer's own page: one link, no password, and one question at the end (BEY6)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from complaints.operations import UnableToRate, rate_complaint
from complaints.queries import tracking as complaints
from disconnections.queries import tracking as requests
from smart360.cases.queries.tracking import Tracked
from smart360.desk.forms import RatingForm
from smart360.documents.access import as_download
from smart360.kernel import clock
from smart360.web.gate import public

FOLLOWED = (requests.follow, complaints.follow)
"""Each kind of case that a link can lead to: what its page says, by its token."""
UNSEEN = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the link is the key: it is never told to another site
    "X-Robots-Tag": "noindex, nofollow",
}
TO_US_ONLY = "same-origin"
"""The referrer of a page with a form: without any, a browser does not say where the form is from,
and the form is refused as forged. Another site is told nothing all the same."""


def _followed(token: str) -> Tracked | None:
    """What the link leads to, of whatever kind; None for one that leads nowhere."""
    at = clock.now()
    answers = (follow(token, at=at) for follow in FOLLOWED)
    return next((each for each in answers if each is not None), None)


@require_GET
@public
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Where a request or a complaint stands, in plain words."""
    return _page(request, token, _followed(token))


@require_GET
@public
def track_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as PDF; until a worker has made it, the page that waits for it."""
    tracked = _followed(token)
    if tracked is None or tracked.receipt is None:
        return _page(request, token, tracked, status=202, is_waiting=True)
    return _unseen(as_download(tracked.receipt))


@require_POST
@public
def track_rate(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's one answer to how their complaint was handled."""
    tracked = complaints.follow(token, at=clock.now())
    if tracked is None:
        return _page(request, token, None)
    form = RatingForm(request.POST)
    if not form.is_valid() and tracked.asks_rating:
        return _page(request, token, tracked, status=422, form=form)
    try:
        rate_complaint(
            complaint=tracked.case,
            stars=form.rating,
            comment=form.written,
            by=None,
            at=clock.now(),
        )
    except UnableToRate as refusal:
        return _page(request, token, _followed(token), status=409, told=refusal.sentence)
    return HttpResponseRedirect(reverse("track", args=[token]))


def _page(
    request: HttpRequest,
    token: str,
    tracked: Tracked | None,
    *,
    status: int = 200,
    is_waiting: bool = False,
    form: RatingForm | None = None,
    told: str = "",
) -> HttpResponse:
    """The one page there is, also for a link that leads nowhere."""
    asks = tracked is not None and tracked.asks_rating
    context = {
        "token": token,
        "tracked": tracked,
        "is_waiting": is_waiting,
        "form": (form or RatingForm()) if asks else None,
        "told": told,
    }
    status = status if tracked is not None else 404
    response = _unseen(render(request, "desk/track.html", context, status=status))
    if asks:
        response["Referrer-Policy"] = TO_US_ONLY
    return response


def _unseen(response: HttpResponse) -> HttpResponse:
    for name, value in UNSEEN.items():
        response[name] = value
    return response
