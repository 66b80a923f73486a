"""What the list of service orders shows, as its address says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from smart360.fieldwork.choices import OrderKind, OrderStatus
from smart360.fieldwork.queries.orders import SORTS, OrderFilter
from smart360.web.fields import IsoDateField

LONGEST_WORDS = 100
LONGEST_KEY = 9
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; ``problem`` says what of it cannot be understood."""

    wish: OrderFilter
    sort: str
    cursor: str
    problem: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return self.wish not in (OrderFilter(), OrderFilter(is_live=False))


def read_filter(typed: Mapping[str, str]) -> Asked:
    """The list of ``?tab=…&q=…&status=…``; what is not known is left out."""
    status, kind = typed.get("status", ""), typed.get("type", "")
    day, problem = _day(typed.get("day", ""))
    words = " ".join(typed.get("q", "").split())
    is_plain = words.isprintable() and len(words) <= LONGEST_WORDS
    wish = OrderFilter(
        is_live=typed.get("tab") != "history" and not status,
        statuses=(status,) if status in OrderStatus.values else (),
        kinds=(kind,) if kind in OrderKind.values else (),
        technician=_technician(typed.get("technician", "")),
        day=day,
        words=words if is_plain else "",
    )
    sort = typed.get("sort", "")
    return Asked(wish, sort if sort in SORTS else "", typed.get("cursor", ""), problem)


def _technician(typed: str) -> int | None:
    """The key of a technician, 0 for nobody; None for everybody."""
    if typed == NOBODY:
        return 0
    is_key = typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_KEY
    return (int(typed) or None) if is_key else None


def read_day(typed: str, *, today: date) -> date:
    """The day of a board; today when the address names none that there is."""
    day, _ = _day(typed)
    return day or today


def _day(typed: str) -> tuple[date | None, str]:
    try:
        return IsoDateField(required=False).clean(typed), ""
    except ValidationError as error:
        return None, error.messages[0]
