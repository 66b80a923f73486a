"""PDFs that came from outside: kept as they are, if nothing in them can act (quality.md, F6).

A PDF is never rendered here. Its cross-reference table is not believed either: each thing that any
table could point to is looked at, superseded ones and those packed into object streams too, so
that no two readers of the file can disagree about what was checked.
"""

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field

from smart360.documents.inspection.findings import MB, Finding, Unfit
from smart360.documents.inspection.tokens import Budget, Group, Name, Reference, read_object

BLANKS = b"\x00\t\n\x0c\r "
BEGINS = re.compile(rb"%PDF-[12]\.\d")
OBJECT = re.compile(rb"(?<!end)obj")
NUMBERED = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]*\Z")
PACKED_AT = re.compile(rb"(\d+)[\x00\t\n\x0c\r ]+(\d+)")
FIRST_BYTES = 1024  # as far as a browser looks that guesses types
PAGE_OF_HTML = re.compile(rb"<(?:html|script|svg|body|iframe|!doctype|\?php)", re.IGNORECASE)
MOST_UNPACKED = 32 * MB  # of object streams together; other streams are never unpacked
MOST_FILTERS = 4
READ_AGAIN = 4  # times its own size: objects that lie in each other cost more than once

FORBIDDEN = frozenset({
    "JavaScript", "JS", "Launch", "SubmitForm", "ImportData", "XFA", "Encrypt",
    "EmbeddedFile", "EmbeddedFiles", "EF", "FileAttachment", "FFilter", "GoToE", "GoToR",
    "RichMedia", "RichMediaExecute", "RichMediaContent", "Rendition", "Movie", "Sound",
    "GoTo3DView", "OnInstantiate", "U3D", "PRC", "OPI",
})  # fmt: skip
"""Names that only something has which acts, carries another file, or is locked."""

REACHING_OUT = (("S", "Thread"), ("FS", "URL"))
"""Keys with values that fetch something from elsewhere, be it a share that learns who opens it."""

HARMLESS = frozenset({"GoTo"})
"""What a document may do by itself when it is opened: show one of its own pages."""


@dataclass
class Found:
    """The objects of a file, each under every number that it was given."""

    numbered: dict[int, list[Group]] = field(default_factory=lambda: defaultdict(list))
    nameless: list[Group] = field(default_factory=list)

    def all(self) -> list[Group]:
        """Each object once for each time it was found."""
        return self.nameless + [each for group in self.numbered.values() for each in group]

    def behind(self, reference: Reference) -> list[Group]:
        """Whatever a reader could take for what ``reference`` means."""
        return self.numbered.get(reference.number, []) + self.nameless


def inspect(body: bytes) -> None:
    """Raises Unfit unless ``body`` is a whole PDF in which nothing acts."""
    if not BEGINS.match(body) or PAGE_OF_HTML.search(body, 0, FIRST_BYTES):
        raise Unfit(Finding.OTHER_TYPE)
    if zipfile.is_zipfile(io.BytesIO(body)):
        raise Unfit(Finding.OTHER_TYPE)
    if not body.rstrip(BLANKS).endswith(b"%%EOF"):
        raise Unfit(Finding.DAMAGED)
    found = objects_of(body)
    has_catalogue = False
    for thing in found.all():
        for group in thing.groups():
            look_at(group, found)
            has_catalogue = has_catalogue or "Catalog" in group.after("Type")
    if not has_catalogue:
        raise Unfit(Finding.DAMAGED)


def look_at(group: Group, found: Found) -> None:
    """Raises Unfit for a forbidden name, or for something that acts when the file is opened."""
    if any(isinstance(each, Name) and each in FORBIDDEN for each in group.within):
        raise Unfit(Finding.ACTIVE)
    if any(value in group.after(key) for key, value in REACHING_OUT):
        raise Unfit(Finding.ACTIVE)
    if any(is_elsewhere(drawn, found) for drawn in group.after("Ref")):
        raise Unfit(Finding.ACTIVE)
    if any(acts(action, found) for action in group.after("OpenAction")):
        raise Unfit(Finding.ACTIVE)
    for events in group.after("AA"):
        for each in meant(events, found):
            if any(acts(action, found) for action in each.within):
                raise Unfit(Finding.ACTIVE)


def is_elsewhere(drawn: object, found: Found) -> bool:
    """Whether what is drawn is a page of another file (ISO 32000, 8.10.4)."""
    return any(each.has("F") and each.has("Page") for each in meant(drawn, found))


def meant(thing: object, found: Found) -> list[Group]:
    """The groups that ``thing`` is or points to."""
    if isinstance(thing, Reference):
        return [inner for each in found.behind(thing) for inner in each.within
                if isinstance(inner, Group)]  # fmt: skip
    return [thing] if isinstance(thing, Group) else []


def acts(action: object, found: Found) -> bool:
    """Whether an action, or one that follows it, does more than show a page."""
    waiting, seen = [action], set[int]()
    while waiting:
        for group in meant(waiting.pop(), found):
            if id(group) in seen:
                continue
            seen.add(id(group))
            if not all(isinstance(kind, Name) and kind in HARMLESS for kind in group.after("S")):
                return True
            for following in group.after("Next"):
                waiting.append(following)
                waiting += following.within if isinstance(following, Group) else []
    return False


def objects_of(body: bytes) -> Found:
    """Every object and trailer that stands in ``body``, wherever, and what is packed in them."""
    found = Found()
    budget = Budget(READ_AGAIN * (len(body) + MOST_UNPACKED))
    unpacked = Budget(MOST_UNPACKED)
    for place in OBJECT.finditer(body):
        thing, ended_by, at = read_object(body, place.end(), budget)
        number = NUMBERED.search(body, max(0, place.start() - 40), place.start())
        if number:
            found.numbered[int(number[1])].append(thing)
        elif any(isinstance(each, Group) for each in thing.within):
            found.nameless.append(thing)
        if ended_by == b"stream":
            for packs in thing.within:
                if isinstance(packs, Group) and (packs.has("First") or packs.has("ObjStm")):
                    unpack(body, at, packs, found, budget, unpacked)
    for place in re.finditer(rb"trailer", body):
        found.nameless.append(read_object(body, place.end(), budget)[0])
    return found


def unpack(
    body: bytes, at: int, packs: Group, found: Found, budget: Budget, unpacked: Budget
) -> None:
    """Add the objects of an object stream whose data begin after ``at``."""
    firsts = list(packs.after("First"))
    if len(firsts) != 1 or not isinstance(firsts[0], int):
        raise Unfit(Finding.DAMAGED)
    at += 2 if body[at : at + 2] == b"\r\n" else 1
    inside = decoded(body, at, filters_of(packs), unpacked)
    for number, offset in PACKED_AT.findall(inside[: firsts[0]]):
        thing, _, _ = read_object(inside, firsts[0] + int(offset[:9]), budget, is_packed=True)
        found.numbered[int(number[:9])].append(thing)


def filters_of(packs: Group) -> list[str]:
    """The filters of an object stream in order; what no writer makes is refused."""
    given = list(packs.after("Filter"))
    if not given:
        return []
    names = given[0].within if isinstance(given[0], Group) else [given[0]]
    if len(given) > 1 or len(names) > MOST_FILTERS or packs.has("DecodeParms"):
        raise Unfit(Finding.DAMAGED)
    if not all(isinstance(each, Name) for each in names):
        raise Unfit(Finding.DAMAGED)
    return [str(each) for each in names]


def decoded(body: bytes, at: int, filters: list[str], unpacked: Budget) -> bytes:
    """What a stream holds. Where it ends is told by its own filter, not by its Length."""
    end = body.find(b"endstream", at)
    inside = body[at : end if end >= 0 else len(body)]
    if filters and filters[0] in {"FlateDecode", "Fl"}:
        inside = body[at:]
    for each in filters:
        inside = undone(each, inside, unpacked)
    unpacked.spend(len(inside))
    return inside


def undone(filter_: str, inside: bytes, unpacked: Budget) -> bytes:
    """``inside`` without one filter."""
    try:
        if filter_ in {"FlateDecode", "Fl"}:
            inflating = zlib.decompressobj()
            plain = inflating.decompress(inside, unpacked.left + 1)
            if len(plain) > unpacked.left or not inflating.eof:
                raise Unfit(Finding.DAMAGED)
            return plain
        if filter_ in {"ASCIIHexDecode", "AHx"}:
            digits = b"".join(inside.split(b">")[0].split())
            return binascii.unhexlify(digits + b"0" * (len(digits) % 2))
        if filter_ in {"ASCII85Decode", "A85"}:
            return base64.a85decode(inside.split(b"~>")[0])
    except (ValueError, zlib.error) as error:
        raise Unfit(Finding.DAMAGED) from error
    raise Unfit(Finding.DAMAGED)
