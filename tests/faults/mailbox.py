"""The mail server of the worst day: each consumer's own bad habits, or the whole server's."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.comms.smtp_server import MailServer


class Mailbox:
    """A mail server that can be taken away and put back at the same port."""

    def __init__(self) -> None:
        self.server = MailServer()
        self.port = self.server.port
        self._thread = self._serve(self.server)

    def _serve(self, server: MailServer) -> threading.Thread:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        return thread

    def take_away(self) -> None:
        """From now on connections are refused."""
        self.server.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def put_back(self) -> None:
        """The server is there again, with all letters that it had taken."""
        before, self.server = self.server, MailServer(self.port)
        self.server.letters, self.server.habits = before.letters, before.habits
        self._thread = self._serve(self.server)

    @property
    def copies(self) -> Counter[str]:
        """How often each letter came, by its Message-ID."""
        return Counter(str(letter["Message-ID"]) for letter in list(self.server.letters))

    @property
    def by_recipient(self) -> dict[str, set[str]]:
        """The Message-IDs that each address got."""
        found: dict[str, set[str]] = {}
        for letter in list(self.server.letters):
            found.setdefault(str(letter["To"]), set()).add(str(letter["Message-ID"]))
        return found


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A running server, gone afterwards."""
    box = Mailbox()
    try:
        yield box
    finally:
        box.take_away()
