"""What a change of occupier may be: the day, the readings, who moves in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from billing.choices import LeftOut
from billing.rules.closing import CannotClose
from consumers.choices import AccountStatus, UtilityType
from consumers.rules.occupancy import HandedService, NewAccount, Place, ServiceThere
from consumers.rules.readings import UnableToEnterReading, check_reading
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.web.formats import shown_date

LONGEST_AGO = timedelta(days=366)
NOT_SUPPLIED = "Nothing is supplied to this account"
NOBODY_ELSE = "Choose another account: this one moves out"
SAID_TWICE = "Look at the meter again, then confirm the reading"


class UnableToMove(Refusal):
    """The move cannot be as it was told. ``field`` names what is wrong."""


@dataclass(frozen=True)
class MoveOut:
    """Who moves out, from where and when, and what the meters show, by service."""

    premise: int
    moved_on: date | None
    readings: Mapping[int, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class MoveWish:
    """A whole move. Either ``account`` moves in, by primary key, or ``opens`` a new one.

    ``forwards_to`` is where post for who moves out goes from now on; empty: as before.
    """

    out: MoveOut
    account: int | None = None
    opens: NewAccount | None = None
    confirms_unusual: bool = False
    notifies: bool = True
    forwards_to: str = ""


@dataclass(frozen=True)
class Shown:
    """One reading as the readings' rule takes it: nothing used needs no tick in a move."""

    service: ServiceThere
    value: Decimal | None
    read_on: date | None
    has_no_consumption: bool = True
    exception: str = ""

    def field(self, name: str) -> str:
        """The form's own name: a wrong day is the day of the move."""
        return "moved_on" if name == "read_on" else self.service.field


def place_of(places: Sequence[Place], premise: int) -> Place:
    """The premise that is given up. Raises UnableToMove."""
    if not places:
        raise UnableToMove(NOT_SUPPLIED, is_conflict=True)
    for each in places:
        if each.premise == premise:
            return each
    raise UnableToMove(NOT_OFFERED, field="premise")


def check_day(place: Place, moved_on: date | None, *, today: date) -> date:
    """The day of the move, if it can be. Raises UnableToMove."""
    if moved_on is None:
        raise UnableToMove(REQUIRED, field="moved_on")
    if moved_on > today:
        raise UnableToMove("The day of the move has not come yet", field="moved_on")
    if moved_on < today - LONGEST_AGO:
        raise UnableToMove("Choose a day within the last year", field="moved_on")
    for each in place.services:
        if moved_on <= each.connected_on:
            raise UnableToMove(
                f"{each.utility} is supplied since {shown_date(each.connected_on)} only."
                " Choose a later day.",
                field="moved_on",
            )
        if each.measured_since is not None and moved_on <= each.measured_since:
            raise UnableToMove(
                f"Meter {each.meter_number} measures since {shown_date(each.measured_since)} only."
                " Choose a later day.",
                field="moved_on",
            )
    return moved_on


def check_readings(
    place: Place, out: MoveOut, *, today: date
) -> tuple[list[HandedService], list[UnableToMove]]:
    """What goes over with which reading, and all that is wrong with the readings."""
    handed: list[HandedService] = []
    wrong: list[UnableToMove] = []
    for each in place.services:
        try:
            handed.append(_handed(each, out, today=today))
        except UnableToEnterReading as refusal:
            wrong.append(UnableToMove(refusal.sentence, field=refusal.field))
    return handed, wrong


def _handed(service: ServiceThere, out: MoveOut, *, today: date) -> HandedService:
    if service.meter is None:
        return HandedService(service.id, service.utility_type)
    shown = Shown(service, out.readings.get(service.id), out.moved_on)
    exception = check_reading(
        shown, service.last, unit=service.unit, today=today, is_supervisor=False
    )
    return HandedService(service.id, service.utility_type, service.meter, shown.value, exception)


def refuse_who_moves_in(consumer: int, moves_in: int, *, status: str, has_supply: bool) -> None:
    """Say why an account cannot move in. Raises UnableToMove."""
    if consumer == moves_in:
        raise UnableToMove(NOBODY_ELSE, field="account")
    if status == AccountStatus.DISCONNECTED:
        raise UnableToMove(
            "This account is disconnected: settle and reconnect it first", field="account"
        )
    if has_supply:
        raise UnableToMove("This account is supplied there already", field="account")


def why_not_billed(problem: CannotClose) -> UnableToMove:
    """Why who moves out cannot be billed up to that day, and what helps."""
    utility = str(UtilityType(problem.utility_type).label)
    if problem.billed_to is not None:
        return UnableToMove(
            f"{utility} is billed up to {shown_date(problem.billed_to)} already. Choose a later"
            " day, or take that invoice back first.",
            field="moved_on",
        )
    sentences = {
        LeftOut.NO_TARIFF: f"No tariff is valid for {utility.lower()} on these days",
        LeftOut.READING_IS_LOWER: f"{utility}: the reading is lower than what was billed already."
        " Check the meter's readings first.",
        LeftOut.TOO_LARGE: f"{utility}: the amount would be too large to be true. Look at the"
        " reading again.",
        LeftOut.FROZEN: f"{utility} is on a final bill already",
    }
    return UnableToMove(sentences.get(problem.reason, problem.reason.label))
