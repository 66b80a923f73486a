"""PDF from HTML, with our own fonts and style sheets and nothing from anywhere else.

WeasyPrint gets a closed set of files: whatever a template or a person's text names besides is
refused, and the document with it. Fonts come from ``fonts.conf`` beside this file, whole, so that
a name in any of their scripts is printed; nothing is copied to a temporary place for each document.
"""

import mimetypes
import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string
from django.utils import timezone
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from smart360.kernel.errors import Refusal
from smart360.organisation.choices import PaperSize
from smart360.organisation.queries import get_logo, get_utility

# WeasyPrint makes Pillow take cut pictures, for the whole process: an upload must not slip through.
ImageFile.LOAD_TRUNCATED_IMAGES = False

STATIC = Path(__file__).resolve().parents[2] / "static"
FONTS = Path(__file__).with_name("fonts.conf")
ROOTS = (STATIC / "css", STATIC / "fonts")
MEMORY = "memory:"  # an address that names one of the images handed over with the document
LOGO = "logo"
LARGEST_HTML = 400_000  # characters; a receipt has 15,000


class UnableToRender(Refusal):
    """A document that cannot become a PDF."""

    sentence_by_default = "This document cannot be made."


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves files below the asset roots and images from memory; everything else is fatal."""

    def __init__(self, roots: tuple[Path, ...], images: Mapping[str, bytes]) -> None:
        super().__init__(
            timeout=1, allowed_protocols={"file"}, allow_redirects=False, fail_on_errors=True
        )
        self.roots = tuple(root.resolve() for root in roots)
        self.images = images
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes of an asset. Raises for http, https, ftp, data and files elsewhere."""
        if url.startswith(MEMORY) and (name := url.removeprefix(MEMORY)) in self.images:
            return URLFetcherResponse(url, self.images[name], {"Content-Type": "image/png"})
        parts = urlsplit(url)
        if parts.scheme == "file" and not parts.netloc:
            path = Path(unquote(parts.path)).resolve()
            if path.is_file() and any(path.is_relative_to(root) for root in self.roots):
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        self.refused.append(parts.scheme)
        raise FatalURLFetchingError(f"refused a {parts.scheme}: address in a document")


@cache
def fonts() -> FontConfiguration:
    """The fonts of this process, found once."""
    os.environ.setdefault("FONTCONFIG_FILE", str(FONTS))
    return FontConfiguration()


@cache
def style_sheets(paper_size: str) -> tuple[CSS, ...]:
    """The paper's style sheets, read once per process."""
    fetcher = AssetFetcher(ROOTS, {})
    names = ["receipt.css"] + (["receipt-a4.css"] if paper_size == PaperSize.A4 else [])
    return tuple(
        CSS(filename=STATIC / "css" / name, url_fetcher=fetcher, font_config=fonts())
        for name in names
    )


def to_pdf(
    html: str, *, paper_size: str = PaperSize.LETTER, images: Mapping[str, bytes] | None = None
) -> bytes:
    """``html`` as an accessible PDF (PDF/UA-1) on ``paper_size``.

    ``images`` are PNGs that the document names as ``memory:NAME``. Raises UnableToRender when the
    document is too large or names anything that is not ours.
    """
    if len(html) > LARGEST_HTML:
        raise UnableToRender("This document is too large to be made.")
    fetcher = AssetFetcher(ROOTS, images or {})
    try:
        document = HTML(string=html, base_url=f"{STATIC.as_uri()}/", url_fetcher=fetcher)
        body: bytes = document.write_pdf(
            stylesheets=style_sheets(paper_size), font_config=fonts(), pdf_variant="pdf/ua-1"
        )
    except FatalURLFetchingError as error:
        raise UnableToRender from error
    if fetcher.refused:  # inside an SVG WeasyPrint goes on without the picture
        raise UnableToRender
    return body


def on_paper(template: str, context: Mapping[str, Any], *, at: datetime) -> bytes:
    """``template`` on the utility's paper, with its logo and in its zone. Raises UnableToRender.

    The template extends ``paper``, so that it is the print view as well.
    """
    utility, logo = get_utility(), get_logo()
    around = {
        "paper": "documents/pdf.html",
        "utility": utility,
        "logo_url": f"{MEMORY}{LOGO}",
        "printed_at": at,
    }
    with timezone.override(utility.zone):
        html = render_to_string(template, {**around, **context})
    return to_pdf(html, paper_size=utility.paper_size, images={LOGO: logo} if logo else None)
