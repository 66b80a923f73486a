"""Below /api/ every refusal is a problem in JSON, whoever refused (BIL7, docs/API.md)."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from smart360.kernel.errors import Refusal
from smart360.urls import handler400, handler403, handler404, handler500
from smart360.urls import urlpatterns as product
from smart360.web.gate import keyed, public
from smart360.web.problems import PROBLEM, TITLES
from smart360.web.throttle import AskedTooOften

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/payments"
DOCS = Path(__file__).resolve().parents[2] / "docs"
SHAPE = json.loads((DOCS / "openapi.json").read_text())["components"]["schemas"]["Problem"]


class Fault(Exception):
    """What nobody had thought of."""


def fails(request: HttpRequest, why: str) -> HttpResponse:
    """A view below /api/ that does not care what its refusals look like."""
    errors = {"fault": Fault(), "often": AskedTooOften(), "refusal": Refusal("No.")}
    if why in errors:
        raise errors[why]
    return HttpResponse("plain words", status=int(why), content_type="text/plain")


urlpatterns: list[Any] = [
    *product,
    path("api/failing/<why>", keyed(fails)),
    path("failing/<why>", public(fails)),
]


def refused(answer: HttpResponse, status: int) -> dict[str, Any]:
    """What a problem says; it is one, and of the documented shape."""
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    said: dict[str, Any] = json.loads(answer.content)
    assert set(said) == set(SHAPE["properties"]) == set(SHAPE["required"])
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert said["title"] == TITLES[status]
    assert said["detail"]
    assert said["request_id"] == answer["X-Request-Id"]
    assert said["errors"] == []
    return said


def quiet() -> Client:
    """A client that gets our fault as an answer, as a gateway does."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "address", ["/api/", "/api/v1", "/api/v1/", "/api/v1/payment", f"{ADDRESS}/", "/api/v2/x?y=1"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_address_is_a_problem(address: str, method: str) -> None:
    said = refused(getattr(quiet(), method)(address), 404)
    assert said["detail"] == "There is nothing at this address."


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/PAY-2024-000001/status"])
def test_another_method_is_a_problem_that_names_the_right_one(address: str, method: str) -> None:
    answer: Any = quiet().generic(method, address)
    refused(answer, 405)
    assert answer["Allow"] == "POST"


def test_a_head_has_no_body_and_its_type() -> None:
    answer = quiet().head(ADDRESS)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (405, PROBLEM, b"")


def test_a_wrong_host_is_a_problem() -> None:
    answer: Any = Client(headers={"host": "elsewhere.example"}).post(ADDRESS)
    assert refused(answer, 400)["detail"] == "This is no request that we can read."


@pytest.mark.parametrize("status", sorted(TITLES))
@override_settings(ROOT_URLCONF=__name__)
def test_plain_words_become_a_problem(status: int) -> None:
    answer: Any = quiet().get(f"/api/failing/{status}")
    assert refused(answer, status)["detail"] != "plain words", "what a view says is not shown"


@pytest.mark.parametrize(("why", "status"), [("fault", 500), ("often", 429), ("refusal", 422)])
@override_settings(ROOT_URLCONF=__name__)
def test_an_exception_becomes_a_problem(why: str, status: int) -> None:
    answer: Any = quiet().post(f"/api/failing/{why}", "{}", content_type="application/json")
    refused(answer, status)
    assert answer.get("Retry-After") == ("1" if status == 429 else None)


@override_settings(ROOT_URLCONF=__name__)
def test_the_control_elsewhere_it_stays_a_page() -> None:
    assert quiet().get("/failing/404").content == b"plain words"
    assert quiet().get("/failing/fault")["Content-Type"].startswith("text/html")
    assert Client().get("/nowhere/api/")["Content-Type"].startswith("text/html")


def test_a_message_of_another_type_is_a_problem() -> None:
    """Whoever has no key learns that first; the type is looked at afterwards, in the intake."""
    answer: Any = quiet().post(ADDRESS, {"amount": "1.00"})
    assert refused(answer, 401)["detail"].startswith("Send your API key")
