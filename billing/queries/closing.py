"""What somebody who moves out would be billed, as it is now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.queries.cycles import (
    accounts_of,
    first_cycle_on,
    meters_of,
    readings_of,
    tariffs_until,
)
from billing.rules.closing import Closing, days_to_close, plan_closing
from billing.rules.cycles import Facts, InvoiceToBe
from billing.rules.rating import DAY
from smart360.organisation.queries import get_utility


def closing_invoice(
    consumer: int, shown: Mapping[int, Decimal | None], *, moved_on: date
) -> InvoiceToBe:
    """The last invoice for services that somebody else takes over, with what meters show then.

    ``shown`` is by service connection; None where there is no meter. Raises CannotClose of
    ``billing.rules.closing``.
    """
    (account,) = accounts_of([consumer])
    closing = Closing(moved_on, shown, first=first_cycle_on())
    facts = Facts(stretches=meters_of(shown, zone=get_utility().zone))
    asked = {
        # of a stretch without days: what the meter showed before the day of the move
        (each.meter.key, each.from_on): (
            each.meter.key,
            each.from_on if each.days else each.from_on - DAY,
            each.read_to,
        )
        for _, each in days_to_close(account, closing, facts)
        if each.meter
    }
    found = readings_of(asked.values())
    readings = {key: found[meter, since] for key, (meter, since, _) in asked.items()}
    facts = replace(facts, readings=readings, tariffs=tariffs_until(moved_on))
    return plan_closing(account, closing, facts)
