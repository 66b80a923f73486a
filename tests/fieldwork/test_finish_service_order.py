"""The visit: begun, completed with words and a report, or called off (SO2, BEY4)."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from smart360.documents.access import read
from smart360.fieldwork import ports
from smart360.fieldwork.choices import Cancelled, OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.fieldwork.operations import (
    UnableToCancelOrder,
    UnableToCompleteOrder,
    UnableToStartOrder,
    attach_report,
    cancel_service_order,
    complete_service_order,
    retry_report,
    start_service_order,
)
from smart360.fieldwork.oracles import ORACLES
from smart360.fieldwork.queries.reports import ReportState, report_key, report_state
from smart360.fieldwork.tasks import make_report, report_pdf
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.fieldwork.conftest import MakeTechnician
from tests.fieldwork.working import MONDAY, MORNING, order_from_profile, planned

WORDS = "Replaced the fuse. Seal 4711."


@pytest.fixture
def who(make_technician: MakeTechnician) -> Technician:
    return make_technician()


@pytest.fixture
def order(
    make_consumer: MakeConsumer, dispatcher: Person, who: Technician, at: datetime
) -> ServiceOrder:
    """A repair of 90 minutes that somebody has on Monday."""
    made = order_from_profile(
        make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY, window=MORNING
    )
    assert made.technician == who
    return made


def complete(order: ServiceOrder, *, words: str = WORDS, **more: Any) -> ServiceOrder:
    return complete_service_order(service_order=order.pk, words=words, **more)


def assert_sound() -> None:
    assert [oracle.sentence for oracle in ORACLES if oracle.find()] == []


# ------------------------------------------------------------------ the visit
def test_it_is_begun_and_completed_by_who_has_it(
    order: ServiceOrder, who: Technician, at: datetime
) -> None:
    began, ended = at + timedelta(days=6), at + timedelta(days=6, hours=1)
    start_service_order(service_order=order.pk, by=who.person, at=began)
    done = complete(order, by=who.person, at=ended)
    assert (done.status, done.completion) == (OrderStatus.COMPLETED, WORDS)
    assert (done.started_at, done.ended_at, done.ended_by) == (began, ended, who.person)
    assert planned(who, MONDAY) == 0
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [Event.ORDER_STARTED, Event.ORDER_COMPLETED]
    line = Entry.objects.latest("pk")
    assert "fuse" not in str(line.new)
    assert line.text is not None
    assert line.text.text == WORDS
    assert_sound()


def test_what_was_done_is_kept_without_start(
    order: ServiceOrder, dispatcher: Person, at: datetime
) -> None:
    done = complete(order, by=dispatcher, at=at)
    assert (done.status, done.started_at) == (OrderStatus.COMPLETED, None)


@pytest.mark.parametrize("words", ["", "  \n", "\u200b", "x" * 2_001])
def test_nobody_completes_without_words(
    order: ServiceOrder, dispatcher: Person, at: datetime, words: str
) -> None:
    with pytest.raises(UnableToCompleteOrder) as refusal:
        complete(order, by=dispatcher, at=at, words=words)
    assert refusal.value.field == "words"
    assert not OwedWork.objects.filter(kind="fieldwork.report").exists()


def test_it_is_nobody_elses(
    order: ServiceOrder, make_technician: MakeTechnician, person: MakePerson, at: datetime
) -> None:
    for somebody in (make_technician("Ana Ruiz").person, person(Role.CSE)):
        with pytest.raises(UnableToStartOrder) as refusal:
            start_service_order(service_order=order.pk, by=somebody, at=at)
        assert refusal.value.is_forbidden
        with pytest.raises(UnableToCompleteOrder) as other:
            complete(order, by=somebody, at=at)
        assert other.value.is_forbidden


def test_what_nobody_has_is_not_begun(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    made = order_from_profile(make_consumer(), by=dispatcher, at=at)
    with pytest.raises(UnableToStartOrder, match="Assign the order first"):
        start_service_order(service_order=made.pk, by=dispatcher, at=at)
    with pytest.raises(UnableToCompleteOrder, match="Assign the order first"):
        complete(made, by=dispatcher, at=at)


def test_it_begins_and_ends_once(order: ServiceOrder, dispatcher: Person, at: datetime) -> None:
    key = uuid4()
    for _ in range(2):
        start_service_order(service_order=order.pk, by=dispatcher, at=at, form_key=key)
    with pytest.raises(UnableToStartOrder, match="begun already"):
        start_service_order(service_order=order.pk, by=dispatcher, at=at, form_key=uuid4())
    key = uuid4()
    for _ in range(2):
        complete(order, by=dispatcher, at=at, form_key=key)
    ended = f"Completed by {dispatcher.full_name} already"
    with pytest.raises(UnableToCompleteOrder, match=ended):
        complete(order, by=dispatcher, at=at, form_key=uuid4())
    with pytest.raises(UnableToCancelOrder, match=ended):
        cancel_service_order(service_order=order.pk, reason="DUPLICATE", by=dispatcher, at=at)
    assert OwedWork.objects.filter(kind="fieldwork.report").count() == 1


# ------------------------------------------------------------------ called off
def test_it_is_called_off(
    order: ServiceOrder, who: Technician, dispatcher: Person, at: datetime
) -> None:
    gone = cancel_service_order(
        service_order=order.pk, reason="OTHER", note="The house is to be torn down",
        by=dispatcher, at=at,
    )  # fmt: skip
    assert (gone.status, gone.cancelled_because) == (OrderStatus.CANCELLED, Cancelled.OTHER)
    assert (gone.ended_at, gone.ended_by) == (at, dispatcher)
    assert planned(who, MONDAY) == 0
    line = Entry.objects.latest("pk")
    assert (line.kind, line.new["reason"]) == (Event.ORDER_CANCELLED, "OTHER")
    assert_sound()


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [
        ("", "", "reason"),
        ("PAID", "", "reason"),  # given by what happened, not by people
        ("NONSENSE", "", "reason"),
        ("OTHER", "", "note"),
        ("OTHER", "too short", "note"),
        ("DUPLICATE", "x" * 501, "note"),
    ],
)
def test_it_says_why(
    order: ServiceOrder, dispatcher: Person, at: datetime, reason: str, note: str, field: str
) -> None:
    with pytest.raises(UnableToCancelOrder) as refusal:
        cancel_service_order(service_order=order.pk, reason=reason, note=note, by=dispatcher, at=at)
    assert refusal.value.field == field
    order.refresh_from_db()
    assert order.is_live


def test_whoever_listens_hears_how_it_ended(
    make_consumer: MakeConsumer, who: Technician, dispatcher: Person, at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    heard: list[tuple[int, bool]] = []

    def listen(*, service_order: int, is_completed: bool, **_: Any) -> None:
        heard.append((service_order, is_completed))

    monkeypatch.setattr(ports, "VISIT_FINISHED", [listen])
    done, gone = (
        order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY)
        for _ in range(2)
    )
    complete(done, by=dispatcher, at=at)
    cancel_service_order(service_order=gone.pk, reason="NO_ACCESS", by=dispatcher, at=at)
    assert heard == [(done.pk, True), (gone.pk, False)]


# ------------------------------------------------------------------ the report
def test_a_worker_makes_the_report_once(
    order: ServiceOrder, dispatcher: Person, at: datetime, stands: SetClock
) -> None:
    assert report_state(order) == ReportState.NOT_YET
    complete(order, by=dispatcher, at=at)
    order.refresh_from_db()
    assert report_state(order) == ReportState.BEING_MADE
    assert drain("PDF") == 1
    order.refresh_from_db()
    assert report_state(order) == ReportState.READY
    assert order.report is not None
    body = read(order.report)
    text = " ".join(PdfReader(io.BytesIO(body)).pages[0].extract_text().split())
    for words in (order.number, "John Michael Smith", "Repair", "Mike Thompson", WORDS):
        assert words in text
    make_report({"service_order": order.pk}, at + timedelta(days=900))
    order.refresh_from_db()
    assert read(order.report) == body  # the same bytes for ever
    line = Entry.objects.get(kind=Event.DOCUMENT_MADE)
    assert line.new["sha256"] == order.report.sha256
    assert_sound()


def test_the_same_order_gives_the_same_bytes(
    order: ServiceOrder, dispatcher: Person, at: datetime
) -> None:
    """A worker that is killed after rendering makes the same report again."""
    done = complete(order, by=dispatcher, at=at)
    done = ServiceOrder.objects.get(pk=done.pk)
    assert report_pdf(done, at) == report_pdf(done, at + timedelta(days=900))


def test_a_second_report_changes_nothing(
    order: ServiceOrder, dispatcher: Person, at: datetime
) -> None:
    complete(order, by=dispatcher, at=at)
    first = attach_report(service_order=order.pk, body=b"%PDF-1", at=at).report
    assert attach_report(service_order=order.pk, body=b"%PDF-2", at=at).report == first


def test_a_failed_report_is_tried_again(
    order: ServiceOrder, dispatcher: Person, at: datetime
) -> None:
    complete(order, by=dispatcher, at=at)
    OwedWork.objects.filter(dedupe_key=report_key(order.number)).update(state=OwedState.FAILED)
    order.refresh_from_db()
    assert report_state(order) == ReportState.FAILED
    retry_report(service_order=order.pk, by=dispatcher, at=at)
    assert report_state(order) == ReportState.BEING_MADE
    assert Entry.objects.latest("pk").kind == Event.DOCUMENT_RETRIED
