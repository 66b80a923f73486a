"""The words a PDF is made of, read as loosely as the loosest viewer reads them (ISO 32000, 7.2).

Nothing is rejected for being odd: what is odd is read on, so that whatever a viewer could see in
the bytes is seen here too. Only depth and length have limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from smart360.documents.inspection.findings import Finding, Unfit

DEEPEST = 100
TOKEN = re.compile(
    rb"(?P<blank>[\x00\t\n\x0c\r ]+|%[^\r\n]*)"
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"
    rb"|(?P<open><<|\[)"
    rb"|(?P<close>>>|\])"
    rb"|(?P<hex><[^>]*>?)"
    rb"|(?P<text>\()"
    rb"|(?P<word>[^\x00\t\n\x0c\r ()<>\[\]{}/%]+)"
    rb"|(?P<other>.)",
    re.DOTALL,
)
IN_TEXT = re.compile(rb"[()]|\\.", re.DOTALL)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
ENDS = {b"endobj", b"stream", b"obj", b"startxref"}


class Name(str):
    """A name without its slash and with its escapes undone: ``/J#53`` is ``JS``."""


@dataclass(frozen=True)
class Reference:
    """``7 0 R``."""

    number: int


@dataclass
class Group:
    """A dictionary or an array: what stands in it, in order; for us both are the same."""

    within: list[object] = field(default_factory=list)

    def after(self, name: str) -> Iterator[object]:
        """Whatever stands right after ``name``, each time that it does."""
        for at, each in enumerate(self.within[:-1]):
            if isinstance(each, Name) and each == name:
                yield self.within[at + 1]

    def has(self, name: str) -> bool:
        """Whether ``name`` stands directly in it."""
        return any(isinstance(each, Name) and each == name for each in self.within)

    def groups(self) -> "Iterator[Group]":
        """It and every group inside it."""
        waiting = [self]
        while waiting:
            group = waiting.pop()
            yield group
            waiting += [each for each in group.within if isinstance(each, Group)]


@dataclass
class Budget:
    """How many more bytes may be read; overlapping objects would cost without end."""

    left: int

    def spend(self, size: int) -> None:
        """Raises Unfit when nothing is left."""
        self.left -= size
        if self.left < 0:
            raise Unfit(Finding.DAMAGED)


def name_of(token: bytes) -> Name:
    """A name as viewers compare it; they stop at a NUL."""
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), token[1:])
    return Name(plain.split(b"\0")[0].decode("latin-1"))


def end_of_text(body: bytes, at: int) -> int:
    """Where the literal string ends whose first parenthesis stands before ``at``."""
    depth = 1
    for found in IN_TEXT.finditer(body, at):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(body)


def read_object(
    body: bytes, at: int, budget: Budget, *, is_packed: bool = False
) -> tuple[Group, bytes, int]:
    """What stands from ``at`` on, the word that ended it, and where that ends.

    A bracket closes only its own kind, as in viewers: one that was never closed reads on. A packed
    object ends with its first value, as no word stands between it and the next.
    """
    groups, began, token = Groups(), at, b""
    while found := TOKEN.match(body, at):
        at, kind, token = found.end(), found.lastgroup, found[0]
        if kind == "blank":
            continue
        if kind == "word" and token in ENDS and not groups.open:
            break
        if kind == "text":
            at = end_of_text(body, at)
        groups.take(kind, token)
        if is_packed and not groups.open:
            break
    budget.spend(at - began)
    return groups.top, token if token in ENDS else b"", at


class Groups:
    """The groups that are open while an object is read, the innermost last."""

    def __init__(self) -> None:
        self.top = self.here = Group()
        self.open: list[tuple[bytes, Group]] = []

    def take(self, kind: str | None, token: bytes) -> None:
        """Put one word where it belongs."""
        if kind == "name":
            self.here.within.append(name_of(token))
        elif kind == "word":
            add_word(self.here, token)
        elif kind == "open":
            inner = Group()
            self.here.within.append(inner)
            self.open.append((b">>" if token == b"<<" else b"]", self.here))
            self.here = inner
            if len(self.open) > DEEPEST:
                raise Unfit(Finding.DAMAGED)
        elif kind == "close" and self.open and self.open[-1][0] == token:
            self.here = self.open.pop()[1]
        elif kind in {"text", "hex"}:
            self.here.within.append(None)


def add_word(group: Group, token: bytes) -> None:
    """A number, a keyword, or the R that makes a reference of the two numbers before it."""
    if token == b"R" and len(group.within) >= 2 and isinstance(group.within[-2], int):
        group.within[-2:] = [Reference(group.within[-2])]
    else:
        group.within.append(int(token) if token.isdigit() and len(token) < 12 else None)
