"""What has to be true before a service comes back, pure: the mirror of ending one (DIS17).

One list serves both: the button shows it, the server answers with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from consumers.choices import MeterCondition, MeterPlace, ReadingException, UtilityType
from disconnections.choices import ReconnectionItem
from disconnections.rules.conditions import (
    Checklist,
    Evidence,
    Executor,
    ItemLine,
    Missing,
    Need,
    OrderFact,
    missing_items,
    missing_order,
    missing_other_person,
    missing_status,
    why_not_decided,
)
from smart360.cases.choices import CaseKind
from smart360.kernel.money import ZERO
from smart360.web.formats import shown_date, shown_money

MAY_NOT = "Your role does not carry out reconnections"
UNKNOWN_METER = "No meter has this number"
TWICE = "This meter is entered for two services"
NEEDS_METER = "Enter the meter before its reading"
NEEDS_DAY = "Enter the day of the reading"
NEEDS_VALUE = "Enter the reading"
FUTURE = "Enter a day that is not in the future"


# ------------------------------------------------------------------ meters
@dataclass(frozen=True, slots=True)
class LastReading:
    """What a meter showed last, and on which day."""

    value: Decimal
    read_on: date


@dataclass(frozen=True, slots=True)
class MeterFact:
    """A meter that could measure a service; ``measures`` is the service that it measures now."""

    id: int
    number: str
    utility_type: str
    place: str
    condition: str = MeterCondition.INACTIVE.value
    warehouse: str = ""
    device_number: str = ""
    unit: str = ""
    measures: int | None = None
    last: LastReading | None = None

    @property
    def is_in_stock(self) -> bool:
        """Whether it has to be fetched from a warehouse."""
        return self.place == MeterPlace.IN_WAREHOUSE

    @property
    def words(self) -> str:
        """``EM-20417, device D-77310, Main Warehouse``"""
        device = f", device {self.device_number}" if self.device_number else ""
        return f"{self.number}{device}, {self.warehouse or MeterPlace(self.place).label.lower()}"


@dataclass(frozen=True, slots=True)
class Returning:
    """One service that is to come back, and what it is to be measured with.

    ``is_measured``   it ever had a meter; else it needs none
    ``running``       the meter that measures it already: nothing is to be done with it
    ``in_place``      its last meter, where that hangs free still
    ``meter``         the one that was entered, as it is now
    ``reading``       what that shows when the service comes back
    """

    service_connection: int
    utility_type: str
    is_measured: bool = True
    running: int | None = None
    in_place: MeterFact | None = None
    meter: MeterFact | None = None
    reading: Decimal | None = None
    read_on: date | None = None

    @property
    def utility(self) -> str:
        """``Electricity``"""
        return UtilityType(self.utility_type).label

    @property
    def is_waiting(self) -> bool:
        """Whether a meter and what it shows are still asked for."""
        return self.running is None and (self.is_measured or self.meter is not None)

    @property
    def why_not_meter(self) -> str:
        """Why the meter that was entered cannot be taken now; ``""`` also when there is none."""
        return why_not_meter(self.meter, self) if self.meter else ""

    @property
    def is_verified(self) -> bool:
        """Whether a meter was entered and can be taken."""
        return self.meter is not None and not self.why_not_meter

    @property
    def why_not_reading(self) -> str:
        """Why the opening reading cannot be kept as it is; ``""`` also when there is none."""
        if self.meter is None or self.reading is None or self.read_on is None:
            return ""
        return why_not_reading(self.reading, self.read_on, self.meter.last)

    @property
    def is_read(self) -> bool:
        """Whether there is an opening reading that can be kept."""
        return self.reading is not None and not self.why_not_reading


def why_not_meter(meter: MeterFact | None, service: Returning) -> str:
    """Why a service cannot be measured with this meter; ``""`` when it can (SO4, W12).

    >>> why_not_meter(None, Returning(1, "WATER"))
    'No meter has this number'
    """
    if meter is None:
        return UNKNOWN_METER
    if meter.utility_type != service.utility_type:
        return f"{meter.number} measures {UtilityType(meter.utility_type).label.lower()}"
    if meter.measures is not None:
        return f"{meter.number} measures another service"
    if meter.condition == MeterCondition.MAINTENANCE:
        return f"{meter.number} is in maintenance"
    is_here = service.in_place is not None and service.in_place.id == meter.id
    if meter.is_in_stock or is_here:
        return ""
    if meter.place == MeterPlace.ON_SITE:
        return f"{meter.number} is not in stock: it hangs somewhere else"
    return f"{meter.number} is {MeterPlace(meter.place).label.lower()}"


def why_not_reading(value: Decimal, read_on: date, last: LastReading | None) -> str:
    """Why a meter cannot have shown this on that day; ``""`` when it can (W13).

    >>> why_not_reading(Decimal(9), date(2024, 12, 2), LastReading(Decimal(10), date(2024, 12, 1)))
    'Below the last reading: 10.000 on Dec 1, 2024'
    """
    if last is None:
        return ""
    shown = f"{last.value:,.3f} on {shown_date(last.read_on)}"
    if value < last.value:
        return f"Below the last reading: {shown}"
    if read_on < last.read_on:
        return f"Before the last reading: {shown}"
    if read_on == last.read_on and value != last.value:
        return f"The meter was read on that day already: {shown}"
    return ""


def exception_of(value: Decimal, last: LastReading | None) -> ReadingException:
    """A meter that nobody used shows what it showed; that is no mistake."""
    if last is not None and value == last.value:
        return ReadingException.NO_CONSUMPTION
    return ReadingException.NONE


# ------------------------------------------------------------------ facts
@dataclass(frozen=True, slots=True)
class Told:
    """The last thing that the consumer was told of a request; ``why`` it did not arrive."""

    words: str
    has_arrived: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReconnectionFacts:
    """Everything that is known of a reconnection that is to be carried out.

    ``outstanding``  what the account owes now, the fee with it; below zero what it is owed
    ``fee``          what was charged for the reconnection; zero for nothing
    ``arranged``     so much of the debt is promised by a running arrangement, ``arrangement``
    ``occupied``     in words, which service of the premise somebody else is supplied with
    ``approval``     its state, ``""`` when nobody asked for one; ``approver`` who decided it
    """

    status: str
    currency: str = "USD"
    outstanding: Decimal = ZERO
    fee: Decimal = ZERO
    arranged: Decimal = ZERO
    arrangement: str = ""
    services: tuple[Returning, ...] = ()
    occupied: tuple[str, ...] = ()
    order: OrderFact | None = None
    told: Told | None = None
    ticks: frozenset[str] = frozenset()
    approval: str = ""
    approver: int | None = None

    @property
    def unsettled(self) -> Decimal:
        """What is owed and neither paid nor promised."""
        return max(ZERO, self.outstanding - self.arranged)

    @property
    def waiting(self) -> tuple[Returning, ...]:
        """The services that need a meter and its reading."""
        return tuple(each for each in self.services if each.is_waiting)


# ------------------------------------------------------------------ the checklist
def reconnection_checklist(facts: ReconnectionFacts) -> Checklist:
    """The four items with their evidence; each must be done.

    >>> reconnection_checklist(ReconnectionFacts("IN_PROGRESS")).counter
    'Completion: 2/4 items'
    """
    return Checklist(
        tuple(
            ItemLine(
                item=item,
                does_not_apply=_why_not_asked(item, facts),
                is_ticked=item.value in facts.ticks,
                evidence=_evidence(item, facts),
            )
            for item in ReconnectionItem
        ),
        len(ReconnectionItem),
    )


def _why_not_asked(item: ReconnectionItem, facts: ReconnectionFacts) -> str:
    if item in (ReconnectionItem.METER_VERIFIED, ReconnectionItem.READING_TAKEN):
        return "" if facts.waiting else "No service needs a meter"
    return ""


def _evidence(item: ReconnectionItem, facts: ReconnectionFacts) -> Evidence:
    match item:
        case ReconnectionItem.MONEY_SETTLED:
            return _money_evidence(facts)
        case ReconnectionItem.METER_VERIFIED:
            verified = {each.service_connection for each in facts.waiting if each.is_verified}
            return _count_evidence(
                facts.waiting, verified, "verified", "no meter that can be taken"
            )
        case ReconnectionItem.READING_TAKEN:
            read = {each.service_connection for each in facts.waiting if each.is_read}
            return _count_evidence(
                facts.waiting, read, "read", "no opening reading that can be kept"
            )
        case ReconnectionItem.CONSUMER_TOLD:
            return _told_evidence(facts.told)


def _money_evidence(facts: ReconnectionFacts) -> Evidence:
    figures = {"balance": f"{facts.outstanding:f}", "arranged": f"{facts.arranged:f}"}
    fee = f", fee {shown_money(facts.fee, facts.currency)}" if facts.fee else ""
    words = f"Balance {shown_money(facts.outstanding, facts.currency)}{fee}"
    if facts.unsettled:
        return Evidence(words, disproof=unsettled_words(facts), figures=figures)
    if facts.outstanding > 0:
        words = f"{words}; promised by {facts.arrangement}"
        figures["arrangement"] = facts.arrangement
    return Evidence(words, is_found=True, figures=figures)


def unsettled_words(facts: ReconnectionFacts) -> str:
    """``$45.00 is still owed and not arranged``"""
    return f"{shown_money(facts.unsettled, facts.currency)} is still owed and not arranged"


def _count_evidence(
    services: tuple[Returning, ...], done: set[int], done_word: str, lacking: str
) -> Evidence:
    words = f"{len(done)} of {len(services)} meters {done_word}"
    figures = {"done": str(len(done)), "of": str(len(services))}
    missing = [each.utility for each in services if each.service_connection not in done]
    if missing:
        disproof = f"{words}; {', '.join(missing)}: {lacking}"
        return Evidence(words, disproof=disproof, figures=figures)
    return Evidence(words, is_found=True, figures=figures)


def _told_evidence(told: Told | None) -> Evidence:
    if told is None:
        return Evidence("No message about the reconnection yet")
    if not told.has_arrived:
        why = f" ({told.why})" if told.why else ""
        words = f"{told.words} was not delivered{why}"
        return Evidence(words, disproof=f"{words}. Tell the customer another way first.")
    return Evidence(told.words, is_found=True)


# ------------------------------------------------------------------ Execute Reconnection
def what_a_reconnection_misses(facts: ReconnectionFacts, by: Executor) -> tuple[Missing, ...]:
    """Why a reconnection cannot be carried out just now; nothing when it can."""
    return tuple(_missing(facts, by))


def _missing(facts: ReconnectionFacts, by: Executor) -> Iterator[Missing]:
    yield from missing_status(facts.status)
    if not by.may_execute:
        yield Missing(Need.PERMISSION, MAY_NOT)
    yield from missing_other_person(facts.approval, facts.approver, by)
    if sentence := why_not_decided(facts.approval):
        yield Missing(Need.APPROVAL, sentence, "approval")
    if facts.unsettled:
        yield Missing(Need.MONEY, unsettled_words(facts), "money")
    for sentence in facts.occupied:
        yield Missing(Need.OCCUPIER, sentence)
    yield from _missing_meters(facts.waiting)
    yield from missing_order(facts.order, CaseKind.RECONNECTION)
    yield from missing_items(reconnection_checklist(facts))


def _missing_meters(services: Iterable[Returning]) -> Iterator[Missing]:
    for each in services:
        anchor = f"id_{each.service_connection}-"
        if each.meter is None:
            yield Missing(Need.METERS, f"{each.utility} meter: not entered", f"{anchor}meter")
        elif each.why_not_meter:
            sentence = f"{each.utility} meter: {each.why_not_meter}"
            yield Missing(Need.METERS, sentence, f"{anchor}meter")
        if each.reading is None:
            sentence = f"{each.utility} opening reading: not entered"
            yield Missing(Need.READINGS, sentence, f"{anchor}reading")
        elif each.why_not_reading:
            sentence = f"{each.utility} opening reading: {each.why_not_reading}"
            yield Missing(Need.READINGS, sentence, f"{anchor}reading")


# ------------------------------------------------------------------ what is asked for
@dataclass(frozen=True, slots=True)
class ReturningWish:
    """With what a person wants one service measured; what is empty is not decided yet."""

    service_connection: int
    meter_number: str = ""
    reading: Decimal | None = None
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReconnectionWish:
    """What the Reconnect tab's form says; ``version`` is what the page had shown."""

    version: int
    order_number: str = ""
    services: tuple[ReturningWish, ...] = ()
