"""A picture that was cut off is refused, also where PDF are made in the same process."""

from PIL import ImageFile

from smart360.documents.render import LARGEST_HTML


def test_making_pdf_does_not_make_uploads_lax() -> None:
    assert LARGEST_HTML  # so WeasyPrint is loaded, which turns this on
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
