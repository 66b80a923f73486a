"""What holds for requests, pure: their numbers, type, dates, which slots may be offered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from consumers.rules.standing import NOT_SUPPLIED
from smart360.cases.choices import CaseKind
from smart360.cases.rules import Numbering
from smart360.web.formats import shown_long_date, shown_slot

FURTHEST_DAYS = 365
MOST_VISITS = 500  # of one slot on one day
PAST_DATE = "Cannot select past date"  # 004, error handling rules
TOO_FAR = "Choose a date within the next 365 days"
SLOT_STARTED = "This time slot has already started"
NOT_A_SLOT = "Select an available time slot"
SLOT_TAKEN = "That slot has just been taken"
MIXED_SERVICES = "Choose services that are connected, or only ones that are off"
WHICH_DOCUMENT = "Choose “Document seen” to record a document"
NUMBERS = Numbering(("DIS", "REC"), has_years=True, digits=6)
"""How requests are numbered: DIS-2024-001234."""


def begins_number(typed: str) -> str:
    """What a request's number begins with if this is its beginning, else ``""``.

    >>> begins_number(" dis-2024 "), begins_number("001234")
    ('DIS-2024', '')
    """
    return NUMBERS.begun(typed)


def numbers_meant(typed: str) -> list[str]:
    """The whole numbers of which this is short: of which no series, or no year is told.

    >>> numbers_meant("rec-2024-1234"), numbers_meant("12 oak street")
    (['REC-2024-001234'], [])
    >>> len(numbers_meant("dis 1234")), len(numbers_meant("001234"))
    (100, 200)
    """
    return NUMBERS.meant(typed)


def is_nearly_number(typed: str) -> bool:
    """Whether at most four digits of a request's number are missing.

    >>> is_nearly_number("DIS-2024-00"), is_nearly_number("DIS-2024-0")
    (True, False)
    """
    return NUMBERS.is_nearly_whole(typed)


@dataclass(frozen=True)
class RequestWish:
    """What the form asks for, already of the right shapes. The type is not among it (DIS2).

    ``confirmed_kind`` is only what the page had shown, so that a change meanwhile is noticed.
    """

    consumer: int
    lock_token: int
    confirmed_kind: str
    reason: int
    services: tuple[int, ...] = ()
    permanence: str = "PERMANENT"
    preferred_on: date | None = None
    slot: int | None = None
    has_no_preference: bool = False
    notes: str = ""
    identity_check: str = "NOT_VERIFIED"
    identity_document: str = ""
    identity_last_four: str = ""
    notifies_consumer: bool = True
    ignored_fields: tuple[str, ...] = field(default_factory=tuple)


def request_kind(status: str, chosen_are_connected: Iterable[bool]) -> CaseKind:
    """The type of a request, from the account's status and the services it is about (AC003).

    Inactive and Disconnected accounts are reconnected, every other one disconnected; chosen
    services that are all off make it a reconnection on an Active account, too.
    """
    connected = list(chosen_are_connected)
    if status in NOT_SUPPLIED or (connected and not any(connected)):
        return CaseKind.RECONNECTION
    return CaseKind.DISCONNECTION


def why_not_on(day: date, today: date) -> str:
    """Why a visit cannot be wished for ``day``, or ``""`` (AC004, W6)."""
    if day < today:
        return PAST_DATE
    if day > today + timedelta(days=FURTHEST_DAYS):
        return TOO_FAR
    return ""


def slot_exists_on(day: date, starts: time, ends: time, zone: ZoneInfo) -> bool:
    """Whether both ends of a slot are times that the clocks show on ``day``.

    On the night when clocks go forward 02:00–03:00 does not exist (bad-inputs.md 47).
    """
    return all(_is_shown(day, moment, zone) for moment in (starts, ends))


def days_without_slot(starts: time, ends: time, zone: ZoneInfo, *, since: date) -> list[date]:
    """The bookable days on which the clocks skip a slot."""
    days = (since + timedelta(days=count) for count in range(FURTHEST_DAYS + 1))
    return [day for day in days if not slot_exists_on(day, starts, ends, zone)]


def _is_shown(day: date, moment: time, zone: ZoneInfo) -> bool:
    local = datetime.combine(day, moment, zone)
    return local.astimezone(UTC).astimezone(zone).time() == moment


def slot_has_started(day: date, starts: time, zone: ZoneInfo, at: datetime) -> bool:
    """Whether it is too late for a slot of ``day``."""
    return datetime.combine(day, starts, zone).astimezone(UTC) <= at


def slot_begins_at(day: date, starts: time, zone: ZoneInfo) -> datetime:
    """The instant at which a slot begins."""
    return datetime.combine(day, starts, zone).astimezone(UTC)


def holiday_sentence(day: str, reason: str) -> str:
    """Why nobody visits on a holiday (bad-inputs.md 49)."""
    return f"No disconnections on {day}: {reason}"


def visit_sentence(day: date | None, slot: tuple[time, time] | None) -> str:
    """When somebody comes, as far as that is known, for the consumer."""
    if day is None:
        return "We tell you the day before anybody comes."
    if slot is None:
        return f"You asked for {shown_long_date(day)}. We tell you the time."
    between = shown_slot(*slot).replace(" – ", " and ")
    return f"A technician is planned for {shown_long_date(day)}, between {between}."
