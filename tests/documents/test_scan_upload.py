"""A virus scanner looks at each upload, where an installation has one (bad-inputs.md 127)."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from complaints.models import DraftFile
from smart360.documents.inspection import scanner
from smart360.documents.intake import UnableToAccept, check
from smart360.documents.models import PendingFile
from smart360.staff.choices import Role
from tests.complaints.writing import attach, begun, picture
from tests.conftest import MakeConsumer, SetClock
from tests.documents.hostile import pdf

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
AWAY = "Files cannot be checked for viruses right now. Please try again later"

SERVER = r"""
import socketserver, struct, sys
way = sys.argv[1]
class Clamd(socketserver.StreamRequestHandler):
    def handle(self):
        if self.rfile.read(10) != b"zINSTREAM\0":
            return
        body = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        found = b"EICAR-STANDARD" in body
        self.wfile.write({
            "honest": b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0",
            "small": b"INSTREAM size limit exceeded. ERROR\0",
            "silent": b"",
            "odd": b"stream: OK but FOUND nothing\0",
            "cut": b"stream: O",
        }[way])
server = socketserver.TCPServer(("127.0.0.1", 0), Clamd)
print(server.server_address[1], flush=True)
server.serve_forever()
"""
Start = Callable[[str], None]


@pytest.fixture
def start(settings: Any) -> Iterator[Start]:
    """A scanner in a process of its own that answers in a certain way."""
    running: list[subprocess.Popen[str]] = []

    def run(way: str) -> None:
        command = [sys.executable, "-c", SERVER, way]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(server)
        assert server.stdout is not None
        settings.SCANNER = f"tcp://127.0.0.1:{int(server.stdout.readline())}"

    yield run
    for each in running:
        each.kill()
        each.communicate()


def refusal(name: str, body: bytes) -> UnableToAccept:
    with pytest.raises(UnableToAccept) as refused:
        check(name, body)
    return refused.value


def test_what_is_clean_is_taken(start: Start) -> None:
    start("honest")
    assert check("bill.pdf", pdf()).body == pdf()


def test_a_large_file_goes_in_pieces(start: Start, settings: Any) -> None:
    start("honest")
    body = bytes(3 * scanner.PIECE + 1)
    assert scanner.is_clean(body, at=settings.SCANNER)
    assert not scanner.is_clean(body + EICAR, at=settings.SCANNER)


def test_what_is_found_is_refused(start: Start, settings: Any) -> None:
    start("honest")
    infected = pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")
    address, settings.SCANNER = settings.SCANNER, ""
    assert check("bill.pdf", infected).body == infected, "only a scanner sees it"
    settings.SCANNER = address
    refused = refusal("bill.pdf", infected)
    assert refused.sentence == "bill.pdf is refused by the virus scanner"
    assert not refused.is_conflict


@pytest.mark.parametrize("way", ["small", "silent", "odd", "cut"])
def test_what_it_cannot_say_is_not_taken(start: Start, way: str) -> None:
    start(way)
    refused = refusal("bill.pdf", pdf())
    assert (refused.sentence, refused.is_conflict) == (AWAY, True)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:{free}", "unix:///nowhere/clamd.sock", "clamav:3310", "tcp://127.0.0.1:x"],
)
def test_while_it_is_away_nothing_is_taken(settings: Any, address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        free = once.getsockname()[1]
    settings.SCANNER = address.format(free=free)
    assert refusal("bill.pdf", pdf()).sentence == AWAY


def test_it_does_not_wait_for_ever(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.SCANNER = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
        began = time.monotonic()
        assert refusal("bill.pdf", pdf()).sentence == AWAY
    assert time.monotonic() - began < 20


def test_over_a_socket_file(tmp_path: Path, settings: Any) -> None:
    server = SERVER.replace("socketserver.TCPServer", "socketserver.UnixStreamServer").replace(
        '("127.0.0.1", 0)', "sys.argv[2]"
    )
    path = str(tmp_path / "clamd.sock")
    command = [sys.executable, "-c", server.replace("server.server_address[1]", "0")]
    with subprocess.Popen([*command, "honest", path], stdout=subprocess.PIPE, text=True) as clamd:
        assert clamd.stdout is not None
        assert clamd.stdout.readline()
        settings.SCANNER = f"unix://{path}"
        assert check("bill.pdf", pdf()).body == pdf()
        clamd.kill()


@pytest.mark.django_db
def test_nothing_is_stored_of_what_was_not_seen(
    client_as: Callable[..., Client], make_consumer: MakeConsumer, stands: SetClock, settings: Any
) -> None:
    settings.SCANNER = "unix:///nowhere/clamd.sock"
    client = client_as(Role.CSE)
    draft = begun(client, make_consumer())
    answer = attach(client, draft, picture(f"{uuid4().hex}.png"))
    assert answer.status_code == 422
    assert AWAY in answer.text
    assert not DraftFile.objects.exists()
    assert not PendingFile.objects.exists()
