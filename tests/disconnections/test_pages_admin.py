"""Reasons and slots in Django admin: refused with a message at the field, never deleted."""

from datetime import date, time

import pytest
from django.test import Client

from disconnections.models import Reason, TimeSlot
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import ClientAs

pytestmark = pytest.mark.django_db

SLOTS = "/admin/disconnections/timeslot/"
REASONS = "/admin/disconnections/reason/"


def slot_data(**more: str) -> dict[str, str]:
    return {
        "starts": "18:00", "ends": "20:00", "capacity": "4", "is_active": "on", "_save": "Save",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends": "18:00"}, "The slot has to end after it starts."),
        ({"ends": "17:00"}, "The slot has to end after it starts."),
        ({"starts": "09:00", "ends": "11:00"}, "This overlaps the slot 8:00 AM – 10:00 AM."),
        ({"capacity": "0"}, "Enter a number from 1 to 500."),
        ({"capacity": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"capacity": "1000000000"}, "Enter a number from 1 to 500."),
        ({"capacity": "1_0"}, "Enter a whole number."),
    ],
)
def test_a_wrong_slot_is_refused_at_its_field(
    wrong: dict[str, str],
    sentence: str,
    client_as: ClientAs,
    utility: Utility,
    stands: SetClock,
) -> None:
    before = TimeSlot.objects.count()
    answer = client_as(Role.ADMIN).post(f"{SLOTS}add/", slot_data(**wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert TimeSlot.objects.count() == before


def test_a_slot_is_added_and_retired_never_deleted(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    client = client_as(Role.ADMIN)
    assert client.post(f"{SLOTS}add/", slot_data()).status_code == 302
    slot = TimeSlot.objects.get(starts=time(18))
    assert client.post(f"{SLOTS}{slot.pk}/delete/", {"post": "yes"}).status_code == 403
    data = slot_data()
    del data["is_active"]
    assert client.post(f"{SLOTS}{slot.pk}/change/", data).status_code == 302
    slot.refresh_from_db()
    assert not slot.is_active
    assert "6:00 PM – 8:00 PM" in client.get(SLOTS).content.decode()


def test_capacity_never_falls_below_what_is_booked(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
) -> None:
    slot, by = TimeSlot.objects.get(starts=time(10)), person(Role.CSE)
    for step in range(3):
        make_request(
            make_consumer(f"P {step}"), by=by, preferred_on=date(2024, 12, 15), slot=slot.pk
        )
    client = client_as(Role.ADMIN)
    data = slot_data(starts="10:00", ends="12:00")
    answer = client.post(f"{SLOTS}{slot.pk}/change/", data | {"capacity": "2"})
    assert "On Dec 15, 2024 3 places are booked already." in answer.content.decode()
    answer = client.post(f"{SLOTS}{slot.pk}/change/", data | {"ends": "12:30"})
    assert "This slot has bookings: retire it and add a new one." in answer.content.decode()
    assert client.post(f"{SLOTS}{slot.pk}/change/", data | {"capacity": "3"}).status_code == 302


def test_says_when_the_clocks_skip_a_slot(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    client = client_as(Role.ADMIN)
    data = slot_data(starts="02:00", ends="04:00")
    answer = client.post(f"{SLOTS}add/", data, follow=True)
    assert "This slot does not exist on 2025-03-09" in answer.content.decode()


def reason_data(**more: str) -> dict[str, str]:
    return {
        "kind": "DISCONNECTION", "code": "MV-001", "label": "Moved away", "description": "",
        "priority": "LOW", "permanence": "PERMANENT", "is_active": "on", "_save": "Save",
    } | more  # fmt: skip


def test_a_reason_is_added_and_offered(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    client = client_as(Role.ADMIN)
    assert client.post(f"{REASONS}add/", reason_data()).status_code == 302
    assert Reason.objects.get(code="MV-001").label == "Moved away"
    assert "Moved away" in client.get(REASONS + "?q=moved").content.decode()
    changed = reason_data(label="Moved")
    pk = Reason.objects.get(code="MV-001").pk
    assert client.post(f"{REASONS}{pk}/change/", changed).status_code == 302
    assert "Moved away" in client.get(f"{REASONS}{pk}/history/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "NP-001"}, "already exists"),
        ({"code": "np 1"}, "Use capital letters, digits and hyphens"),
        ({"label": ""}, "This field is required."),
        ({"label": "a\u202eb"}, "characters that cannot be shown"),
    ],
)
def test_a_wrong_reason_is_refused_at_its_field(
    wrong: dict[str, str],
    sentence: str,
    client_as: ClientAs,
    utility: Utility,
    stands: SetClock,
) -> None:
    answer = client_as(Role.ADMIN).post(f"{REASONS}add/", reason_data(**wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()


def test_a_reason_in_use_keeps_what_it_means_and_stays(
    client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    make_request()
    reason = Reason.objects.get(code="NP-001")
    client = client_as(Role.ADMIN)
    sent = reason_data(kind="RECONNECTION", code="XX-1", label="Unpaid bills")
    assert client.post(f"{REASONS}{reason.pk}/change/", sent).status_code == 302
    reason.refresh_from_db()
    assert (reason.kind, reason.code) == ("DISCONNECTION", "NP-001")
    assert reason.is_for_debt, "a payment still stops what was asked for with it"
    assert reason.label == "Unpaid bills"
    assert client.post(f"{REASONS}{reason.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Reason.objects.filter(pk=reason.pk).exists()


@pytest.mark.parametrize("path", [SLOTS, REASONS, f"{SLOTS}add/"])
def test_only_administrators(path: str, client_as: ClientAs, utility: Utility) -> None:
    assert Client().get(path).status_code == 302
    assert client_as(Role.SUPERVISOR).get(path).status_code == 403
    assert client_as(Role.ADMIN).get(path).status_code == 200
