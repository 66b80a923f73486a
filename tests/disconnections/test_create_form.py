"""The second section of Create Request: what is refused, and what follows from a choice."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from consumers.choices import SupplyState, UtilityType
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest, Reason, TimeSlot
from smart360.kernel.text import UNSHOWN_SENTENCE
from smart360.organisation.models import BusinessCalendar, Holiday
from smart360.staff.choices import Role
from smart360.web.models import Draft
from tests.conftest import MakeConsumer, MakeRequest, SetClock
from tests.disconnections.creating import (
    HTMX,
    MONDAY,
    SignIn,
    choose,
    details,
    made,
    reason,
    review,
    slot,
    submit,
)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


# ------------------------------------------------------------------ the second section
def test_empty_form_says_what_is_missing(client: Client, consumer: Consumer) -> None:
    """Bad input 21: one message per field."""
    answer = client.post(reverse("request_review"), {}, headers=HTMX)
    assert answer.status_code == 422
    assert "This field is required." in answer.text
    choose(client, consumer)
    empty = {"consumer": consumer.pk, "lock_token": 1, "confirmed_kind": "DISCONNECTION"}
    answer = client.post(reverse("request_review"), empty, headers=HTMX)
    assert answer.status_code == 422
    for field in ("reason", "services", "preferred_on"):
        assert f'id="id_{field}-error"' in answer.text
    assert "3 fields need another look" in answer.text


REFUSED = [
    ({"preferred_on": "2024-12-09"}, "Cannot select past date"),
    ({"preferred_on": "2025-12-11"}, "Choose a date within the next 365 days"),
    ({"preferred_on": "9999-12-31"}, "Choose a date within the next 365 days"),
    ({"preferred_on": "10000-01-01"}, "Choose a date within the next 365 days"),
    ({"preferred_on": "2026-02-30"}, "Enter a valid date."),
    ({"preferred_on": "2026-13-01"}, "Enter a valid date."),
    ({"preferred_on": "0000-00-00"}, "Enter a valid date."),
    ({"preferred_on": "٢٠٢٦-١٢-١٥"}, "Enter a valid date."),
    ({"preferred_on": "Dec 15 2024"}, "Enter a valid date."),
    ({"preferred_on": ""}, "This field is required."),
    ({"preferred_on": "2024-12-25"}, "No disconnections on Dec 25, 2024: Christmas Day"),
    ({"slot": "999999"}, "Select an available time slot"),
    ({"slot": "abc"}, "Select a valid choice."),
    ({"slot": "1" + "0" * 20}, "Select a valid choice."),
    ({"reason": "999999"}, "Select a valid choice."),
    ({"reason": "abc"}, "Select a valid choice."),
    ({"reason": ""}, "This field is required."),
    ({"services": ["999999"]}, "Select a valid choice."),
    ({"services": None}, "This field is required."),
    ({"permanence": "FOREVER"}, "Select a valid choice."),
    ({"has_no_preference": "maybe"}, "Select a valid choice."),
    ({"notes": "x" * 251}, "Ensure this value has at most 250 characters (it has 251)."),
    ({"notes": "👨‍👩‍👧‍👦" * 250}, "(it has 1750)."),
    ({"notes": "a\0b"}, "Null characters are not allowed."),
    ({"notes": "abc\u202edef"}, UNSHOWN_SENTENCE),
    ({"notes": "a" + "\u0301" * 10_000}, UNSHOWN_SENTENCE),
    ({"identity_check": "GUESSED"}, "Select a valid choice."),
    ({"identity_check": "DOCUMENT_SEEN"}, "This field is required."),
    ({"identity_document": "PASSPORT"}, "to record a document"),
    (
        {
            "identity_check": "DOCUMENT_SEEN",
            "identity_document": "PASSPORT",
            "identity_last_four": "12345",
        },
        "at most 4 characters",
    ),
]


@pytest.fixture
def christmas(utility: Any) -> None:
    calendar = BusinessCalendar.objects.create(name="Office")
    Holiday.objects.create(calendar=calendar, day="2024-12-25", name="Christmas Day")


@pytest.mark.parametrize(("wrong", "sentence"), REFUSED, ids=[str(w)[:60] for w, _ in REFUSED])
def test_wrong_details_are_refused_at_their_field(
    client: Client, consumer: Consumer, christmas: None, wrong: dict[str, Any], sentence: str
) -> None:
    """Bad inputs 29, 37–49, 51–57; AC004 (past dates), AC006 (250 characters, text only).

    On review and again on submit: 422, the values kept, nothing made.
    """
    choose(client, consumer)
    for act in (review, submit):
        answer = act(client, consumer, headers=HTMX, **wrong)
        assert answer.status_code == 422
        assert sentence in answer.text
        if "notes" not in wrong:
            assert "Customer requested morning slot" in answer.text
        assert 'id="request-form"' in answer.text
    assert not DisconnectionRequest.objects.exists()


def test_past_dates_cannot_be_picked(client: Client, consumer: Consumer) -> None:
    """AC004: the picker greys out what lies before today in the utility's zone."""
    page = choose(client, consumer, headers=HTMX).text
    assert 'min="2024-12-10"' in page
    assert 'max="2025-12-10"' in page


def test_today_is_today_in_the_utility_s_zone(
    client: Client, consumer: Consumer, stands: SetClock
) -> None:
    """AC004, W6: at 23:30 in Chicago it is tomorrow in UTC, and still today here."""
    stands.go_on(hours=14)
    choose(client, consumer)
    assert review(client, consumer, preferred_on="2024-12-10").status_code == 302
    stands.go_on(hours=1)
    choose(client, consumer)
    answer = review(client, consumer, preferred_on="2024-12-10")
    assert (answer.status_code, "Cannot select past date" in answer.text) == (422, True)


def test_reason_of_the_other_type_is_refused(client: Client, consumer: Consumer) -> None:
    """Bad input 29."""
    choose(client, consumer)
    answer = submit(client, consumer, reason=reason("RC-001"))
    assert (answer.status_code, "Select a valid choice." in answer.text) == (422, True)
    Reason.objects.filter(code="CR-001").update(is_active=False)
    assert submit(client, consumer).status_code == 422


def test_only_free_slots_of_the_day_are_offered(
    client: Client, consumer: Consumer, make_consumer: MakeConsumer, make_request: MakeRequest
) -> None:
    """AC005: what administrators set up, in 2-hour blocks, with the places left."""
    TimeSlot.objects.filter(pk=slot(8).pk).update(is_active=False)
    TimeSlot.objects.filter(pk=slot(10).pk).update(capacity=1)
    make_request(make_consumer(), preferred_on=MONDAY, slot=slot(10).pk)
    make_request(make_consumer(), preferred_on=MONDAY, slot=slot(12).pk)
    choose(client, consumer)
    typed = details(consumer) | {"slots_on": ""}
    page = client.post(reverse("request_parts"), typed, headers=HTMX).text
    assert "8:00 AM – 10:00 AM" not in page
    assert "10:00 AM – 12:00 PM" not in page
    assert "12:00 PM – 2:00 PM" in page
    assert "3 free" in page
    assert "2:00 PM – 4:00 PM" in page
    assert "Any time" in page


def test_started_slot_is_refused(client: Client, consumer: Consumer) -> None:
    """Bad input 39: it is 09:30 AM."""
    choose(client, consumer)
    for act in (review, submit):
        answer = act(client, consumer, preferred_on="2024-12-10", slot=slot(8).pk)
        assert answer.status_code == 422
        assert "This time slot has already started" in answer.text


@pytest.mark.parametrize("is_retired", [False, True])
@pytest.mark.parametrize("act", [review, submit])
def test_slot_that_was_just_taken(
    client: Client,
    consumer: Consumer,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    act: Any,
    is_retired: bool,
) -> None:
    """Bad inputs 45, 46: 409, the list fresh, what was typed still there."""
    ten = slot(10)
    if is_retired:
        TimeSlot.objects.filter(pk=ten.pk).update(is_active=False)
    else:
        TimeSlot.objects.filter(pk=ten.pk).update(capacity=1)
        make_request(make_consumer(), preferred_on=MONDAY, slot=ten.pk)
    choose(client, consumer)
    answer = act(client, consumer, headers=HTMX, slot=ten.pk)
    assert answer.status_code == 409
    assert "That slot has just been taken" in answer.text
    assert "10:00 AM – 12:00 PM" not in answer.text
    assert "2:00 PM – 4:00 PM" in answer.text
    assert "Customer requested morning slot" in answer.text
    assert 'value="2024-12-16"' in answer.text


def test_no_slot_and_no_preference_are_accepted(
    client: Client, client_as: SignIn, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    """Bad input 48: "Not specified"."""
    for changed in ({"slot": ""}, {"has_no_preference": "on", "preferred_on": ""}):
        consumer = make_consumer()
        choose(client, consumer)
        assert "Not specified" in review(client, consumer, headers=HTMX, **changed).text
        answer = submit(client, consumer, **changed)
        assert "Not specified" in client.get(answer["Location"]).text
    newest = DisconnectionRequest.objects.latest("pk")
    assert (newest.preferred_on, newest.slot, newest.booking) == (None, None, None)


def test_notes_are_text_and_nothing_else(client: Client, consumer: Consumer) -> None:
    """AC006; bad inputs 50, 53, 55, 56, 61: stored as typed, escaped on the page."""
    notes = "<b>x</b> {{ settings.SECRET_KEY }} =HYPERLINK(1) " + "W" * 200
    choose(client, consumer)
    page = review(client, consumer, headers=HTMX, notes=notes).text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt; {{ settings.SECRET_KEY }}" in page
    answer = submit(client, consumer, notes=notes)
    assert made().notes == notes
    assert "<b>x</b>" not in client.get(answer["Location"]).text


def test_mixed_services_are_refused(client: Client, make_consumer: MakeConsumer) -> None:
    consumer = make_consumer(
        services={
            UtilityType.ELECTRICITY: SupplyState.CONNECTED,
            UtilityType.WATER: SupplyState.OFF_FOR_NOW,
        }
    )
    choose(client, consumer)
    answer = submit(client, consumer)
    assert answer.status_code == 422
    assert "Choose services that are connected" in answer.text


# ------------------------------------------------------------------ what follows from a choice
def test_parts_follow_what_was_chosen(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    safety = reason("SF-001")
    typed = details(consumer, reason=safety, permanence_for="", slots_on="2024-12-16")
    page = client.post(reverse("request_parts"), typed, headers=HTMX).text
    assert "Danger to people or property" in page
    assert "Critical" in page
    assert 'id="permanence"' in page
    assert 'id="slots"' not in page
    assert "Resolved within 24 h" in page
    assert page.index('value="TEMPORARY"') < page.index("checked")
    typed |= {"permanence_for": safety, "slots_on": ""}
    page = client.post(reverse("request_parts"), typed, headers=HTMX).text
    assert 'id="permanence"' not in page
    assert 'id="slots"' in page


def test_services_that_are_off_make_it_a_reconnection(
    client: Client, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    """DIS2, decision 1: the whole section changes, its reasons too."""
    consumer = make_consumer(
        services={
            UtilityType.ELECTRICITY: SupplyState.CONNECTED,
            UtilityType.WATER: SupplyState.OFF_FOR_NOW,
        }
    )
    page = choose(client, consumer, headers=HTMX).text
    assert "Disconnection Request" in page
    water = consumer.connections.get(utility_type="WATER").pk
    typed = details(consumer, services=[water])
    answer = client.post(reverse("request_parts"), typed, headers=HTMX)
    assert answer["HX-Retarget"] == "#create"
    assert "Reconnection Request" in answer.text
    assert "Bills settled" in answer.text
    assert "Customer requested morning slot" in answer.text


def test_parts_write_nothing(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    kept = Draft.objects.get().typed
    client.post(reverse("request_parts"), details(consumer), headers=HTMX)
    assert Draft.objects.get().typed == kept
