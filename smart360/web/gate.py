"""The permission gate: what does not say who may use it is used by nobody (quality.md, X1)."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from smart360.kernel.errors import Broken

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"
KEYED = "api key"
ADMIN_PERMISSION = "administration.configure"
API = "/api/"
"""Below this address other programs talk to us."""

IDLE = "idle"
OVER = "over"


def requires(*permissions: str) -> Callable[[View], View]:
    """Only people with at least one of ``permissions`` may use the view."""
    if not permissions:
        raise Broken("requires() needs a permission; use signed_in or public")

    def declare(view: View) -> View:
        view.permissions = frozenset(permissions)  # type: ignore[attr-defined]  # read by the gate
        return view

    return declare


def signed_in(view: View) -> View:
    """Everybody who is signed in may use the view."""
    view.permissions = SIGNED_IN  # type: ignore[attr-defined]  # read by the gate
    return view


def public(view: View) -> View:
    """Anybody may use the view, signed in or not (SEC2: sign-in and ``/track/`` only)."""
    view.permissions = PUBLIC  # type: ignore[attr-defined]  # read by the gate
    return view


def keyed(view: View) -> View:
    """Only another program with an API key may use the view, which asks for it; no session counts.

    Its address lies below ``API``: there messages are JSON, no form of ours (see ``FormsOnly``).
    """
    view.permissions = KEYED  # type: ignore[attr-defined]  # read by the gate
    return view


def declared_permissions(view: Callable[..., Any]) -> frozenset[str] | str | None:
    """What the view declares, or None when it declares nothing."""
    return getattr(view, "permissions", None)


class PermissionGate:
    """Refuse every view that the person of this request may not use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision falls in ``process_view``."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let through, send to sign-in, or refuse."""
        declared = declared_permissions(view)
        if (
            declared is None
            and request.resolver_match
            and "admin" in request.resolver_match.app_names
        ):
            declared = frozenset({ADMIN_PERMISSION})
        if declared is None:
            if settings.DEBUG:
                raise Broken(f"{view.__module__}.{view.__qualname__} declares no permission")
            raise Http404
        if declared in (PUBLIC, KEYED):
            return None
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if declared == SIGNED_IN:
            return None
        if not any(request.user.has_permission(permission) for permission in declared):
            raise PermissionDenied
        return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment never gets a login form inside its panel."""
    if request.headers.get("HX-Request") == "true":
        current = request.headers.get("HX-Current-URL", "")
        back = current if is_own_address(request, current) else resolve_url("start")
        response = HttpResponse(status=401)
        # Whoever holds a fragment's page was signed in, even if another answer took the cookie.
        response["HX-Redirect"] = _door(request, back, has_ended=True)
        return response
    return redirect(_door(request, _page_of(request)))


def _page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: the page asked for, or the one that the form stood on."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    return came_from if is_own_address(request, came_from) else resolve_url("start")


def _door(request: HttpRequest, back: str, *, has_ended: bool = False) -> str:
    """The sign-in page's address, with the way back and why one has to sign in again."""
    words = {"next": back}
    if getattr(request, "was_idle", False):
        words["ended"] = IDLE
    elif has_ended or settings.SESSION_COOKIE_NAME in request.COOKIES:
        words["ended"] = OVER
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode(words)}"


def person_id(request: HttpRequest) -> int:
    """Who acts, in a view that the gate has let somebody into."""
    assert request.user.pk is not None
    return request.user.pk


def is_own_address(request: HttpRequest, address: str) -> bool:
    """Whether ``address`` stays on this site, so that a link from outside cannot lead away.

    A single word is no address: a redirect would take it for the name of a view.
    """
    is_whole = address.startswith(("/", "http://", "https://"))
    return is_whole and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
