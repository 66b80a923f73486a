"""A mail server on loopback that behaves as badly as it is told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Letter
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Takes letters in one of the ways of ``mode``.

    ``accepts``, ``greylists`` (451), ``rejects`` the recipient (550), ``rejects_text`` (554),
    ``drops`` the line after it has stored the letter, ``hangs`` without a word, ``dawdles`` a while
    between storing and saying so. ``habits`` are the modes of single addresses, each a list that
    its letters use up.
    """

    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed in the middle is no defect of the server."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.mode = "accepts"
        self.habits: dict[str, list[str]] = {}
        self.letters: list[Letter] = []
        self.let_go = threading.Event()
        self.dawdles_over = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        server: Any = self.server
        self.mode = server.mode
        if server.mode == "hangs":
            server.let_go.wait(30)
            return
        self.say("220 test")
        while line := self.rfile.readline():
            words = line.decode("latin-1").strip()
            verb = words.upper()[:4]
            if verb == "RCPT" and (habits := server.habits.get(words[9:-1])):
                self.mode = habits.pop(0)
            if verb == "QUIT":
                self.say("221 bye")
                return
            if not self.answer(verb, server):
                return

    def answer(self, verb: str, server: Any) -> bool:
        if verb == "RCPT":
            self.say({"greylists": "451 later", "rejects": "550 nobody"}.get(self.mode, "250 ok"))
        elif verb == "DATA":
            self.say("354 go on")
            text = self.text()
            if self.mode == "rejects_text":
                self.say("554 no such letters")
                return True
            server.letters.append(message_from_bytes(text))
            if self.mode == "drops":
                return False
            if self.mode == "dawdles":
                server.dawdles_over.set()
                server.let_go.wait(3)
            self.say("250 taken")
        else:
            self.say("250 ok")
        return True

    def text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running server, gone afterwards."""
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
