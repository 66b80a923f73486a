"""The door for files from outside: what is taken, as what, and in which words it is refused.

`check` decodes nothing in this process. It asks a process of its own (`inspection`), which has
limits of memory and time, knows no secret and writes no file, so that a file made to break a
decoder breaks nothing but itself. Ask before the operation begins: it can take seconds.
"""

import logging
import os
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from smart360.documents.choices import ContentType
from smart360.documents.inspection import scanner
from smart360.documents.inspection.findings import LARGEST_FILE, Finding
from smart360.kernel.errors import Refusal
from smart360.kernel.text import UNSEEN

log = logging.getLogger(__name__)
ENDINGS = {
    ".pdf": ContentType.PDF,
    ".jpg": ContentType.JPG,
    ".jpeg": ContentType.JPG,
    ".png": ContentType.PNG,
}
ACCEPT = ",".join(ENDINGS)
"""What the file picker offers; the check below does not rely on it."""

MAGIC = {
    ContentType.PDF: b"%PDF-",
    ContentType.JPG: b"\xff\xd8\xff",
    ContentType.PNG: b"\x89PNG\r\n\x1a\n",
}
LONGEST_TITLE = 120
MEGABYTE = 1024 * 1024

OTHER_TYPE = "Only PDF, JPG and PNG files are accepted"
EMPTY = "The submitted file is empty."
ACTIVE = "PDF with active content or password is not accepted"
LATER = "Could not save the file, please try again"
SENTENCES = {
    Finding.OTHER_TYPE: OTHER_TYPE,
    Finding.ACTIVE: ACTIVE,
    Finding.DAMAGED: "{} is damaged or incomplete",
    Finding.TOO_LARGE: "{} is larger than 10 MB",
    Finding.TOO_MANY_PIXELS: "{} has more than 40 million pixels",
}
INFECTED = "{} is refused by the virus scanner"
SCANNER_IS_AWAY = "Files cannot be checked for viruses right now. Please try again later"
TOO_HARD = "{} could not be checked. Try a simpler copy of it"

ROOT = Path(__file__).resolve().parents[2]
INSPECT = (sys.executable, "-E", "-s", "-m", "smart360.documents.inspection")
HANDED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "SYSTEMROOT")  # of the environment; no secret
SECONDS = 30  # for one file, by the clock on the wall
SECONDS_IN_LINE = 30
_ONE_AT_A_TIME = threading.BoundedSemaphore(1)  # in each process of the web server


class UnableToAccept(Refusal):
    """A file that is not taken, and why."""

    sentence_by_default = OTHER_TYPE


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that can be kept: what it is, its bytes, and what a reader sees it called."""

    content_type: ContentType
    body: bytes
    title: str


def check(name: str, body: BinaryIO | bytes) -> Taken:
    """What of an uploaded file is kept, named ``name`` by who sent it. Raises UnableToAccept.

    Name and contents must agree. A picture comes back made anew from its pixels, upright; a PDF as
    it came, if nothing in it can act and it needs no password.
    """
    title = plain_title(name)
    content_type = ENDINGS.get(Path(title).suffix.lower())
    if content_type is None:
        raise UnableToAccept(OTHER_TYPE)
    held = body if isinstance(body, bytes) else body.read(LARGEST_FILE + 1)
    if not held:
        raise UnableToAccept(EMPTY)
    if len(held) > LARGEST_FILE:
        raise UnableToAccept(SENTENCES[Finding.TOO_LARGE].format(title))
    if not held.startswith(MAGIC[content_type]):
        raise UnableToAccept(OTHER_TYPE)
    refuse_infected(held, title)
    return Taken(content_type, inspected(content_type, held, title), title)


def why_too_much(sizes: Sequence[int], size: int, *, most_files: int, most_bytes: int) -> str:
    """Why a file of ``size`` bytes cannot join those of ``sizes``, or "" (bad-inputs.md 117).

    >>> why_too_much([1], 1, most_files=1, most_bytes=2 * MEGABYTE)
    'At most 1 file'
    >>> why_too_much([MEGABYTE], 2 * MEGABYTE, most_files=5, most_bytes=2 * MEGABYTE)
    'At most 2 MB together'
    """
    if len(sizes) >= most_files:
        return f"At most {most_files} file{'' if most_files == 1 else 's'}"
    if sum(sizes) + size > most_bytes:
        return f"At most {most_bytes // MEGABYTE} MB together"
    return ""


def refuse_infected(body: bytes, title: str) -> None:
    """Ask the installation's virus scanner, if it has one (bad-inputs.md 127).

    What it cannot say is refused as well, to be tried again: nothing is taken for clean unseen.
    Raises UnableToAccept.
    """
    if not settings.SCANNER:
        return
    try:
        is_clean = scanner.is_clean(body, at=settings.SCANNER)
    except scanner.NoAnswer as error:
        log.error("the virus scanner does not answer: %s", error)
        raise UnableToAccept(SCANNER_IS_AWAY, is_conflict=True) from error
    if not is_clean:
        log.warning("the virus scanner refused a file")
        raise UnableToAccept(INFECTED.format(title))


def inspected(content_type: ContentType, body: bytes, title: str) -> bytes:
    """The bytes to keep, after another process has looked at ``body``. Raises UnableToAccept."""
    if not _ONE_AT_A_TIME.acquire(timeout=SECONDS_IN_LINE):
        raise UnableToAccept(LATER, is_conflict=True)
    try:
        done = subprocess.run(
            [*INSPECT, content_type],
            input=body,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise UnableToAccept(TOO_HARD.format(title)) from error
    except OSError as error:  # no process, no memory: nothing that the file could be blamed for
        raise UnableToAccept(LATER, is_conflict=True) from error
    finally:
        _ONE_AT_A_TIME.release()
    verdict, rest = done.stdout[:1], done.stdout[1:]
    if done.returncode or verdict not in {b"+", b"-"}:
        raise UnableToAccept(TOO_HARD.format(title))
    if verdict == b"-":
        raise UnableToAccept(SENTENCES[Finding[rest.decode()]].format(title))
    return rest


def plain_title(name: str) -> str:
    """``name`` as a reader may see it: no path, nothing that is not shown, at most 120 letters.

    >>> plain_title("C:\\\\temp\\\\Bill  of May.PDF. ")
    'Bill of May.PDF'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(
        each for each in last if unicodedata.category(each) not in UNSEEN | {"Cc", "Zl", "Zp"}
    )
    title = " ".join(shown.split()).rstrip(". ")
    ending = Path(title).suffix if len(Path(title).suffix) <= len(".jpeg") else ""
    stem = title[: len(title) - len(ending)] if ending else title
    return stem[: LONGEST_TITLE - len(ending)].rstrip(". ") + ending
