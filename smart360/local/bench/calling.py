"""One request at a time through the whole of Django, timed, with its statements counted."""

import gc
import gzip
import io
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import Client
from django.utils.crypto import get_random_string

from smart360.staff.models import Person

Query = Callable[..., Any]


@dataclass
class Answer:
    """What one request took and gave back."""

    status: int
    seconds: float
    statements: int
    sql_seconds: float
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Counted:
    """Statements and the time spent in them."""

    number: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    said: list[str] = field(default_factory=list)

    def __call__(self, execute: Query, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass a statement on and count it."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - began
            self.number += 1
            self.seconds += took
            self.longest = max(self.longest, took)
            self.said.append(sql)


@contextmanager
def counting() -> Iterator[Counted]:
    """Count the statements of this thread's connection."""
    counted = Counted()
    with connection.execute_wrapper(counted):
        yield counted


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within a transaction, that is, in a test, a request leaves the connection open."""
    ends = (signals.request_started, signals.request_finished)
    if not connection.in_atomic_block:
        yield
        return
    for each in ends:
        each.disconnect(close_old_connections)
    try:
        yield
    finally:
        for each in ends:
            each.connect(close_old_connections)


class Browser:
    """Somebody who is signed in and asks for pages in this very process."""

    def __init__(self, person: Person) -> None:
        """Sign in; the address of the first page decides nothing."""
        client = Client()
        client.force_login(person, backend="smart360.staff.access.RoleBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.csrf = get_random_string(32)
        self.cookies = (
            f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.csrf}"
        )
        self.application = get_wsgi_application()

    def get(self, address: str, *, is_htmx: bool = False) -> Answer:
        """GET a page, or the fragment that htmx gets."""
        return self._ask("GET", address, b"", is_htmx=is_htmx)

    def post(self, address: str, values: Mapping[str, Any]) -> Answer:
        """Send a form, plain."""
        typed = urlencode({**values, "csrfmiddlewaretoken": self.csrf}, doseq=True).encode()
        return self._ask("POST", address, typed, is_htmx=False)

    def _ask(self, method: str, address: str, typed: bytes, *, is_htmx: bool) -> Answer:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": self.cookies,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(typed),
            "wsgi.errors": io.StringIO(),
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if method == "POST":
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["CONTENT_LENGTH"] = str(len(typed))
        if is_htmx:
            environ["HTTP_HX_REQUEST"] = "true"
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], info: Any = None) -> Any:
            told["status"], told["headers"] = int(status[:3]), dict(headers)

        with counting() as counted, undisturbed():
            began = time.perf_counter()
            answer = self.application(environ, start_response)
            body = b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            seconds = time.perf_counter() - began
        return Answer(
            told["status"], seconds, counted.number, counted.seconds, body, told["headers"]
        )


@dataclass(frozen=True)
class Taken:
    """What many answers of one kind took: medians, and what was shown."""

    milliseconds: float
    statements: int
    sql_milliseconds: float
    kilobytes: float
    kilobytes_packed: float


def summed_up(answers: Sequence[Answer]) -> Taken:
    """The middle of many answers."""
    body = answers[-1].body
    return Taken(
        milliseconds=1000 * statistics.median(each.seconds for each in answers),
        # the most common: once a minute a session is written down, once an hour a sample is taken
        statements=statistics.mode(each.statements for each in answers),
        sql_milliseconds=1000 * statistics.median(each.sql_seconds for each in answers),
        kilobytes=len(body) / 1000,
        kilobytes_packed=len(gzip.compress(body, 6)) / 1000,
    )


Ask = Callable[[int], Answer]


def side_by_side(asks: Sequence[Ask], *, rounds: int, warm_up: int) -> list[Taken]:
    """Ask each in turn, over and over (ABAB…), so that a slow moment meets all alike."""
    answers: list[list[Answer]] = [[] for _ in asks]
    for number in range(warm_up + rounds):
        if number % 10 == 0:
            gc.collect()
        for place, ask in enumerate(asks):
            answer = ask(number)
            if answer.status >= 400:
                words = answer.body[:2000].decode(errors="replace")
                raise AssertionError(f"answered {answer.status}: {words}")
            if number >= warm_up:
                answers[place].append(answer)
    return [summed_up(each) for each in answers]
