"""What the database itself refuses about requests and slots."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection

from consumers.choices import SupplyState, UtilityType
from disconnections.models import (
    DisconnectionRequest,
    Reason,
    RequestedService,
    SlotDay,
    TimeSlot,
)
from disconnections.operations import close_request
from smart360.cases.choices import ClosingReason
from smart360.cases.models import Case
from smart360.documents.models import StoredFile
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

pytestmark = pytest.mark.database
FAR = date.today() + timedelta(days=30)  # noqa: DTZ011, TID251  (the database's trigger knows only today)


@pytest.fixture
def slot(db: None) -> TimeSlot:
    return TimeSlot.objects.get(starts=time(10))


def test_a_counter_never_passes_the_slots_capacity(slot: TimeSlot) -> None:
    """W7: whatever a row of the day claims to hold, the slot's own capacity counts."""
    day = SlotDay.objects.create(slot=slot, day=FAR, capacity=99, booked=slot.capacity)
    day.booked += 1
    with pytest.raises(IntegrityError, match="no place left"):
        day.save(update_fields=["booked"])


def test_a_capacity_below_what_is_booked_is_refused(slot: TimeSlot) -> None:
    """W7: capacity lowered below booked."""
    SlotDay.objects.create(slot=slot, day=FAR, capacity=4, booked=3)
    slot.capacity = 2
    with pytest.raises(IntegrityError, match="more visits are booked"):
        slot.save(update_fields=["capacity"])


def test_a_capacity_that_holds_what_is_booked_is_taken(slot: TimeSlot) -> None:
    SlotDay.objects.create(slot=slot, day=FAR, capacity=4, booked=3)
    slot.capacity = 3
    slot.save(update_fields=["capacity"])
    assert TimeSlot.objects.get(pk=slot.pk).capacity == 3


def test_a_booked_slot_keeps_its_times(slot: TimeSlot) -> None:
    """A consumer was told 10 to 12: nobody moves that under the booking."""
    day = SlotDay.objects.create(slot=slot, day=FAR, capacity=4, booked=1)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        with pytest.raises(IntegrityError, match="booked for the old times"):
            cursor.execute(
                "UPDATE disconnections_timeslot SET ends = '11:00' WHERE id = %s", [slot.pk]
            )
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    day.booked = 0
    day.save(update_fields=["booked"])
    TimeSlot.objects.filter(pk=slot.pk).update(ends=time(11))
    slot.refresh_from_db()
    assert slot.ends == time(11)


def test_slots_of_a_day_do_not_overlap(slot: TimeSlot) -> None:
    """W7."""
    with pytest.raises(IntegrityError, match="slots_of_a_day_do_not_overlap"):
        TimeSlot.objects.create(starts=time(9), ends=time(11), capacity=1)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"notes": "x" * 251}, "notes_have_at_most_250_characters"),
        ({"identity_check": "DOCUMENT_SEEN"}, "a_document_seen_is_named"),
        ({"preferred_on": None, "slot_id": 1}, "a_slot_has_a_day"),
    ],
)
def test_nonsense_in_a_request_is_refused(
    make_request: MakeRequest, change: dict[str, object], constraint: str
) -> None:
    make_request()
    sql = (
        "INSERT INTO disconnections_disconnectionrequest"
        " SELECT (jsonb_populate_record(r, %s)).* FROM disconnections_disconnectionrequest r"
    )
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(change)])


def test_the_type_of_a_request_is_checked_at_commit(make_request: MakeRequest) -> None:
    """W5: also when somebody writes rows past the operation."""
    made = make_request()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    other = Case.objects.get(pk=made.pk)
    other.pk, other.number, other.kind = None, "CMP-1", "COMPLAINT"
    other.save(force_insert=True)
    Entry.objects.create(
        case=other,
        kind="CREATED",
        at=made.case.created_at,
        new={"status": "PENDING"},
        case_version=1,
    )
    DisconnectionRequest.objects.create(
        case=other,
        reason=made.reason,
        consumer_status=made.consumer_status,
        service_address="elsewhere",
        tracking_token="another",
    )
    with (
        pytest.raises(IntegrityError, match="needs a connected service"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_elses_service_gets_into_a_request(
    make_consumer: MakeConsumer, make_request: MakeRequest
) -> None:
    """W5: whatever a form or a script says, no other household is cut."""
    asked = make_request()
    other = make_consumer("Ann Other", account_number="WU-20002").connections.get()
    with pytest.raises(IntegrityError, match="not one of the consumer"):
        RequestedService.objects.create(request=asked, service_connection=other, was_connected=True)


def test_what_was_requested_stays(make_consumer: MakeConsumer, make_request: MakeRequest) -> None:
    """W5: nor does it get in later."""
    own = RequestedService.objects.get(request=make_request())
    own.service_connection = make_consumer("Ann", account_number="WU-20002").connections.get()
    with pytest.raises(IntegrityError, match="what was requested stays"):
        own.save(update_fields=["service_connection"])


def test_a_service_is_requested_in_the_state_it_is_in(
    make_consumer: MakeConsumer, make_request: MakeRequest
) -> None:
    """W5: the type follows from the supply, so the supply is read where it stands."""
    states = {
        UtilityType.ELECTRICITY: SupplyState.CONNECTED,
        UtilityType.WATER: SupplyState.OFF_FOR_NOW,
    }
    consumer = make_consumer(services=states)
    on = consumer.connections.get(utility_type=UtilityType.ELECTRICITY)
    off = consumer.connections.get(utility_type=UtilityType.WATER)
    asked = make_request(consumer, services=(on.pk,))
    with pytest.raises(IntegrityError, match="not one of the consumer"):
        RequestedService.objects.create(request=asked, service_connection=off, was_connected=True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {} SET consumer_status = 'INACTIVE'",
        "UPDATE {} SET preferred_on = current_date",
        "UPDATE {} SET tracking_token = 'guessed'",
        "UPDATE {} SET notes = 'as somebody would have liked it'",
        "DELETE FROM {}",
    ],
)
def test_what_was_asked_for_stays(
    make_request: MakeRequest, as_owner: Callable[[], None], change: str
) -> None:
    """W5, W6, W7: by hand as little as by a page."""
    make_request()
    as_owner()
    sql = change.format("disconnections_disconnectionrequest")
    with pytest.raises(IntegrityError, match="what was asked for stays"):
        run(sql)


def test_an_ended_request_takes_no_place(
    make_request: MakeRequest, person: MakePerson, at: datetime, as_owner: Callable[[], None]
) -> None:
    """W7: the place follows the visit while the request is open, and no longer."""
    ended = make_request()
    place = SlotDay.objects.create(
        slot=TimeSlot.objects.earliest("starts"), day=date(2024, 12, 16), capacity=4
    )
    take = f"UPDATE disconnections_disconnectionrequest SET booking_id = {place.pk}"
    run(take)
    run("UPDATE disconnections_disconnectionrequest SET booking_id = NULL")
    close_request(
        case=ended.pk, reason=ClosingReason.DUPLICATE, note="", by=person(Role.CSE), at=at
    )
    as_owner()
    with pytest.raises(IntegrityError, match="what was asked for stays"):
        run(take)


def test_no_requested_service_is_taken_away(
    make_request: MakeRequest, as_owner: Callable[[], None]
) -> None:
    make_request()
    as_owner()
    with pytest.raises(IntegrityError, match="what was requested stays"):
        run("DELETE FROM disconnections_requestedservice")


def test_a_receipt_is_attached_once(make_request: MakeRequest, at: datetime) -> None:
    made = make_request()
    one, other = (
        StoredFile.objects.create(
            title="Receipt",
            content_type="PDF",
            size=1,
            sha256="0" * 64,
            stored_as=f"receipt-{n}",
            created_at=at,
        )
        for n in range(2)
    )
    made.receipt = one
    made.save(update_fields=["receipt"])
    made.receipt = other
    with pytest.raises(IntegrityError, match="what was asked for stays"):
        made.save(update_fields=["receipt"])


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_reason_keeps_what_it_means_while_a_request_is_open(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """Else a payment would not stop what was asked for a debt. The control: once it has ended."""
    ended = make_request(reason="NP-001")
    close_request(
        case=ended.pk, reason=ClosingReason.DUPLICATE, note="", by=person(Role.CSE), at=at
    )
    reason = Reason.objects.filter(code="NP-001")
    assert reason.update(is_for_debt=False) == 1
    assert reason.update(is_for_debt=True) == 1
    make_request(reason="NP-001")
    assert reason.update(label="Unpaid bills", is_active=False) == 1
    with pytest.raises(IntegrityError, match="an open request was made for this reason"):
        reason.update(is_for_debt=False)
