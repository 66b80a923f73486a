"""Internal notes about a consumer: written once, pinned by anybody, withdrawn for good (CON13)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from consumers.models import Consumer, ConsumerNote
from consumers.operations import (
    UnableToNote,
    add_consumer_note,
    pin_consumer_note,
    unpin_consumer_note,
    withdraw_consumer_note,
)
from consumers.operations.notes import MOST_PINNED
from consumers.queries.notes import PAGE_SIZE, list_notes, pinned_notes
from smart360.comms.models import Delivery, Message
from smart360.kernel.errors import constraint_of
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakeConsumer, MakePerson, SetClock

WORDS = "The gate code is 1234 ☎ दरवाज़ा"
ClientAs = Callable[..., Client]


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def write(
    consumer: Consumer, by: Person, at: datetime, words: str = WORDS, *, is_pinned: bool = False
) -> ConsumerNote:
    return add_consumer_note(
        consumer=consumer.pk, words=words, is_pinned=is_pinned, by=by, at=at, form_key=uuid4()
    )


def kinds(consumer: Consumer) -> list[str]:
    entries = Entry.objects.filter(consumer=consumer, kind__startswith="NOTE_").order_by("id")
    return list(entries.values_list("kind", flat=True))


class TestActs:
    def test_a_note_is_written_once_with_one_line(
        self, consumer: Consumer, sarah: Person, at: datetime
    ) -> None:
        key, owed = uuid4(), OwedWork.objects.count()
        for _ in range(2):
            made = add_consumer_note(
                consumer=consumer.pk, words=WORDS, is_pinned=False, by=sarah, at=at, form_key=key
            )
        assert ConsumerNote.objects.get() == made
        assert (made.text.text, made.written_by, made.written_at) == (WORDS, sarah, at)
        assert kinds(consumer) == ["NOTE_ADDED"]
        assert not Delivery.objects.exists()
        assert not Message.objects.exists()
        assert OwedWork.objects.count() == owed
        with pytest.raises(UnableToSubmitAgain):
            add_consumer_note(
                consumer=consumer.pk, words="Other", is_pinned=False, by=sarah, at=at, form_key=key
            )

    def test_its_words_stand_on_no_row_that_stays(
        self, consumer: Consumer, sarah: Person, at: datetime
    ) -> None:
        """Erasure blanks the one text; the timeline has its number alone."""
        made = write(consumer, sarah, at)
        line = Entry.objects.get(kind="NOTE_ADDED")
        assert (line.text, line.new) == (None, {"note": made.pk})

    @pytest.mark.parametrize("words", ["", " \n ", "\u200b", "x" * 1001])
    def test_nothing_and_too_much_are_refused(
        self, consumer: Consumer, sarah: Person, at: datetime, words: str
    ) -> None:
        with pytest.raises(UnableToNote) as refused:
            write(consumer, sarah, at, words)
        assert refused.value.field == "words"
        assert not ConsumerNote.objects.exists()
        assert kinds(consumer) == []

    def test_anybody_pins_and_unpins_once(
        self, consumer: Consumer, sarah: Person, person: MakePerson, at: datetime
    ) -> None:
        made, karen = write(consumer, sarah, at), person(Role.BILLING)
        for _ in range(2):
            pinned = pin_consumer_note(note=made.pk, by=karen, at=at)
        assert pinned.pinned_by == karen
        assert [each.id for each in pinned_notes(consumer.pk, to=sarah)] == [made.pk]
        for _ in range(2):
            unpin_consumer_note(note=made.pk, by=sarah, at=at)
        assert pinned_notes(consumer.pk, to=sarah) == []
        assert kinds(consumer) == ["NOTE_ADDED", "NOTE_PINNED", "NOTE_UNPINNED"]

    def test_a_few_are_pinned_and_no_more(
        self, consumer: Consumer, sarah: Person, at: datetime
    ) -> None:
        for _ in range(MOST_PINNED):
            write(consumer, sarah, at, is_pinned=True)
        made = write(consumer, sarah, at)
        with pytest.raises(UnableToNote, match="Unpin one first"):
            pin_consumer_note(note=made.pk, by=sarah, at=at)
        with pytest.raises(UnableToNote) as refused:
            write(consumer, sarah, at, is_pinned=True)
        assert refused.value.field == "is_pinned"
        assert len(pinned_notes(consumer.pk, to=sarah)) == MOST_PINNED

    def test_its_author_or_a_supervisor_withdraws_it(
        self, consumer: Consumer, sarah: Person, person: MakePerson, at: datetime
    ) -> None:
        own, other = write(consumer, sarah, at, is_pinned=True), write(consumer, sarah, at)
        with pytest.raises(UnableToNote) as refused:
            withdraw_consumer_note(note=own.pk, by=person(Role.CSE), at=at)
        assert refused.value.is_forbidden
        for _ in range(2):
            withdraw_consumer_note(note=own.pk, by=sarah, at=at)
        withdraw_consumer_note(note=other.pk, by=person(Role.SUPERVISOR), at=at)
        with pytest.raises(UnableToNote, match="David Chen has withdrawn"):
            withdraw_consumer_note(note=other.pk, by=sarah, at=at)
        with pytest.raises(UnableToNote, match="Sarah Johnson has withdrawn"):
            pin_consumer_note(note=own.pk, by=sarah, at=at)
        assert kinds(consumer) == ["NOTE_ADDED", "NOTE_ADDED", "NOTE_WITHDRAWN", "NOTE_WITHDRAWN"]
        assert [note.words for note in list_notes(consumer.pk, to=sarah).rows] == ["", ""]
        assert pinned_notes(consumer.pk, to=sarah) == []


class TestDatabase:
    @pytest.mark.parametrize(
        "change", ["text", "written_by", "written_at", "consumer", "withdrawn_at"]
    )
    def test_a_note_stays_as_written(
        self,
        consumer: Consumer,
        make_consumer: MakeConsumer,
        sarah: Person,
        person: MakePerson,
        at: datetime,
        change: str,
    ) -> None:
        made, another = write(consumer, sarah, at), write(consumer, sarah, at)
        withdraw_consumer_note(note=another.pk, by=sarah, at=at)
        note = another if change == "withdrawn_at" else made
        values: dict[str, Any] = {
            "text": write(consumer, sarah, at).text_id,
            "written_by": person(Role.CSE),
            "written_at": at - timedelta(days=1),
            "consumer": make_consumer(account_number="OTHER-1"),
            "withdrawn_at": None,
        }
        new = {change: values[change]} | ({"withdrawn_by": None} if note == another else {})
        with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
            ConsumerNote.objects.filter(pk=note.pk).update(**new)
        assert constraint_of(refused.value) == "notes_stay_as_written"


class TestPage:
    @pytest.fixture(autouse=True)
    def _clock(self, stands: SetClock) -> None:
        """The day of the tests."""

    def test_a_note_is_written_pinned_and_withdrawn_there(
        self, consumer: Consumer, client_as: ClientAs
    ) -> None:
        client = client_as(Role.CALL_CENTRE)
        address = reverse("consumer_notes", args=[consumer.account_number])
        answer = client.post(
            address, {"words": WORDS, "is_pinned": "on", "form_key": str(uuid4())}, follow=True
        )
        assert answer.redirect_chain == [(address, 302)]
        assert WORDS in answer.text
        assert "Pinned" in answer.text
        note = ConsumerNote.objects.get()
        for verb, says in (("unpin", "Note unpinned"), ("pin", "Note pinned")):
            url = reverse(f"consumer_note_{verb}", args=[consumer.account_number, note.pk])
            assert url in client.get(address).text
            assert says in client.post(url, follow=True).text
        url = reverse("consumer_note_withdraw", args=[consumer.account_number, note.pk])
        page = client.post(url, follow=True).text
        assert WORDS not in page
        assert "Emily Davis withdrew this note" in page

    def test_a_wrong_one_comes_back_with_what_was_typed(
        self, consumer: Consumer, client_as: ClientAs
    ) -> None:
        client = client_as(Role.CSE)
        address = reverse("consumer_notes", args=[consumer.account_number])
        answer = client.post(address, {"words": "y" * 1001, "form_key": str(uuid4())})
        assert answer.status_code == 422
        assert "y" * 1001 in answer.text

    def test_another_one_s_note_cannot_be_withdrawn(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        note = write(consumer, sarah, at)
        client = client_as(Role.BILLING)
        url = reverse("consumer_note_withdraw", args=[consumer.account_number, note.pk])
        assert url not in client.get(reverse("consumer_notes", args=[consumer.account_number])).text
        assert client.post(url).status_code == 403
        withdraw_consumer_note(note=note.pk, by=sarah, at=at)
        url = reverse("consumer_note_pin", args=[consumer.account_number, note.pk])
        answer = client.post(url)
        assert answer.status_code == 409
        assert "Sarah Johnson has withdrawn this note" in answer.text

    def test_a_note_of_another_consumer_is_not_there(
        self,
        consumer: Consumer,
        make_consumer: MakeConsumer,
        sarah: Person,
        client_as: ClientAs,
        at: datetime,
    ) -> None:
        note = write(make_consumer(account_number="OTHER-1"), sarah, at)
        client = client_as(Role.SUPERVISOR)
        for key in (note.pk, 0, 2**63, 10**30):
            url = f"/cx/consumer-management/{consumer.account_number}/notes/{key}/withdraw"
            assert client.post(url).status_code == 404

    def test_pages_through_all(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        for number in range(PAGE_SIZE + 5):
            write(consumer, sarah, at, f"note number {number}")
        client = client_as(Role.CSE)
        address = reverse("consumer_notes", args=[consumer.account_number])
        first = client.get(address)
        second = client.get(address + first.context["next_url"])
        assert len(first.context["notes"]) == PAGE_SIZE
        assert [each.words for each in second.context["notes"]] == [
            f"note number {number}" for number in reversed(range(5))
        ]
        assert client.get(address + second.context["previous_url"]).context["notes"] == list(
            first.context["notes"]
        )

    def test_addresses_in_it_are_not_for_dispatchers(
        self, consumer: Consumer, sarah: Person, client_as: ClientAs, at: datetime
    ) -> None:
        write(consumer, sarah, at, "Writes from maria@example.com")
        address = reverse("consumer_notes", args=[consumer.account_number])
        page = client_as(Role.DISPATCHER).get(address).text
        assert "Writes from" in page
        assert "maria@example.com" not in page
        assert client_as(Role.ADMIN).get(address).status_code == 403
