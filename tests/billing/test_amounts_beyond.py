"""What is too large to be kept is refused in a sentence, and leaves nothing behind (M12)."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DataError, connection

from billing.models import BillingPolicy, Invoice, LedgerTransaction, Payment, TariffSlab
from billing.queries.accounts import balances_of
from smart360.kernel.db import operation
from smart360.kernel.errors import TooLargeToKeep
from smart360.staff.choices import Role
from tests.billing.final_billing import MakeBilling
from tests.billing.paying import pay
from tests.conftest import MakeConsumer, MakePerson

pytestmark = pytest.mark.django_db
MOST = "999999999999.99"
"""The largest payment that a policy may allow, and the largest balance that there is."""


def test_a_credit_never_grows_beyond_its_account(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    BillingPolicy.objects.update(largest_payment=Decimal(MOST))
    consumer, by = make_consumer(), person(Role.BILLING)
    pay(consumer, MOST, by=by, at=at)
    with pytest.raises(TooLargeToKeep) as refused:
        pay(consumer, "0.01", by=by, at=at)
    assert refused.value.http_status == 422
    assert balances_of(consumer.pk).credit == Decimal(MOST)
    assert (Payment.objects.count(), LedgerTransaction.objects.count()) == (1, 1)


def test_a_confirmed_reading_beyond_belief_is_never_approved(make_billing: MakeBilling) -> None:
    billing = make_billing()
    far = Decimal("999999999.999")
    billing.read(billing.wish(value=far, confirms_unusual=True), billing.wish(1))
    TariffSlab.objects.update(rate=Decimal(20))
    billing.generate()
    with pytest.raises(TooLargeToKeep):
        billing.approve(by=billing.david)
    assert Invoice.objects.get().state == "DRAFT"
    assert not Invoice.objects.get().sections.exists()


def test_other_wrong_data_stays_the_error_that_it_was() -> None:
    @operation
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DataError):
        act()
