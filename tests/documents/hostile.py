"""Files as somebody means harm makes them, and plain ones beside them as controls.

Each is made here, byte by byte, so that nothing hostile lies in the repository.
"""

import binascii
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(document.cookie)</script>"
MARK = b"KILROY"
"""Stands in everything that must not come through a rebuild."""


# ---------------------------------------------------------------- pictures
def scene(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture with an above, a below, a left and a right."""
    picture = Image.new("RGB", size, (20, 120, 200))
    picture.paste((220, 40, 30), (0, 0, size[0] // 2, size[1] // 2))
    picture.paste((240, 220, 60), (0, size[1] // 2, size[0] // 4, size[1]))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def jpg(**more: object) -> bytes:
    return saved(scene(), "JPEG", quality=90, **more)


def png(mode: str = "RGB", **more: object) -> bytes:
    return saved(scene(mode=mode), "PNG", **more)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(
        ">I", binascii.crc32(kind + body)
    )  # fmt: skip


def png_of(width: int, height: int, *, rows: int = 0, before: bytes = b"") -> bytes:
    """A PNG that says how large it is, with so many rows of zeros, packed as small as they go."""
    packing = zlib.compressobj(9)
    row = b"\0" * (1 + width)
    packed = b"".join(packing.compress(row) for _ in range(rows)) + packing.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + before
        + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )  # fmt: skip


def jpg_that_claims(width: int, height: int) -> bytes:
    """A small JPEG whose header says that it is a large one."""
    body = bytearray(jpg())
    at = body.index(b"\xff\xc0")
    body[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(body)


def jpg_from_a_phone() -> bytes:
    """Turned by EXIF, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = MARK.decode()
    exif[0x8825] = {1: "N", 2: (40.0, 26.0, 46.0), 3: "W", 4: (79.0, 58.0, 56.0)}
    return jpg(exif=exif)


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", SCRIPT.decode() + MARK.decode())
    words.add_text("Packed", MARK.decode() * 50, zip=True)
    words.add_itxt("XML:com.adobe.xmp", MARK.decode())
    return png(pnginfo=words, exif=jpg_exif(), icc_profile=MARK * 40, dpi=(300, 300))


def jpg_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = MARK.decode()
    return exif


def png_with_a_palette_of_code() -> bytes:
    picture = scene(mode="P")
    picture.putpalette((MARK + SCRIPT).ljust(768, b"?"))
    return saved(picture, "PNG")


def animation() -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100)


def several_pictures() -> bytes:
    """As phones make them: a JPEG with a second one behind it."""
    return saved(scene(), "MPO", save_all=True, append_images=[scene((32, 24))])


def archive(text: bytes = SCRIPT) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("evil.class", text)
    return out.getvalue()


# ---------------------------------------------------------------- PDF
def pdf(
    *objects: bytes,
    catalogue: bytes = b"",
    trailer: bytes = b"",
    page: bytes = b"",
    head: bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
) -> bytes:
    """A PDF of one page; ``objects`` are numbered from 5."""
    text = b"BT /F1 24 Tf 72 700 Td (The reading is 18,245) Tj ET"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources"
        b" << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> "
        + page + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        *objects,
    ]  # fmt: skip
    out = bytearray(head)
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1, trailer, table,
    )  # fmt: skip
    return bytes(out)


def stream(body: bytes, words: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), words, body)


def packed(*bodies: bytes, twice: bool = False, words: bytes = b"", first: bytes = b"") -> bytes:
    """An object stream with ``bodies``, numbered from 20."""
    places, at = [], 0
    for number, body in enumerate(bodies, 20):
        places.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(places) + b"\n"
    inside = zlib.compress(head + b"\n".join(bodies))
    filters = b"/FlateDecode"
    if twice:
        inside, filters = zlib.compress(inside), b"[/FlateDecode /Fl]"
    says = b"/Type /ObjStm /N %d /First %s /Filter %s %s" % (
        len(bodies), first or b"%d" % len(head), filters, words,
    )  # fmt: skip
    return stream(inside, says)


JS = b"<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\)) >>"
HIDDEN = b"/OpenAction 20 0 R"


def later(before: bytes, addition: bytes) -> bytes:
    """An incremental update."""
    return before + addition + b"trailer\n<< /Size 9 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def bomb(size: int) -> bytes:
    """So many zeros, packed."""
    packing = zlib.compressobj(9)
    piece = b"\0" * 1_000_000
    return b"".join(packing.compress(piece) for _ in range(size // len(piece))) + packing.flush()


# ---------------------------------------------------------------- the corpus
ONLY = "Only PDF, JPG and PNG files are accepted"
ACTIVE = "PDF with active content or password is not accepted"
DAMAGED = "{} is damaged or incomplete"
PIXELS = "{} has more than 40 million pixels"
EMPTY = "The submitted file is empty."
CLEAN = ""


@dataclass(frozen=True)
class Hostile:
    """A file, what its sender calls it, and what becomes of it; ``""`` means stored clean."""

    id: str
    name: str
    make: Callable[[], bytes]
    sentence: str

    @property
    def refusal(self) -> str:
        return self.sentence.format(self.name)


def exe() -> bytes:
    return b"MZ\x90\x00\x03" + b"\0" * 200 + b"This program cannot be run in DOS mode."


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>x</title>" + SCRIPT

MISLABELLED = [
    Hostile("exe as pdf", "bill.pdf", exe, ONLY),
    Hostile("exe as png", "bill.png", exe, ONLY),
    Hostile("html as pdf", "bill.pdf", lambda: HTML, ONLY),
    Hostile("html as jpg", "bill.jpg", lambda: HTML, ONLY),
    Hostile("svg as png", "meter.png", lambda: SVG, ONLY),
    Hostile("webp as png", "meter.png", lambda: saved(scene(), "WEBP"), ONLY),
    Hostile("gif as png", "meter.png", lambda: saved(scene(), "GIF"), ONLY),
    Hostile("gif as jpg", "meter.jpg", lambda: saved(scene(), "GIF"), ONLY),
    Hostile("bmp as jpg", "meter.jpg", lambda: saved(scene(), "BMP"), ONLY),
    Hostile("tiff as jpg", "meter.jpeg", lambda: saved(scene(), "TIFF"), ONLY),
    Hostile("postscript as png", "meter.png", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", ONLY),
    Hostile("jpg as png", "meter.png", jpg, ONLY),
    Hostile("png as jpg", "meter.jpg", png, ONLY),
    Hostile("jpg as pdf", "meter.pdf", jpg, ONLY),
    Hostile("pdf as jpg", "bill.jpg", pdf, ONLY),
    Hostile("zip as pdf", "bill.pdf", archive, ONLY),
    Hostile("elf as jpg", "meter.jpg", lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 90, ONLY),
    Hostile("pdf with an exe ending", "bill.pdf.exe", pdf, ONLY),
    Hostile("svg by its own name", "meter.svg", lambda: SVG, ONLY),
    Hostile("no ending", "bill", pdf, ONLY),
    Hostile("nothing but an ending", ".pdf", pdf, ONLY),
    Hostile("empty pdf", "bill.pdf", lambda: b"", EMPTY),
    Hostile("empty png", "meter.png", lambda: b"", EMPTY),
]

PICTURES = [
    Hostile("jpg with a script as comment", "a.jpg", lambda: jpg(comment=SCRIPT + MARK), CLEAN),
    Hostile("jpg with GPS", "a.jpg", jpg_from_a_phone, CLEAN),
    Hostile("jpg with a colour profile", "a.jpg", lambda: jpg(icc_profile=MARK * 99), CLEAN),
    Hostile("jpg and zip", "a.jpg", lambda: jpg() + archive(MARK), CLEAN),
    Hostile("jpg and html", "a.jpg", lambda: jpg() + HTML + MARK, CLEAN),
    Hostile("jpg and pdf", "a.jpg", lambda: jpg() + pdf(JS) + MARK, CLEAN),
    Hostile(
        "jpg with php behind its head",
        "a.jpg",
        lambda: jpg()[:2] + b"\xff\xe1\x00\x1eExif\0\0<?php system(1) ?>KILROY"[:32] + jpg()[2:],
        CLEAN,
    ),
    Hostile("several pictures in one", "a.jpg", several_pictures, CLEAN),
    Hostile("png with html behind", "a.png", lambda: png() + HTML + MARK, CLEAN),
    Hostile("png and zip", "a.png", lambda: png() + archive(MARK), CLEAN),
    Hostile("png with words", "a.png", png_with_words, CLEAN),
    Hostile("png with a palette of code", "a.png", png_with_a_palette_of_code, CLEAN),
    Hostile(
        "png with a chunk of its own",
        "a.png",
        lambda: png_of(32, 32, rows=32, before=chunk(b"eViL", SCRIPT + MARK)),
        CLEAN,
    ),
    Hostile("animated png", "a.png", animation, CLEAN),
    Hostile("png of 30,000 × 30,000", "a.png", lambda: png_of(30_000, 30_000, rows=300), PIXELS),
    Hostile("png of one row too many", "a.png", lambda: png_of(40_000, 1_001, rows=10), PIXELS),
    Hostile(
        "png as wide as a number goes", "a.png", lambda: png_of(2**31 - 1, 2**31 - 1)[:60], PIXELS
    ),
    Hostile("jpg of 65,000 × 65,000", "a.jpg", lambda: jpg_that_claims(65_000, 65_000), PIXELS),
    Hostile(
        "jpg that claims 30 million pixels", "a.jpg", lambda: jpg_that_claims(6_000, 5_000), CLEAN
    ),
    Hostile("png of no width", "a.png", lambda: png_of(0, 10), DAMAGED),
    Hostile(
        "png whose text is a bomb",
        "a.png",
        lambda: png_of(8, 8, rows=8, before=chunk(b"zTXt", b"x\0\0" + bomb(300_000_000))),
        DAMAGED,
    ),
    Hostile(
        "png whose profile is a bomb",
        "a.png",
        lambda: png_of(8, 8, rows=8, before=chunk(b"iCCP", b"x\0\0" + bomb(300_000_000))),
        DAMAGED,
    ),
    Hostile("png that ends early", "a.png", lambda: png()[:-60], DAMAGED),
    Hostile("png of a head alone", "a.png", lambda: png()[:33], DAMAGED),
    Hostile("jpg that ends early", "a.jpg", lambda: jpg()[: len(jpg()) * 2 // 3], DAMAGED),
    Hostile("jpg of three bytes", "a.jpg", lambda: b"\xff\xd8\xff", DAMAGED),
]

ANNOTATION = b"/Annots [<< /Type /Annot /Subtype /%s /Rect [0 0 9 9] %s >>]"
PAPERS = [
    Hostile(
        "javascript on opening", "a.pdf", lambda: pdf(JS, catalogue=b"/OpenAction 5 0 R"), ACTIVE
    ),
    Hostile(
        "javascript by name",
        "a.pdf",
        lambda: pdf(catalogue=b"/Names << /JavaScript << /Names [(x) 5 0 R] >> >>"),
        ACTIVE,
    ),
    Hostile(
        "javascript of the page", "a.pdf", lambda: pdf(page=b"/AA << /O " + JS + b" >>"), ACTIVE
    ),
    Hostile(
        "javascript behind a link",
        "a.pdf",
        lambda: pdf(page=ANNOTATION % (b"Link", b"/A " + JS)),
        ACTIVE,
    ),
    Hostile(
        "javascript with escaped letters",
        "a.pdf",
        lambda: pdf(b"<< /S /J#61va#53cript /#4a#53 (x) >>", catalogue=b"/OpenAction 5 0 R"),
        ACTIVE,
    ),
    Hostile("javascript nobody points to", "a.pdf", lambda: pdf(JS), ACTIVE),
    Hostile("javascript packed", "a.pdf", lambda: pdf(packed(JS), catalogue=HIDDEN), ACTIVE),
    Hostile(
        "javascript packed twice",
        "a.pdf",
        lambda: pdf(packed(JS, twice=True), catalogue=HIDDEN),
        ACTIVE,
    ),
    Hostile(
        "javascript packed as nothing",
        "a.pdf",
        lambda: pdf(packed(JS).replace(b"/Type /ObjStm", b"/Type /Other"), catalogue=HIDDEN),
        ACTIVE,
    ),
    Hostile(
        "javascript packed with a short length",
        "a.pdf",
        lambda: pdf(packed(JS).replace(b"/Length ", b"/Length 1 /Was ")),
        ACTIVE,
    ),
    Hostile(
        "javascript as text of another stream",
        "a.pdf",
        lambda: pdf(stream(b"7 0 obj\n" + JS + b"\nendobj")),
        ACTIVE,
    ),
    Hostile(
        "javascript in an update",
        "a.pdf",
        lambda: later(pdf(), b"1 0 obj\n<< /Type /Catalog /OpenAction " + JS + b" >>\nendobj\n"),
        ACTIVE,
    ),
    Hostile(
        "javascript that an update took back",
        "a.pdf",
        lambda: later(pdf(JS), b"5 0 obj\n<< >>\nendobj\n"),
        ACTIVE,
    ),
    Hostile("javascript after an open string", "a.pdf", lambda: pdf(b"<< /A (open >>", JS), ACTIVE),
    Hostile(
        "javascript in a bracket of another kind",
        "a.pdf",
        lambda: pdf(b"<< /A ] endobj /S /JavaScript >>"),
        ACTIVE,
    ),
    Hostile(
        "javascript as a name of its own",
        "a.pdf",
        lambda: pdf(b"/JavaScript", b"<< /S 5 0 R /J 1 >>"),
        ACTIVE,
    ),
    Hostile(
        "action whose kind stands elsewhere",
        "a.pdf",
        lambda: pdf(b"/Other", catalogue=b"/OpenAction << /S 5 0 R >>"),
        ACTIVE,
    ),
    Hostile(
        "action after a harmless one",
        "a.pdf",
        lambda: pdf(
            b"<< /S /GoTo /D [3 0 R /Fit] /Next [<< /S /URI /URI (http://x) >>] >>",
            catalogue=b"/OpenAction 5 0 R",
        ),
        ACTIVE,
    ),
    Hostile(
        "web address on opening",
        "a.pdf",
        lambda: pdf(catalogue=b"/OpenAction << /S /URI /URI (http://x) >>"),
        ACTIVE,
    ),
    Hostile(
        "program",
        "a.pdf",
        lambda: pdf(b"<< /S /Launch /F (cmd.exe) >>", catalogue=b"/OpenAction 5 0 R"),
        ACTIVE,
    ),
    Hostile(
        "form that sends itself",
        "a.pdf",
        lambda: pdf(page=ANNOTATION % (b"Widget", b"/A << /S /SubmitForm /F (http://x) >>")),
        ACTIVE,
    ),
    Hostile(
        "form that reads a file",
        "a.pdf",
        lambda: pdf(page=ANNOTATION % (b"Widget", b"/A << /S /ImportData /F (x) >>")),
        ACTIVE,
    ),
    Hostile(
        "XFA",
        "a.pdf",
        lambda: pdf(stream(b"<xdp/>"), catalogue=b"/AcroForm << /XFA 5 0 R /Fields [] >>"),
        ACTIVE,
    ),
    Hostile(
        "embedded file",
        "a.pdf",
        lambda: pdf(
            stream(exe(), b"/Type /EmbeddedFile"),
            catalogue=b"/Names << /EmbeddedFiles << /Names [(x) 5 0 R] >> >>",
        ),
        ACTIVE,
    ),
    Hostile(
        "attached file",
        "a.pdf",
        lambda: pdf(page=ANNOTATION % (b"FileAttachment", b"/FS 5 0 R")),
        ACTIVE,
    ),
    Hostile(
        "a thread in a file elsewhere",
        "a.pdf",
        lambda: pdf(b"<< /S /Thread /F (\\\\\\\\evil\\\\share) /D 0 >>"),
        ACTIVE,
    ),
    Hostile(
        "a stream from an address",
        "a.pdf",
        lambda: pdf(b"<< /Length 0 /F << /FS /URL /F (http://evil.example) >> >>"),
        ACTIVE,
    ),
    Hostile(
        "a page of another file",
        "a.pdf",
        lambda: pdf(b"<< /Subtype /Form /Ref << /F (\\\\\\\\evil\\\\share) /Page 0 >> >>"),
        ACTIVE,
    ),
    Hostile(
        "a picture that lies elsewhere",
        "a.pdf",
        lambda: pdf(b"<< /OPI << /2.0 << /F (evil) >> >> >>"),
        ACTIVE,
    ),
    Hostile("film", "a.pdf", lambda: pdf(page=ANNOTATION % (b"RichMedia", b"")), ACTIVE),
    Hostile(
        "another file opened",
        "a.pdf",
        lambda: pdf(page=ANNOTATION % (b"Link", b"/A << /S /GoToR /F (\\\\\\\\evil\\\\x) >>")),
        ACTIVE,
    ),
    Hostile(
        "password",
        "a.pdf",
        lambda: pdf(b"<< /Filter /Standard /V 1 >>", trailer=b"/Encrypt 5 0 R"),
        ACTIVE,
    ),
    Hostile(
        "objects that unpack to 300 MB",
        "a.pdf",
        lambda: pdf(stream(bomb(300_000_000), b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode")),
        DAMAGED,
    ),
    Hostile(
        "objects packed ten times",
        "a.pdf",
        lambda: pdf(
            stream(b"x", b"/Type /ObjStm /N 1 /First 5 /Filter [" + b"/FlateDecode " * 10 + b"]")
        ),
        DAMAGED,
    ),
    Hostile(
        "objects that cannot be unpacked",
        "a.pdf",
        lambda: pdf(stream(b"not packed", b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode")),
        DAMAGED,
    ),
    Hostile(
        "objects with a filter of nobody's",
        "a.pdf",
        lambda: pdf(stream(b"x", b"/Type /ObjStm /N 1 /First 5 /Filter /LZWDecode")),
        DAMAGED,
    ),
    Hostile("ten thousand brackets", "a.pdf", lambda: pdf(b"[" * 10_000), DAMAGED),
    Hostile(
        "objects in objects without end", "a.pdf", lambda: pdf(b"1 0 obj << " * 60_000), DAMAGED
    ),
    Hostile("pdf that ends early", "a.pdf", lambda: pdf()[:-80], DAMAGED),
    Hostile("pdf with html behind", "a.pdf", lambda: pdf() + HTML, ONLY),
    Hostile("pdf with html far behind", "a.pdf", lambda: pdf() + b"\n" * 1024 + HTML, DAMAGED),
    Hostile(
        "pdf without a catalogue", "a.pdf", lambda: pdf().replace(b"/Catalog", b"/Other"), DAMAGED
    ),
    Hostile("pdf of a head alone", "a.pdf", lambda: b"%PDF-1.7\n%%EOF", DAMAGED),
    Hostile("pdf and zip", "a.pdf", lambda: pdf() + archive(), ONLY),
    Hostile("pdf around a zip", "a.pdf", lambda: pdf(stream(archive())), ONLY),
    Hostile("pdf and html", "a.pdf", lambda: pdf(head=b"%PDF-1.7\n%" + SCRIPT + b"\n"), ONLY),
    Hostile("html and pdf", "a.pdf", lambda: HTML + pdf(), ONLY),
    Hostile("gif and pdf", "a.pdf", lambda: saved(scene(), "GIF") + pdf(), ONLY),
]

CORPUS = MISLABELLED + PICTURES + PAPERS
