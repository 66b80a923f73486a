"""The moment of a request comes from the database with the utility, and is one for all of it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from smart360.kernel import clock
from smart360.organisation.context import UtilityOfRequest
from smart360.organisation.models import Utility

pytestmark = pytest.mark.django_db
View = Callable[[HttpRequest], HttpResponse]


def answered(view: View, path: str = "/") -> None:
    UtilityOfRequest(view)(RequestFactory().get(path))


def test_a_request_asks_the_clock_once_and_with_the_utility(utility: Utility) -> None:
    moments = []

    def view(request: HttpRequest) -> HttpResponse:
        moments.extend([clock.now(), clock.now()])
        return HttpResponse()

    with CaptureQueriesContext(connection) as asked:
        answered(view)
    assert len(asked) == 1
    assert moments[0] == moments[1]
    before, _ = moments
    answered(view)
    assert moments[2] > before, "the next request has a moment of its own"


def test_outside_a_request_each_act_asks_anew(utility: Utility) -> None:
    answered(lambda request: HttpResponse())
    first = clock.now()
    assert clock.now() > first


def test_a_request_that_fails_leaves_no_moment_behind(utility: Utility) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise ValueError("out of the view")

    with pytest.raises(ValueError, match="out of the view"):
        answered(view)
    first = clock.now()
    assert clock.now() > first
