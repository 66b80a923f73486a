"""The settlement of a request, as 004 words it (BIL2, BIL3; bad-inputs.md 68 to 76)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import SettlementChoice
from billing.operations.settlements import UnableToSettle
from billing.queries.settlements import PAYABLE, REFUND, get_settlement
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import DAY, LAST_DAY, MakeBilling

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 6


def test_the_sample(make_billing: MakeBilling) -> None:
    """004: $456.78, $200.00, ON → $256.78 payable; OFF → $456.78."""
    billing = make_billing()
    view = get_settlement(billing.case, on=DAY)
    assert (view.uses_deposit, view.is_chosen, view.can_toggle) == (True, False, True)
    assert (view.net, view.words) == (Decimal("256.78"), PAYABLE)
    assert view.last_payment is None
    billing.use_deposit(False)
    view = get_settlement(billing.case, on=DAY)
    assert (view.net, view.words, view.is_chosen) == (Decimal("456.78"), PAYABLE, True)
    assert view.asks_for_plan


@pytest.mark.parametrize(
    ("outstanding", "held", "uses", "net", "is_cleared"),
    [
        ("100.00", "200.00", True, "-100.00", False),
        ("-30.00", "0.00", False, "-30.00", False),
        ("0.00", "200.00", False, "0.00", True),
        ("0.00", "0.00", False, "0.00", True),
    ],
)
def test_refund_credit_and_cleared(
    make_billing: MakeBilling,
    outstanding: str,
    held: str,
    uses: bool,
    net: str,
    is_cleared: bool,
) -> None:
    """69, 72, 73."""
    view = get_settlement(make_billing(outstanding, held).case, on=DAY)
    assert (view.uses_deposit, view.net, view.is_cleared) == (uses, Decimal(net), is_cleared)
    assert (view.words == REFUND) == (view.net < 0)
    if is_cleared:
        assert view.due_on is None


def test_it_is_read_in_few_statements(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.read()
    billing.generate()
    with CaptureQueriesContext(connection) as asked:
        view = get_settlement(billing.case, on=DAY)
    assert len(asked) <= MOST_STATEMENTS, [each["sql"] for each in asked]
    assert not any("SUM(" in each["sql"].upper() for each in asked)
    assert view.after_bill is not None
    assert view.after_bill.due == Decimal("226.60") + Decimal("256.78")


def test_nothing_owed_but_a_bill_asks_again(make_billing: MakeBilling) -> None:
    """Decision 22."""
    billing = make_billing("0.00", "200.00")
    billing.read()
    billing.generate()
    assert get_settlement(billing.case, on=DAY).asks_again
    billing.use_deposit(False)
    assert not get_settlement(billing.case, on=DAY).asks_again


def test_no_deposit_no_use(make_billing: MakeBilling) -> None:
    """68."""
    billing = make_billing("10.00", "0.00")
    assert not get_settlement(billing.case, on=DAY).can_toggle
    with pytest.raises(UnableToSettle, match="No deposit to apply") as no:
        billing.use_deposit(True)
    assert no.value.http_status == 422
    assert not SettlementChoice.objects.exists()


def test_a_second_tab_is_refused(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.use_deposit(False)
    with pytest.raises(UnableToSettle, match="changed meanwhile") as no:
        billing.use_deposit(True)
    assert no.value.http_status == 409
    billing.use_deposit(True, version=1)
    entries = Entry.objects.filter(kind=Event.DEPOSIT_USE_SET).order_by("pk")
    assert [each.new["uses_deposit"] for each in entries] == [False, True]


def test_the_plan_for_a_deposit(make_billing: MakeBilling) -> None:
    billing = make_billing()
    billing.use_deposit(False)
    for plan, on in (
        ("", LAST_DAY),
        ("SELL", LAST_DAY),
        ("REFUND", None),
        ("KEEP", date(2024, 12, 9)),
    ):
        with pytest.raises(UnableToSettle) as no:
            billing.plan(plan, version=1, on=on)
        assert no.value.http_status == 422
    billing.plan("TRANSFER", version=1)
    view = get_settlement(billing.case, on=DAY)
    assert (view.deposit_plan, view.deposit_plan_on, view.uses_deposit) == (
        "TRANSFER", LAST_DAY, False,
    )  # fmt: skip


def test_a_temporary_closure_keeps_the_deposit(make_billing: MakeBilling) -> None:
    billing = make_billing(permanence="TEMPORARY")
    billing.use_deposit(False)
    assert not get_settlement(billing.case, on=DAY).asks_for_plan
    with pytest.raises(UnableToSettle, match="temporary"):
        billing.plan(version=1)
