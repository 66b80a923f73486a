"""The two files of an export: data for machines, a document for people (R8, docs/PRIVACY.md)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from consumers.models import Consumer
from smart360.custody.queries.personal import SECTIONS, Section
from smart360.documents.render import on_paper
from smart360.organisation.queries import get_utility
from smart360.web.formats import MISSING, shown_date, shown_datetime

FORMAT = "smart360-personal-data/1"
MOST_ROWS = 30
"""Rows of a section on paper; all of them stand in the data."""
LONGEST_CELL = 300
TEMPLATE = "custody/export_paper.html"


class _Encoder(DjangoJSONEncoder):
    """Amounts as text, moments with their zone, a time of being somewhere as its two ends."""

    def default(self, o: object) -> Any:
        if isinstance(o, DateTimeTZRange):
            return {"from": o.lower, "to": o.upper}
        return super().default(o)


def to_json(consumer: Consumer, *, at: datetime) -> bytes:
    """Everything, row by row; each section is a list under its key."""
    out = BytesIO()
    for piece in _pieces(consumer, at):
        out.write(piece.encode())
    return out.getvalue()


def _pieces(consumer: Consumer, at: datetime) -> Iterator[str]:
    utility = get_utility()
    head = {"format": FORMAT, "made_at": at, "made_by": utility.name, "zone": utility.time_zone}
    yield f'{{"about": {_encoded(head)}'
    for section in SECTIONS:
        yield f',\n"{section.key}": ['
        keys = tuple(section.columns)
        for place, row in enumerate(section.read(consumer.pk)):
            yield f"{',' if place else ''}\n{_encoded(dict(zip(keys, row, strict=True)))}"
        yield "]"
    yield "}\n"


def _encoded(value: object) -> str:
    return json.dumps(value, cls=_Encoder, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A section on paper; ``left_out`` rows stand in the data alone."""

    heading: str
    columns: list[str]
    rows: list[list[str]]
    left_out: int


def to_paper(consumer: Consumer, *, at: datetime) -> bytes:
    """The document: of each section the newest or first rows, and how many more there are."""
    with timezone.override(get_utility().zone):
        tables = [
            table for section in SECTIONS if (table := _table(section, consumer.pk)) is not None
        ]
    context = {"consumer": consumer, "tables": tables}
    return on_paper(TEMPLATE, context, at=at)


def _table(section: Section, consumer: int) -> Table | None:
    if not section.paper:
        return None
    found = section.read(consumer, section.paper, most=MOST_ROWS)
    words = [dict(section.field_of(key).flatchoices) for key in section.paper]
    rows = [
        [_shown(value, named) for value, named in zip(row, words, strict=True)] for row in found
    ]
    if not rows:
        return None
    left_out = section.rows(consumer).count() - MOST_ROWS if len(rows) == MOST_ROWS else 0
    columns = [key.replace("_", " ").capitalize() for key in section.paper]
    return Table(section.heading, columns, rows, left_out)


def _shown(value: object, named: dict[Any, Any]) -> str:
    """A value as people read it: a code by its name, a day as a day, long words cut."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, str):
        words = str(named.get(value, value))
        return words if len(words) <= LONGEST_CELL else f"{words[:LONGEST_CELL].rstrip()} …"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return _shown_figure(value)


def _shown_figure(value: object) -> str:
    if isinstance(value, datetime):
        return shown_datetime(value)
    if isinstance(value, date):
        return shown_date(value)
    if isinstance(value, DateTimeTZRange):
        ends = (shown_date(each) if each else "today" for each in (value.lower, value.upper))
        return " – ".join(ends)
    if isinstance(value, Decimal):
        return f"{value:,}"
    return str(value)
