"""Readings entered by hand, verified, rejected (CON10, W13; bad-inputs.md 83 to 86)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from consumers import oracles
from consumers.choices import ReadingException, ReadingSource, UtilityType, Verification
from consumers.models import Consumer, Guard, Meter, Reading
from consumers.operations import (
    ReadingIsUnusual,
    UnableToCheckReading,
    enter_reading,
    reject_reading,
    verify_reading,
)
from consumers.operations.readings import EnteredReading
from consumers.queries.readings import last_of
from consumers.rules.readings import KnownReading, UnableToEnterReading
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry, PersonalText
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.consumers.reading_meters import LAST, SHOWED, keep, meter_of, read_back
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
TODAY = date(2024, 12, 10)
NOT_ABOVE = "Reading must be greater than the previous reading (18245 kWh)"


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer(account_number="ACC-2024-001789")


@pytest.fixture
def meter(john: Consumer) -> Meter:
    return meter_of(john)


@pytest.fixture
def clerk(person: MakePerson) -> Person:
    return person(Role.CSE)


def enter(
    john: Consumer, by: Person, at: datetime, value: str = "18305", on: date = TODAY, **more: Any
) -> Reading:
    wish = EnteredReading(meter_of(john).pk, Decimal(value), on, **more)
    return enter_reading(consumer=john.pk, wish=wish, by=by, at=at, form_key=uuid4())


def lines(john: Consumer) -> list[str]:
    found = Entry.objects.filter(consumer=john, kind__startswith="READING_").order_by("pk")
    return list(found.values_list("kind", flat=True))


# ------------------------------------------------------------------ entering
def test_an_entered_reading_waits_for_verification(
    john: Consumer, meter: Meter, clerk: Person, at: datetime
) -> None:
    owed = OwedWork.objects.count()
    kept = enter(john, clerk, at)
    kept.refresh_from_db()
    assert (kept.value, kept.read_on, kept.meter) == (Decimal(18305), TODAY, meter)
    assert (kept.verification, kept.source) == (Verification.PENDING, ReadingSource.HAND)
    assert (kept.entered_by, kept.entered_at, kept.checked_by) == (clerk, at, None)
    (line,) = Entry.objects.filter(consumer=john, kind=Event.READING_ENTERED)
    assert line.actor == clerk
    assert line.new == {
        "meter": meter.number, "value": "18305 kWh", "read_on": "2024-12-10", "exception": "NONE",
    }  # fmt: skip
    assert OwedWork.objects.count() == owed
    assert oracles.readings_that_fall() == []


def test_the_same_form_twice_is_one_reading(
    john: Consumer, meter: Meter, clerk: Person, at: datetime
) -> None:
    key, wish = uuid4(), EnteredReading(meter.pk, Decimal(18305), TODAY)
    made = [
        enter_reading(consumer=john.pk, wish=wish, by=clerk, at=at, form_key=key).pk
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert lines(john) == [Event.READING_ENTERED]


@pytest.mark.parametrize(
    ("value", "on", "more", "field", "sentence"),
    [
        ("18244", TODAY, {}, "value", NOT_ABOVE),
        ("18245", TODAY, {}, "value", NOT_ABOVE),
        ("18305", TODAY + timedelta(1), {}, "read_on", "Reading date cannot be in the future"),
        ("18305", LAST - timedelta(1), {}, "read_on",
         "Reading date cannot be before the last reading on Nov 30, 2024"),
        ("18305", LAST, {}, "read_on", "The meter was read on Nov 30, 2024 already (18245 kWh)"),
        ("18245", LAST, {"has_no_consumption": True}, "read_on",
         "The meter was read on Nov 30, 2024 already (18245 kWh)"),
        ("5", TODAY, {"exception": "ROLLOVER"}, "exception",
         "Only a supervisor accepts a lower reading"),
        ("18305", TODAY, {"exception": "X"}, "exception", ""),
    ],
)  # fmt: skip
def test_what_a_reading_may_not_be(
    john: Consumer, clerk: Person, at: datetime, value: str, on: date, more: dict[str, Any],
    field: str, sentence: str,
) -> None:  # fmt: skip
    """In the documents' words, beside the field; nothing is left behind."""
    before = checksums()
    with pytest.raises(UnableToEnterReading) as refused:
        enter(john, clerk, at, value, on, **more)
    assert refused.value.field == field
    assert sentence in refused.value.sentence
    assert checksums() == before


def test_an_equal_or_lower_one_says_why(
    john: Consumer, clerk: Person, person: MakePerson, at: datetime
) -> None:
    same = enter(john, clerk, at, str(SHOWED), has_no_consumption=True, on=TODAY - timedelta(1))
    assert same.exception == ReadingException.NO_CONSUMPTION
    boss = person(Role.SUPERVISOR)
    lower = enter(john, boss, at, "12", exception="REPLACEMENT")
    assert lower.exception == ReadingException.REPLACEMENT
    assert oracles.readings_that_fall() == []


def test_another_accounts_meter_is_none(
    john: Consumer, make_consumer: MakeConsumer, clerk: Person, at: datetime
) -> None:
    other = meter_of(make_consumer("Ann Other"))
    wish = EnteredReading(other.pk, Decimal(18305), TODAY)
    with pytest.raises(UnableToEnterReading):
        enter_reading(consumer=john.pk, wish=wish, by=clerk, at=at, form_key=uuid4())
    assert Reading.objects.filter(meter=other).count() == 1


def test_an_unusual_one_is_asked_about_first(
    john: Consumer, meter: Meter, clerk: Person, at: datetime
) -> None:
    """84: soft; confirmed, it is kept and told as unusual."""
    read_back(meter, *[60] * 8)
    with pytest.raises(ReadingIsUnusual, match="kWh a day, usually 2 kWh"):
        enter(john, clerk, at, "28245")
    kept = enter(john, clerk, at, "28245", confirms_unusual=True)
    assert kept.verification == Verification.PENDING
    assert Entry.objects.get(kind=Event.READING_ENTERED).new["is_unusual"] is True


def test_an_open_request_is_no_bar(
    john: Consumer, make_request: MakeRequest, clerk: Person, at: datetime
) -> None:
    """CON14: readings stay possible while a request keeps the profile."""
    make_request(john)
    assert Guard.objects.filter(consumer=john).exists()
    assert enter(john, clerk, at).pk


# ------------------------------------------------------------------ verifying, rejecting
def test_a_reading_is_verified_once(
    john: Consumer, clerk: Person, person: MakePerson, at: datetime
) -> None:
    kept, by = enter(john, clerk, at), person(Role.BILLING)
    verify_reading(consumer=john.pk, reading=kept.pk, by=by, at=at, form_key=uuid4())
    kept.refresh_from_db()
    assert (kept.verification, kept.checked_by, kept.checked_at) == (Verification.VERIFIED, by, at)
    with pytest.raises(UnableToCheckReading, match=f"Verified by {by.full_name} already"):
        verify_reading(consumer=john.pk, reading=kept.pk, by=clerk, at=at, form_key=uuid4())
    assert lines(john) == [Event.READING_ENTERED, Event.READING_VERIFIED]


def test_a_rejected_one_stays_and_makes_room(
    john: Consumer, meter: Meter, clerk: Person, person: MakePerson, at: datetime
) -> None:
    """Its reason is a person's words: the timeline points to them and holds none."""
    kept, by = enter(john, clerk, at), person(Role.BILLING)
    said: dict[str, Any] = {"reason": "Mrs Smith read the wrong dial", "by": by, "at": at}
    reject_reading(consumer=john.pk, reading=kept.pk, form_key=uuid4(), **said)
    kept.refresh_from_db()
    assert (kept.verification, kept.rejection) == (Verification.REJECTED, said["reason"])
    line = Entry.objects.select_related("text").get(kind=Event.READING_REJECTED)
    assert "Smith" not in str(line.new)
    assert line.text == PersonalText.objects.get(text=said["reason"])
    with pytest.raises(UnableToCheckReading, match="Rejected by"):
        reject_reading(consumer=john.pk, reading=kept.pk, form_key=uuid4(), **said)
    again = enter(john, clerk, at, "18290")
    assert again.pk == kept.pk
    again.refresh_from_db()
    assert (again.verification, again.rejection, again.checked_by) == ("PENDING", "", None)
    assert Reading.objects.filter(meter=meter).count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 251])
def test_a_rejection_says_why(john: Consumer, clerk: Person, at: datetime, reason: str) -> None:
    kept = enter(john, clerk, at)
    with pytest.raises(UnableToCheckReading) as refused:
        reject_reading(
            consumer=john.pk, reading=kept.pk, reason=reason, by=clerk, at=at, form_key=uuid4()
        )
    assert refused.value.field == "reason"
    assert Reading.objects.get(pk=kept.pk).verification == Verification.PENDING


def test_one_that_others_count_from_is_not_rejected_first(
    john: Consumer, meter: Meter, clerk: Person, at: datetime
) -> None:
    """A rollover: what was read after it is lower than what was read before."""
    over = keep(meter, 20, LAST + timedelta(2), exception=ReadingException.ROLLOVER)
    keep(meter, 60, LAST + timedelta(4))
    with pytest.raises(UnableToCheckReading, match=r"reading of Dec 4, 2024 counts from this one"):
        reject_reading(
            consumer=john.pk, reading=over.pk, reason="Wrong", by=clerk, at=at, form_key=uuid4()
        )
    assert oracles.readings_that_fall() == []


# ------------------------------------------------------------------ pages
def path(john: Consumer, rest: str) -> str:
    return f"/cx/consumer-management/{john.account_number}/readings/{rest}"


def key_of(html: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', html)
    assert found
    return found[1]


def test_entering_on_the_page(john: Consumer, meter: Meter, client_as: ClientAs) -> None:
    client = client_as(Role.CSE)
    page = client.get(path(john, "new")).content.decode()
    assert f"Electricity, {meter.number}, in kWh" in page
    assert 'value="2024-12-10"' in page
    assert "Last reading 18,245 kWh on Nov 30, 2024." in page
    assert "exception" not in page
    typed = {"meter": meter.pk, "read_on": "2024-12-10", "form_key": key_of(page)}
    wrong = client.post(path(john, "new"), {**typed, "value": "12,580"})
    assert wrong.status_code == 422
    assert 'value="12,580"' in wrong.content.decode()
    nothing = client.post(path(john, "new"), {"form_key": key_of(page)})
    for sentence in ("Choose the meter", "Enter what the meter shows", "Enter the day of the"):
        assert sentence in nothing.text
    lower = client.post(path(john, "new"), {**typed, "value": "5"})
    assert lower.status_code == 422
    assert NOT_ABOVE in lower.content.decode()
    saved = client.post(path(john, "new"), {**typed, "value": "18300"})
    service = meter.assignments.get().service_connection_id
    assert saved.headers["Location"].endswith(f"/connections?service={service}")
    tab = client.get(saved.headers["Location"]).content.decode()
    assert "Entered by Sarah Johnson" in tab
    assert "Verify" not in tab


def test_what_each_meter_showed_last_stands_beside_the_field(
    make_consumer: MakeConsumer,
    clerk: Person,
    client_as: ClientAs,
    person: MakePerson,
    at: datetime,
    stands: SetClock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Of those that count: not of one that was rejected, and of all meters in one statement."""
    both = dict.fromkeys((UtilityType.ELECTRICITY, UtilityType.WATER), "CONNECTED")
    ann, boss = make_consumer("Ann Two", services=both), person(Role.SUPERVISOR)
    kept = enter(ann, clerk, at)
    power, water = meter_of(ann), meter_of(ann, "WATER")
    said = client_as(Role.CSE).get(path(ann, "new")).text
    assert f"{power.number}: Last reading 18,305 kWh on Dec 10, 2024." in said
    assert f"{water.number}: Last reading 18,245 m³ on Nov 30, 2024." in said
    for each in (kept, Reading.objects.get(meter=water)):
        reject_reading(
            consumer=ann.pk, reading=each.pk, reason="Wrong dial", by=boss, at=at, form_key=uuid4()
        )
    said = client_as(Role.CSE).get(path(ann, "new")).text
    assert f"{power.number}: Last reading 18,245 kWh on Nov 30, 2024." in said
    assert f"{water.number}: In m³. It was never read." in said
    with django_assert_num_queries(1):
        assert last_of([power.pk, water.pk]) == {power.pk: KnownReading(Decimal(18245), LAST)}


def test_an_unusual_one_asks_and_keeps_what_was_typed(
    john: Consumer, meter: Meter, client_as: ClientAs
) -> None:
    read_back(meter, *[60] * 8)
    client = client_as(Role.SUPERVISOR)
    typed = {"meter": meter.pk, "read_on": "2024-12-10", "value": "28245"}
    asked = client.post(path(john, "new"), {**typed, "form_key": str(uuid4())})
    html = asked.content.decode()
    assert asked.status_code == 422
    assert "Is this right?" in html
    assert "Save anyway" in html
    assert 'value="28245"' in html
    sure = {**typed, "form_key": key_of(html), "confirms_unusual": "on"}
    assert client.post(path(john, "new"), sure).status_code == 302
    assert Reading.objects.filter(value=28245).exists()


def test_checking_on_the_page(
    john: Consumer, make_consumer: MakeConsumer, clerk: Person, client_as: ClientAs, at: datetime
) -> None:
    kept = enter(john, clerk, at)
    client = client_as(Role.BILLING)
    tab = client.get(f"/cx/consumer-management/{john.account_number}/connections").content.decode()
    of_service = f"?service={kept.meter.assignments.get().service_connection_id}"
    for act in ("verify", "reject"):
        assert path(john, f"{kept.pk}/{act}{of_service}") in tab
    other = make_consumer("Ann Other")
    for act in ("verify", "reject"):
        theirs = client.post(path(other, f"{kept.pk}/{act}"), {"form_key": str(uuid4())})
        assert theirs.status_code == 404
    verified = client.post(path(john, f"{kept.pk}/verify{of_service}"))
    assert verified.headers["Location"].endswith(f"/connections{of_service}")
    again = client.post(path(john, f"{kept.pk}/verify"))
    assert again.status_code == 409
    assert "already" in again.content.decode()
    page = client.get(path(john, f"{kept.pk}/reject")).content.decode()
    assert "18,305 kWh" in page
    empty = client.post(path(john, f"{kept.pk}/reject"), {"form_key": key_of(page)})
    assert (empty.status_code, "Enter the reason" in empty.text) == (422, True)
    done = {"form_key": key_of(page), "reason": "Wrong dial"}
    rejected = client.post(path(john, f"{kept.pk}/reject{of_service}"), done)
    assert rejected.headers["Location"].endswith(f"/connections{of_service}")
    tab = client.get(f"/cx/consumer-management/{john.account_number}/connections").content.decode()
    assert "Wrong dial" in tab
