"""What changed from one draft of a final bill to the next (BEY9). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.final_bills import BillContent, BillSection

Value = Decimal | date | bool | str | None
CHARGES = "charges"
MEASURED = ("previous reading", "last reading", "consumption")


@dataclass(frozen=True)
class Change:
    """One thing that the newer draft says otherwise. None: it was not there, or is not any more.

    ``is_money`` tells a sum from a reading; ``unit`` is the reading's.
    """

    what: str
    before: Value
    after: Value
    is_money: bool = False
    unit: str = ""


def what_changed(old: BillContent, new: BillContent) -> tuple[Change, ...]:
    """Everything that differs, causes before sums; nothing when both say the same."""
    return tuple(
        change for change in (*_causes(old, new), *_sums(old, new)) if change.before != change.after
    )


def _causes(old: BillContent, new: BillContent) -> Iterator[Change]:
    yield Change("Billing period from", old.period_from, new.period_from)
    yield Change("Billing period to", old.period_to, new.period_to)
    before, after = _by_service(old), _by_service(new)
    for key in dict.fromkeys((*before, *after)):
        yield from _of_section(before.get(key), after.get(key))
    added = {each.key: each for each in (*old.adjustments, *new.adjustments)}
    was: dict[int, Decimal] = {each.key: each.amount for each in old.adjustments}
    now: dict[int, Decimal] = {each.key: each.amount for each in new.adjustments}
    for each in added.values():
        what = f"Adjustment: {each.reason}" if each.reason else "Adjustment"
        yield Change(what, was.get(each.key), now.get(each.key), is_money=True)


def _by_service(content: BillContent) -> dict[tuple[int, int], BillSection]:
    """Sections by service and, where a tariff ends within the period, by tariff."""
    return {(each.service_connection, each.tariff): each for each in content.sections}


def _of_section(old: BillSection | None, new: BillSection | None) -> Iterator[Change]:
    one = new or old
    if one is None:
        return
    for what, values in _told(old, new):
        yield Change(
            f"{one.utility_type.capitalize()}: {what}",
            *values,
            is_money=what == CHARGES,
            unit=one.unit if what in MEASURED else "",
        )


def _told(
    old: BillSection | None, new: BillSection | None
) -> Iterator[tuple[str, tuple[Value, Value]]]:
    """What each of two sections says, by what it is."""
    before, after = (_facts(each) if each else {} for each in (old, new))
    for what in before | after:
        yield what, (before.get(what), after.get(what))


def _facts(section: BillSection) -> dict[str, Value]:
    return {
        "tariff": section.tariff_name,
        "meter": section.meter_number,
        "previous reading": section.previous_reading,
        "last reading": section.last_reading,
        "reading date": section.read_on,
        "consumption": section.consumption,
        CHARGES: section.amount,
    }


def _sums(old: BillContent, new: BillContent) -> Iterator[Change]:
    yield Change("Billed amount", old.billed, new.billed, is_money=True)
    yield Change("Outstanding before this bill", old.outstanding, new.outstanding, is_money=True)
    yield Change("Security deposit held", old.deposit, new.deposit, is_money=True)
    yield Change("Security deposit used", old.uses_deposit, new.uses_deposit)
    yield Change("Security deposit applied", old.sums.applied, new.sums.applied, is_money=True)
    yield Change("Final amount due", old.sums.due, new.sums.due, is_money=True)
    yield Change("Refund due", old.sums.refund_due, new.sums.refund_due, is_money=True)
