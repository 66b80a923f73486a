"""The utility of the request that runs, its zone for every time on the page, and the moment."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from smart360.kernel import clock
from smart360.organisation.queries import read_at, utility_in_use


def zone_in_use() -> ZoneInfo:
    """The utility's zone, which is active for the request."""
    return ZoneInfo(timezone.get_current_timezone_name())


def today_in_use() -> date:
    """The utility's day at the moment of the request."""
    return clock.now().astimezone(zone_in_use()).date()


class UtilityOfRequest:
    """Middleware: the utility, read once for the request with the clock; its zone the active one.

    The moment of a request is when it began: whatever it does has happened then.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Static answers and health checks need no utility."""
        if request.path in {"/healthz", "/readyz"}:
            return self.get_response(request)
        with (
            utility_in_use() as utility,
            timezone.override(utility.zone),
            clock.read_already(read_at(utility)),
        ):
            request.utility = utility  # type: ignore[attr-defined]  # read by views and the shell
            return self.get_response(request)
