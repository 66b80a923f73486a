"""Bodies that do not arrive as promised (bad-inputs.md 128, 129 and "also run").

The short ones ask the WSGI application itself; those that need a real server and half a minute
run by night.
"""

import io
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client

from smart360.local.environment import VENV
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.web.server import READING_SECONDS
from smart360.wsgi import application
from tests.invariants import assert_sound
from tests.looking import checksums

ClientAs = Callable[..., Client]
FORM = "application/x-www-form-urlencoded"
TOKEN = "t" * 32
PARTS = "multipart/form-data; boundary=b"
ONE_PART = b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\n--b--\r\n'


def asked(body: bytes, *, kind: str = FORM, length: int | None = None, **more: Any) -> Any:
    """Status line and page of a POST to the door, as a server hands it over."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/sign-in",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body) if length is None else length),
        "HTTP_COOKIE": f"csrftoken={TOKEN}",
        "HTTP_X_CSRFTOKEN": TOKEN,
        **more,
    }
    told: list[str] = []
    ends = (request_started, request_finished)
    for each in ends:  # the test's own transaction lives on
        each.disconnect(close_old_connections)
    try:
        page = b"".join(application(environ, lambda status, headers: told.append(status)))
    finally:
        for each in ends:
            each.connect(close_old_connections)
    return told[0], page.decode()


# ------------------------------------------------------------------ truncated
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"username=sarah&password=half of i", FORM),
        (b"", FORM),
        (ONE_PART[:-12], PARTS),
        (ONE_PART[:20], PARTS),
        (b"", PARTS),
    ],
)
def test_a_body_that_ends_early_is_refused(body: bytes, kind: str, utility: Any) -> None:
    """bad-inputs 129: half a text is never taken for the text."""
    before = checksums()
    status, page = asked(body, kind=kind, length=len(body) + 30)
    assert status == "400 Bad Request"
    assert "The browser sent something that this page does not understand." in page
    assert checksums() == before
    assert_sound()


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "kind"), [(b"username=a&password=b", FORM), (ONE_PART, PARTS)])
def test_a_body_that_is_whole_is_read(body: bytes, kind: str, utility: Any) -> None:
    """The control: it is the end that was missing."""
    assert asked(body, kind=kind)[0] == "422 Unprocessable Entity"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary="])
def test_parts_without_a_boundary_are_refused(kind: str, client_as: ClientAs) -> None:
    """bad-inputs 129."""
    client = client_as(Role.CSE)
    answer = client.generic("POST", "/me", ONE_PART, content_type=kind)
    assert answer.status_code == 400
    assert "We cannot read this" in answer.content.decode()
    client.person.refresh_from_db()  # type: ignore[attr-defined]  # set by the fixture
    assert client.person.wants_notices_by_email  # type: ignore[attr-defined]


# ------------------------------------------------------------------ too much
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/me", "/drafts/create_request"])
@pytest.mark.parametrize(
    "sent",
    [
        {f"field{number}": "x" for number in range(1_001)},
        {"words": "x" * 3_000_000},
        {"x" * 3_000_000: "x"},
    ],
    ids=["1,001 fields", "3 MB of text", "3 MB of name"],
)
@pytest.mark.parametrize("is_in_parts", [False, True])
def test_too_many_fields_and_too_long_texts_are_refused(
    is_in_parts: bool, sent: dict[str, str], path: str, client_as: ClientAs
) -> None:
    """bad-inputs 128: 400, with our page."""
    client = client_as(Role.CSE)
    before = checksums()
    if is_in_parts:
        answer = client.post(path, sent)
    else:
        body = "&".join(f"{name}={value}" for name, value in sent.items())
        answer = client.generic("POST", path, body, content_type=FORM)
    assert answer.status_code == 400
    assert "We cannot read this" in answer.content.decode()
    assert checksums() == before


@pytest.mark.django_db
def test_too_many_files_are_refused(client_as: ClientAs) -> None:
    """bad-inputs 128: the hundred and first."""
    client = client_as(Role.ADMIN)
    files = {f"logo{number}": io.BytesIO(b"x") for number in range(101)}
    answer = client.post("/settings/", files)
    assert answer.status_code == 400
    assert "We cannot read this" in answer.content.decode()


@pytest.mark.django_db
def test_a_thousand_fields_are_not_too_many(client_as: ClientAs) -> None:
    """The control."""
    sent = {f"field{number}": "x" for number in range(1_000)}
    assert client_as(Role.CSE).post("/theme", sent).status_code == 302


# ------------------------------------------------------------------ too slow
@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def serve(port: int, transactional_db: None) -> Iterator[Callable[[str], None]]:
    """A real server with one worker of two threads, on this test's database."""
    database = connection.settings_dict
    place = quote(database["HOST"], safe="")
    secret = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
    url = f"postgresql://{database['USER']}{secret}@{place}:{database['PORT']}/{database['NAME']}"
    running: list[subprocess.Popen[bytes]] = []

    def start(worker: str) -> None:
        command = [
            str(VENV / "bin" / "gunicorn"), "smart360.wsgi", "-b", f"127.0.0.1:{port}",
            "-w", "1", "--threads", "2", "-k", worker, "--no-control-socket",
        ]  # fmt: skip
        environment = os.environ | {"DATABASE_URL": url}
        running.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline, "no server"
            time.sleep(0.1)

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=60)


def answers(port: int, patience: float = 2) -> bool:
    """Whether somebody else gets an answer now."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=patience) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return other.recv(20).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


SLOW = {
    "body": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    b"Cookie: csrftoken=" + TOKEN.encode() + b"\r\nX-CSRFToken: " + TOKEN.encode() + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    "head": b"POST /sign-in HTTP/1.1\r\nX-Slow: ",
}


def drip(port: int, part: str, seconds: float) -> list[bytes]:
    """Hold both threads with a byte a second each; what the server says in the end."""
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
    for each in slow:
        each.sendall(SLOW[part])
    said: dict[socket.socket, bytes] = {}
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(said) < len(slow):
        for each in slow:
            if each in said:
                continue
            each.settimeout(0.5)
            try:
                each.sendall(b"a")
                said[each] = each.recv(100)
            except TimeoutError:
                continue
            except OSError:
                said[each] = b"closed"
    for each in slow:
        each.close()
    return list(said.values())


@pytest.mark.night
@pytest.mark.parametrize("part", SLOW)
def test_a_byte_a_second_holds_no_thread_for_long(
    part: str, serve: Callable[[str], None], port: int
) -> None:
    """bad-inputs 129: after 30 s the server has let go, and others are answered again."""
    serve("smart360.web.server.TimedWorker")
    began = time.monotonic()
    said = drip(port, part, READING_SECONDS + 20)
    assert len(said) == 2
    assert READING_SECONDS - 2 < time.monotonic() - began < READING_SECONDS + 15
    if part == "body":
        assert all(each.startswith(b"HTTP/1.1 400") or each == b"closed" for each in said), said
    assert answers(port)


@pytest.mark.night
def test_control_without_the_limit_threads_stay_held(
    serve: Callable[[str], None], port: int
) -> None:
    """Gunicorn's own worker waits as long as somebody drips."""
    serve("gthread")
    assert drip(port, "body", READING_SECONDS + 10) == []


@pytest.mark.night
def test_a_real_server_tells_of_a_truncated_body(serve: Callable[[str], None], port: int) -> None:
    serve("smart360.web.server.TimedWorker")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(SLOW["body"] + b"username=half")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(30).startswith(b"HTTP/1.1 400")
    assert not Person.objects.exists()
