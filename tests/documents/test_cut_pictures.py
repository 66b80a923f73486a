"""A picture that was cut off is refused, also where PDF are made in the same process."""

from PIL import ImageFile

from smart360.documents import render


def test_making_pdf_does_not_make_uploads_lax() -> None:
    assert render.HTML is not None  # WeasyPrint is loaded, and turned this on
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
