"""A service that was reconnected is billed from that day on, and not for the days between (M14)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from billing import ledger
from billing.choices import LineKind
from billing.models import Invoice
from billing.operations.runs import go_on_with_run, start_billing_run
from billing.ports import terms_of
from billing.queries.bill_inputs import services_of
from smart360.kernel.db import operation
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import Billing, MakeBilling

pytestmark = pytest.mark.django_db
CUT = timedelta(days=5)
BACK = datetime.fromisoformat("2025-03-11T15:30+00:00")
MARCH = (date(2025, 3, 1), date(2025, 3, 31))
APRIL_1 = datetime.fromisoformat("2025-04-01T15:30+00:00")


@operation
def cut_and_reconnect(billing: Billing) -> None:
    """As the execution of the request does, and of the reconnection that follows it."""
    services = [each.pk for each in billing.services]
    ledger.freeze_billing(services, case=None, by=None, at=billing.at + CUT)
    ledger.lift_freeze(services, case=None, by=None, at=BACK)


def test_the_days_without_supply_are_on_no_bill(make_billing: MakeBilling) -> None:
    billing = make_billing("0.00", "0.00")
    assert billing.approved().period_to == date(2024, 12, 15)
    cut_and_reconnect(billing)
    run = start_billing_run(period_from=MARCH[0], period_to=MARCH[1], by=billing.karen, at=APRIL_1)
    go_on_with_run(run=run, after=0, at=APRIL_1)
    invoice = Invoice.objects.get(kind="REGULAR")
    assert (invoice.period_from, invoice.period_to) == (BACK.date(), MARCH[1])
    power = invoice.sections.get(utility_type="ELECTRICITY")
    fixed = power.lines.get(kind=LineKind.FIXED)
    assert power.from_on == BACK.date()
    assert (fixed.quantity, fixed.of) == (Decimal(21), Decimal(31))


def test_the_next_final_bill_begins_with_the_reconnection(make_billing: MakeBilling) -> None:
    billing = make_billing("0.00", "0.00")
    billing.approved()
    cut_and_reconnect(billing)
    terms = terms_of(billing.case.pk)
    assert terms is not None
    assert {each.begins_on for each in services_of(billing.case.pk, terms)} == {BACK.date()}


def test_a_second_lifting_moves_nothing(make_billing: MakeBilling) -> None:
    billing = make_billing("0.00", "0.00")
    billing.approved()
    cut_and_reconnect(billing)

    @operation
    def lift_again() -> None:
        services = [each.pk for each in billing.services]
        ledger.lift_freeze(services, case=None, by=None, at=APRIL_1)

    lift_again()
    assert {each.connected_on for each in billing.services} == {BACK.date()}
    assert Entry.objects.filter(kind=Event.BILLING_RESUMED).count() == 2
