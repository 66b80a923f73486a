"""Pictures made anew from their pixels (quality.md, F6).

Nothing of the file that came stays: no EXIF, no place where it was taken, no comment, no colour
profile, no palette, no second picture, nothing behind its end.
"""

import io
import struct
import warnings

from PIL import Image

from smart360.documents.inspection.findings import LARGEST_FILE, MOST_PIXELS, Finding, Unfit

QUALITIES = (88, 75, 60)  # the next is tried only where the result is larger than a file may be
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
UNREADABLE = (
    OSError,
    ArithmeticError,
    LookupError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
SIXTEEN_BITS = {"I;16", "I;16L", "I;16N"}
KEPT = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "RGB", "RGBA"}}


def rebuilt(kind: str, body: bytes) -> bytes:
    """The picture in ``body``, upright, as a fresh file of the same ``kind`` (JPEG or PNG).

    Raises Unfit. An animation becomes its first frame; 16 bits become 8; CMYK becomes RGB.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        picture = decoded(kind, body)
    picture.info = {}
    return encoded(kind, picture)


def decoded(kind: str, body: bytes) -> Image.Image:
    """The pixels, their number being known and small enough before any is decoded."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(body), formats=(kind,)) as source:
            if source.width * source.height > MOST_PIXELS:
                raise Unfit(Finding.TOO_MANY_PIXELS)
            turn = turn_of(source)
            source.load()
            plain = in_plain_colours(kind, source)
            if turn is not None:
                return plain.transpose(turn)
            return plain.copy() if plain is source else plain
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit(Finding.TOO_MANY_PIXELS) from error
    except (Unfit, MemoryError):
        raise
    except Exception as error:
        raise Unfit(Finding.DAMAGED) from error


def turn_of(source: Image.Image) -> Image.Transpose | None:
    """How the picture must be turned to stand upright; EXIF that cannot be read says nothing."""
    try:
        return TURNS.get(source.getexif().get(ORIENTATION, 1))
    except UNREADABLE:
        return None


def in_plain_colours(kind: str, source: Image.Image) -> Image.Image:
    """The picture in one of the modes that we write."""
    if kind == "JPEG":
        return source if source.mode in KEPT[kind] else source.convert("RGB")
    if source.mode in SIXTEEN_BITS:  # little-endian: the second byte is the one that is seen
        return Image.frombytes("L", source.size, source.tobytes()[1::2])
    if source.mode == "I":
        return source.point(lambda value: value / 256).convert("L")
    if "transparency" in source.info:
        return source.convert("RGBA")
    if source.mode in KEPT[kind]:
        return source
    return source.convert("RGB" if source.mode == "P" else "RGBA")


def encoded(kind: str, picture: Image.Image) -> bytes:
    """The picture as a file that is no larger than a file may be."""
    ways = [{"quality": each} for each in QUALITIES] if kind == "JPEG" else [{}]
    for way in ways:
        out = io.BytesIO()
        picture.save(out, kind, **way)
        if out.tell() <= LARGEST_FILE:
            return out.getvalue()
    raise Unfit(Finding.TOO_LARGE)
