"""A complaint about staff is not betrayed by its service orders (roles.md, X3)."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from complaints.models import Complaint
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery, Message
from smart360.comms.operations import mark_failed
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations import assign_service_order, complete_service_order
from smart360.fieldwork.tasks import report_pdf
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import in_progress
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.fieldwork.working import order_from_case, technician

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
RUDE = "Rude or disrespectful"


@pytest.fixture
def ordered(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> Callable[..., tuple[ServiceOrder, Complaint]]:
    """A visit that a supervisor ordered for a complaint, planned for its technician."""

    def make(name: str, **wish: Any) -> tuple[ServiceOrder, Complaint]:
        complaint, boss = (
            make_complaint(make_consumer(), name=name, **wish),
            person(Role.SUPERVISOR),
        )
        in_progress(complaint, person, stands())
        made = order_from_case(
            complaint.pk, by=boss, at=stands(), code="RPR-1", scheduled_on=stands().date()
        )
        return made, complaint

    return make


@pytest.mark.parametrize(
    ("name", "who", "is_shown"),
    [
        (RUDE, "named", False),
        (RUDE, Role.CSE, False),
        (RUDE, Role.DISPATCHER, False),
        (RUDE, Role.SUPERVISOR, True),
        ("Leak", Role.DISPATCHER, True),
    ],
)
def test_its_number_stands_on_no_order(
    ordered: Callable[..., tuple[ServiceOrder, Complaint]],
    person: MakePerson,
    client_as: ClientAs,
    name: str,
    who: Any,
    is_shown: bool,
) -> None:
    named = person(Role.SUPERVISOR)
    wish = {"staff_named": named.pk} if name == RUDE else {}
    order, complaint = ordered(name, **wish)
    client, number = client_as(named if who == "named" else who), complaint.case.number
    board = f"{reverse('order_board')}?day={order.scheduled_on.isoformat()}"  # type: ignore[union-attr]  # made so
    addresses = [reverse("order_detail", args=[order.number]), reverse("order_list"), board]
    pages = [client.get(address) for address in addresses]
    assert {page.status_code for page in pages} <= {200, 403}
    assert [number in page.text for page in pages] == [is_shown, is_shown, False]
    found = client.get(reverse("order_list"), {"q": number})
    assert (order.number in found.text) == is_shown
    assert found.context["found"] == int(is_shown)


@pytest.mark.parametrize(("name", "is_said"), [(RUDE, False), ("Leak", True)])
def test_its_number_stands_in_no_report(
    ordered: Callable[..., tuple[ServiceOrder, Complaint]],
    person: MakePerson,
    stands: SetClock,
    name: str,
    is_said: bool,
) -> None:
    """The report is one file for whoever sees the order."""
    order, complaint = ordered(name)
    mike = technician(person(Role.TECHNICIAN))
    by: dict[str, Any] = {"by": person(Role.DISPATCHER), "at": stands()}
    assign_service_order(service_order=order.pk, technician=mike.pk, **by)
    done = complete_service_order(service_order=order.pk, words="Tightened.", **by)
    report = PdfReader(io.BytesIO(report_pdf(done, by["at"]))).pages[0].extract_text()
    assert order.number in report
    assert (complaint.case.number in report) == is_said


def test_its_messages_are_tried_again_by_nobody_else(
    make_complaint: MakeComplaint, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """A message that is not theirs is none for them (X2): they might guess its key."""
    named, boss = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    complaint = make_complaint(name=RUDE, staff_named=named.pk)
    message = Message.objects.get(case=complaint.pk)
    mark_failed(message=message.pk, why="No such mailbox", at=stands())
    retry = reverse("message_retry", args=[message.pk])
    assert client_as(named).post(retry).status_code == 404
    assert Delivery.objects.get(message=message).state == DeliveryState.FAILED
    assert client_as(boss).post(retry).status_code == 302
    assert Delivery.objects.get(message=message).state == DeliveryState.QUEUED
