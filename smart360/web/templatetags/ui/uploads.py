"""Uploading files: where they are dropped or chosen, and the list of those that are there."""

from __future__ import annotations

from typing import Any

from smart360.web.form_keys import new_key
from smart360.web.formats import MEGABYTE, shown_size
from smart360.web.shown import UploadList
from smart360.web.templatetags.ui.library import register

ACCEPTED = ".pdf,.jpg,.jpeg,.png"
TOO_LARGE = "{} is larger than {}"
LOOKS = {"PDF": ("file-type-pdf", "red"), "JPG": ("photo", "blue"), "PNG": ("photo", "blue")}


def in_megabytes(size: int) -> str:
    """``10`` or ``6.3``; the unit stands beside it."""
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")


@register.inclusion_tag("components/uploads.html", takes_context=True)
def uploads(context: dict[str, Any], shown: UploadList, *, id: str = "uploads") -> dict[str, Any]:
    """Drop zone, "Choose Files" and the list; a page with it loads `js/uploads.js`.

    Each file is one POST of `file` to `shown.upload_url`, several where there is no script. The
    answer is the `upload_list` of the same id: 200, or 422 with the refused files in it.
    """
    of_list = listed(context, shown, id)
    largest = f"{in_megabytes(shown.largest_file)} MB"
    return of_list | {
        "accepted": ACCEPTED, "largest": largest, "too_large": TOO_LARGE.format("{}", largest),
        "form_key": new_key(),
    }  # fmt: skip


@register.inclusion_tag("components/upload_list.html", takes_context=True)
def upload_list(
    context: dict[str, Any], shown: UploadList, *, id: str = "uploads"
) -> dict[str, Any]:
    """The list alone: what an upload or a removal answers."""
    return listed(context, shown, id)


def listed(context: dict[str, Any], shown: UploadList, id_: str) -> dict[str, Any]:
    """What the list needs."""
    if not isinstance(shown, UploadList):
        raise TypeError(f"uploads want an UploadList, not {shown!r}")
    return {
        "id": id_,
        "shown": shown,
        "files": [(file, *LOOKS[file.kind], shown_size(file.size)) for file in shown.files],
        "used": in_megabytes(shown.used_bytes),
        "most": in_megabytes(shown.most_bytes),
        "csrf_token": context.get("csrf_token", ""),
    }
