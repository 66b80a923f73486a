"""Asking too often: a small allowance per person and process, for searches as somebody types.

It guards against a script that runs away, not against an attacker; so it costs no statement.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MOST_PEOPLE = 10_000


class Allowance:
    """So many requests at once, and as many again each second, for each key."""

    def __init__(self, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.clock = clock
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._mutex = threading.Lock()

    def takes(self, key: int) -> bool:
        """Whether one more request is allowed now."""
        moment = self.clock()
        with self._mutex:
            left, since = self._left.pop(key, (float(self.per_second), moment))
            left = min(float(self.per_second), left + (moment - since) * self.per_second)
            is_allowed = left >= 1
            self._left[key] = (left - is_allowed, moment)
            while len(self._left) > MOST_PEOPLE:
                self._left.popitem(last=False)
        return is_allowed


def too_many(request: HttpRequest) -> HttpResponse:
    """429: asked too often; try again in a second."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "1"
    return response
