"""Pages that belong to no app: errors, drafts, health."""

import sys

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from smart360.kernel import clock
from smart360.web import drafts, gallery
from smart360.web.gate import is_own_address, public, signed_in
from smart360.web.logs import request_id

RETRY_AFTER_SECONDS = 5
YEAR_SECONDS = 365 * 24 * 60 * 60
FORMS_WITH_DRAFTS = ("create_request",)
# PostgreSQL's codes: connection exceptions, shutting down or starting up, too many connections.
CONNECTION_FAILURES = ("08", "57P0", "53300")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that no form of ours sends.

    Or Django could not write a session down, and took it for one that somebody had ended: where it
    was the database that failed, it was not the browser.
    """
    if error := _in_the_way_of_a_session(exception):
        return _failure(error)
    return render(request, "400.html", status=400)


def _in_the_way_of_a_session(exception: Exception | None) -> BaseException | None:
    if not isinstance(exception, SessionInterrupted) or exception.__context__ is None:
        return None
    error = exception.__context__.__context__
    return error if isinstance(error, OperationalError) else None


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not yours; nobody can tell which."""
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault. Only the incident's id is shown (quality.md, R7).

    503 when it is the database that is away: the page needs none, and says when to try again.
    """
    return _failure(sys.exc_info()[1])


def _failure(error: BaseException | None) -> HttpResponse:
    if is_database_away(error):
        response = render(None, "503.html", {"incident": request_id.get()}, status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return render(None, "500.html", {"incident": request_id.get()}, status=500)


def is_database_away(error: BaseException | None) -> bool:
    """Whether there is nobody to talk to: no connection, or a server that ends or refuses it.

    All else that PostgreSQL reports as operational (a full disk, no memory) it says itself, with a
    code; an operational error without one comes from the line. The connection may be a new, sound
    one by now: whatever asked on the way here has opened it.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:
        is_lost = connection.connection is None or bool(connection.connection.closed)
        return is_lost or isinstance(error, OperationalError)
    return str(state).startswith(CONNECTION_FAILURES)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from elsewhere; offer to reload and try again.

    What was typed is offered again only where the browser says that it was typed on our own pages:
    a form on somebody else's site must not become ours by one more press.
    """
    origin = request.headers.get("Origin", "")
    is_ours = origin == f"{request.scheme}://{request.get_host()}"
    typed = [
        (name, value)
        for name in (request.POST if is_ours else ())
        if name not in drafts.NEVER_KEPT - {"form_key"}
        for value in request.POST.getlist(name)
    ]
    came_from = request.headers.get("Referer", "")
    back = came_from if is_own_address(request, came_from) else "/"
    return render(request, "403_csrf.html", {"typed": typed, "back": back}, status=403)


@require_POST
@signed_in
def theme_set(request: HttpRequest) -> HttpResponse:
    """Light or dark, remembered by a cookie, so that the first paint is right."""
    chosen = "dark" if request.POST.get("theme") == "dark" else "light"
    back = request.POST.get("next", "")
    response = redirect(back if is_own_address(request, back) else "/")
    response.set_cookie(
        "theme", chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@require_GET
@signed_in
def gallery_view(request: HttpRequest) -> HttpResponse:
    """Every component in every state, on the machine of a developer and in tests only."""
    if not settings.SHOWS_GALLERY:
        raise Http404
    return render(request, "web/gallery.html", gallery.samples())


@require_POST
@signed_in
def draft_save(request: HttpRequest, form: str) -> HttpResponse:
    """Keep what was typed so far."""
    if form not in FORMS_WITH_DRAFTS:
        return HttpResponse(status=404)
    typed = {name: request.POST.getlist(name) for name in request.POST}
    kept = drafts.save_draft(by=request.user.pk or 0, form=form, typed=typed, at=clock.now())
    return HttpResponse(status=204 if kept else 413)


@require_GET
@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@public
def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
