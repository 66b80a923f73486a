"""Notes about one consumer, pinned at once: never more than the Overview has room for."""

from datetime import datetime
from functools import partial

import pytest

from consumers import guards
from consumers.models import Consumer, ConsumerNote
from consumers.operations import UnableToNote, pin_consumer_note
from consumers.operations.notes import MOST_PINNED
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.concurrency.racing import done, race, refusals, slowly
from tests.conftest import MakeConsumer, MakePerson
from tests.consumers.test_write_note import write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
WRITTEN = MOST_PINNED + 10


def pins(consumer: Consumer, by: Person, at: datetime) -> list[partial[ConsumerNote]]:
    """One pin for each of more notes than may be pinned."""
    notes = [write(consumer, by, at, f"Note {number}") for number in range(WRITTEN)]
    return [partial(pin_consumer_note, note=note.pk, by=by, at=at) for note in notes]


def pinned() -> int:
    return ConsumerNote.objects.filter(pinned_at__isnull=False).count()


def test_as_many_are_pinned_as_may_be(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    outcomes = race(pins(make_consumer(), person(Role.CSE), at))
    assert len(done(outcomes)) == pinned() == MOST_PINNED
    assert {type(each) for each in refusals(outcomes)} == {UnableToNote}


def test_control_without_the_consumer_s_lock_there_are_more(
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer, sarah = make_consumer(), person(Role.CSE)
    acts = pins(consumer, sarah, at)
    monkeypatch.setattr(guards, "lock_consumer", lambda key: Consumer.objects.get(pk=key))
    slowly(monkeypatch, "consumers.operations.notes._pin")
    race(acts)
    assert pinned() > MOST_PINNED
