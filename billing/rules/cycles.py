"""What a billing run charges one consumer: which services, which days, how much (BIL9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.choices import LeftOut, LineKind, ReadingBasis
from billing.rules.consumption import (
    NO_METER,
    Billed,
    MeterThen,
    ReadingIsLower,
    Readings,
    Use,
    consumption_of,
)
from billing.rules.rating import DAY, NoTariff, RatedSection, Rates, rate
from consumers.choices import AccountStatus, SupplyState
from smart360.kernel.money import ZERO

LARGEST_LINE = Decimal("99999999.99")
"""Beyond it somebody mistyped a price or a reading; nobody is billed that by a run."""


@dataclass(frozen=True)
class Service:
    """One service connection with where its bills stand. ``billed`` is of ``billed_meter``."""

    key: int
    utility_type: str
    supply_state: str
    connected_on: date
    is_frozen: bool = False
    billed_to: date | None = None
    billed_meter: int | None = None
    billed: Billed | None = None


@dataclass(frozen=True)
class Account:
    """One consumer as a billing run sees it."""

    key: int
    category: int
    status: str
    outstanding: Decimal
    deposit: Decimal
    oldest_due_on: date | None
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Stretch:
    """Days on which one meter measures a service; ``meter`` is None where none does.

    ``changed_on``  the day on which it was taken away: its last reading may be of that day
    """

    from_on: date
    to_on: date
    meter: MeterThen | None
    changed_on: date | None = None

    @property
    def days(self) -> int:
        """How long it is, both days included."""
        return (self.to_on - self.from_on).days + 1

    @property
    def read_to(self) -> date:
        """The last day on which a reading counts for these days."""
        return self.changed_on or self.to_on


@dataclass(frozen=True)
class SectionToBe:
    """What one service contributes to an invoice. ``rated`` has its days and lines."""

    service_connection: int
    utility_type: str
    rated: RatedSection
    use: Use
    meter: MeterThen | None = None


@dataclass(frozen=True)
class InvoiceToBe:
    """One consumer's regular invoice; ``outstanding`` and ``deposit`` as they are before it."""

    consumer: int
    sections: tuple[SectionToBe, ...]
    outstanding: Decimal
    deposit: Decimal

    @property
    def billed(self) -> Decimal:
        """The sum of all lines."""
        return sum((section.rated.amount for section in self.sections), ZERO)

    @property
    def period(self) -> tuple[date, date]:
        """From the first day that is charged to the last."""
        first = min(section.rated.from_on for section in self.sections)
        return first, max(section.rated.to_on for section in self.sections)

    @property
    def is_estimated(self) -> bool:
        """Whether some consumption in it is."""
        return any(section.use.is_estimated for section in self.sections)


@dataclass(frozen=True)
class Cycle:
    """The days that a run bills. ``first`` is the first day that any run ever billed."""

    from_on: date
    to_on: date
    first: date


@dataclass
class Facts:
    """What is known of many accounts' meters and prices; stretches by service, in order."""

    stretches: Mapping[int, Sequence[Stretch]] = field(default_factory=dict)
    readings: Mapping[tuple[int, date], Readings] = field(default_factory=dict)
    tariffs: Mapping[tuple[str, int], Sequence[Rates]] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """What a run makes of one account: an invoice, or none, and why something was left out."""

    account: Account
    invoice: InvoiceToBe | None
    left_out: frozenset[LeftOut]


def days_to_bill(account: Account, service: Service, cycle: Cycle) -> Stretch | LeftOut:
    """The days of a service that are not on a bill yet, up to the cycle's last, or why none.

    They begin the day after the last one billed, so that a cycle in which a service was left out
    is made up for; at the earliest with the connection, and never before the first cycle of all:
    what was supplied before was billed elsewhere.
    """
    if account.status == AccountStatus.INACTIVE:
        return LeftOut.ENDED
    if service.is_frozen:
        return LeftOut.FROZEN
    if service.supply_state != SupplyState.CONNECTED:
        return LeftOut.NOT_SUPPLIED
    begins = max(cycle.first, service.connected_on)
    if service.billed_to is not None:
        begins = max(begins, service.billed_to + DAY)
    if begins > cycle.to_on:
        return LeftOut.BILLED if service.billed_to else LeftOut.NOT_SUPPLIED
    return Stretch(begins, cycle.to_on, None)


def metered(days: Stretch, meters: Sequence[Stretch]) -> Iterator[Stretch]:
    """The days cut by who measures them; ``meters`` are in order, the day of a change the new's.

    What was taken away on the day after these was read then: that reading counts for them.
    """
    start = days.from_on
    for each in meters:
        from_on, to_on = max(start, each.from_on), min(days.to_on, each.to_on - DAY)
        if from_on > to_on:
            continue
        if from_on > start:
            yield Stretch(start, from_on - DAY, None)
        is_changed = each.to_on - DAY <= days.to_on
        yield Stretch(from_on, to_on, each.meter, each.to_on if is_changed else None)
        start = to_on + DAY
    if start <= days.to_on:
        yield Stretch(start, days.to_on, None)


def plan(account: Account, cycle: Cycle, facts: Facts) -> Planned:
    """What the run charges this account."""
    sections: list[SectionToBe] = []
    left_out: set[LeftOut] = set()
    if not account.services:
        left_out.add(LeftOut.NO_SERVICE)
    for service in account.services:
        made = _sections_of(account, service, cycle, facts)
        if isinstance(made, LeftOut):
            left_out.add(made)
        else:
            sections += made
    invoice = InvoiceToBe(
        account.key, tuple(sections), outstanding=account.outstanding, deposit=account.deposit
    )
    if not invoice.billed:
        reasons = left_out | {LeftOut.NOTHING_TO_BILL} if sections else left_out
        return Planned(account, None, frozenset(reasons))
    return Planned(account, invoice, frozenset(left_out))


def _sections_of(
    account: Account, service: Service, cycle: Cycle, facts: Facts
) -> list[SectionToBe] | LeftOut:
    days = days_to_bill(account, service, cycle)
    if isinstance(days, LeftOut):
        return days
    tariffs = facts.tariffs.get((service.utility_type, account.category), ())
    sections: list[SectionToBe] = []
    try:
        for stretch in metered(days, facts.stretches.get(service.key, ())):
            use = _use_of(service, stretch, facts)
            sections += sections_of(service.key, service.utility_type, stretch, use, tariffs)
    except NoTariff:
        return LeftOut.NO_TARIFF
    except ReadingIsLower:
        return LeftOut.READING_IS_LOWER
    if any(abs(line.amount) > LARGEST_LINE for each in sections for line in each.rated.lines):
        return LeftOut.TOO_LARGE
    return sections


def _use_of(service: Service, stretch: Stretch, facts: Facts) -> Use:
    if stretch.meter is None:
        return NO_METER
    billed = service.billed if service.billed_meter == stretch.meter.key else None
    readings = facts.readings[stretch.meter.key, stretch.from_on]
    return consumption_of(billed=billed, readings=readings, days=stretch.days)


def sections_of(
    service_connection: int,
    utility_type: str,
    stretch: Stretch,
    use: Use,
    tariffs: Iterable[Rates],
) -> list[SectionToBe]:
    """The sections of days on which one meter, or none, measures a service. Raises NoTariff."""
    rated = rate(
        tariffs=tuple(tariffs),
        from_on=stretch.from_on,
        to_on=stretch.to_on,
        consumption=use.consumption,
        unit=stretch.meter.unit if stretch.meter else "",
        is_estimated=use.basis == ReadingBasis.ESTIMATED,
        correction=use.correction,
    )
    return [
        SectionToBe(service_connection, utility_type, each, use, stretch.meter) for each in rated
    ]


def earned(section: SectionToBe) -> Decimal:
    """What of a section is the utility's own."""
    return section.rated.amount - taxed(section)


def taxed(section: SectionToBe) -> Decimal:
    """What of a section is the state's."""
    return section.rated.amount_of(LineKind.TAX)
