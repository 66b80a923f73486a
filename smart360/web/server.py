"""gunicorn's worker, with a limit to how long one request may take to arrive.

A thread reads a request from its first byte to its last. Without a limit, a handful of clients
that send a byte a second hold every thread there is (bad-inputs.md 129).
"""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

READING_SECONDS = 30


class TimedWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Threads that wait at most ``READING_SECONDS`` for one request.

    Afterwards its connection is closed for reading: whoever reads meets the end of what was sent.
    Answers are not touched, however long they take.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """One request, from its first byte on. Runs in a thread."""
        self.reading[conn] = time.monotonic() + READING_SECONDS
        try:
            return super().handle(conn)
        finally:
            self.reading.pop(conn, None)

    def murder_pending(self) -> None:
        """Let go of who takes too long. gunicorn's own loop comes by once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self.reading.items()):
            if until < now and self.reading.pop(conn, 0):
                with suppress(OSError):  # it may just have ended
                    conn.sock.shutdown(socket.SHUT_RD)
