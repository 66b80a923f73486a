"""A service address is corrected for everybody who is supplied there (CON14)."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.guards import LockIsHeld
from consumers.models import Consumer, Premise, ServiceConnection
from consumers.operations import take_profile_lock
from consumers.operations.premises import PlaceName, UnableToCorrectAddress, correct_address
from consumers.oracles import services_in_another_area
from consumers.queries import search
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.looking import checksums, put_back

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
RIGHT = PlaceName("321 Oak Street, Springfield", "North")


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def supervisor(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def smith(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def neighbour(make_consumer: MakeConsumer, smith: Consumer) -> Consumer:
    """Somebody else who is supplied at the same place."""
    other = make_consumer(name="Maria Mendez")
    ServiceConnection.objects.create(
        consumer=other,
        premise=home(smith),
        utility_type=UtilityType.WATER,
        connected_on=other.registered_on,
    )
    return other


def home(consumer: Consumer) -> Premise:
    return Premise.objects.filter(connections__consumer=consumer).earliest("pk")


def correct(place: Premise, *, by: Person, at: datetime, reason: str = "") -> None:
    seen = PlaceName(place.address, place.area)
    correct_address(premise=place.pk, seen=seen, wanted=RIGHT, reason=reason, by=by, at=at)


def lines(consumer: Consumer) -> list[str]:
    found = Entry.objects.filter(consumer=consumer, kind=Event.PROFILE_CHANGED)
    return [each.text.text for each in found.select_related("text") if each.text]


def test_everybody_there_follows(
    smith: Consumer, neighbour: Consumer, sarah: Person, at: datetime
) -> None:
    place = home(smith)
    correct(place, by=sarah, at=at)
    for each in (smith, neighbour):
        assert [hit.consumer for hit in search("321 oak", at=at)].count(each.pk) == 1
        (told,) = lines(each)
        assert f"Service address: {place.address} → {RIGHT.address}" in told
        assert "Area: " in told
        before = each.version
        each.refresh_from_db()
        assert each.version == before + 1


def test_the_services_there_are_found_in_the_new_area(
    smith: Consumer, neighbour: Consumer, sarah: Person, at: datetime
) -> None:
    correct(home(smith), by=sarah, at=at)
    there = ServiceConnection.objects.filter(premise=home(smith))
    areas = there.values_list("consumer", "area")
    assert {*areas} == {(smith.pk, RIGHT.area), (neighbour.pk, RIGHT.area)}
    assert services_in_another_area() == []


@pytest.mark.database
def test_a_service_is_in_the_area_of_its_premise_whatever_is_written(
    smith: Consumer, neighbour: Consumer
) -> None:
    """By a statement of its own, by a whole row saved, or as it comes: the premise's counts."""
    Premise.objects.update(area="North")
    ServiceConnection.objects.update(area="Somewhere else")
    mine = smith.connections.get()
    mine.area = "Elsewhere"
    mine.save()
    ServiceConnection.objects.create(
        consumer=neighbour, premise=home(smith), utility_type=UtilityType.GAS,
        connected_on=neighbour.registered_on, area="Nowhere",
    )  # fmt: skip
    assert {*ServiceConnection.objects.values_list("area", flat=True)} == {"North"}


COMES_LATE = """
INSERT INTO consumers_serviceconnection (consumer_id, premise_id, utility_type, supply_state,
                                         connected_on, area)
SELECT id, 999999, 'GAS', 'CONNECTED', registered_on, '' FROM consumers_consumer LIMIT 1
"""


@pytest.mark.database
@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE consumers_premise SET id = -id", "a_premise_keeps_its_key"),
        (COMES_LATE, "the_premise_is_there"),
    ],
)
def test_no_premise_takes_the_place_of_another(smith: Consumer, sql: str, broken: str) -> None:
    """Foreign keys are asked at the end: until then a premise could come late, or two change."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE consumers_premise SET id = id")  # as a row that is saved whole
        with pytest.raises(IntegrityError) as refused, put_back():
            cursor.execute(sql)
    assert constraint_of(refused.value) == broken
    assert services_in_another_area() == []


def test_who_was_erased_is_left_in_peace(
    smith: Consumer, make_consumer: MakeConsumer, sarah: Person, person: MakePerson,
    client_as: ClientAs, stands: SetClock,
) -> None:  # fmt: skip
    """Somebody who lived there once and was erased neither stops it nor is told."""
    gone = make_consumer("Zoe", status=AccountStatus.INACTIVE, services={})
    ServiceConnection.objects.create(
        consumer=gone, premise=home(smith), utility_type=UtilityType.GAS,
        supply_state=SupplyState.MOVED_OUT, connected_on=gone.registered_on,
    )  # fmt: skip
    act = ask_for_erasure(
        consumer=gone.pk, reason="A letter", by=person(Role.SUPERVISOR), at=stands.at,
        form_key=uuid4(),
    )  # fmt: skip
    erase_person(act=act.pk, account_typed=gone.account_number, by=person(Role.ADMIN), at=stands.at)
    page = reverse("premise_correct", args=[smith.account_number, home(smith).pk])
    assert gone.account_number not in client_as(sarah).get(page).text
    correct(home(smith), by=sarah, at=stands.at)
    assert home(smith).address == RIGHT.address
    assert (len(lines(smith)), lines(gone)) == (1, [])


def test_the_same_again_changes_nothing(smith: Consumer, sarah: Person, at: datetime) -> None:
    place = home(smith)
    correct(place, by=sarah, at=at)
    before = checksums()
    correct(place, by=sarah, at=at)  # a second press, from the same page
    assert checksums() == before


def test_who_was_slower_is_told(smith: Consumer, sarah: Person, at: datetime) -> None:
    place = home(smith)
    correct(place, by=sarah, at=at)
    before = checksums()
    with pytest.raises(UnableToCorrectAddress, match="Somebody else has changed this address"):
        correct_address(
            premise=place.pk,
            seen=PlaceName(place.address, place.area),
            wanted=PlaceName("7 Elm Street", ""),
            by=sarah,
            at=at,
        )
    assert checksums() == before


def test_an_open_request_of_a_neighbour_keeps_it(
    smith: Consumer,
    neighbour: Consumer,
    make_request: MakeRequest,
    sarah: Person,
    supervisor: Person,
    at: datetime,
) -> None:
    number = make_request(neighbour).case.number
    place, before = home(smith), checksums()
    with pytest.raises(UnableToCorrectAddress, match=number):
        correct(place, by=sarah, at=at)
    for wrong in ("", "Too short"):
        with pytest.raises(UnableToCorrectAddress) as refused:
            correct(place, by=supervisor, at=at, reason=wrong)
        assert refused.value.field == "reason"
    assert checksums() == before
    correct(place, by=supervisor, at=at, reason="The meter reader saw number 321")
    assert "Reason: The meter reader saw number 321" in lines(smith)[0]


def test_somebody_at_a_neighbours_profile_keeps_it(
    smith: Consumer, neighbour: Consumer, sarah: Person, supervisor: Person, at: datetime
) -> None:
    take_profile_lock(consumer=neighbour.pk, purpose=LockPurpose.EDIT_PROFILE, by=supervisor, at=at)
    before = checksums()
    with pytest.raises(LockIsHeld, match=supervisor.full_name):
        correct(home(smith), by=sarah, at=at)
    assert checksums() == before


def test_who_may_not_is_refused_below_the_page(
    smith: Consumer, person: MakePerson, at: datetime
) -> None:
    with pytest.raises(UnableToCorrectAddress, match="Your role does not include"):
        correct(home(smith), by=person(Role.CALL_CENTRE), at=at)


def test_the_page_says_who_else_and_keeps_what_was_typed(
    smith: Consumer, neighbour: Consumer, client_as: ClientAs, sarah: Person, at: datetime
) -> None:
    place, browser = home(smith), client_as(Role.CSE)
    address = reverse("premise_correct", args=[smith.account_number, place.pk])
    page = browser.get(address).content.decode()
    assert neighbour.account_number in page
    seen = {"seen_address": place.address, "seen_area": place.area}
    correct(place, by=sarah, at=at)
    answer = browser.post(address, seen | {"address": "7 Elm Street", "area": ""})
    assert answer.status_code == 409
    assert "7 Elm Street" in answer.content.decode()
    assert RIGHT.address in answer.content.decode()
    again = {"seen_address": RIGHT.address, "seen_area": RIGHT.area}
    answer = browser.post(address, again | {"address": "7 Elm Street", "area": ""})
    assert answer.status_code == 302
    assert home(smith).address == "7 Elm Street"


def test_a_place_of_somebody_else_is_not_there(
    smith: Consumer, make_consumer: MakeConsumer, client_as: ClientAs
) -> None:
    other = make_consumer()
    address = reverse("premise_correct", args=[smith.account_number, home(other).pk])
    assert client_as(Role.CSE).get(address).status_code == 404


def test_connections_leads_to_it(smith: Consumer, client_as: ClientAs) -> None:
    address = reverse("premise_correct", args=[smith.account_number, home(smith).pk])
    tab = reverse("consumer_connections", args=[smith.account_number])
    assert address in client_as(Role.CSE).get(tab).content.decode()
    assert address not in client_as(Role.CALL_CENTRE).get(tab).content.decode()
