"""What supply costs: tariff, days and consumption in, the lines of a bill out (BIL4, BEY9).

Each line keeps the arithmetic that made it, and is rounded once (M12). Nothing here knows a meter:
who calls says how much was used, also where a meter rolled over or was not read.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from billing.choices import LineKind
from smart360.kernel.money import ZERO, rounded

DAY = timedelta(days=1)
UNIT = Decimal("0.001")
"""Quantities have three decimal places, as readings have."""


class NoTariff(Exception):
    """No tariff is valid on some day of the period."""

    def __init__(self, on: date) -> None:
        super().__init__(f"no tariff on {on}")
        self.on = on


@dataclass(frozen=True)
class Slab:
    """From which monthly consumption on a unit costs how much."""

    above: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Tax:
    """A tax on the charges of a section, in percent."""

    name: str
    percent: Decimal
    is_on_fixed: bool = True
    is_on_usage: bool = True


@dataclass(frozen=True)
class Rates:
    """One version of a tariff. ``key`` is its row's; ``until`` is the first day it is not valid."""

    key: int
    from_on: date
    until: date | None
    fixed_charge: Decimal
    slabs: tuple[Slab, ...] = ()
    taxes: tuple[Tax, ...] = ()


@dataclass(frozen=True)
class Correction:
    """Units that an estimate had charged too much, below zero, and what one of them had cost."""

    units: Decimal
    rate: Decimal


@dataclass(frozen=True)
class RatedLine:
    """One charge with its arithmetic.

    ``quantity``  days of a month (fixed), units (consumption); None of a tax
    ``of``        days that the month has (fixed), the sum that is taxed (tax)
    ``rate``      of a month, of a unit, or in percent
    """

    kind: LineKind
    words: str
    quantity: Decimal | None
    of: Decimal | None
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True)
class RatedSection:
    """What one service costs for days on which one tariff is valid; the last day is included."""

    tariff: int
    from_on: date
    to_on: date
    consumption: Decimal
    lines: tuple[RatedLine, ...]

    @property
    def amount(self) -> Decimal:
        """The sum of the lines, exact: sums are never rounded."""
        return sum((line.amount for line in self.lines), ZERO)

    def amount_of(self, *kinds: LineKind) -> Decimal:
        """The sum of the lines of these kinds."""
        return sum((line.amount for line in self.lines if line.kind in kinds), ZERO)


def rate(
    *,
    tariffs: Sequence[Rates],
    from_on: date,
    to_on: date,
    consumption: Decimal | None,
    unit: str = "",
    is_estimated: bool = False,
    correction: Correction | None = None,
) -> tuple[RatedSection, ...]:
    """What one service costs from ``from_on`` to ``to_on``, both included.

    ``tariffs``      versions of one tariff, in any order; where another begins within the period
                     there is a section for each, and consumption is shared out by days
    ``consumption``  units with at most three decimal places, never below zero; None: no meter
    ``correction``   of an earlier estimate; it stands in the first section

    Fixed charge: a line per calendar month, days of the month ÷ days it has × monthly charge.
    Consumption: a slab begins at its monthly bound × the period's length in months, which is the
    sum of its parts of calendar months (10 days of June are a third of one); that bound is taken
    to three decimal places. Taxes: one line each, on the sum of the section's charges that it is
    on. Every line is rounded once, half a cent up.

    Raises NoTariff where none is valid.
    """
    pieces = list(_pieces(tariffs, from_on, to_on))
    shares = _shares(consumption, [(end - start).days + 1 for _, start, end in pieces])
    return tuple(
        _section(
            rates, start, end, share,
            unit=unit, is_estimated=is_estimated,
            correction=correction if position == 0 else None,
        )
        for position, ((rates, start, end), share) in enumerate(zip(pieces, shares, strict=True))
    )  # fmt: skip


def months_between(from_on: date, to_on: date) -> Fraction:
    """The length of a period in months, both days included: parts of calendar months added up."""
    return sum(
        (Fraction(days, month_length) for _, days, month_length in _months(from_on, to_on)),
        Fraction(0),
    )


def _pieces(
    tariffs: Sequence[Rates], from_on: date, to_on: date
) -> Iterator[tuple[Rates, date, date]]:
    """The period cut where another version begins."""
    start = from_on
    while start <= to_on:
        rates = _valid_on(tariffs, start)
        end = to_on if rates.until is None else min(to_on, rates.until - DAY)
        yield rates, start, end
        start = end + DAY


def _valid_on(tariffs: Sequence[Rates], on: date) -> Rates:
    for rates in tariffs:
        if rates.from_on <= on and (rates.until is None or on < rates.until):
            return rates
    raise NoTariff(on)


def _shares(consumption: Decimal | None, days: Sequence[int]) -> list[Decimal | None]:
    """Consumption shared out by days; what the shares add up to is what there was."""
    if consumption is None:
        return [None] * len(days)
    total, shares = sum(days), []
    gone, given = 0, Decimal(0)
    for length in days:
        gone += length
        upto = _exact(Fraction(consumption) * gone / total, UNIT)
        shares.append(upto - given)
        given = upto
    return list(shares)


def _section(
    rates: Rates,
    from_on: date,
    to_on: date,
    consumption: Decimal | None,
    *,
    unit: str,
    is_estimated: bool,
    correction: Correction | None,
) -> RatedSection:
    fixed = list(_fixed_lines(rates, from_on, to_on))
    usage = [] if correction is None else [_correction_line(correction, unit)]
    if consumption is not None:
        length = months_between(from_on, to_on)
        usage += _usage_lines(rates, consumption, length, unit=unit, is_estimated=is_estimated)
    return RatedSection(
        tariff=rates.key,
        from_on=from_on,
        to_on=to_on,
        consumption=consumption or Decimal(0),
        lines=(*fixed, *usage, *_tax_lines(rates, fixed, usage)),
    )


def _fixed_lines(rates: Rates, from_on: date, to_on: date) -> Iterator[RatedLine]:
    if not rates.fixed_charge:
        return
    for first, days, month_length in _months(from_on, to_on):
        yield RatedLine(
            kind=LineKind.FIXED,
            words=f"Fixed charge, {first:%B %Y}",
            quantity=Decimal(days),
            of=Decimal(month_length),
            rate=rates.fixed_charge,
            amount=_in_cents(Fraction(rates.fixed_charge) * days / month_length),
        )


def _usage_lines(
    rates: Rates, consumption: Decimal, months: Fraction, *, unit: str, is_estimated: bool
) -> Iterator[RatedLine]:
    """A line for each slab that was reached, and one for none: a bill says what was used."""
    name = "Estimated consumption" if is_estimated else "Consumption"
    slabs = sorted(rates.slabs, key=lambda slab: slab.above)
    if slabs and slabs[0].above > 0:  # what lies below the first slab is free
        slabs.insert(0, Slab(Decimal(0), Decimal(0)))
    begins = [_exact(Fraction(slab.above) * months, UNIT) for slab in slabs]
    for position, slab in enumerate(slabs):
        start = begins[position]
        end = begins[position + 1] if position + 1 < len(slabs) else None
        units = (consumption if end is None else min(consumption, end)) - start
        if units <= 0 and not (position == 0 and consumption == 0):
            continue
        yield RatedLine(
            kind=LineKind.USAGE,
            words=name + _bounds(start, end, unit),
            quantity=max(units, Decimal(0)),
            of=None,
            rate=slab.rate,
            amount=_in_cents(Fraction(max(units, Decimal(0))) * Fraction(slab.rate)),
        )


def _bounds(start: Decimal, end: Decimal | None, unit: str) -> str:
    """Which part of the consumption a slab is, as a reader sees it."""
    if start == 0 and end is None:
        return f", {unit}" if unit else ""
    words = f" up to {_plain(end)}" if start == 0 and end is not None else f" above {_plain(start)}"
    if start and end is not None:
        words += f" up to {_plain(end)}"
    return f"{words} {unit}".rstrip()


def _correction_line(correction: Correction, unit: str) -> RatedLine:
    return RatedLine(
        kind=LineKind.TRUE_UP,
        words=f"Correction of an estimate, {unit}".rstrip(", "),
        quantity=correction.units,
        of=None,
        rate=correction.rate,
        amount=_in_cents(Fraction(correction.units) * Fraction(correction.rate)),
    )


def _tax_lines(
    rates: Rates, fixed: Sequence[RatedLine], usage: Sequence[RatedLine]
) -> Iterator[RatedLine]:
    for tax in rates.taxes:
        taxed = sum((line.amount for line in fixed if tax.is_on_fixed), ZERO)
        taxed += sum((line.amount for line in usage if tax.is_on_usage), ZERO)
        if not taxed:
            continue
        yield RatedLine(
            kind=LineKind.TAX,
            words=tax.name,
            quantity=None,
            of=taxed,
            rate=tax.percent,
            amount=_in_cents(Fraction(taxed) * Fraction(tax.percent) / 100),
        )


def _months(from_on: date, to_on: date) -> Iterator[tuple[date, int, int]]:
    """The calendar months of a period: first day in it, days in it, days that the month has."""
    first = from_on
    while first <= to_on:
        length = monthrange(first.year, first.month)[1]
        last = min(to_on, first.replace(day=length))
        yield first, (last - first).days + 1, length
        first = last + DAY


def _in_cents(amount: Fraction) -> Decimal:
    """An exact amount in whole cents, by the one rule (`smart360.kernel.money.rounded`)."""
    with localcontext() as context:
        # Half a cent is decided by digits that a division could have cut off: keep them all.
        context.prec = 60
        return rounded(Decimal(amount.numerator) / Decimal(amount.denominator))


def _exact(value: Fraction, step: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    """A quantity without the noughts that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
