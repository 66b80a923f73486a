"""A form that did not arrive whole is no form (bad-inputs.md 129)."""

from typing import Any, Protocol

from django.core.exceptions import BadRequest


class Stream(Protocol):
    """Where a server hands the request's body over."""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, or all."""

    def readline(self, size: int = -1, /) -> bytes:
        """One line, or as much of it as asked."""


class WholeBody:
    """The body of a request that said how long it is.

    When it ends before that, reading raises `BadRequest` (400): half a note must not be taken for
    the note.
    """

    def __init__(self, stream: Stream, length: int) -> None:
        self.stream = stream
        self.left = length

    def read(self, size: int = -1) -> bytes:
        """What was asked for, and nothing short of it."""
        wanted = self.left if size < 0 else min(size, self.left)
        piece = self.stream.read(wanted) if wanted else b""
        if len(piece) < wanted:
            raise BadRequest("the body ended early")
        self.left -= len(piece)
        return piece

    def readline(self, size: int = -1) -> bytes:
        """The next line."""
        wanted = self.left if size < 0 else min(size, self.left)
        line = self.stream.readline(wanted) if wanted else b""
        if wanted and not line:
            raise BadRequest("the body ended early")
        self.left -= len(line)
        return line


def guard_body(environ: dict[str, Any]) -> None:
    """Let nobody read half of this request."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isascii() and length.isdigit() and int(length):
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
