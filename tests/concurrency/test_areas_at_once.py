"""A place is corrected while a service comes to it; with the control that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from threading import Event

import pytest
from django.db import connection, transaction

from consumers.choices import UtilityType
from consumers.models import Consumer, Premise, ServiceConnection
from consumers.oracles import services_in_another_area
from tests.concurrency.racing import SECONDS, as_owner, done, race
from tests.conftest import MakeConsumer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def correct(premise: int, patience: float, corrected: Event, connected: Event) -> None:
    """The area is written; before it is committed a service has come, or waits for it."""
    with transaction.atomic():  # noqa: TID251  (as another program would)
        Premise.objects.filter(pk=premise).update(area="Lakeside")
        corrected.set()
        connected.wait(patience)


def connect(consumer: int, premise: int, corrected: Event, connected: Event) -> None:
    assert corrected.wait(SECONDS)
    ServiceConnection.objects.create(
        consumer_id=consumer, premise_id=premise, utility_type=UtilityType.GAS,
        connected_on=date(2024, 12, 1),
    )  # fmt: skip
    connected.set()


def both(consumer: Consumer, *, patience: float) -> None:
    """``patience``  how many seconds the service has to come before the area is committed."""
    premise = consumer.connections.get().premise_id
    events = Event(), Event()
    acts = [
        partial(correct, premise, patience, *events),
        partial(connect, consumer.pk, premise, *events),
    ]
    outcomes = race(acts)
    assert len(done(outcomes)) == 2, outcomes


@contextmanager
def without_waiting() -> Iterator[None]:
    """The trigger reads the area without waiting for who writes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE proname LIKE 'pgtrigger_the_area_is_the_premise_s_%%'",
            [],
        )
        (written,) = cursor.fetchone()
    assert " FOR SHARE" in written
    as_owner(written.replace(" FOR SHARE", ""))
    try:
        yield
    finally:
        as_owner(written)


def test_a_service_has_the_area_that_is_corrected_meanwhile(make_consumer: MakeConsumer) -> None:
    both(make_consumer(), patience=1)  # in vain: the service waits for the commit
    assert [*ServiceConnection.objects.values_list("area", flat=True)] == ["Lakeside"] * 2
    assert services_in_another_area() == []


def test_control_without_waiting_it_keeps_the_former_one(make_consumer: MakeConsumer) -> None:
    consumer = make_consumer()
    with without_waiting():
        both(consumer, patience=SECONDS)
    assert len(services_in_another_area()) == 1
