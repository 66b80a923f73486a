"""Creating a request: works; refuses; leaves nothing behind; one line; owes one message."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.guards import LockIsHeld, LockIsLost
from consumers.models import Consumer, Guard, ProfileLock
from consumers.operations import take_profile_lock
from disconnections.models import DisconnectionRequest, Reason, SlotDay, TimeSlot
from disconnections.operations import UnableToCreate, create_request
from smart360.cases.choices import CaseKind, CaseStatus
from smart360.cases.models import Case
from smart360.comms.models import Delivery, Message
from smart360.kernel.errors import Refusal
from smart360.organisation.models import BusinessCalendar, Holiday
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from smart360.web.models import Draft, FormKey
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, wish_for

OCCURS_ON = date(2024, 12, 15)


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


def held(consumer: Consumer, by: Person, at: datetime) -> int:
    return take_profile_lock(
        consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=at
    ).token


def test_create_stores_everything_the_form_asked(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    consumer = make_consumer()
    slot = TimeSlot.objects.get(starts=time(10))
    wish = wish_for(
        consumer,
        lock_token=held(consumer, sarah, at),
        preferred_on=OCCURS_ON,
        slot=slot.pk,
        notes="Customer requested morning slot due to work schedule",
        identity_check="DOCUMENT_SEEN",
        identity_document="DRIVING_LICENCE",
        identity_last_four="1234",
    )
    made = create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    case = Case.objects.get(pk=made.pk)
    assert re.fullmatch(r"DIS-2024-\d{6}", case.number)
    assert (case.kind, case.status, case.priority) == ("DISCONNECTION", "PENDING", "HIGH")
    assert case.created_by == sarah
    assert case.due_at == at + timedelta(hours=24)
    assert made.slot == slot
    assert made.booking is not None
    assert made.booking.booked == 1
    assert made.notes.startswith("Customer requested")
    assert made.service_address == "123 Oak Street, Springfield, IL 62701"


def test_create_writes_one_timeline_line_and_owes_one_message_and_one_receipt(
    make_request: MakeRequest,
) -> None:
    """N1, W3, AC019: in the same transaction, once each."""
    made = make_request(reason="CR-001")
    created = Entry.objects.filter(case=made.case, kind=Event.CREATED)
    assert created.count() == 1
    assert Message.objects.filter(case=made.case).count() == 1
    assert Delivery.objects.get(message__case=made.case).state == "QUEUED"
    assert OwedWork.objects.filter(kind="comms.deliver").count() == 1
    assert OwedWork.objects.filter(dedupe_key=f"receipt:{made.case.number}").count() == 1


def test_create_without_notification_sends_nothing(make_request: MakeRequest) -> None:
    """COM3: an unticked box rules courtesy messages."""
    made = make_request(reason="CR-001", notifies_consumer=False)
    assert not Message.objects.filter(case=made.case).exists()


def test_create_without_address_leaves_a_visible_not_sent(
    make_request: MakeRequest, make_consumer: MakeConsumer
) -> None:
    made = make_request(make_consumer(email=""), reason="CR-001")
    assert Delivery.objects.get(message__case=made.case).state == "NOT_SENT"
    assert not OwedWork.objects.filter(kind="comms.deliver").exists()


def test_create_ends_the_hold_on_the_profile_and_guards_it(make_request: MakeRequest) -> None:
    """CON14."""
    made = make_request()
    guard = Guard.objects.get(consumer=made.case.consumer)
    assert guard.placed_by == made.case.number
    lock = ProfileLock.objects.get(consumer=made.case.consumer)
    assert lock.expires_at <= made.case.created_at


@pytest.mark.parametrize(
    ("status", "supply", "kind"),
    [
        (AccountStatus.ACTIVE, SupplyState.CONNECTED, CaseKind.DISCONNECTION),
        (AccountStatus.PENDING, SupplyState.CONNECTED, CaseKind.DISCONNECTION),
        (AccountStatus.COLLECTION, SupplyState.CONNECTED, CaseKind.DISCONNECTION),
        (AccountStatus.INACTIVE, SupplyState.OFF_FOR_GOOD, CaseKind.RECONNECTION),
        (AccountStatus.DISCONNECTED, SupplyState.OFF_FOR_NOW, CaseKind.RECONNECTION),
        (AccountStatus.ACTIVE, SupplyState.OFF_FOR_NOW, CaseKind.RECONNECTION),
    ],
)
def test_the_type_follows_from_the_consumer(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    status: AccountStatus,
    supply: SupplyState,
    kind: CaseKind,
) -> None:
    """AC003, W5: never from the form."""
    consumer = make_consumer(status=status, services={UtilityType.ELECTRICITY: supply})
    reason = "NP-001" if kind == CaseKind.DISCONNECTION else "RC-001"
    made = make_request(consumer, reason=reason)
    assert made.case.kind == kind
    assert made.case.number.startswith("DIS-" if kind == CaseKind.DISCONNECTION else "REC-")
    assert made.consumer_status == status


def refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime, **wishes: Any
) -> UnableToCreate:
    consumer = make_consumer()
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at), **wishes)
    before = (Case.objects.count(), Entry.objects.count(), OwedWork.objects.count())
    with pytest.raises(UnableToCreate) as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    after = (Case.objects.count(), Entry.objects.count(), OwedWork.objects.count())
    assert before == after, "a refused request leaves nothing behind"
    assert not FormKey.objects.exists()
    assert not SlotDay.objects.filter(booked__gt=0).exists()
    return refusal.value


def test_a_past_date_is_refused(make_consumer: MakeConsumer, sarah: Person, at: datetime) -> None:
    """AC004, 004: the seed's own words."""
    refusal = refused(make_consumer, sarah, at, preferred_on=date(2024, 12, 9))
    assert (refusal.sentence, refusal.field) == ("Cannot select past date", "preferred_on")


def test_today_is_today_in_the_utilitys_zone(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """W6: at 23:30 in Chicago it is already tomorrow in UTC; today may still be chosen."""
    late = at.replace(hour=5, minute=30) + timedelta(days=1)  # Dec 11 05:30 UTC, 23:30 on Dec 10
    consumer = make_consumer()
    wish = wish_for(
        consumer, lock_token=held(consumer, sarah, late), preferred_on=date(2024, 12, 10)
    )
    assert create_request(wish=wish, by=sarah, at=late, form_key=uuid4()).preferred_on


@pytest.mark.parametrize("day", [date(2025, 12, 11), date(9999, 12, 31)])
def test_a_date_beyond_a_year_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime, day: date
) -> None:
    refusal = refused(make_consumer, sarah, at, preferred_on=day)
    assert refusal.sentence == "Choose a date within the next 365 days"


def test_a_missing_date_is_asked_for(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    refusal = refused(make_consumer, sarah, at, preferred_on=None, has_no_preference=False)
    assert (refusal.sentence, refusal.field) == ("This field is required.", "preferred_on")


def test_a_holiday_is_refused_by_name(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    calendar = BusinessCalendar.objects.create(name="Office")
    Holiday.objects.create(calendar=calendar, day=date(2024, 12, 25), name="Christmas Day")
    refusal = refused(make_consumer, sarah, at, preferred_on=date(2024, 12, 25))
    assert refusal.sentence == "No disconnections on Dec 25, 2024: Christmas Day"


def test_a_slot_that_has_begun_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    slot = TimeSlot.objects.get(starts=time(8)).pk
    refusal = refused(make_consumer, sarah, at, preferred_on=date(2024, 12, 10), slot=slot)
    assert refusal.sentence == "This time slot has already started"


def test_a_slot_that_nobody_offers_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """AC005."""
    refusal = refused(make_consumer, sarah, at, preferred_on=OCCURS_ON, slot=10**9)
    assert (refusal.sentence, refusal.is_conflict) == ("Select an available time slot", False)


def test_a_full_slot_is_refused(
    make_consumer: MakeConsumer, make_request: MakeRequest, sarah: Person, at: datetime
) -> None:
    """W7."""
    slot = TimeSlot.objects.get(starts=time(10))
    for _ in range(slot.capacity):
        make_request(preferred_on=OCCURS_ON, slot=slot.pk)
    consumer = make_consumer()
    wish = wish_for(
        consumer, lock_token=held(consumer, sarah, at), preferred_on=OCCURS_ON, slot=slot.pk
    )
    with pytest.raises(UnableToCreate, match="That slot has just been taken") as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    assert refusal.value.is_conflict
    assert SlotDay.objects.get(slot=slot, day=OCCURS_ON).booked == slot.capacity


def test_a_retired_slot_counts_as_taken(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    slot = TimeSlot.objects.get(starts=time(16))
    slot.is_active = False
    slot.save(update_fields=["is_active"])
    refusal = refused(make_consumer, sarah, at, preferred_on=OCCURS_ON, slot=slot.pk)
    assert refusal.is_conflict


@pytest.mark.parametrize("reason", ["RC-001", "retired", "unknown"])
def test_a_reason_of_another_type_or_none_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime, reason: str
) -> None:
    if reason == "retired":
        Reason.objects.filter(code="MT-001").update(is_active=False)
        chosen = Reason.objects.get(code="MT-001").pk
    else:
        chosen = 10**9 if reason == "unknown" else Reason.objects.get(code=reason).pk
    consumer = make_consumer()
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at))
    wish = type(wish)(**{**wish.__dict__, "reason": chosen})
    with pytest.raises(UnableToCreate, match=r"Select a valid choice\.") as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    assert refusal.value.field == "reason"


def test_a_second_request_names_the_first(
    make_request: MakeRequest, make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """W1, DIS5."""
    consumer = make_consumer()
    first = make_request(consumer)
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at))
    with pytest.raises(UnableToCreate) as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    assert refusal.value.sentence == f"{first.case.number} is already open for this account"
    assert refusal.value.link.endswith(first.case.number)
    assert refusal.value.is_conflict


def test_nothing_connected_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    consumer = make_consumer(services={})
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at))
    with pytest.raises(UnableToCreate) as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    assert refusal.value.sentence == "This account has no connected service to disconnect"


def test_another_consumers_service_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    other = make_consumer("Peter Smiles")
    foreign = other.connections.get().pk
    refusal = refused(make_consumer, sarah, at, services=(foreign,))
    assert refusal.field == "services"


def test_a_status_change_meanwhile_is_told(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """bad-inputs.md 27."""
    consumer = make_consumer(
        status=AccountStatus.INACTIVE,
        services={UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD},
    )
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at), confirmed_kind="DISCONNECTION")
    with pytest.raises(UnableToCreate) as refusal:
        create_request(wish=wish, by=sarah, at=at, form_key=uuid4())
    assert refusal.value.sentence == (
        "Customer status changed; the request is now a Reconnection Request"
    )
    assert refusal.value.is_conflict


def test_a_lapsed_hold_is_refused(make_consumer: MakeConsumer, sarah: Person, at: datetime) -> None:
    """W8: the fence."""
    consumer = make_consumer()
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at))
    with pytest.raises(LockIsLost):
        create_request(wish=wish, by=sarah, at=at + timedelta(minutes=16), form_key=uuid4())


def test_somebody_elses_hold_is_refused_by_name(
    make_consumer: MakeConsumer, sarah: Person, person: MakePerson, at: datetime
) -> None:
    """AC002."""
    lisa = person(Role.RECOVERY, full_name="Lisa Wilson")
    consumer = make_consumer()
    token = held(consumer, sarah, at)
    later = at + timedelta(minutes=16)
    held(consumer, lisa, later)
    with pytest.raises(LockIsHeld, match="Being edited by Lisa Wilson until 10:01 AM"):
        create_request(
            wish=wish_for(consumer, lock_token=token), by=sarah, at=later, form_key=uuid4()
        )


def test_the_same_form_twice_is_one_request(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """R4: a double click."""
    consumer = make_consumer()
    wish = wish_for(consumer, lock_token=held(consumer, sarah, at), reason="CR-001")
    key = uuid4()
    first = create_request(wish=wish, by=sarah, at=at, form_key=key)
    second = create_request(wish=wish, by=sarah, at=at, form_key=key)
    assert first.pk == second.pk
    assert Case.objects.count() == 1
    assert Message.objects.count() == 1


def test_the_same_key_for_another_account_is_refused(
    make_consumer: MakeConsumer, sarah: Person, at: datetime
) -> None:
    """bad-inputs.md 32."""
    one, other = make_consumer(), make_consumer()
    key = uuid4()
    create_request(
        wish=wish_for(one, lock_token=held(one, sarah, at)), by=sarah, at=at, form_key=key
    )
    with pytest.raises(UnableToSubmitAgain, match="This form was already submitted"):
        create_request(
            wish=wish_for(other, lock_token=held(other, sarah, at)), by=sarah, at=at, form_key=key
        )


def test_ignored_fields_leave_an_audit_line(make_request: MakeRequest) -> None:
    """bad-inputs.md 26, 30."""
    made = make_request(ignored_fields=("status", "priority"))
    entry = Entry.objects.get(case=made.case, kind=Event.FIELD_IGNORED)
    assert entry.new == {"fields": ["priority", "status"]}


def test_submitting_forgets_the_draft(
    make_consumer: MakeConsumer, make_request: MakeRequest, sarah: Person, at: datetime
) -> None:
    Draft.objects.create(person=sarah, form="create_request", typed={}, saved_at=at)
    make_request(by=sarah)
    assert not Draft.objects.exists()


def test_numbers_have_one_series_a_year_in_the_utilitys_zone(make_request: MakeRequest) -> None:
    """Half past midnight UTC on New Year's Day is still the old year in Springfield."""
    midnight = datetime.fromisoformat("2025-01-01T00:30:00+00:00")
    assert make_request(moment=midnight).case.number.startswith("DIS-2024-")
    assert make_request(moment=midnight + timedelta(hours=6)).case.number.startswith("DIS-2025-")


def test_a_request_begins_pending_and_open(make_request: MakeRequest) -> None:
    made = make_request()
    assert made.case.status == CaseStatus.PENDING
    assert DisconnectionRequest.objects.get(case__number=made.case.number) == made
    assert issubclass(UnableToCreate, Refusal)
