"""What the database refuses about consumers, and that the oracles see what it would let through."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from consumers import oracles
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import (
    Category,
    CollectionMove,
    Consumer,
    Device,
    Guard,
    Meter,
    MeterAssignment,
    ProfileLock,
    ServiceConnection,
    Subcategory,
)
from consumers.operations import take_profile_lock
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.closing import past_every_guard
from tests.looking import put_back

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
    empty = ServiceConnection.objects.get(consumer=make_consumer("New House", with_meters=False))
    free = Meter.objects.create(number="FREE-1", utility_type=UtilityType.ELECTRICITY)
    assert (
        refused_by(
            lambda: MeterAssignment.objects.create(
                meter=meter, service_connection=empty, during=span
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


@pytest.mark.parametrize("field", ["consumer", "premise", "utility_type"])
def test_a_connection_stays_where_it_is(make_consumer: MakeConsumer, field: str) -> None:
    """CON14: moving it to another household or house would go round the guards."""
    own, other = (
        ServiceConnection.objects.get(consumer=make_consumer(f"Consumer {n}")) for n in range(2)
    )
    there = UtilityType.GAS if field == "utility_type" else getattr(other, field)
    mine = ServiceConnection.objects.filter(pk=own.pk)
    assert refused_by(lambda: mine.update(**{field: there})) == "a_connection_stays_where_it_is"
    assert mine.update(connected_on=date(2024, 1, 1)) == 1


def test_only_execute_ends_an_account_or_a_service(make_consumer: MakeConsumer) -> None:
    """W10: no statement goes round it; coming back is another matter."""
    one = Consumer.objects.filter(pk=make_consumer().pk)
    for status in ("INACTIVE", "DISCONNECTED"):
        refused = refused_by(partial(one.update, status=status))
        assert refused == "an_account_ends_by_execution"
    service = ServiceConnection.objects.filter(consumer__in=one)
    for state in (SupplyState.OFF_FOR_NOW, SupplyState.OFF_FOR_GOOD):
        refused = refused_by(partial(service.update, supply_state=state))
        assert refused == "supply_ends_by_execution"
    assert refused_by(partial(one.update, status="PENDING")) == "status_moves_along_arrows"


@pytest.mark.parametrize(
    ("old", "new", "is_back"), [("PENDING", "COLLECTION", False), ("COLLECTION", "PENDING", True)]
)
def test_a_move_of_collection_goes_round_no_arrow(
    old: str, new: str, is_back: bool, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """CON5: the row that lets an account come to Collection, or back, is forged."""
    one = make_consumer(status=old)
    CollectionMove.objects.create(consumer=one, is_back=is_back, at=at, by=person(Role.RECOVERY))
    mine = Consumer.objects.filter(pk=one.pk)
    assert refused_by(partial(mine.update, status=new)) == "status_moves_along_arrows"
    if is_back:
        assert mine.update(status="ACTIVE") == 1, "the control: the row itself is whole"


LAWFUL = {
    # Approved or moved in; cut off, for now or for good, or moved out.
    "PENDING": {"ACTIVE", "INACTIVE", "DISCONNECTED"},
    "ACTIVE": {"COLLECTION", "INACTIVE", "DISCONNECTED"},
    # Back; or to Inactive, because the household has moved out meanwhile.
    "COLLECTION": {"ACTIVE", "INACTIVE", "DISCONNECTED"},
    # Reconnected; or closed for good.
    "DISCONNECTED": {"ACTIVE", "INACTIVE"},
    # Reconnected or moved in; or cut off for now, where a service was left on.
    "INACTIVE": {"ACTIVE", "DISCONNECTED"},
}
"""From CON5 and ADR 29, not from the table that the trigger is made of."""


@pytest.mark.parametrize("old", AccountStatus)
def test_a_status_goes_on_along_the_arrows_alone(
    old: AccountStatus, make_consumer: MakeConsumer, as_owner: Callable[[], None]
) -> None:
    """CON5: with the triggers off that ask for the act, the lawful arrows are left."""
    one = Consumer.objects.filter(pk=make_consumer(status=old).pk)
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consumers_consumer DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'consumers_consumer'::regclass"
            " AND tgname LIKE '%%status_moves_along_arrows%%'"
        )
        ((name,),) = cursor.fetchall()
        cursor.execute(f"ALTER TABLE consumers_consumer ENABLE TRIGGER {name}")
    for new in AccountStatus:
        if new in {old, *LAWFUL[old]}:
            with put_back():
                assert one.update(status=new) == 1
        else:
            assert refused_by(partial(one.update, status=new)) == "status_moves_along_arrows"


def test_only_execute_archives_an_account(make_consumer: MakeConsumer, at: datetime) -> None:
    """DIS15: neither an active account nor one that has ended is archived by a statement."""
    one = Consumer.objects.filter(pk=make_consumer().pk)
    archived = "an_account_is_archived_by_execution"
    assert refused_by(lambda: one.update(archived_at=at)) == archived
    past_every_guard("consumers_consumer", "UPDATE consumers_consumer SET status = 'INACTIVE'")
    assert refused_by(lambda: one.update(archived_at=at)) == archived
    past_every_guard("consumers_consumer", "UPDATE consumers_consumer SET archived_at = %s", at)
    assert refused_by(lambda: one.update(archived_at=None)) == archived
    assert one.update(archived_at=at) == 1, "nothing changes"


def test_a_guard_stays_while_its_request_is_open(make_request: MakeRequest) -> None:
    """CON14: no statement by hand lifts it, turns it over to somebody else, or forges one."""
    made = make_request()
    guard = Guard.objects.get(placed_by=made.case.number)
    assert refused_by(guard.delete) == "guards_stay"
    assert refused_by(lambda: Guard.objects.update(placed_by="DIS-2024-999999")) == "guards_stay"
    other = make_request()
    forged = Guard(
        consumer=other.case.consumer, placed_by=made.case.number, placed_at=guard.placed_at
    )
    assert refused_by(forged.save) == "guards_are_needed"


def test_a_profiles_token_only_grows(
    make_consumer: MakeConsumer, person: MakePerson, as_owner: Callable[[], None], at: datetime
) -> None:
    """W8: otherwise a late submit under an old token would be taken for a live one."""
    sarah, emily = person(Role.CSE), person(Role.CALL_CENTRE)
    lock = take_profile_lock(
        consumer=make_consumer().pk, purpose=LockPurpose.CREATE_REQUEST, by=sarah, at=at
    )
    mine = ProfileLock.objects.filter(pk=lock.pk)
    for act in (lambda: mine.update(token=0), lambda: mine.update(holder=emily)):
        assert refused_by(act) == "tokens_only_grow"
    assert mine.update(holder=emily, token=2) == 1
    as_owner()  # the application has no right to remove a lock at all
    assert refused_by(lock.delete) == "tokens_only_grow"
