"""Two answers from one view: a redirect for plain HTML, a fragment for htmx."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page (and not for a whole one after Back)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
        and request.headers.get("HX-Boosted") != "true"
    )


def page_or_fragment(
    request: HttpRequest,
    template: str,
    fragment: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """``template`` whole, or only its ``fragment``, whichever was asked for."""
    name = f"{template}#{fragment}" if is_fragment(request) else template
    response = render(request, name, context, status=status)
    response["Vary"] = "HX-Request"
    return response


def done(
    request: HttpRequest, *, to: str, event: str = "", detail: Mapping[str, Any] | None = None
) -> HttpResponse:
    """After a write: redirect to ``to``; htmx goes there too, unless an ``event`` is enough.

    With an ``event`` such as ``case-changed`` the panels that depend on it refresh themselves.
    """
    if not is_fragment(request):
        return HttpResponseRedirect(to)
    response = HttpResponse(status=204)
    if event:
        response["HX-Trigger"] = json.dumps({event: dict(detail or {})})
    else:
        response["HX-Redirect"] = to
    return response
