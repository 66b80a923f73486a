"""Changing what the utility is called and when it is open."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pghistory
from PIL import Image, UnidentifiedImageError

from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.organisation import ports
from smart360.organisation.models import BusinessCalendar, Holiday, Utility
from smart360.organisation.rules import public_holidays

LARGEST_LOGO = 512_000  # bytes
MOST_PIXELS = 4_000_000
SHOWN_PIXELS = (480, 160)  # no page or paper shows it larger
LOGO_TYPES = ("PNG", "JPEG")
NO_PICTURE = "Only PNG and JPG pictures are accepted."


class UnableToChangeUtility(Refusal):
    """The settings cannot be saved as they are."""


class UnableToImportHolidays(Refusal):
    """There is nothing to import."""


@operation
def change_utility(
    *,
    values: Mapping[str, str],
    logo: bytes | None,
    removes_logo: bool,
    by: int,
    at: datetime,
) -> list[str]:
    """Change the utility's settings; the names of the fields that changed.

    ``logo`` is an uploaded picture or None to keep the one there is.
    Raises UnableToChangeUtility for a logo that is no picture or too large.
    """
    utility = Utility.objects.select_for_update(no_key=True).get(pk=1)
    picture = clean_logo(logo) if logo is not None else None
    old = {name: getattr(utility, name) for name in values}
    changed = [name for name, value in values.items() if old[name] != value]
    for name in changed:
        setattr(utility, name, values[name])
    facts = {name: values[name] for name in changed}
    if picture is not None:
        utility.logo = picture
        changed.append("logo")
    elif removes_logo and utility.logo is not None:
        utility.logo = None
        changed.append("logo")
    if not changed:
        return []
    with pghistory.context(person=by):
        utility.save(update_fields=changed)
    before = {name: old[name] for name in facts}
    if "logo" in changed:
        facts["logo"] = "removed" if utility.logo is None else "replaced"
    for tell in ports.settings_changed:
        tell(by=by, at=at, old=before, new=facts)
    return changed


def clean_logo(upload: bytes) -> bytes:
    """The pixels of an uploaded PNG or JPEG as a new PNG, no larger than it is ever shown.

    The size is read from the file's head before anything is decoded; nothing but pixels is kept.
    """
    if len(upload) > LARGEST_LOGO:
        raise UnableToChangeUtility("The logo is larger than 512 kB.", field="logo")
    try:
        with Image.open(io.BytesIO(upload), formats=LOGO_TYPES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnableToChangeUtility(
                    "The logo has more than 4 million pixels.", field="logo"
                )
            picture.load()
            pixels = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnableToChangeUtility(NO_PICTURE, field="logo") from error
    pixels.thumbnail(SHOWN_PIXELS)
    bare = Image.new("RGBA", pixels.size)
    bare.paste(pixels)
    kept = io.BytesIO()
    bare.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


@operation
def import_holidays(
    *, calendar: int, country: str, subdivision: str, year: int, by: int
) -> list[date]:
    """Add the public holidays of a year to a calendar; the days that were new.

    A day that is a holiday already stays as it is. Raises UnableToImportHolidays.
    """
    locked = BusinessCalendar.objects.select_for_update(no_key=True).get(pk=calendar)
    found = public_holidays(country=country, subdivision=subdivision, year=year)
    if not found:
        raise UnableToImportHolidays(f"No public holidays are known for {year}.", field="year")
    known = set(Holiday.objects.filter(calendar=locked).values_list("day", flat=True))
    new = [(day, name) for day, name in found if day not in known]
    with pghistory.context(person=by):
        Holiday.objects.bulk_create(
            Holiday(calendar=locked, day=day, name=name[:80]) for day, name in new
        )
    return [day for day, _ in new]


def changed_fields_in_words(changed: list[str]) -> str:
    """``Name, customer service phone`` for the sentence after saving."""
    labels: list[Any] = [Utility._meta.get_field(name) for name in changed]
    return ", ".join(str(field.verbose_name) for field in labels).capitalize()
