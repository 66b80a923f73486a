"""The moment of a request comes from the database with the utility, and is one for all of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from smart360.kernel import clock
from smart360.organisation.context import UtilityOfRequest, today_in_use
from smart360.organisation.models import Utility
from tests.conftest import SetClock

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


def test_its_day_is_the_utility_s(utility: Utility, stands: SetClock) -> None:
    """Late in the evening of the one zone it is tomorrow in the other."""
    days = []

    def view(request: HttpRequest) -> HttpResponse:
        days.append(today_in_use())
        return HttpResponse()

    stands.at = datetime(2024, 12, 11, 3, tzinfo=UTC)
    for zone in ("America/Chicago", "Asia/Kolkata"):
        Utility.objects.update(time_zone=zone)
        answered(view)
    assert days == [date(2024, 12, 10), date(2024, 12, 11)]
