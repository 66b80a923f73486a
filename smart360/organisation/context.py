"""The utility of the request that runs, and its zone for every time on the page."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from smart360.organisation.queries import utility_in_use


def zone_in_use() -> ZoneInfo:
    """The utility's zone, which is active for the request."""
    return ZoneInfo(timezone.get_current_timezone_name())


class UtilityOfRequest:
    """Middleware: the utility, read once for the request, and its time zone the active one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Static answers and health checks need no utility."""
        if request.path in {"/healthz", "/readyz"}:
            return self.get_response(request)
        with utility_in_use() as utility, timezone.override(utility.zone):
            request.utility = utility  # type: ignore[attr-defined]  # read by views and the shell
            return self.get_response(request)
