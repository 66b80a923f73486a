"""Problems: how we tell another program that its message was not taken (RFC 9457).

Below ``API`` every refusal has this one shape, whoever refused: a view, Django, or a middleware.
"""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from smart360.web.gate import API
from smart360.web.logs import request_id

PROBLEM = "application/problem+json"
TITLES = {
    400: "Bad message",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not there",
    405: "Not this method",
    409: "Not possible as things are",
    413: "Too large",
    415: "Not JSON",
    422: "Something in it is wrong",
    429: "Too often",
    500: "Our fault",
    503: "Not available",
}
AWAY = "The service is not available just now. Send the same message again in a few seconds."
FAILED = "This is our fault. Send the same message again; it is taken at most once."
SENTENCES = {
    400: "This is no request that we can read.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The message is too large.",
    415: "Send the message as Content-Type: application/json, in UTF-8 and not packed.",
    429: "Too many messages within a second; send it again in a second.",
    500: FAILED,
    503: AWAY,
}
"""What is said where no view has said anything better."""


def problem(
    status: int, detail: str, *, errors: list[dict[str, str]] | None = None, **headers: str
) -> HttpResponse:
    """The answer to a message that was not taken; ``Retry_After`` names the header."""
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "Not possible"),
        "status": status,
        "detail": detail,
        "request_id": request_id.get(),
        "errors": errors or [],
    }
    response = HttpResponse(json.dumps(body), status=status, content_type=PROBLEM)
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


class ProblemsBelowApi:
    """Say as a problem what anything but a view of the API refused below ``API``.

    An address that is not there, a method that is not taken, a database that is away: all that
    would be a page for a reader, or plain words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; another answer for what is no problem yet, with its headers."""
        response = self.get_response(request)
        if not request.path.startswith(API) or response.status_code < 400:
            return response
        if response.get("Content-Type", "") == PROBLEM:
            return response
        status = response.status_code
        told = problem(status, SENTENCES.get(status, "This is not possible."))
        for name, value in response.items():
            if name not in ("Content-Type", "Content-Length"):
                told[name] = value
        return told
