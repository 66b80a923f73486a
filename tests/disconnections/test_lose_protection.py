"""A request that waits for an account hold is told of when the hold ends (DIS12, BEY1)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from billing.operations.arrangements import cancel_arrangement
from billing.rules.arrangements import Part
from consumers import ports as consumer_ports
from consumers.models import AccountHold, Consumer
from consumers.operations import HoldWish, lift_account_hold, place_account_hold
from disconnections.models import DisconnectionRequest
from disconnections.queries.lost_protections import untold
from disconnections.tasks import tell_of_ended_protections
from smart360.cases.models import Case
from smart360.cases.operations import assign, resume
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import FIRST, SECOND, arrange
from tests.billing.paying import owe, pay
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

TODAY = date(2024, 12, 10)
ClientAs = Callable[..., Client]
NOTE = "Nothing protects the account any more"


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, "120.00", at=at)
    return made


@pytest.fixture
def made(make_request: MakeRequest, consumer: Consumer) -> DisconnectionRequest:
    return make_request(consumer)


def protect(
    consumer: Consumer,
    by: Person,
    at: datetime,
    *,
    source: str = "CERT-7",
    to_on: date | None = None,
) -> AccountHold:
    wish = HoldWish(kind="MEDICAL", source=source, from_on=TODAY, to_on=to_on)
    return place_account_hold(consumer=consumer.pk, wish=wish, by=by, at=at, form_key=uuid4())


def lift(hold: AccountHold, by: Person, at: datetime) -> None:
    lift_account_hold(hold=hold.pk, reason="It was withdrawn", by=by, at=at, form_key=uuid4())


def told(made: DisconnectionRequest) -> list[Person]:
    """Whose bell rang because nothing protects the account any more."""
    rung = Notice.objects.filter(case=made.case, dedupe_key__startswith="unprotected:")
    return [each.person for each in rung.order_by("person")]


def lines(made: DisconnectionRequest) -> int:
    return Entry.objects.filter(case=made.case, kind=Event.PROTECTION_ENDED).count()


def status(made: DisconnectionRequest) -> str:
    return Case.objects.get(pk=made.pk).status


# ------------------------------------------------------------------ lifted
def test_who_works_on_it_is_told_and_it_still_waits(
    made: DisconnectionRequest, consumer: Consumer, david: Person, sarah: Person, at: datetime
) -> None:
    """Not resumed by itself: a person looks at it before somebody is cut off."""
    assign(case=made.pk, to=sarah, by=sarah, at=at)
    hold = protect(consumer, david, at)
    lift(hold, david, at + timedelta(hours=1))
    assert told(made) == [sarah]
    assert lines(made) == 1
    assert status(made) == "ON_HOLD"
    rung = Notice.objects.get(dedupe_key__startswith="unprotected:")
    assert rung.path == reverse("request_detail", args=[made.case.number])
    assert consumer.name not in rung.sentence


def test_supervisors_are_told_when_nobody_works_on_it(
    made: DisconnectionRequest, consumer: Consumer, david: Person, at: datetime
) -> None:
    lift(protect(consumer, david, at), david, at)
    assert told(made) == [david]


def test_it_is_told_when_the_last_hold_ends(
    made: DisconnectionRequest, consumer: Consumer, david: Person, at: datetime
) -> None:
    one, other = protect(consumer, david, at), protect(consumer, david, at, source="CERT-8")
    lift(one, david, at)
    assert told(made) == []
    lift(other, david, at)
    assert told(made) == [david]
    assert lines(made) == 1


def test_what_does_not_wait_is_not_told_of(
    made: DisconnectionRequest, consumer: Consumer, david: Person, at: datetime
) -> None:
    hold = protect(consumer, david, at)
    resume(case=made.pk, by=david, at=at)
    lift(hold, david, at)
    assert told(made) == []
    assert untold(at=at) == []


def test_a_broken_off_arrangement_is_told(
    made: DisconnectionRequest, consumer: Consumer, david: Person, person: MakePerson, at: datetime
) -> None:
    parts = (Part(FIRST, Decimal("60.00")), Part(SECOND, Decimal("60.00")))
    made_of = arrange(consumer, parts, by=person(Role.RECOVERY), at=at)
    assert status(made) == "ON_HOLD"
    cancel_arrangement(number=made_of.number, reason="They moved", by=david, at=at)
    assert told(made) == [david]


def test_what_a_payment_settles_is_closed_and_not_told_of(
    made: DisconnectionRequest, consumer: Consumer, person: MakePerson, at: datetime
) -> None:
    parts = (Part(FIRST, Decimal("60.00")), Part(SECOND, Decimal("60.00")))
    arrange(consumer, parts, by=person(Role.RECOVERY), at=at)
    pay(consumer, "120.00", by=person(Role.RECOVERY), at=at)
    assert status(made) == "CLOSED"
    assert (told(made), lines(made)) == ([], 0)


# ------------------------------------------------------------------ over by its day
def test_a_last_day_that_is_over_is_told_once(
    made: DisconnectionRequest,
    consumer: Consumer,
    david: Person,
    at: datetime,
    stands: SetClock,
) -> None:
    protect(consumer, david, at, to_on=TODAY + timedelta(days=2))
    assert tell_of_ended_protections() == 0
    stands.go_on(minutes=2 * 24 * 60)
    assert tell_of_ended_protections() == 0, "its last day is protected"
    stands.go_on(minutes=24 * 60)
    assert [tell_of_ended_protections() for _ in range(2)] == [1, 0]
    assert told(made) == [david]
    assert lines(made) == 1
    assert status(made) == "ON_HOLD"


def test_the_next_hold_that_ends_is_told_too(
    made: DisconnectionRequest,
    consumer: Consumer,
    david: Person,
    at: datetime,
    stands: SetClock,
) -> None:
    lift(protect(consumer, david, at), david, at)
    later = at + timedelta(hours=1)
    protect(consumer, david, later, to_on=TODAY)
    stands.go_on(minutes=24 * 60)
    assert tell_of_ended_protections() == 1
    assert lines(made) == 2


def test_nothing_is_forgotten_when_the_port_said_nothing(
    made: DisconnectionRequest,
    consumer: Consumer,
    david: Person,
    at: datetime,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: what the tests of lifting see comes from the port; the worker is the net."""
    monkeypatch.setattr(consumer_ports, "HOLD_LIFTED", [])
    lift(protect(consumer, david, at), david, at)
    assert told(made) == []
    stands.go_on(minutes=10)
    assert tell_of_ended_protections() == 1
    assert told(made) == [david]


# ------------------------------------------------------------------ on the page
def test_the_page_says_so_and_offers_resume(
    made: DisconnectionRequest,
    consumer: Consumer,
    david: Person,
    at: datetime,
    stands: SetClock,
    client_as: ClientAs,
) -> None:
    hold = protect(consumer, david, at)
    client, address = client_as(Role.CSE), reverse("request_detail", args=[made.case.number])
    assert NOTE not in client.get(address).text
    lift(hold, david, at)
    page = client.get(address).text
    assert NOTE in page
    assert reverse("request_resume", args=[made.case.number]) in page
    stands.go_on(minutes=10)
    client.post(reverse("request_resume", args=[made.case.number]))
    assert status(made) == "IN_PROGRESS"
    assert NOTE not in client.get(address).text
