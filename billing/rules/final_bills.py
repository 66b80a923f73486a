"""What a final bill says: sections, lines and sums as values, and how they are kept (BIL4)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from billing.choices import LineKind, ReadingBasis
from billing.rules.settlement import BillSums, bill_sums
from consumers.choices import ReadingException
from smart360.kernel.money import ZERO

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class BillLine:
    """One charge with the arithmetic that made it; see `billing.rules.rating.RatedLine`."""

    kind: LineKind
    words: str
    quantity: Decimal | None
    of: Decimal | None
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True)
class BillSection:
    """What one service costs under one tariff, with its meter as it is on the bill.

    ``last_reading``  None without a meter, and as long as the final reading is missing
    """

    service_connection: int
    utility_type: str
    tariff: int
    tariff_name: str
    from_on: date
    to_on: date
    meter: int | None
    meter_number: str
    device_number: str
    meter_type: str
    unit: str
    basis: ReadingBasis
    previous_reading: Decimal | None
    previous_on: date | None
    last_reading: Decimal | None
    read_on: date | None
    consumption: Decimal
    lines: tuple[BillLine, ...]

    @property
    def is_estimated(self) -> bool:
        """Whether no reading stands behind what it charges."""
        return self.basis == ReadingBasis.ESTIMATED

    @property
    def amount(self) -> Decimal:
        """The sum of the lines, exact."""
        return sum((line.amount for line in self.lines), ZERO)

    def amount_of(self, *kinds: LineKind) -> Decimal:
        """The sum of the lines of these kinds."""
        return sum((line.amount for line in self.lines if line.kind in kinds), ZERO)


SECOND_PERSON = "Somebody else must approve a bill of this size: you generated it, or added to it."


@dataclass(frozen=True)
class AddedSum:
    """A sum that somebody added to the bill, or took off it.

    ``reason`` may name somebody: it is read from its own row and not kept with a draft, and so is
    who added it, ``by``.
    """

    key: int
    amount: Decimal
    reason: str = ""
    by: int | None = None


@dataclass(frozen=True)
class BillContent:
    """All that a final bill is made of. The sums follow; nobody enters one."""

    period_from: date
    period_to: date
    sections: tuple[BillSection, ...]
    adjustments: tuple[AddedSum, ...]
    outstanding: Decimal
    deposit: Decimal
    uses_deposit: bool

    @property
    def adjusted(self) -> Decimal:
        """The sum of what was added and taken off."""
        return sum((each.amount for each in self.adjustments), ZERO)

    @property
    def billed(self) -> Decimal:
        """All charges of the period, with taxes and adjustments."""
        return sum((section.amount for section in self.sections), ZERO) + self.adjusted

    @property
    def sums(self) -> BillSums:
        """Deposit applied, amount due, refund due (M5, M6)."""
        return bill_sums(
            billed=self.billed,
            outstanding=self.outstanding,
            deposit=self.deposit,
            uses_deposit=self.uses_deposit,
        )

    @property
    def period_words(self) -> str:
        """The billing period as a bill says it: Month Year – Month Year."""
        return f"{self.period_from:%B %Y} – {self.period_to:%B %Y}"

    def at_stake(self) -> Decimal:
        """The sum by which a second person is asked for: of the bill, or moved on it if more."""
        return max(abs(self.billed), sum((abs(each.amount) for each in self.adjustments), ZERO))

    def needs_other_than(self, person: int, *, made_by: int | None, above: Decimal) -> bool:
        """Whether a bill that puts more than ``above`` at stake needs somebody else to approve it.

        Who generated the draft or adjusted it has had a hand in its sum (X6).
        """
        had_a_hand = person == made_by or any(each.by == person for each in self.adjustments)
        return had_a_hand and self.at_stake() > above

    def with_reasons(self, reasons: Mapping[int, str]) -> "BillContent":
        """The same, with the reasons of its adjustments."""
        explained = tuple(
            replace(each, reason=reasons.get(each.key, "")) for each in self.adjustments
        )
        return replace(self, adjustments=explained)


# ------------------------------------------------------------------ kept as JSON
def as_json(content: BillContent) -> JsonObject:
    """The content as it is kept with a draft: nothing personal, sums as words of digits."""
    plain: JsonObject = _plain(content)
    for each in plain["adjustments"]:
        del each["reason"], each["by"]
    return plain


def from_json(kept: Mapping[str, Any]) -> BillContent:
    """What `as_json` kept."""
    return BillContent(
        period_from=date.fromisoformat(kept["period_from"]),
        period_to=date.fromisoformat(kept["period_to"]),
        sections=tuple(_section(each) for each in kept["sections"]),
        adjustments=tuple(
            AddedSum(key=each["key"], amount=Decimal(each["amount"]))
            for each in kept["adjustments"]
        ),
        outstanding=Decimal(kept["outstanding"]),
        deposit=Decimal(kept["deposit"]),
        uses_deposit=kept["uses_deposit"],
    )


def _section(kept: Mapping[str, Any]) -> BillSection:
    values = dict(kept)
    for name in ("from_on", "to_on", "previous_on", "read_on"):
        values[name] = date.fromisoformat(kept[name]) if kept[name] else None
    for name in ("previous_reading", "last_reading", "consumption"):
        values[name] = _decimal(kept[name])
    values["basis"] = ReadingBasis(kept["basis"])
    values["lines"] = tuple(
        BillLine(
            kind=LineKind(line["kind"]),
            words=line["words"],
            quantity=_decimal(line["quantity"]),
            of=_decimal(line["of"]),
            rate=_decimal(line["rate"]),
            amount=Decimal(line["amount"]),
        )
        for line in kept["lines"]
    )
    return BillSection(**values)


def _decimal(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)


def _plain(value: Any) -> Any:
    """A value of the content as JSON has it."""
    if isinstance(value, BillContent | BillSection | BillLine | AddedSum):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, LineKind | ReadingBasis) else value


# ------------------------------------------------------------------ what a draft is made from
@dataclass(frozen=True)
class EnteredReading:
    """The final reading of one service, as it was entered."""

    service_connection: int
    meter: int
    value: Decimal
    read_on: date
    exception: ReadingException
    is_unusual: bool = False


@dataclass(frozen=True)
class Basis:
    """Everything that decides what a draft says, to tell whether any of it has changed (M11).

    ``ledger_head``  the consumer's last posting: a payment, a fee, a deposit moves it
    ``rates``        the tariffs as they are, slabs and taxes and all
    ``measured``     up to which day and reading each service was billed, and its meter
    """

    readings: tuple[EnteredReading, ...]
    ledger_head: int
    uses_deposit: bool
    rates: tuple[Any, ...]
    adjustments: tuple[AddedSum, ...]
    measured: tuple[Any, ...]
    ends_on: date

    @property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        said = json.dumps([repr(getattr(self, each.name)) for each in fields(self)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def missing_readings(sections: Sequence[BillSection]) -> tuple[BillSection, ...]:
    """The sections that wait for their final reading."""
    return tuple(
        section
        for section in sections
        if section.meter is not None and section.last_reading is None
    )
