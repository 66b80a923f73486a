"""The demo's sample account: 004 §8 to the cent (ADM3)."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from billing.models import Invoice
from billing.queries.financial import account_of
from billing.rules.settlement import Settlement
from consumers.models import Consumer
from smart360.local.demo.accounts import accounts
from smart360.local.demo.cast import CATEGORIES, STAFF
from smart360.local.demo.money import SAMPLE, TARIFFS, make_sample
from smart360.local.demo.operations import add_tariffs
from smart360.local.operations import add_accounts, add_staff
from smart360.organisation.models import Utility
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db


def test_the_sample_of_the_documents(utility: Utility) -> None:
    """Outstanding $456.78 due Nov 30, 2024, $150.00 paid on Oct 15, a deposit of $200.00."""
    add_staff(people=STAFF[:4], password="a-long-enough-password")
    every = accounts(date(2024, 12, 10), Random(36))
    add_accounts(accounts=every[:1], categories=CATEGORIES)
    add_tariffs(tariffs=TARIFFS)
    for _ in range(2):  # a second start finds it there
        make_sample()
    john = Consumer.objects.get(account_number=SAMPLE)
    found, _ = account_of(john.pk, today=date(2024, 12, 10))
    assert (found.outstanding, found.due_on) == (Decimal("456.78"), date(2024, 11, 30))
    assert found.last is not None
    assert (found.last.amount, found.last.paid_on) == (Decimal("150.00"), date(2024, 10, 15))
    assert found.last.method == "Online Banking"
    assert found.days_overdue > 90  # NP-001: the balance exceeds 90 days
    deposit = john.deposits.get()
    assert (deposit.amount, deposit.received_on) == (Decimal("200.00"), date(2024, 1, 15))
    settled = Settlement(found.outstanding, found.deposit, uses_deposit=True)
    assert (settled.net, found.net) == (Decimal("256.78"), Decimal("256.78"))
    assert Invoice.objects.filter(consumer=john, billed__gt=0).count() == 4
    assert_sound()
