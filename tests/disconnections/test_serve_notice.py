"""A disconnection notice on paper: its period counts from the day it was given (DIS12)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from disconnections.choices import NoticeWay
from disconnections.models import DisconnectionNotice, DisconnectionRequest
from disconnections.operations import UnableToServeNotice, serve_notice_by_hand
from disconnections.queries.protections import cut_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.looking import put_back

TODAY = date(2024, 12, 10)


@pytest.fixture
def made(make_request: MakeRequest, make_consumer: MakeConsumer) -> DisconnectionRequest:
    """Of a consumer without an e-mail address: no notice has gone."""
    return make_request(make_consumer(email=""))


@pytest.fixture
def robert(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


def test_it_is_kept_once_with_one_line(
    made: DisconnectionRequest, robert: Person, at: datetime
) -> None:
    said: dict[str, Any] = {"case": made.pk, "way": "POSTED", "served_on": TODAY, "by": robert}
    key = uuid4()
    for _ in range(2):
        serve_notice_by_hand(**said, at=at, form_key=key)
    kept = DisconnectionNotice.objects.get(case=made.case)
    assert (kept.way, kept.served_on, kept.served_by) == (NoticeWay.POSTED, TODAY, robert)
    lines = Entry.objects.filter(case=made.case, kind=Event.NOTICE_SERVED)
    assert [line.new for line in lines] == [{"way": "POSTED", "served_on": "2024-12-10"}]
    assert cut_of(made.pk).served_on == TODAY


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"way": "EMAIL"}, "way"),
        ({"way": "SHOUTED"}, "way"),
        ({"served_on": TODAY + timedelta(days=1)}, "served_on"),
        ({"served_on": TODAY - timedelta(days=1)}, "served_on"),
    ],
)
def test_a_wrong_one_is_refused(
    made: DisconnectionRequest, robert: Person, at: datetime, wrong: dict[str, Any], field: str
) -> None:
    said: dict[str, Any] = {"way": "POSTED", "served_on": TODAY}
    with pytest.raises(UnableToServeNotice) as refused:
        serve_notice_by_hand(case=made.pk, by=robert, at=at, **(said | wrong))
    assert refused.value.field == field
    assert not DisconnectionNotice.objects.exists()


def test_the_database_keeps_none_of_the_future(
    made: DisconnectionRequest, robert: Person, at: datetime
) -> None:
    """A notice period begins by no statement before the notice was given."""
    tomorrow = TODAY + timedelta(days=1)
    far = datetime(2124, 1, 1, tzinfo=UTC)
    for served_on, served_at in ((tomorrow, at), (far.date(), far)):
        with pytest.raises(IntegrityError, match="day that has not come"), put_back():
            DisconnectionNotice.objects.create(
                case=made.case, way="POSTED", served_on=served_on, served_at=served_at,
                served_by=robert,
            )  # fmt: skip


def test_only_a_debt_has_one(make_request: MakeRequest, robert: Person, at: datetime) -> None:
    wished = make_request(reason="CR-001")
    with pytest.raises(UnableToServeNotice, match="needs no disconnection notice"):
        serve_notice_by_hand(
            case=wished.pk, way="POSTED", served_on=TODAY, by=robert, at=at, form_key=uuid4()
        )
