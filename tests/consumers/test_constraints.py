"""What the database refuses about consumers, and that the oracles see what it would let through."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from consumers import oracles
from consumers.choices import SupplyState, UtilityType
from consumers.models import (
    Category,
    Consumer,
    Device,
    Meter,
    MeterAssignment,
    ServiceConnection,
    Subcategory,
)
from smart360.kernel.errors import constraint_of
from tests.conftest import MakeConsumer

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused_by(act: Callable[[], object]) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act()
    return constraint_of(refused.value)


def test_a_meter_is_in_one_place_and_a_place_has_one_meter(make_consumer: MakeConsumer) -> None:
    """W12."""
    one, other = make_consumer(), make_consumer("Ann Other")
    meter = Meter.objects.get(assignments__service_connection__consumer=one)
    there = ServiceConnection.objects.get(consumer=other)
    span = (datetime(2024, 6, 1, tzinfo=UTC), None)
    free = Meter.objects.create(number="FREE-1", utility_type=UtilityType.ELECTRICITY)
    assert (
        refused_by(
            lambda: MeterAssignment.objects.create(
                meter=meter, service_connection=there, during=span
            )
        )
        == "a_meter_is_assigned_once_at_a_time"
    )
    assert (
        refused_by(
            lambda: MeterAssignment.objects.create(
                meter=free, service_connection=there, during=span
            )
        )
        == "a_connection_has_one_meter_at_a_time"
    )
    assert oracles.meters_in_two_places() == []


def test_a_device_is_on_one_meter(make_consumer: MakeConsumer) -> None:
    """W12."""
    make_consumer()
    device = Device.objects.get()
    assert refused_by(
        lambda: Meter.objects.create(
            number="M-2", utility_type=UtilityType.ELECTRICITY, device=device
        )
    )
    assert oracles.devices_on_two_meters() == []


def test_a_subcategory_is_one_of_the_category(make_consumer: MakeConsumer) -> None:
    consumer = make_consumer()
    shop = Subcategory.objects.create(
        category=Category.objects.create(name="Commercial"), name="Shop"
    )
    mine = Consumer.objects.filter(pk=consumer.pk)
    assert (
        refused_by(lambda: mine.update(subcategory=shop)) == "subcategory_belongs_to_the_category"
    )
    standard = Subcategory.objects.filter(name="Standard")
    assert (
        refused_by(lambda: standard.update(category=shop.category))
        == "subcategory_belongs_to_the_category"
    )
    assert oracles.subcategories_of_another_category() == []


@pytest.mark.parametrize("number", ["", "acc-1", " ACC", "A B", "ÄCC", "-A", "A\nB"])
def test_account_numbers_are_upper_case(make_consumer: MakeConsumer, number: str) -> None:
    consumer = make_consumer()
    consumer.pk = None
    consumer.account_number = number
    assert refused_by(consumer.save) == "account_number_is_upper_case"


def test_the_oracle_sees_a_meter_of_another_utility(make_consumer: MakeConsumer) -> None:
    make_consumer(services={UtilityType.WATER: SupplyState.CONNECTED})
    assert oracles.meters_on_the_wrong_utility() == []
    Meter.objects.update(utility_type=UtilityType.GAS)
    assert len(oracles.meters_on_the_wrong_utility()) == 1
