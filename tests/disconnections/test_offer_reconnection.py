"""Who was cut off for debt and pays is offered a reconnection, once (BEY4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from billing.queries.accounts import balances_of
from disconnections.models import Reason
from disconnections.queries.undoing import reconnection_offer
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from tests.billing.paying import pay
from tests.conftest import MakePerson, MakeRequest
from tests.disconnections.closing import (
    ANSWERED,
    Closing,
    MakeClosing,
    as_committed,
    make_billing,
    make_closing,
)
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db


def cut_off(make_closing: MakeClosing, *, for_debt: bool = True) -> Closing:
    """Somebody whose services were switched off for now and who still owes $80.00."""
    closing = make_closing(permanence="TEMPORARY").ready()
    closing.execute()
    as_committed()
    Reason.objects.filter(code="CR-001").update(is_for_debt=for_debt, is_wished=not for_debt)
    closing.billing.owe("80.00")
    return closing


def settle(closing: Closing, amount: str) -> None:
    pay(closing.consumer, amount, by=closing.billing.robert, at=closing.at)


def offers() -> list[Notice]:
    return list(Notice.objects.filter(dedupe_key__startswith="reconnect:"))


def test_the_payment_that_settles_makes_the_offer(
    make_closing: MakeClosing, person: MakePerson
) -> None:
    closing = cut_off(make_closing)
    others = [person(Role.SUPERVISOR), person(Role.CALL_CENTRE), person(Role.BILLING)]
    settle(closing, "79.99")
    assert offers() == []
    settle(closing, "0.01")
    told = offers()
    assert {each.person_id for each in told} >= {
        closing.sarah.pk, closing.billing.robert.pk, others[0].pk,
    }  # fmt: skip
    assert not {each.person_id for each in told} & {others[1].pk, others[2].pk}
    account = closing.consumer.account_number
    assert {each.path for each in told} == {f"/cx/disconnections/new?consumer={account}"}
    assert {each.sentence for each in told} == {
        f"{closing.case.number}: the account is settled and can be reconnected"
    }
    offer = reconnection_offer(closing.consumer.pk)
    assert offer is not None
    assert offer.number == closing.case.number
    assert_sound()


def test_the_profile_offers_it(
    make_closing: MakeClosing, client_as: Callable[..., Client], person: MakePerson
) -> None:
    closing = cut_off(make_closing)
    path = f"/cx/consumer-management/{closing.consumer.account_number}"
    offered = "Create the reconnection request"
    desk = client_as(closing.sarah)
    assert offered not in desk.get(path).content.decode()
    settle(closing, "80.00")
    page = desk.get(path).content.decode()
    assert offered in page
    assert closing.case.number in page
    assert offered not in client_as(person(Role.BILLING)).get(path).content.decode()


def test_it_is_made_once(make_closing: MakeClosing) -> None:
    closing = cut_off(make_closing)
    settle(closing, "80.00")
    before = len(offers())
    closing.billing.owe("5.00")
    settle(closing, "5.00")
    assert len(offers()) == before


def test_who_wished_to_go_is_not_asked_back(make_closing: MakeClosing) -> None:
    closing = cut_off(make_closing, for_debt=False)
    settle(closing, "80.00")
    assert offers() == []
    assert reconnection_offer(closing.consumer.pk) is None


def test_nothing_is_offered_while_a_request_is_open(
    make_closing: MakeClosing, make_request: MakeRequest
) -> None:
    closing = cut_off(make_closing)
    later = closing.at + timedelta(days=1)
    make_request(closing.consumer, moment=later, reason="RC-001", **ANSWERED)
    settle(closing, "80.00")
    assert balances_of(closing.consumer.pk).outstanding == 0
    assert offers() == []
