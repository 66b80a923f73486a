"""What somebody who moves out still owes for what was supplied there: a last regular invoice.

It reaches to the day before the move and to the reading of the day of the move, so that nobody is
billed for what somebody else used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billing.choices import LeftOut
from billing.rules.consumption import (
    NO_METER,
    ReadingIsLower,
    Readings,
    Shown,
    Use,
    consumption_of,
)
from billing.rules.cycles import (
    LARGEST_LINE,
    Account,
    Cycle,
    Facts,
    InvoiceToBe,
    SectionToBe,
    Service,
    Stretch,
    days_to_bill,
    metered,
    sections_of,
)
from billing.rules.rating import DAY, NoTariff, Rates, rate
from smart360.kernel.money import ZERO


class CannotClose(Exception):
    """A service cannot be billed up to that day; ``billed_to`` is there when it was already."""

    def __init__(self, reason: LeftOut, utility_type: str, billed_to: date | None = None) -> None:
        super().__init__(f"{reason}: {utility_type}")
        self.reason, self.utility_type, self.billed_to = reason, utility_type, billed_to


@dataclass(frozen=True)
class Closing:
    """Services of an account that somebody else takes over on a day, with what meters show then.

    ``shown`` is by service; None for a service without a meter. ``first`` is the first day that
    any run ever billed.
    """

    moved_on: date
    shown: Mapping[int, Decimal | None]
    first: date | None

    def stretches_of(self, service: Service, facts: Facts) -> Sequence[Stretch]:
        """The days of each meter, of which the last goes on with somebody else."""
        return [
            replace(each, to_on=self.moved_on) if each.to_on == date.max else each
            for each in facts.stretches.get(service.key, ())
        ]

    def services_of(self, account: Account) -> list[Service]:
        """Those that go over and were ever to be billed here; before that it was elsewhere."""
        return [
            each
            for each in account.services
            if each.key in self.shown and (self.first or each.billed_to)
        ]


Left = tuple[Service, Stretch]


def days_to_close(account: Account, closing: Closing, facts: Facts) -> Iterator[Left]:
    """What is not on a bill yet, service by service and meter by meter. Raises CannotClose.

    Where all days are billed, what was used since the last bill is left: a stretch of no days.
    """
    last, first = closing.moved_on - DAY, closing.first or date.min
    for service in closing.services_of(account):
        meters = closing.stretches_of(service, facts)
        if service.billed_to is not None and service.billed_to > last:
            raise CannotClose(LeftOut.BILLED, service.utility_type, service.billed_to)
        days = days_to_bill(account, service, Cycle(first, last, first=first))
        if isinstance(days, Stretch):
            yield from ((service, each) for each in metered(days, meters))
        elif days == LeftOut.BILLED and meters and meters[-1].to_on == closing.moved_on:
            yield service, Stretch(closing.moved_on, last, meters[-1].meter, closing.moved_on)
        elif days not in (LeftOut.BILLED, LeftOut.NOT_SUPPLIED):
            raise CannotClose(days, service.utility_type)


def plan_closing(account: Account, closing: Closing, facts: Facts) -> InvoiceToBe:
    """The last invoice; one without sections, or of nothing, is not issued. Raises CannotClose."""
    sections: list[SectionToBe] = []
    for service, stretch in days_to_close(account, closing, facts):
        tariffs = facts.tariffs.get((service.utility_type, account.category), ())
        try:
            sections += _sections_of(service, stretch, closing, facts, tariffs)
        except NoTariff:
            raise CannotClose(LeftOut.NO_TARIFF, service.utility_type) from None
        except ReadingIsLower:
            raise CannotClose(LeftOut.READING_IS_LOWER, service.utility_type) from None
        if any(abs(line.amount) > LARGEST_LINE for each in sections for line in each.rated.lines):
            raise CannotClose(LeftOut.TOO_LARGE, service.utility_type)
    return InvoiceToBe(
        account.key, tuple(sections), outstanding=account.outstanding, deposit=account.deposit
    )


def _sections_of(
    service: Service,
    stretch: Stretch,
    closing: Closing,
    facts: Facts,
    tariffs: Sequence[Rates],
) -> list[SectionToBe]:
    use = _use_of(service, stretch, closing, facts)
    if stretch.days:
        return sections_of(service.key, service.utility_type, stretch, use, tariffs)
    if not use.consumption and use.correction is None:
        return []
    return _rest_of(service, stretch, use, tariffs)


def _use_of(service: Service, stretch: Stretch, closing: Closing, facts: Facts) -> Use:
    """What a meter measured; the reading of the move is the last that counts for its days."""
    if stretch.meter is None:
        return NO_METER
    readings = facts.readings.get((stretch.meter.key, stretch.from_on), Readings())
    value = closing.shown[service.key]
    if stretch.changed_on == closing.moved_on and value is not None:
        readings = replace(readings, newest=Shown(value, closing.moved_on))
    billed = service.billed if service.billed_meter == stretch.meter.key else None
    return consumption_of(billed=billed, readings=readings, days=stretch.days)


def _rest_of(
    service: Service, stretch: Stretch, use: Use, tariffs: Sequence[Rates]
) -> list[SectionToBe]:
    """What is left where the days are billed: consumption, on the day of the move.

    Its slabs are those of the days between the two readings; there is no fixed charge.
    """
    on = stretch.from_on
    first = min(use.previous_on + DAY, on) if use.previous_on else on
    valid = [each for each in tariffs if each.from_on <= on and (not each.until or on < each.until)]
    rated = rate(
        tariffs=[replace(each, from_on=first, until=None, fixed_charge=ZERO) for each in valid[:1]],
        from_on=first,
        to_on=on,
        consumption=use.consumption,
        unit=stretch.meter.unit if stretch.meter else "",
        correction=use.correction,
    )
    return [
        SectionToBe(
            service.key,
            service.utility_type,
            replace(each, from_on=on, to_on=on),
            use,
            stretch.meter,
        )
        for each in rated
    ]
