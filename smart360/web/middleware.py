"""What happens around every page: an id, the session's end, refusals, row history's author."""

import time
import uuid
from collections.abc import Callable

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from psycopg import errors as postgres

from smart360.kernel.errors import Refusal
from smart360.web.gate import API
from smart360.web.logs import request_id
from smart360.web.throttle import AskedTooOften, too_many

GetResponse = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"
SIGNED_IN_AT = "signed_in_at"
SEEN_EVERY_SECONDS = 60  # how often a session's age is written down


class RequestId:
    """Give each request an id that stands in every log line and on the error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in a header."""
        token = request_id.set(uuid.uuid4().hex[:12])
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class HeadAsGet:
    """Answer HEAD as GET without its body, for every view alike."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """No view sees another method than GET and POST, so that none takes HEAD for a POST."""
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response: HttpResponseBase = self.get_response(request)
        request.method = "HEAD"
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


class SessionTimeout:
    """End a session that nobody used for a while (SEC2). What was typed waits in its draft."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out when idle too long, else note at most once a minute that somebody is there."""
        if request.path.startswith(API):  # there no session counts, and none is kept alive
            return self.get_response(request)
        seen = request.session.get(SEEN)
        moment = int(time.time())  # noqa: TID251  (a session's age here, not the moment of an act)
        if isinstance(seen, int):
            if moment - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                request.was_idle = True  # type: ignore[attr-defined]  # the gate says so
            elif moment - request.session.get(SIGNED_IN_AT, seen) > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif moment - seen > SEEN_EVERY_SECONDS and not is_by_itself(request):
                request.session[SEEN] = moment
        elif request.session.session_key:
            request.session[SEEN] = request.session[SIGNED_IN_AT] = moment
        return self.get_response(request)


def is_by_itself(request: HttpRequest) -> bool:
    """Whether the page asks by itself (the bell, the draft, the lock), with nobody at the desk."""
    return request.headers.get("X-Background") == "true"


# What PostgreSQL ends because somebody else was at the same rows, or before it took too long. The
# whole act was taken back.
AT_ODDS = (
    postgres.LockNotAvailable,
    postgres.DeadlockDetected,
    postgres.SerializationFailure,
    postgres.QueryCanceled,
)

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
LARGEST_BODY = 64 * 1024 * 1024  # the files of one form, 50 MB in all, and what stands around them


class FormsOnly:
    """Refuse what no form of ours sends, instead of reading it as an empty form (400, 413, 415).

    What other programs send (below ``API``) is no form: there each view says what it takes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A body is a form, is not packed, and says how long it is."""
        if request.path.startswith(API):
            return self.get_response(request)
        is_packed = request.headers.get("Content-Encoding", "identity") != "identity"
        if is_packed or "Transfer-Encoding" in request.headers:
            return render(request, "400.html", status=400)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:19]) > LARGEST_BODY:
            return render(request, "413.html", status=413)
        has_body = length != "0"
        if has_body and request.content_type not in FORM_TYPES:
            return render(request, "400.html", status=415)
        return self.get_response(request)


class RefusalPage:
    """Answer a refusal that no view turned into its own form: a page that says why, never a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; see ``process_exception``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal in its own words; "busy" for a row that is held; 429 for asking too often."""
        if isinstance(error, Refusal):
            return refusal_page(request, error)
        if isinstance(error, AskedTooOften):
            return too_many(request)
        if isinstance(error, OperationalError) and isinstance(error.__cause__, AT_ODDS):
            busy = "Somebody else is working on this right now. Nothing was changed; try again."
            return refusal_page(request, Refusal(busy, is_conflict=True))
        return None


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The page (or, for htmx, the note) that tells why an act was refused."""
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "409.html#refusal" if is_fragment else "409.html"
    return render(request, template, {"refusal": refusal}, status=refusal.http_status)


class ConfigurationHistory:
    """Write the administrator's name beside each row that Django admin changes (SEC3)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only writes below ``/admin/`` need it."""
        if request.method != "POST" or not request.path.startswith("/admin/"):
            return self.get_response(request)
        with pghistory.context(person=request.user.pk, request_id=request_id.get()):
            return self.get_response(request)
