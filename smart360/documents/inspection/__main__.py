"""One file is inspected in this process, and in no other: whatever it does ends with it.

Bytes in, bytes out: standard input is the file, the argument its kind; standard output is ``+`` and
the file to keep, or ``-`` and the finding. The process limits itself before it looks.
"""

import os
import resource
import sys

from smart360.documents.inspection import papers, pictures
from smart360.documents.inspection.findings import LARGEST_FILE, MB, Unfit

MEMORY = 768 * MB  # 40 million pixels with transparency, twice, and what makes a file of them
SECONDS = 20  # of the processor
KINDS = {"JPG": "JPEG", "PNG": "PNG"}


def limit() -> None:
    """No file is written, no more memory taken, no more time used than an honest file needs."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        now = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (now, now))


def answer(kind: str, body: bytes) -> bytes:
    """What goes back for ``body``."""
    try:
        if kind in KINDS:
            return b"+" + pictures.rebuilt(KINDS[kind], body)
        papers.inspect(body)
    except Unfit as unfit:
        return b"-" + unfit.finding.name.encode()
    return b"+" + body


def main() -> None:
    """Inspect what comes in."""
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    limit()
    body = sys.stdin.buffer.read(LARGEST_FILE + 1)
    with os.fdopen(out, "wb") as pipe:
        pipe.write(answer(sys.argv[1], body))


main()
