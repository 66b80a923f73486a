"""Change of occupier: one household moves out, another in, and nobody pays for the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from billing.models import BillingRun, Invoice, LedgerEntry
from billing.operations.runs import go_on_with_run, start_billing_run
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.guards import LockIsHeld
from consumers.models import (
    Category,
    Consumer,
    HandedOverService,
    Meter,
    MeterAssignment,
    OccupancyChange,
    Premise,
    Reading,
    ServiceConnection,
)
from consumers.operations import take_profile_lock
from consumers.operations.standing import end_collection, move_to_collection
from consumers.rules.occupancy import NewAccount
from disconnections.queries.create import find_chosen
from smart360.comms.models import Message
from smart360.custody.operations.moving import change_occupier
from smart360.custody.render import to_json
from smart360.custody.rules.moving import MoveOut, MoveWish
from smart360.fieldwork.queries.offers import offer_for
from smart360.kernel.errors import Refusal, constraint_of
from smart360.local.demo.moves import NEWCOMERS, make_moves
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import owe
from tests.billing.rates import make_tariff
from tests.invariants import assert_sound
from tests.looking import put_back

pytestmark = pytest.mark.django_db
MakeConsumer = Callable[..., Consumer]
MakePerson = Callable[..., Person]
AT = datetime(2024, 12, 20, 16, 0, tzinfo=UTC)
MOVED_ON = date(2024, 12, 16)
BOTH = {UtilityType.ELECTRICITY: SupplyState.CONNECTED, UtilityType.WATER: SupplyState.CONNECTED}
NOVEMBER = (date(2024, 11, 1), date(2024, 11, 30))
DECEMBER = (date(2024, 12, 1), date(2024, 12, 31))
READ = {"ELECTRICITY": Decimal(18345), "WATER": Decimal(18260)}


@pytest.fixture
def by(person: MakePerson) -> Person:
    return person(Role.CSE)


def wish_for(consumer: Consumer, **other: object) -> MoveWish:
    """Everything at the consumer's premise goes to a new account."""
    services = consumer.connections.order_by("pk")
    premise = services[0].premise_id
    readings = {each.pk: READ[each.utility_type] for each in services if each.assignments.exists()}
    opens = NewAccount("Ana Ruiz", Category.objects.get(name="Residential").pk, email="a@x.example")
    wish = MoveWish(MoveOut(premise, MOVED_ON, readings), opens=opens)
    return replace(wish, **other)  # type: ignore[arg-type]


def move(consumer: Consumer, by: Person, **other: object) -> OccupancyChange:
    wish = wish_for(consumer, **other)
    return change_occupier(consumer=consumer.pk, wish=wish, by=by, at=AT, form_key=uuid4())


def refusal_of(consumer: Consumer, by: Person, **other: object) -> Refusal:
    before = Entry.objects.count()
    with pytest.raises(Refusal) as refused:
        move(consumer, by, **other)
    assert Entry.objects.count() == before
    assert not OccupancyChange.objects.exists()
    return refused.value


def run_cycle(cycle: tuple[date, date], by: Person) -> None:
    """A whole run, made the day after the cycle."""
    at = datetime.combine(cycle[1] + timedelta(days=1), AT.timetz())
    key = start_billing_run(period_from=cycle[0], period_to=cycle[1], by=by, at=at)
    while go_on_with_run(run=key, after=BillingRun.objects.get(pk=key).after, at=at):
        pass


# ------------------------------------------------------------------ it works
def test_supply_goes_over_and_nobody_pays_for_the_other(
    make_consumer: MakeConsumer, person: MakePerson, by: Person
) -> None:
    """Two bills for December: days, units and both readings fit together without a gap."""
    make_tariff(), make_tariff(UtilityType.WATER)
    biller = person(Role.BILLING)
    old = make_consumer(services=BOTH)
    run_cycle(NOVEMBER, biller)
    change = move(old, by)
    new = change.moved_in
    last = Invoice.objects.get(consumer=old, issued_on=date(2024, 12, 20))
    assert {(s.from_on, s.to_on) for s in last.sections.all()} == {
        (date(2024, 12, 1), date(2024, 12, 15))
    }
    used = {s.utility_type: (s.consumption, s.read_on) for s in last.sections.all()}
    assert used == {"ELECTRICITY": (Decimal(100), MOVED_ON), "WATER": (Decimal(15), MOVED_ON)}
    for meter in Meter.objects.all():
        shown = READ[meter.utility_type] + 30
        Reading.objects.create(meter=meter, value=shown, read_on=date(2024, 12, 31))
    billed = Invoice.objects.filter(consumer=old).count()
    run_cycle(DECEMBER, biller)
    assert Invoice.objects.filter(consumer=old).count() == billed, "nothing for what others use"
    first = Invoice.objects.get(consumer=new)
    assert {(s.from_on, s.to_on, s.consumption) for s in first.sections.all()} == {
        (MOVED_ON, date(2024, 12, 31), Decimal(30))
    }
    assert_sound()


def test_post_follows_who_moves_out(make_consumer: MakeConsumer, by: Person) -> None:
    """The last invoice goes to the new address, and the timeline says so; or nothing changes."""
    old, other = make_consumer(services=BOTH), make_consumer(account_number="OTHER-1")
    move(old, by, forwards_to="7 Quarry Lane, Chatham")
    old.refresh_from_db()
    assert (old.billing_address, old.version) == ("7 Quarry Lane, Chatham", 2)
    assert "7 QUARRY LANE" in old.search_text
    line = Entry.objects.get(consumer=old, kind=Event.PROFILE_CHANGED)
    assert line.new["fields"] == ["billing_address"]
    assert line.text is not None
    assert line.text.text == "Billing address: -- → 7 Quarry Lane, Chatham"
    move(other, by)
    other.refresh_from_db()
    assert other.billing_address == ""
    assert not Entry.objects.filter(consumer=other, kind=Event.PROFILE_CHANGED).exists()


def test_states_meters_and_timelines_say_who_lives_there(
    make_consumer: MakeConsumer, by: Person
) -> None:
    old = make_consumer(services=BOTH)
    change = move(old, by)
    new = change.moved_in
    old.refresh_from_db()
    assert (old.status, old.archived_at, new.status) == ("INACTIVE", None, "ACTIVE")
    assert new.account_number.startswith("ACC-2024-")
    assert "OAK" in new.search_text
    assert set(old.connections.values_list("supply_state", flat=True)) == {"MOVED_OUT"}
    assert not old.connections.filter(billing_frozen_at=None).exists()
    there = new.connections.order_by("pk")
    assert [(s.supply_state, s.connected_on) for s in there] == [("CONNECTED", MOVED_ON)] * 2
    midnight = datetime(2024, 12, 16, 6, tzinfo=UTC)  # in Chicago
    spans = [each.during for each in MeterAssignment.objects.order_by("meter", "during")]
    assert [(each.lower, each.upper) for each in spans[1::2]] == [(midnight, None)] * 2
    assert [each.upper for each in spans[::2]] == [midnight] * 2
    assert Reading.objects.filter(read_on=MOVED_ON, verification="VERIFIED").count() == 2
    assert not Invoice.objects.exists(), "before the first run of all, others billed it"
    lines = Entry.objects.filter(consumer__in=(old, new)).order_by("pk")
    told = [(line.consumer_id, line.kind) for line in lines]
    assert told.count((old.pk, Event.MOVED_OUT)) == told.count((new.pk, Event.MOVED_IN)) == 1
    assert told.count((old.pk, Event.STATUS_CHANGED)) == 1
    assert told.count((new.pk, Event.ACCOUNT_OPENED)) == 1
    said = Message.objects.order_by("pk")
    assert [each.consumer_id for each in said] == [old.pk, new.pk]
    assert "Ruiz" not in said[0].body.text, "neither learns of the other"
    mine, theirs = (to_json(each, at=AT).decode() for each in (old, new))
    assert new.account_number not in mine, "nor from an export of their data"
    assert old.account_number not in theirs
    assert "Electricity 18345 kWh; Water 18260 m³" in said[1].body.text
    assert_sound()


def test_what_was_billed_to_the_day_is_billed_to_the_reading(
    make_consumer: MakeConsumer, person: MakePerson, by: Person
) -> None:
    """Moved on the day after the last cycle: the days are billed, the units are not."""
    make_tariff(tax="")
    old = make_consumer()
    run_cycle((date(2024, 12, 1), date(2024, 12, 15)), person(Role.BILLING))
    before = Invoice.objects.get()
    move(old, by)
    last = Invoice.objects.exclude(pk=before.pk).get()
    section = last.sections.get()
    assert (section.from_on, section.to_on, section.consumption) == (
        MOVED_ON,
        MOVED_ON,
        Decimal(100),
    )
    assert not section.lines.filter(kind="FIXED").exists()
    assert_sound()


def test_who_was_here_before_moves_in_and_back(make_consumer: MakeConsumer, by: Person) -> None:
    """An account that was Inactive is Active again; the same place twice uses its connection."""
    old, other = make_consumer(), make_consumer("Ana Ruiz", address="7 Elm Street")
    premise = old.connections.get().premise
    move(old, by, opens=None, account=other.pk, notifies=False)
    committed("SELECT 1")
    assert not Message.objects.exists()
    old.refresh_from_db()
    assert old.status == AccountStatus.INACTIVE
    back = other.connections.get(premise=premise)
    out = MoveOut(premise.pk, date(2024, 12, 18), {back.pk: Decimal(18345)})
    wish = MoveWish(out, account=old.pk)
    change_occupier(consumer=other.pk, wish=wish, by=by, at=AT, form_key=uuid4())
    old.refresh_from_db()
    assert (old.status, old.connections.count()) == (AccountStatus.ACTIVE, 1)
    mine = old.connections.get()
    assert (mine.supply_state, mine.connected_on, mine.billing_frozen_at) == (
        SupplyState.CONNECTED, date(2024, 12, 18), None,
    )  # fmt: skip
    other.refresh_from_db()
    assert other.status == AccountStatus.ACTIVE, "still supplied in Elm Street"
    elm = other.connections.exclude(premise=premise).get().pk
    assert [each.id for each in offer_for(other, None).services] == [elm], "nobody is sent to Oak"
    found = find_chosen(other.account_number, to=by, at=AT)
    assert found is not None
    assert [each.id for each in found.connections] == [elm]
    assert_sound()


def test_the_same_form_again_is_one_move(make_consumer: MakeConsumer, by: Person) -> None:
    old, key = make_consumer(), uuid4()
    wish = wish_for(old)
    both = [
        change_occupier(consumer=old.pk, wish=wish, by=by, at=AT, form_key=key) for _ in range(2)
    ]
    assert both[0] == both[1]
    assert OccupancyChange.objects.count() == 1


# ------------------------------------------------------------------ it refuses
@pytest.mark.parametrize(
    ("moved_on", "value", "field", "words"),
    [
        (None, 18345, "moved_on", "required"),
        (date(2024, 12, 21), 18345, "moved_on", "not come yet"),
        (date(2023, 12, 1), 18345, "moved_on", "last year"),
        (date(2024, 1, 15), 18345, "moved_on", "supplied since Jan 15, 2024"),
        (date(2024, 11, 29), 18345, "moved_on", "before the last reading on Nov 30, 2024"),
        (MOVED_ON, 18244, "reading", "greater than the previous reading (18245 kWh)"),
        (MOVED_ON, None, "reading", "required"),
    ],
)
def test_a_day_or_a_reading_that_cannot_be(
    make_consumer: MakeConsumer, by: Person, moved_on: date | None, value: int | None,
    field: str, words: str,
) -> None:  # fmt: skip
    old = make_consumer()
    mine = old.connections.get()
    shown = None if value is None else Decimal(value)
    refused = refusal_of(old, by, out=MoveOut(mine.premise_id, moved_on, {mine.pk: shown}))
    assert refused.field == (f"reading_{mine.pk}" if field == "reading" else field)
    assert words in refused.sentence


def test_an_account_that_cannot_move_in(make_consumer: MakeConsumer, by: Person) -> None:
    old = make_consumer()
    cut = make_consumer("Bo", status=AccountStatus.DISCONNECTED, address="9 Elm Street")
    for account, words in ((None, "required"), (old.pk, "moves out"), (cut.pk, "reconnect it")):
        refused = refusal_of(old, by, opens=None, account=account)
        assert refused.field == "account"
        assert words in refused.sentence
    foreign = NewAccount("Ana Ruiz", 0)
    assert refusal_of(old, by, opens=foreign).field == "category"
    nothing = make_consumer("Cy", services={UtilityType.WATER: SupplyState.OFF_FOR_GOOD})
    assert "Nothing is supplied" in refusal_of(nothing, by).sentence


def test_while_a_request_is_open_or_somebody_holds_a_profile(
    make_consumer: MakeConsumer,
    make_request: Callable[..., object],
    person: MakePerson,
    by: Person,
) -> None:
    """On either of the two."""
    old, asked = make_consumer(), make_consumer("Ana Ruiz", address="7 Elm Street")
    make_request(asked, moment=AT - timedelta(hours=1))
    number = asked.guards.get().placed_by
    refused = refusal_of(old, by, opens=None, account=asked.pk)
    assert (refused.is_conflict, number in refused.sentence) == (True, True)
    assert number in refusal_of(asked, by, opens=None, account=old.pk).sentence
    take_profile_lock(
        consumer=old.pk, purpose=LockPurpose.EDIT_PROFILE, by=person(Role.SUPERVISOR), at=AT
    )
    assert isinstance(refusal_of(old, by), LockIsHeld)


def test_what_is_billed_already_is_taken_back_first(
    make_consumer: MakeConsumer, person: MakePerson, by: Person
) -> None:
    make_tariff()
    old = make_consumer()
    run_cycle((date(2024, 12, 1), date(2024, 12, 18)), person(Role.BILLING))
    refused = refusal_of(old, by)
    assert refused.field == "moved_on"
    assert "billed up to Dec 18, 2024 already" in refused.sentence


def test_an_unusual_reading_is_said_twice(make_consumer: MakeConsumer, by: Person) -> None:
    old = make_consumer()
    meter = old.connections.get().assignments.get().meter
    for month in range(2, 11):
        Reading.objects.create(meter=meter, read_on=date(2024, month, 1), value=9000 + 100 * month)
    wish = wish_for(old)
    mine = old.connections.get()
    far = replace(wish.out, readings={mine.pk: Decimal(99000)})
    assert refusal_of(old, by, out=far).field == "confirms_unusual"
    assert move(old, by, out=far, confirms_unusual=True).pk


# ------------------------------------------------------------------ the lowest level
def refused_by(sql: str, *values: int | date) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        committed(sql, *values)
    return constraint_of(refused.value)


def committed(sql: str, *values: int | date) -> None:
    """As a transaction of its own would be."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_takes_no_half_move(make_consumer: MakeConsumer, by: Person) -> None:
    """Status, supply, guard and day: none without its row, and no row without all of it."""
    old, new = make_consumer(), make_consumer("Ana Ruiz", address="7 Elm Street")
    mine = old.connections.get()
    end = "UPDATE consumers_serviceconnection SET supply_state = 'MOVED_OUT' WHERE id = %s"
    assert refused_by(end, mine.pk) == "supply_ends_by_execution"
    inactive = "UPDATE consumers_consumer SET status = 'INACTIVE' WHERE id = %s"
    assert refused_by(inactive, old.pk) == "an_account_ends_by_execution"
    insert = (
        "INSERT INTO consumers_occupancychange"
        " (premise_id, moved_out_id, moved_in_id, moved_on, made_at, made_by_id, in_transaction)"
        " VALUES (%s, %s, %s, %s, now(), %s, 0)"
    )
    facts = (mine.premise_id, old.pk, new.pk)
    tomorrow = date(2999, 1, 1)
    assert refused_by(insert, *facts, tomorrow, by.pk) == "a_move_is_not_of_the_future"
    itself = (mine.premise_id, old.pk, old.pk)
    assert refused_by(insert, *itself, MOVED_ON, by.pk) == "nobody_moves_in_after_themselves"
    alone = refused_by(insert, *facts, MOVED_ON, by.pk)
    assert alone == "a_move_hands_something_over", "its row alone would end accounts"
    with put_back():
        _refuses_half_a_service(insert, facts, mine, new, by)
    with put_back(), connection.cursor() as cursor:
        cursor.execute(insert, [*facts, MOVED_ON, by.pk])
        assert refused_by(inactive, old.pk) == "an_account_ends_by_execution", "still supplied"
    disconnected = "UPDATE consumers_consumer SET status = 'DISCONNECTED' WHERE id = %s"
    assert refused_by(disconnected, old.pk) == "an_account_ends_by_execution"


def _refuses_half_a_service(
    insert: str, facts: tuple[int, int, int], mine: ServiceConnection, new: Consumer, by: Person
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{insert} RETURNING id", [*facts, MOVED_ON, by.pk])
        (change,) = cursor.fetchone()
    service = (
        "INSERT INTO consumers_handedoverservice (change_id, from_connection_id, to_connection_id)"
        " VALUES (%s, %s, %s)"
    )
    theirs = new.connections.get()
    assert refused_by(service, change, mine.pk, theirs.pk) == "a_service_goes_over_as_it_is"
    there = ServiceConnection.objects.create(
        consumer=new, premise=Premise.objects.get(pk=mine.premise_id), connected_on=MOVED_ON,
        utility_type=mine.utility_type,
    )  # fmt: skip
    assert refused_by(service, change, mine.pk, there.pk) == "a_service_goes_over_whole"


def test_a_move_stays_and_bills_nothing_more(make_consumer: MakeConsumer, by: Person) -> None:
    old = make_consumer()
    move(old, by)
    handed = HandedOverService.objects.get()
    for change in (
        "UPDATE consumers_occupancychange SET moved_on = moved_on + 1",
        "DELETE FROM consumers_handedoverservice",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():  # noqa: TID251
            committed(change)
    frozen = handed.from_connection
    assert frozen.billing_frozen_at == AT
    assert not LedgerEntry.objects.filter(service_connection=frozen).exists()


def test_the_demo_shows_some_who_moved(make_consumer: MakeConsumer, person: MakePerson) -> None:
    """Who was cut off or has a request open stays; a second start of the demo moves nobody."""
    person(Role.CSE, username="cse")
    homes = [make_consumer(f"Home {number}", address=f"{number} Elm Street") for number in range(4)]
    make_consumer("Cy", status=AccountStatus.DISCONNECTED, address="9 Elm Street")
    for _ in range(2):
        make_moves(at=AT)
    moved = OccupancyChange.objects.order_by("pk")
    assert [each.moved_out for each in moved] == homes[:0:-1]
    assert {each.moved_in.name for each in moved} == set(NEWCOMERS)


@pytest.mark.django_db(transaction=True)  # the move and the end are two transactions
def test_who_left_with_debts_is_inactive_after_collection(
    make_consumer: MakeConsumer, person: MakePerson, by: Person
) -> None:
    make_tariff(), make_tariff(UtilityType.WATER)
    old, robert = make_consumer(services=BOTH), person(Role.RECOVERY)
    owe(old, "120", at=AT)
    why = "Three reminders without an answer"
    said: dict[str, Any] = {"consumer": old.pk, "reason": why, "by": robert, "at": AT}
    move_to_collection(**said, form_key=uuid4())
    move(old, by)
    assert Consumer.objects.get(pk=old.pk).status == AccountStatus.COLLECTION
    assert end_collection(**said, form_key=uuid4()).status == AccountStatus.INACTIVE
