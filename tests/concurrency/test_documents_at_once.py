"""A document decided or renewed by several at once, a tray filled by many, with controls."""

from datetime import datetime
from functools import partial
from uuid import uuid4

import pytest

from consumers import guards
from consumers.models import Consumer, ConsumerDocument, ConsumerDocumentVersion, DocumentUpload
from consumers.operations import UnableToDecideDocument, UnableToUpload, renew_document
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.concurrency.racing import done, race, refusals, slowly, without_triggers
from tests.conftest import MakeConsumer, MakePerson
from tests.consumers.documenting import add, decide, lay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def told(kind: str) -> int:
    return Entry.objects.filter(kind=kind).count()


def test_one_of_two_supervisors_decides(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    made = add(make_consumer(), person(Role.CSE), at)
    bosses = [person(Role.SUPERVISOR) for _ in range(4)]
    acts = [
        partial(decide, made, ("VERIFIED", "REJECTED")[n % 2], boss, at, reason="Not theirs")
        for n, boss in enumerate(bosses)
    ]
    outcomes = race(acts)
    # a rejection may follow a verification, never the other way round, and neither comes twice
    assert len(done(outcomes)) in {1, 2}
    assert {type(each) for each in refusals(outcomes)} == {UnableToDecideDocument}
    assert told("DOCUMENT_VERIFIED") <= 1 >= told("DOCUMENT_REJECTED")


def test_several_versions_at_once_come_one_after_the_other(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer = make_consumer()
    made = add(consumer, person(Role.CSE), at)
    people = [person(Role.CSE) for _ in range(4)]
    for each in people:
        lay(consumer, each, at)
    acts = [
        partial(renew_document, document=made.pk, by=each, at=at, form_key=uuid4())
        for each in people
    ]
    assert len(done(race(acts))) == 4
    assert ConsumerDocument.objects.get().version == 5
    numbers = ConsumerDocumentVersion.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]


def test_control_without_lock_and_trigger_both_decide(
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = add(make_consumer(), person(Role.CSE), at)
    bosses = [person(Role.SUPERVISOR) for _ in range(2)]
    monkeypatch.setattr(
        "consumers.operations.documents._lock_document",
        lambda key: ConsumerDocument.objects.select_related("uploaded_by", "consumer").get(pk=key),
    )
    slowly(monkeypatch, "consumers.operations.documents.may_become")
    with without_triggers("consumers_consumerdocument"):
        race([partial(decide, made, "VERIFIED", boss, at) for boss in bosses])
    assert told("DOCUMENT_VERIFIED") == 2


def test_a_tray_never_takes_a_sixth_file(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, sarah = make_consumer(), person(Role.CSE)
    outcomes = race([partial(lay, consumer, sarah, at) for _ in range(8)])
    assert len(done(outcomes)) == DocumentUpload.objects.count() == 5
    assert {type(each) for each in refusals(outcomes)} == {UnableToUpload}


def test_control_without_the_lock_the_trigger_counts_and_without_both_nobody(
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer, sarah, emily = make_consumer(), person(Role.CSE), person(Role.CSE)
    monkeypatch.setattr(guards, "lock_consumer", lambda key: Consumer.objects.get(pk=key))
    slowly(monkeypatch, "smart360.documents.store.hold_upload")
    race([partial(lay, consumer, sarah, at) for _ in range(8)])
    assert DocumentUpload.objects.filter(person=sarah).count() == 5
    with without_triggers("consumers_documentupload"):
        race([partial(lay, consumer, emily, at) for _ in range(8)])
    assert DocumentUpload.objects.filter(person=emily).count() == 8
