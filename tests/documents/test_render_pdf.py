"""PDF from HTML: our fonts in every script, the paper's size, and nothing from outside."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
import segno
from pypdf import PdfReader

from smart360.documents.render import UnableToRender, to_pdf
from smart360.documents.rules import QUIET, qr_code

NAMES = {
    "Latin": "Žofie Čapková",
    "Cyrillic": "Иван Петров",
    "Greek": "Ελένη Παππά",
    "Georgian": "გიორგი",
    "Hebrew": "שרה",
    "Thai": "สมชาย",
    "Arabic": "محمد علي",
}


def page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Paper</title></head>'
        f"<body>{body}</body></html>"
    )


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)


def fonts_of(body: bytes) -> list[dict[str, Any]]:
    """The fonts of the first page, each with its descriptor."""
    resources: Any = PdfReader(io.BytesIO(body)).pages[0]["/Resources"]
    return [
        dict(part.get_object()["/FontDescriptor"]) | {"encoding": font.get_object()["/Encoding"]}
        for font in resources["/Font"].values()
        for part in font.get_object()["/DescendantFonts"]
    ]


def has_every_glyph(body: bytes) -> bool:
    """WeasyPrint gives a font an encoding of its own when a letter has no glyph in any font."""
    return all(font["encoding"] == "/Identity-H" for font in fonts_of(body))


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_is_printed(script: str) -> None:
    """lessons.md, PDF glyphs."""
    assert NAMES[script] in text_of(to_pdf(page(f"<p>{NAMES[script]}</p>")))


@pytest.mark.parametrize("words", ["राम कुमार", "தமிழ்", "বাংলা", "తెలుగు"])
def test_scripts_that_shape_their_letters_have_a_glyph_for_each(words: str) -> None:
    """Their text comes out in the order of glyphs, so the fonts are asked instead."""
    body = to_pdf(page(f"<p>{words}</p>"))
    names = [str(font["/FontName"]) for font in fonts_of(body)]
    assert any("Noto-Sans-" in name for name in names), names
    assert has_every_glyph(body)


def test_a_letter_that_no_font_has_is_noticed() -> None:
    """The control of the test above: a letter of nobody's."""
    assert not has_every_glyph(to_pdf(page("<p>\U000f0000</p>")))


def test_every_font_is_embedded() -> None:
    fonts = fonts_of(to_pdf(page(f"<p>{' '.join(NAMES.values())}</p>")))
    assert len(fonts) >= 5
    assert all({"/FontFile2", "/FontFile3"} & font.keys() for font in fonts)
    assert all("Noto" in str(font["/FontName"]) for font in fonts)


@pytest.mark.parametrize(("paper", "points"), [("LETTER", (612, 792)), ("A4", (595, 842))])
def test_the_paper_is_the_utilitys(paper: str, points: tuple[int, int]) -> None:
    box = PdfReader(io.BytesIO(to_pdf(page("<p>x</p>"), paper_size=paper))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == points


def test_a_pdf_is_accessible_and_numbered() -> None:
    reader = PdfReader(io.BytesIO(to_pdf(page("<h1>Hello</h1>" + "<p>line</p>" * 120))))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "Page 2 of" in reader.pages[1].extract_text()


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_pdf(page("<p>same</p>")) == to_pdf(page("<p>same</p>"))


ELSEWHERE = (
    "http://127.0.0.1:9/x.png",
    "https://example.com/x.png",
    "ftp://example.com/x.png",
    "file:///etc/passwd",
    "file://elsewhere/etc/passwd",
    "/etc/passwd",
    "../../smart360/settings/base.py",
    "../manage.py",
    "css/../../manage.py",
    "data:image/png;base64,AAAA",
    "memory:other",
)


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize(
    "form",
    [
        '<img src="{0}" alt="x">',
        '<link rel="stylesheet" href="{0}">',
        '<p style="background: url({0})">x</p>',
        '<style>@import url("{0}");</style>',
        '<object data="{0}">x</object>',
        '<svg width="9" height="9"><image href="{0}" width="9" height="9"/></svg>',
    ],
)
def test_nothing_is_fetched_from_outside(address: str, form: str) -> None:
    """A refused address refuses the document: a receipt is never sent with a hole in it."""
    with pytest.raises(UnableToRender):
        to_pdf(page(form.format(address)))


def test_a_link_may_lead_anywhere_for_it_is_not_fetched() -> None:
    assert to_pdf(page('<p><a href="https://example.com/">x</a></p>')).startswith(b"%PDF-")


def test_a_picture_can_come_from_memory() -> None:
    picture = io.BytesIO()
    segno.make("x").save(picture, kind="png")
    body = to_pdf(page('<img src="memory:logo" alt="Logo">'), images={"logo": picture.getvalue()})
    assert b"/Image" in body


def test_a_document_without_end_is_refused_before_work_begins() -> None:
    with pytest.raises(UnableToRender):
        to_pdf(page("x" * 400_001))


def test_rendering_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    to_pdf(page("<p>x</p>"))
    assert list(tmp_path.iterdir()) == []


def test_a_qr_code_draws_exactly_its_modules() -> None:
    text = "https://example.com/track/" + "a" * 43
    drawn = qr_code(text)
    dark = {
        (int(y) - QUIET, int(x) - QUIET + step)
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path)
        for step in range(int(width))
    }
    matrix = segno.make_qr(text, error="m").matrix
    assert dark == {(y, x) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit}
    assert drawn.size == len(matrix) + 2 * QUIET
