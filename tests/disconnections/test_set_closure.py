"""Preparing a closure: meter actions, devices, service order, ticks, papers (DIS14, DIS15)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from consumers.models import Warehouse
from consumers.rules.timeline import CHECKLIST_ITEMS
from disconnections.choices import ClosureItem, ClosurePaper, NoticeWay, ReconnectionItem
from disconnections.models import ChecklistTick, Closure, ClosureMeter, ClosureNotice
from disconnections.operations.closures import (
    UnableToGive,
    UnableToSetClosure,
    UnableToTick,
    set_closure,
    tick_item,
)
from disconnections.rules.closures import ClosureWish
from smart360.cases.queries.timeline import case_timeline
from smart360.comms.models import Message
from smart360.comms.operations import mark_failed
from smart360.fieldwork.operations import cancel_service_order
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakePerson
from tests.disconnections.closing import (
    Closing,
    MakeClosing,
    as_committed,
    make_billing,
    make_closing,
)

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db
NOT_FOUND = "Service order not found or not applicable"


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as error:
        act()
    return error.value


def send(closing: Closing, wish: ClosureWish) -> Closure:
    return set_closure(case=closing.case.pk, wish=wish, by=closing.sarah, at=closing.at)


# ------------------------------------------------------------------ devices
def test_what_is_right_is_kept_with_its_meter(make_closing: MakeClosing) -> None:
    closing = make_closing()
    order = closing.order()
    made = closing.set("REMOVE", location_is_gone=True)
    assert (made.service_order, made.version, made.set_by) == (order, 1, closing.sarah)
    plans = ClosureMeter.objects.order_by("meter")
    assert [plan.meter for plan in plans] == closing.meters()
    assert {(plan.destination, plan.warehouse) for plan in plans} == {
        ("IN_WAREHOUSE", Warehouse.objects.get())
    }
    line = Entry.objects.get(kind=Event.CLOSURE_SET)
    numbers = [meter.number for meter in closing.meters()]
    assert line.new == {"order": order.number, "meters": dict.fromkeys(numbers, "REMOVE")}
    assert closing.case.updated_by == closing.sarah


def test_a_device_of_another_consumer(make_closing: MakeClosing) -> None:
    """AC015: the words name what is on this account."""
    closing, other = make_closing(), make_closing()
    theirs = other.meters()[0].device
    assert theirs
    mine = [meter.device.number for meter in closing.meters() if meter.device]
    wish = closing.wish(order_number="", device_number=theirs.number)
    error = refused(lambda: send(closing, wish))
    assert isinstance(error, UnableToSetClosure)
    assert error.sentence == f"Meter not linked to this account. On this account: {mine[0]}."
    assert error.field == f"{closing.billing.services[0].pk}-device"
    assert not Closure.objects.exists()
    assert not Entry.objects.filter(kind=Event.CLOSURE_SET).exists()


def test_the_device_of_the_other_utility(make_closing: MakeClosing) -> None:
    """Bad input 89: electricity typed into the water field."""
    closing = make_closing()
    wish = closing.wish(order_number="")
    power, water = wish.meters
    swapped = replace(water, device_number=power.device_number)
    error = refused(lambda: send(closing, replace(wish, meters=(power, swapped))))
    assert error.field == f"{water.service_connection}-device"


def test_a_service_of_another_request(make_closing: MakeClosing) -> None:
    closing, other = make_closing(), make_closing()
    wish = replace(closing.wish(order_number=""), meters=other.wish(order_number="").meters)
    assert isinstance(refused(lambda: send(closing, wish)), UnableToSetClosure)


def test_a_device_that_the_order_is_not_about(make_closing: MakeClosing) -> None:
    closing = make_closing()
    order = closing.order("DIS-E")
    closing.set()
    sentences = [each.sentence for each in closing.missing()]
    assert f"Water device number: {order.number} is not about this meter" in sentences
    assert not any("Electricity device" in each for each in sentences)


def test_a_meter_that_was_changed_since_is_typed_anew(make_closing: MakeClosing) -> None:
    closing = make_closing().ready()
    ClosureMeter.objects.update(meter=closing.meters()[1])
    sentences = [each.sentence for each in closing.missing()]
    assert sentences == ["Electricity device number: Meter not linked to this account"]


# ------------------------------------------------------------------ the service order
def test_an_order_of_another_consumer(make_closing: MakeClosing) -> None:
    closing, other = make_closing(), make_closing()
    theirs = other.order().number
    error = refused(lambda: closing.set(order_number=theirs))
    assert (error.sentence, error.field) == (NOT_FOUND, "service_order")


def test_an_order_of_another_type(make_closing: MakeClosing) -> None:
    closing = make_closing()
    repair = closing.order("RPR-1").number
    assert refused(lambda: closing.set(order_number=repair)).sentence == NOT_FOUND


def test_an_order_that_was_cancelled(make_closing: MakeClosing, person: MakePerson) -> None:
    closing = make_closing()
    order = closing.order()
    closing.set()
    boss = person(Role.SUPERVISOR)
    cancel_service_order(
        service_order=order.pk, reason="OTHER", note="Not on that day", by=boss, at=closing.at
    )
    assert any(NOT_FOUND in each.sentence for each in closing.missing())
    assert refused(lambda: closing.set(order_number=order.number)).sentence == NOT_FOUND


def test_an_order_used_twice(make_closing: MakeClosing) -> None:
    """W11: what has carried out one request carries out no other."""
    closing = make_closing().ready()
    used = closing.execute().service_order
    as_committed()
    other = make_closing()
    error = refused(lambda: other.set(order_number=used.number))
    assert error.sentence == NOT_FOUND  # it is another consumer's, too


@pytest.mark.parametrize("typed", ["SO-1", "hello", "SO-2024-999999", "SO-9999-000001"])
def test_an_order_that_is_not_there(make_closing: MakeClosing, typed: str) -> None:
    closing = make_closing()
    error = refused(lambda: closing.set(order_number=typed))
    assert (error.sentence, error.field) == (NOT_FOUND, "service_order")


def test_the_short_number_is_enough(make_closing: MakeClosing) -> None:
    closing = make_closing()
    order = closing.order()
    short = f"SO-{int(order.number[-6:])}"
    assert closing.set(order_number=short).service_order == order


# ------------------------------------------------------------------ together
def test_who_was_faster_is_not_overwritten(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.order()
    wish = closing.wish()
    send(closing, wish)
    error = refused(lambda: send(closing, wish))
    assert error.is_conflict
    assert Closure.objects.get().version == 1
    assert send(closing, closing.wish()).version == 2


def test_the_same_form_twice_is_one_change(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.order()
    wish, key = closing.wish(), uuid4()
    for _ in range(2):
        set_closure(case=closing.case.pk, wish=wish, by=closing.sarah, at=closing.at, form_key=key)
    assert Entry.objects.filter(kind=Event.CLOSURE_SET).count() == 1


def test_an_ended_request_is_prepared_no_more(make_closing: MakeClosing) -> None:
    closing = make_closing().ready()
    closing.execute()
    for act in (
        closing.set,
        lambda: closing.tick("EQUIPMENT"),
        lambda: closing.clear("CUSTOMER_NOTIFIED"),
        closing.give,
    ):
        error = refused(act)
        assert error.is_conflict
        assert "Completed by Sarah Johnson already" in error.sentence


# ------------------------------------------------------------------ ticks
def test_a_tick_keeps_who_when_and_the_evidence(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.bill()
    closing.tick("FINAL_BILL")
    tick = ChecklistTick.objects.get()
    assert (tick.ticked_by, tick.ticked_at) == (closing.billing.robert, closing.at)
    assert tick.evidence["invoice"].startswith("INV-")
    closing.tick("FINAL_BILL")
    assert Entry.objects.filter(kind=Event.CHECKLIST_TICKED).count() == 1
    closing.clear("FINAL_BILL", by=closing.billing.karen)
    closing.clear("FINAL_BILL", by=closing.billing.karen)
    assert Entry.objects.filter(kind=Event.CHECKLIST_CLEARED).count() == 1
    assert not ChecklistTick.objects.exists()


def test_the_timeline_says_what_the_checklist_says(make_closing: MakeClosing) -> None:
    closing = make_closing()
    closing.give()
    closing.tick("CUSTOMER_NOTIFIED", "ACCOUNT_CLOSED")
    lines, _ = case_timeline(closing.case, to=closing.sarah)
    told = [line.sentence for line in lines]
    assert "Checklist item ticked: Customer notified of closure" in told
    assert "Checklist item ticked: Account officially closed" in told
    assert dict(ClosureItem.choices + ReconnectionItem.choices) == CHECKLIST_ITEMS


@pytest.mark.parametrize("item", ["FINAL_BILL", "CUSTOMER_NOTIFIED", "EQUIPMENT", "SEVENTH"])
def test_what_is_not_so_is_not_ticked(make_closing: MakeClosing, item: str) -> None:
    closing = make_closing()
    by = closing.billing.robert
    error = refused(lambda: tick_item(case=closing.case.pk, item=item, by=by, at=closing.at))
    assert isinstance(error, UnableToTick)
    assert not ChecklistTick.objects.exists()


@pytest.mark.parametrize(
    ("item", "role"),
    [
        ("FINAL_BILL", Role.CSE),
        ("CUSTOMER_NOTIFIED", Role.BILLING),
        ("EQUIPMENT", Role.CALL_CENTRE),
    ],
)
def test_each_item_is_some_roles(
    make_closing: MakeClosing, person: MakePerson, item: str, role: Role
) -> None:
    closing, by = make_closing(), person(role)
    error = refused(lambda: tick_item(case=closing.case.pk, item=item, by=by, at=closing.at))
    assert error.is_forbidden


def test_a_tick_that_is_disproved_later_counts_no_more(make_closing: MakeClosing) -> None:
    closing = make_closing().ready()
    closing.billing.owe("10.00")
    assert [each.sentence for each in closing.missing()] == [
        "Checklist: Final payment received (Balance $10.00 stays owed)"
    ]


# ------------------------------------------------------------------ papers
def test_the_notice_goes_by_mail_whatever_the_box_says(make_closing: MakeClosing) -> None:
    closing = make_closing(notifies_consumer=False)
    closing.give()
    message = Message.objects.get(template__code="closure.notice")
    assert message.is_statutory
    assert message.case == closing.case
    mark_failed(message=message.pk, why="no such mailbox", at=closing.at)
    disproof = closing.list().line("CUSTOMER_NOTIFIED").evidence.disproof
    assert disproof.startswith("The closure notice was not delivered (no such mailbox)")
    closing.give(way=NoticeWay.POSTED, on=date(2024, 12, 10))
    closing.tick("CUSTOMER_NOTIFIED")


def test_who_has_no_address_gets_paper(make_closing: MakeClosing) -> None:
    closing = make_closing()
    consumer = closing.consumer
    consumer.email = ""
    consumer.save(update_fields=["email"])
    assert isinstance(refused(closing.give), UnableToGive)
    assert not ClosureNotice.objects.exists()
    closing.bill()
    assert not closing.list().line("FINAL_BILL").is_done
    assert closing.list().line("FINAL_BILL").evidence.disproof
    closing.give(ClosurePaper.BILL, NoticeWay.HANDED_OVER, date(2024, 12, 10))
    words = closing.list().line("FINAL_BILL").evidence.words
    assert words.endswith("handed over Dec 10, 2024")
    closing.tick("FINAL_BILL")


@pytest.mark.parametrize(
    ("paper", "way", "on"),
    [
        ("NOTICE", "POSTED", None),
        ("NOTICE", "POSTED", date(2024, 12, 11)),
        ("BILL", "POSTED", date(2024, 12, 10)),
        ("BILL", "EMAIL", None),
        ("CARD", "POSTED", date(2024, 12, 10)),
        ("NOTICE", "PIGEON", date(2024, 12, 10)),
    ],
)
def test_what_cannot_be_given(
    make_closing: MakeClosing, paper: str, way: str, on: date | None
) -> None:
    """No day, a day to come, a bill that is not there, a way that is none."""
    closing = make_closing()
    assert isinstance(refused(lambda: closing.give(paper, way, on)), UnableToGive)
    assert not ClosureNotice.objects.exists()


def test_the_timeline_says_it_in_words(make_closing: MakeClosing) -> None:
    closing = make_closing().ready("REMOVE")
    closing.execute()
    lines, _ = case_timeline(closing.case, to=closing.billing.david)
    said = {line.sentence for line in lines}
    power = closing.meters()[0].number
    assert {
        "Status: In Progress → Completed",
        "Account status changed: Inactive",
        "Supply changed: Disconnected for good",
        f"Meter unassigned: {power}",
        f"Meter moved: {power} to Main warehouse",
        "Checklist item ticked: Account officially closed",
        "Closure notice given",
        "Records archived",
    } <= said
