"""QR codes: text in, drawing out. Pages use them too, and need no PDF library for it."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4  # modules of white around the code, as the standard wants


@dataclass(frozen=True)
class QrCode:
    """A QR code as one SVG path in a square of ``size`` modules, quiet zone included."""

    path: str
    size: int


def qr_code(text: str) -> QrCode:
    """``text`` as a QR code that still reads with a seventh of it damaged (level M)."""
    rows = list(segno.make_qr(text, error="m").matrix)
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        for is_dark, modules in groupby(row):
            width = len(list(modules))
            if is_dark:
                strokes.append(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z")
            x += width
    return QrCode(path="".join(strokes), size=len(rows) + 2 * QUIET)
