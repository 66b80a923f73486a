"""A payment or a hold lands while somebody is being sent, with a control without the locks."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from billing.operations.payments import record_payment
from consumers.choices import AccountHoldKind
from consumers.models import Consumer
from consumers.operations import HoldWish, place_account_hold
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge
from smart360.fieldwork import orders
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder, TechnicianDay
from smart360.fieldwork.operations import assign_service_order
from smart360.fieldwork.oracles import orders_that_outlive_their_request
from smart360.fieldwork.ports import Verdict
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import owe, payment_wish
from tests.concurrency.racing import done, race, without_index, without_triggers
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.protecting import TODAY
from tests.fieldwork.working import MONDAY, order_from_case, technician

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
FEW = 6


def sending(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    count: int,
) -> list[tuple[Consumer, partial[Any]]]:
    """Debtors whose order waits for a technician, each with the act that sends one."""
    clerk, dispatcher = person(Role.CSE), person(Role.DISPATCHER)
    waiting = []
    for _ in range(count):
        consumer = make_consumer()
        owe(consumer, "120.00", at=at)
        made = make_request(consumer, by=clerk, preferred_on=MONDAY)
        acknowledge(case=made.pk, by=clerk, at=at)
        waiting.append((consumer, order_from_case(made.pk, by=dispatcher, at=at)))
    mike = technician(person(Role.TECHNICIAN), minutes=1440)
    return [
        (
            consumer,
            partial(
                assign_service_order,
                service_order=order.pk,
                technician=mike.pk,
                by=dispatcher,
                at=at,
                form_key=uuid4(),
            ),
        )
        for consumer, order in waiting
    ]


def paying(consumer: Consumer, by: Person, at: datetime) -> partial[Any]:
    return partial(record_payment, wish=payment_wish(consumer, "120.00"), by=by, at=at)


def protecting(consumer: Consumer, by: Person, at: datetime) -> partial[Any]:
    wish = HoldWish(kind=AccountHoldKind.MEDICAL, source="CERT-1", from_on=TODAY)
    return partial(
        place_account_hold, consumer=consumer.pk, wish=wish, by=by, at=at, form_key=uuid4()
    )


def test_who_pays_is_not_visited(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """BEY2: whoever is first, in the end nobody goes there and no minute is planned."""
    robert = person(Role.RECOVERY)
    going = sending(make_consumer, make_request, person, at, FEW)
    acts = [act for consumer, send in going for act in (paying(consumer, robert, at), send)]
    race(acts)
    assert set(Case.objects.values_list("status", flat=True)) == {CaseStatus.CLOSED}
    assert set(ServiceOrder.objects.values_list("status", flat=True)) == {OrderStatus.CANCELLED}
    assert not TechnicianDay.objects.filter(planned__gt=0).exists()
    assert orders_that_outlive_their_request() == []


def test_who_is_protected_is_not_visited(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    david = person(Role.SUPERVISOR)
    going = sending(make_consumer, make_request, person, at, FEW)
    acts = [act for consumer, send in going for act in (protecting(consumer, david, at), send)]
    race(acts)
    assert set(Case.objects.values_list("status", flat=True)) == {CaseStatus.ON_HOLD}
    assert set(ServiceOrder.objects.values_list("status", flat=True)) == {OrderStatus.SCHEDULED}
    assert not TechnicianDay.objects.filter(planned__gt=0).exists()


def test_without_the_locks_somebody_is_sent_to_who_paid(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the payment lands between look and send, and no lock, trigger or check stands.

    With the locks it would wait until somebody was sent, and then take the order back.
    """
    robert = person(Role.RECOVERY)
    [(consumer, send)] = sending(make_consumer, make_request, person, at, 1)
    ask = orders.ask_ports

    def unlocked(service_order: int) -> ServiceOrder:
        found = ServiceOrder.objects.select_related(
            "case", "consumer", "technician__person", "template__skill"
        )
        return found.get(pk=service_order)

    def paid_meanwhile(*args: Any, **more: Any) -> Verdict:
        assert done(race([paying(consumer, robert, at)]))
        return ask(*args, **more)

    monkeypatch.setattr(orders, "lock_order", unlocked)
    monkeypatch.setattr(orders, "ask_ports", paid_meanwhile)
    monkeypatch.setattr("disconnections.protecting.is_without_its_debt", lambda _: False)
    with (
        without_triggers("fieldwork_serviceorder"),
        without_index("an_ended_order_says_when"),
        without_index("a_cancelled_order_says_why"),
    ):
        send()
        sent = ServiceOrder.objects.filter(status=OrderStatus.ASSIGNED)
        assert sent.filter(case__status=CaseStatus.CLOSED).exists()
