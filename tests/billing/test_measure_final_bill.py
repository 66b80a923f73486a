"""A final bill measures along every reading on record since the last invoice (BIL4, W13)."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import InvoiceSection
from billing.operations.runs import go_on_with_run, start_billing_run
from consumers.choices import ReadingException
from consumers.models import Reading
from consumers.rules.readings import units_along
from tests.billing.final_billing import Billing, MakeBilling

pytestmark = pytest.mark.django_db
ROLLOVER, REPLACEMENT = ReadingException.ROLLOVER.value, ReadingException.REPLACEMENT.value


@pytest.mark.parametrize(
    ("base", "shown", "used"),
    [
        (Decimal(18_300), [(20, ROLLOVER), (60, "NONE")], 81_760),
        (Decimal(18_300), [(18_350, "NONE"), (20, REPLACEMENT), (60, "NONE")], 110),
        (Decimal(18_300), [(18_350, "NONE"), (18_350, "NO_CONSUMPTION"), (18_360, "NONE")], 60),
        (Decimal(18_300), [(18_250, "NONE"), (18_280, "NONE")], -20),  # of an estimate too high
        (Decimal(18_300), [], 0),
        (None, [(60, "NONE"), (70, "NONE")], 10),
    ],
)
def test_units_add_up_from_reading_to_reading(
    base: Decimal | None, shown: list[tuple[int, str]], used: int
) -> None:
    assert units_along(base, [(Decimal(value), why) for value, why in shown]) == used


def bill_until(billing: Billing, last: date) -> None:
    """A regular invoice up to a day, made today."""
    run = start_billing_run(
        period_from=last.replace(day=1), period_to=last, by=billing.karen, at=billing.at
    )
    go_on_with_run(run=run, after=0, at=billing.at)


@pytest.mark.parametrize(
    ("exception", "used"), [(ROLLOVER, Decimal(81_760)), (REPLACEMENT, Decimal(60))]
)
def test_a_meter_that_began_again_before_the_final_reading(
    exception: str, used: Decimal, make_billing: MakeBilling
) -> None:
    billing = make_billing("0.00", "0.00")
    meter = billing.meter()
    Reading.objects.create(meter=meter, read_on=date(2024, 12, 5), value=Decimal(18_300))
    bill_until(billing, date(2024, 12, 6))
    Reading.objects.create(
        meter=meter, read_on=date(2024, 12, 9), value=Decimal(20), exception=exception
    )
    far = billing.wish(value=Decimal(60), confirms_unusual=True)
    billing.read(far, billing.wish(1))
    billing.generate()
    bill = billing.approve(by=billing.david)
    power = InvoiceSection.objects.get(invoice=bill, utility_type="ELECTRICITY")
    assert (power.previous_reading, power.last_reading) == (Decimal(18_300), Decimal(60))
    assert power.consumption == used
    assert not power.lines.filter(kind="TRUE_UP").exists()
