"""What is taken from outside, what it becomes, and what is refused in which words (F1, F6)."""

import io
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from weasyprint import HTML

from smart360.documents import intake
from smart360.documents.choices import ContentType
from smart360.documents.inspection.findings import LARGEST_FILE
from smart360.documents.intake import Taken, UnableToAccept, check, plain_title
from tests.documents.hostile import (
    ACTIVE,
    CLEAN,
    CORPUS,
    JS,
    MARK,
    ONLY,
    Hostile,
    animation,
    bomb,
    jpg,
    jpg_from_a_phone,
    packed,
    pdf,
    png,
    png_of,
    saved,
    scene,
    several_pictures,
    stream,
)
from tests.seeds import chance_for

PARTS_OF_JPG = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}  # begin, JFIF, tables, frame, scan, end


def refusal(name: str, body: bytes) -> str:
    with pytest.raises(UnableToAccept) as refused:
        check(name, body)
    return refused.value.sentence


def opened(taken: Taken) -> Image.Image:
    return Image.open(io.BytesIO(taken.body))


def chunks_of(body: bytes) -> list[bytes]:
    at, kinds = 8, []
    while at < len(body):
        (size,) = struct.unpack(">I", body[at : at + 4])
        kinds.append(body[at + 4 : at + 8])
        at += size + 12
    assert at == len(body), "something stands behind the end"
    return kinds


def markers_of(body: bytes) -> list[int]:
    at, kinds = 2, [0xD8]
    while body[at + 1] != 0xDA:
        kinds.append(body[at + 1])
        at += 2 + struct.unpack(">H", body[at + 2 : at + 4])[0]
    assert body.endswith(b"\xff\xd9")
    assert body.count(b"\xff\xd9") == 1, "something stands behind the end"
    return [*kinds, 0xDA, 0xD9]


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' bytes, 0 to 255."""
    assert one.size == other.size
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height * 3)


# ------------------------------------------------------------------ the corpus
def test_the_corpus_is_large_enough() -> None:
    assert len({hostile.id for hostile in CORPUS}) == len(CORPUS) >= 40


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.id)
def test_a_hostile_file_is_refused_in_its_words_or_comes_out_clean(hostile: Hostile) -> None:
    body = hostile.make()
    if hostile.sentence != CLEAN:
        assert refusal(hostile.name, body) == hostile.refusal
        return
    taken = check(hostile.name, body)
    assert MARK not in taken.body
    for word in (b"<script", b"<?php", b"%PDF", b"PK\x03\x04", b"GPS", b"Exif", b"ICC"):
        assert word not in taken.body, word
    if taken.content_type == ContentType.JPG:
        assert set(markers_of(taken.body)) <= PARTS_OF_JPG
    else:
        assert set(chunks_of(taken.body)) == {b"IHDR", b"IDAT", b"IEND"}
    opened(taken).load()


# ------------------------------------------------------------------ controls: plain files
@pytest.mark.parametrize("name", ["meter.jpg", "METER.JPEG", "meter.png"])
def test_a_plain_picture_is_taken_and_stays_the_same_picture(name: str) -> None:
    body = png() if name.endswith("png") else jpg()
    taken = check(name, io.BytesIO(body))
    assert taken.content_type == (ContentType.PNG if name.endswith("png") else ContentType.JPG)
    assert taken.title == name
    assert opened(taken).format == ("PNG" if name.endswith("png") else "JPEG")
    limit = 0 if name.endswith("png") else 3
    assert difference(opened(taken), Image.open(io.BytesIO(body))) <= limit


@pytest.mark.parametrize(
    "body",
    [
        pdf(),
        pdf(packed(b"<< /A 1 >>", b"[1 2 3]")),
        pdf(catalogue=b"/OpenAction [3 0 R /Fit]"),
        pdf(b"<< /S /GoTo /D [3 0 R /Fit] >>", catalogue=b"/OpenAction 5 0 R"),
        pdf(page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (https://x/Launch) >> >>]"),
        pdf(b"(how /JavaScript and /Launch \\) are written)", b"<2F4A53>"),
        pdf(stream(b"/JS /JavaScript /Launch")),
        pdf(stream(bomb(100_000_000), b"/Filter /FlateDecode")),
    ],
    ids=["plain", "packed", "destination", "goto", "link", "text", "in a stream", "100 MB stream"],
)
def test_a_plain_pdf_is_taken_as_it_came(body: bytes) -> None:
    """bad-inputs.md 126: what we never unpack does no harm."""
    assert check("bill.pdf", body) == Taken(ContentType.PDF, body, "bill.pdf")


def test_pdfs_of_other_makers_are_taken() -> None:
    ours = HTML(string="<h1>Bill</h1><p><a href='https://example.com/'>x</a></p>").write_pdf()
    packing = PdfWriter(clone_from=io.BytesIO(ours))
    assert check("bill.pdf", ours).body == ours
    written = io.BytesIO()
    packing.write(written)
    assert check("bill.pdf", written.getvalue()).body == written.getvalue()
    assert check("bill.pdf", HTML(string="x").write_pdf(pdf_variant="pdf/ua-1")).body


def test_a_pdf_of_20_000_pages_is_taken() -> None:
    """bad-inputs.md 126."""
    body = pdf(*[b"<< /Type /Page /Parent 2 0 R >>"] * 20_000)
    assert check("bill.pdf", body).body == body


@pytest.mark.parametrize("version", ["with a password", "with an owner's password only"])
def test_an_encrypted_pdf_is_refused(version: str) -> None:
    """bad-inputs.md 125, made by a library of others."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    writer.encrypt("secret" if version == "with a password" else "", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert refusal("bill.pdf", out.getvalue()) == ACTIVE


@pytest.mark.parametrize("what", ["javascript", "attachment"])
def test_what_a_library_of_others_hides_is_found(what: str) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    if what == "javascript":
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
        named = DictionaryObject({NameObject(key): value for key, value in action.items()})
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(named)
    else:
        writer.add_attachment("x.exe", b"MZ")
    out = io.BytesIO()
    writer.write(out)
    assert refusal("bill.pdf", out.getvalue()) == ACTIVE
    assert len(PdfReader(out).pages) == 1, "the control: another reader opens it"


def test_an_action_is_found_wherever_it_lies() -> None:
    """Among plain objects, before or behind them, packed or not."""
    chance = chance_for("where an action lies")
    for _ in range(6):
        plain = [b"<< /A %d >>" % chance.randrange(99) for _ in range(chance.randrange(1, 9))]
        at = chance.randrange(len(plain) + 1)
        objects = [*plain[:at], JS, *plain[at:]]
        body = pdf(*objects) if chance.random() < 0.5 else pdf(packed(*objects))
        assert refusal("bill.pdf", body) == ACTIVE
        plain_body = pdf(*plain) if chance.random() < 0.5 else pdf(packed(*plain))
        assert check("bill.pdf", plain_body).body == plain_body


# ------------------------------------------------------------------ pictures, in each of their ways
def test_a_picture_from_a_phone_stands_upright_and_says_no_place() -> None:
    """bad-inputs.md 123."""
    taken = check("meter.jpg", jpg_from_a_phone())
    assert opened(taken).getexif() == {}
    assert difference(opened(taken), scene().transpose(Image.Transpose.ROTATE_270)) < 6


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_way_of_holding_a_camera_comes_out_upright(turn: int) -> None:
    away = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what undoes each turn
    exif = Image.Exif()
    exif[0x0112] = turn
    held = scene().transpose(Image.Transpose(away[turn])) if turn > 1 else scene()
    taken = check("meter.png", saved(held, "PNG", exif=exif))
    assert difference(opened(taken), scene()) == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_kind_of_png_is_shown_as_before(mode: str) -> None:
    if mode == "I;16":
        grey = scene(mode="L")
        body = saved(
            Image.frombytes("I;16", grey.size, b"".join(bytes([0, v]) for v in grey.tobytes())),
            "PNG",
        )
        before = grey
    else:
        body = png(mode)
        before = Image.open(io.BytesIO(body))
    assert difference(opened(check("meter.png", body)), before) == 0


def test_what_is_seen_through_stays_so() -> None:
    picture = scene(mode="P")
    body = saved(picture, "PNG", transparency=picture.getpixel((0, 0)))
    after = opened(check("meter.png", body))
    assert after.mode == "RGBA"
    alpha = after.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getpixel((63, 47)) == 255


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_each_kind_of_jpg_is_shown_as_before(mode: str) -> None:
    body = saved(scene(mode=mode), "JPEG", quality=95)
    after = opened(check("meter.jpg", body))
    assert after.mode == ("L" if mode == "L" else "RGB")
    assert difference(after, Image.open(io.BytesIO(body))) < 6


def test_a_progressive_jpg_is_taken() -> None:
    assert check("meter.jpg", jpg(progressive=True)).content_type == ContentType.JPG


@pytest.mark.parametrize("make", [animation, several_pictures])
def test_of_several_pictures_the_first_stays(make: Any) -> None:
    name = "a.png" if make is animation else "a.jpg"
    first = Image.new("RGB", (64, 48), "red") if make is animation else scene()
    after = opened(check(name, make()))
    assert getattr(after, "n_frames", 1) == 1
    assert difference(after, first) < 6


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a busy machine takes is not what is proved; the processor's limit stays."""
    monkeypatch.setattr(intake, "SECONDS", 300)


def test_40_million_pixels_are_taken_and_one_row_more_is_not(patient: None) -> None:
    """F6."""
    taken = check("a.png", png_of(8_000, 5_000, rows=5_000))
    assert opened(taken).size == (8_000, 5_000)
    assert refusal("a.png", png_of(8_000, 5_001, rows=1)).endswith("40 million pixels")


def test_the_largest_picture_in_its_most_costly_form_does_not_kill_its_process(
    patient: None,
) -> None:
    """Progressive, in full colour, turned: 420 MB of the 768 that its process may take."""
    exif = Image.Exif()
    exif[0x0112] = 6
    large = Image.new("RGB", (7_300, 5_479), "navy")
    body = saved(large, "JPEG", quality=95, subsampling=0, progressive=True, exif=exif)
    assert opened(check("a.jpg", body)).size == (5_479, 7_300)


# ------------------------------------------------------------------ size and name
def test_10_mb_are_taken_and_one_byte_more_is_not() -> None:
    """bad-inputs.md 116."""
    plain = pdf(stream(b"x" * 100))
    body = plain.replace(b"x" * 100, b"x" * (LARGEST_FILE - len(plain) + 100))
    assert len(body) == LARGEST_FILE
    assert check("file.pdf", body).body == body
    assert refusal("file.pdf", body + b"\n") == "file.pdf is larger than 10 MB"


def test_no_more_is_read_than_a_file_may_be_large() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(UnableToAccept):
        check("file.pdf", endless)  # type: ignore[arg-type]  # reads like a file
    assert endless.given == LARGEST_FILE + 1


NAMES = [
    ("bill.pdf", "bill.pdf"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("..\\..\\boot.pdf", "boot.pdf"),
    ("C:\\Users\\me\\Bill of May.PDF", "Bill of May.PDF"),
    ("/etc/cron.d/x.pdf", "x.pdf"),
    ("bill\0.exe.pdf", "bill.exe.pdf"),
    ("bill\r\nSet-Cookie: a=b.pdf", "billSet-Cookie: a=b.pdf"),
    ("ann\u202efdp.pdf", "annfdp.pdf"),
    ("\u2066bill\u2069\u200b\ufeff.pdf", "bill.pdf"),
    ("bill.pdf. . .", "bill.pdf"),
    ("con.pdf", "con.pdf"),
    ("счёт за май.pdf", "счёт за май.pdf"),
    ("evil.php.pdf", "evil.php.pdf"),
    ("  a   b\t.pdf", "a b.pdf"),
    ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ("\ud800bill.pdf", "bill.pdf"),
]


@pytest.mark.parametrize(("name", "title"), NAMES)
def test_a_name_is_made_plain(name: str, title: str) -> None:
    assert check(name, pdf()).title == title
    assert len(title) <= 120


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "bill.pdf\0.exe", "bill.pdf.exe", "bill.pdf/", "", "..", ".", "pdf", "\0"],
)
def test_a_name_without_an_ending_of_ours_is_refused(name: str) -> None:
    assert refusal(name, pdf()) == ONLY


def test_a_title_is_what_it_was_when_it_is_made_plain_again() -> None:
    for name, title in NAMES:
        assert plain_title(title) == plain_title(name) == title


# ------------------------------------------------------------------ the process of its own
def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "SECONDS", 0.01)
    assert refusal("a.pdf", pdf()).startswith("a.pdf could not be checked")


def test_a_file_that_breaks_its_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = (*intake.INSPECT[:1], "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(intake, "INSPECT", killed)
    assert refusal("a.pdf", pdf()).startswith("a.pdf could not be checked")


def test_a_process_that_cannot_begin_is_nobodys_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "INSPECT", ("/nowhere",))
    assert refusal("a.pdf", pdf()) == "Could not save the file, please try again"


def test_who_waits_too_long_in_line_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "SECONDS_IN_LINE", 0.01)
    with intake._ONE_AT_A_TIME:
        assert refusal("a.pdf", pdf()) == "Could not save the file, please try again"
    assert check("a.pdf", pdf()).title == "a.pdf"


def test_many_at_once_come_out_as_one_by_one() -> None:
    bodies = [pdf(b"(%d)" % number) for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda body: check("a.pdf", body), bodies))
    assert [each.body for each in taken] == bodies


LIMITS = """
import os, resource, sys
sys.argv = ["x", "PDF"]
sys.stdin = open(os.devnull)
import smart360.documents.inspection.__main__
assert not {"django", "smart360.settings"} & sys.modules.keys()
assert resource.getrlimit(resource.RLIMIT_AS)[1] == 768 * 1024 * 1024
assert resource.getrlimit(resource.RLIMIT_CPU)[1] == 20
assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == 0
"""


def test_its_process_has_limits_and_knows_no_django() -> None:
    done = subprocess.run(
        [intake.INSPECT[0], "-c", LIMITS], cwd=intake.ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "-OTHER_TYPE"), done.stderr


def test_its_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    spy = (
        *intake.INSPECT[:1],
        "-c",
        "import os, sys; sys.stdout.write('+' + str(dict(os.environ)))",
    )
    monkeypatch.setattr(intake, "INSPECT", spy)
    assert b"canary" not in check("a.pdf", pdf()).body
