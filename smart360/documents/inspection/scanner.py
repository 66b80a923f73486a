"""A virus scanner of the installation's own: a server that speaks clamd's protocol.

One command of it is used, ``INSTREAM``: the file goes over the line, the answer is one sentence
(https://docs.clamav.net/manual/Usage/Scanning.html, clamd(8)). Where the scanner is told to keep to
a smaller size than ours, it says ERROR, which counts as no answer.
"""

import socket
from urllib.parse import urlsplit

PIECE = 64 * 1024
LONGEST_ANSWER = 4096
SECONDS = 20  # for each step on the line, not for the whole
CLEAN, FOUND = b": OK", b" FOUND"


class NoAnswer(Exception):
    """The scanner is away or too slow, or says neither: nothing is known of the file."""


def is_clean(body: bytes, *, at: str) -> bool:
    """Whether the scanner ``at`` an address finds nothing in ``body``.

    The address is ``tcp://host:3310`` or ``unix:///run/clamav/clamd.sock``. Raises NoAnswer.
    """
    try:
        with connected(at) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(body), PIECE):
                piece = body[start : start + PIECE]
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall((0).to_bytes(4, "big"))
            answer = answered(line)
    except (OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error
    if answer.endswith(CLEAN):
        return True
    if answer.endswith(FOUND):
        return False
    raise NoAnswer(answer.decode("ascii", "replace") or "an empty answer")


def connected(at: str) -> socket.socket:
    """A line to the scanner. Raises OSError, or ValueError for what is no address."""
    address = urlsplit(at)
    if address.scheme == "tcp" and address.hostname and address.port:
        return socket.create_connection((address.hostname, address.port), timeout=SECONDS)
    if address.scheme == "unix" and address.path and not address.netloc:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(SECONDS)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    raise ValueError("SCANNER is neither tcp://host:port nor unix:///path")


def answered(line: socket.socket) -> bytes:
    """The one sentence that comes back, without what ends it."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.split(b"\0")[0].strip()
