"""What a reconnection costs: charged once, taken back when nothing comes of it (DIS17)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.choices import PostingKind
from billing.models import LedgerTransaction
from billing.operations.arrangements import make_arrangement
from billing.queries.accounts import balances_of
from billing.rules.arrangements import ArrangementWish, Part
from disconnections.models import ReconnectionFee
from disconnections.operations import close_request
from disconnections.operations.reconnections import UnableToReconnect, UnableToTickReconnection
from tests.billing.paying import pay
from tests.disconnections.closing import make_billing, make_closing
from tests.disconnections.returning import MakeReturn, Return, make_return, set_fee
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = pytest.mark.django_db


def fees() -> list[LedgerTransaction]:
    return list(LedgerTransaction.objects.filter(kind=PostingKind.RECONNECTION_FEE))


def owed(back: Return) -> Decimal:
    return balances_of(back.consumer.pk).outstanding


def arrange(back: Return, total: str) -> None:
    wish = ArrangementWish(
        consumer=back.consumer.pk,
        total=Decimal(total),
        parts=(Part(back.day + timedelta(days=30), Decimal(total)),),
    )
    make_arrangement(wish=wish, by=back.robert, at=back.at)


def test_it_is_charged_once(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00")
    set_fee("60.00")
    assert [fee.reference for fee in fees()] == [back.case.number]
    assert owed(back) == back.gathered().facts.fee == Decimal("45.00")
    back.ready().execute()
    assert len(fees()) == 1
    assert owed(back) == 0
    assert_sound()


def test_nothing_is_charged_where_it_costs_nothing(make_return: MakeReturn) -> None:
    back = make_return()
    assert fees() == []
    assert owed(back) == 0
    assert not ReconnectionFee.objects.exists()


@pytest.mark.parametrize("is_paid", [False, True])
def test_it_is_taken_back_when_nothing_comes_of_it(make_return: MakeReturn, is_paid: bool) -> None:
    back = make_return(fee="45.00")
    if is_paid:
        back.settle()
    close_request(case=back.request.pk, reason="DUPLICATE", note="", by=back.sarah, at=back.at)
    assert owed(back) == (Decimal("-45.00") if is_paid else 0)
    assert back.gathered().facts.fee == 0
    assert fees()[0].reversed_by.reference == back.case.number
    assert_sound()


def test_it_has_to_be_paid(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00").ready()
    set_fee("0")
    assert back.missing() == ()
    pay_back = pay(back.consumer, "1.00", by=back.robert, at=back.at)
    assert pay_back.amount == 1
    assert back.missing() == ()


def test_an_arrangement_covers_it(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00")
    back.order()
    back.set()
    back.tell()
    back.tick("METER_VERIFIED", "READING_TAKEN", "CONSUMER_TOLD")
    with pytest.raises(UnableToTickReconnection, match=r"\$45.00 is still owed and not arranged"):
        back.tick("MONEY_SETTLED")
    arrange(back, "45.00")
    back.tick("MONEY_SETTLED")
    assert back.missing() == ()
    line = back.list().line("MONEY_SETTLED")
    assert line.evidence.words.startswith("Balance $45.00, fee $45.00; promised by PA-")
    back.execute()
    assert owed(back) == Decimal("45.00")


def test_an_arrangement_of_less_does_not(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00")
    arrange(back, "30.00")
    assert "$15.00 is still owed and not arranged" in [each.sentence for each in back.missing()]
    with pytest.raises(UnableToReconnect, match=r"\$15.00 is still owed"):
        back.execute()


def test_an_arrangement_that_was_missed_covers_nothing(make_return: MakeReturn) -> None:
    back = make_return(fee="45.00")
    arrange(back, "45.00")
    back.at += timedelta(days=31)
    assert "$45.00 is still owed and not arranged" in [each.sentence for each in back.missing()]
