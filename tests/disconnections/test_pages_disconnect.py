"""The Disconnect tab: it works plain and with htmx, and says what is missing (DIS14 to DIS16)."""

import re
from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.test import Client

from consumers.models import Warehouse
from disconnections.models import ChecklistTick, Closure, ClosureMeter, ClosureNotice
from smart360.cases.choices import CaseStatus
from smart360.staff.choices import Role
from tests.conftest import SetClock
from tests.disconnections.closing import Closing, MakeClosing, make_billing, make_closing

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def url(closing: Closing, part: str = "") -> str:
    return f"/cx/disconnections/{closing.case.number}/disconnect{part}"


def page_of(client: Client, closing: Closing) -> str:
    answer = client.get(url(closing))
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def typed(closing: Closing, **changed: str) -> dict[str, str]:
    """What the form sends: every meter unassigned, with its device."""
    values = {"version": "0", "service_order": "", "form_key": str(uuid4())}
    for service, meter in zip(closing.billing.services, closing.meters(), strict=True):
        device = meter.device.number if meter.device else ""
        values |= {f"{service.pk}-action": "UNASSIGN", f"{service.pk}-device": device}
    return values | changed


@pytest.fixture
def closing(make_closing: MakeClosing, stands: SetClock) -> Closing:
    return make_closing()


def test_it_says_what_is_missing_with_links(client_as: SignIn, closing: Closing) -> None:
    """AC017."""
    page = page_of(client_as(closing.sarah), closing)
    power = closing.billing.services[0].pk
    assert "Completion: 1/6 items" in page
    assert "8 things are missing" in page
    for anchor in (f"id_{power}-device", "id_service_order", "item-final_bill"):
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    button = re.search(r"<button[^>]*>(?:(?!</button>).)*Execute Disconnection</button>", page)
    assert button
    assert " disabled" in button[0]


def test_the_way_without_scripts(client_as: SignIn, closing: Closing) -> None:
    closing.order()
    number = closing.gathered().asked.case.service_orders.get().number
    client = client_as(closing.sarah)
    form = typed(closing, service_order=number.replace("SO-2024-00", "SO-"))
    answer = client.post(url(closing, "/details"), form)
    assert answer.status_code == HTTPStatus.FOUND
    assert ClosureMeter.objects.exclude(meter=None).count() == 2
    page = page_of(client, closing)
    for meter in closing.meters():
        assert f'value="{meter.number}"' in page
    assert "Mike Thompson" in page
    closing.bill()
    assert client.post(url(closing, "/notice"), {"form_key": str(uuid4())}).status_code == 302
    assert ClosureNotice.objects.count() == 1
    robert = client_as(closing.billing.robert)
    for item in ("FINAL_BILL", "FINAL_PAYMENT"):
        sent = {"item": item, "is_ticked": "on", "form_key": str(uuid4())}
        assert robert.post(url(closing, "/money-items"), sent).status_code == HTTPStatus.FOUND
    for item in ("CUSTOMER_NOTIFIED", "RECORDS_ARCHIVED", "ACCOUNT_CLOSED"):
        sent = {"item": item, "is_ticked": "on", "form_key": str(uuid4())}
        assert client.post(url(closing, "/items"), sent).status_code == HTTPStatus.FOUND
    page = page_of(client, closing)
    assert "Completion: 6/6 items" in page
    assert 'id="missing"' not in page
    asked = page[page.index('<dialog class="s-dialog" id="execute"') :]
    for words in (
        f"{closing.consumer.account_number}, {closing.consumer.name}: the account becomes Inactive",
        "Water is switched off for good",
        f"{closing.meters()[0].number} (Electricity) is unassigned and stays on the wall",
        "Billing of these services is frozen",
        f"{number} is completed",
        "is told by e-mail that the request is completed",
    ):
        assert words in asked[: asked.index("</dialog>")]
    assert closing.case.status == CaseStatus.IN_PROGRESS
    answer = client.post(url(closing, "/execute"), {"form_key": str(uuid4())}, follow=True)
    assert f"{closing.case.number} is carried out." in answer.content.decode()
    assert closing.case.status == CaseStatus.COMPLETED
    page = page_of(client, closing)
    assert "Carried out" in page
    assert "Done by Execute" in page
    assert "Execute Disconnection" not in page


def test_parts_follow_what_is_typed(client_as: SignIn, closing: Closing) -> None:
    closing.order()
    number = closing.gathered().asked.case.service_orders.get().number
    client, power = client_as(closing.sarah), closing.billing.services[0].pk
    form = typed(closing, service_order=number, **{f"{power}-is_damaged": "on"})
    form[f"{closing.billing.services[1].pk}-device"] = "D-1"
    answer = client.get(url(closing, "/parts"), form, headers=HTMX)
    page = answer.content.decode()
    assert closing.meters()[0].number in page
    assert closing.meters()[1].number not in page
    water = closing.meters()[1].device
    assert water
    assert f"Meter not linked to this account. On this account: {water.number}." in page
    assert "Mike Thompson" in page
    assert "Required: the meter is damaged." in page
    assert not Closure.objects.exists()
    wrong = client.get(url(closing, "/parts"), form | {"service_order": "SO-2024-999999"})
    assert "Service order not found or not applicable" in wrong.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_device_stands_at_its_field(
    client_as: SignIn, closing: Closing, headers: dict[str, str]
) -> None:
    power = closing.billing.services[0].pk
    form = typed(closing, **{f"{power}-device": "D-90577"})
    answer = client_as(closing.sarah).post(url(closing, "/details"), form, headers=headers)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = answer.content.decode()
    assert "Meter not linked to this account. On this account: " in page
    assert 'value="D-90577"' in page
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("action", "damaged", "destination", "status", "sentence"),
    [
        ("UNASSIGN", "on", "", 422, "The meter comes down when"),
        ("REMOVE", "", "", 422, "This field is required"),
        ("REMOVE", "on", "DECOMMISSIONED", 302, ""),
        ("REMOVE", "", "warehouse-{}", 302, ""),
        ("REMOVE", "", "warehouse-0", 422, "Select one of those offered"),
        ("EXPLODE", "", "", 422, ""),
    ],
)
def test_which_action_with_what(
    client_as: SignIn, closing: Closing, action: str, damaged: str, destination: str, status: int,
    sentence: str,
) -> None:  # fmt: skip
    power = closing.billing.services[0].pk
    place = destination.format(Warehouse.objects.get().pk)
    form = typed(closing, **{f"{power}-action": action, f"{power}-destination": place})
    if damaged:
        form[f"{power}-is_damaged"] = damaged
    answer = client_as(closing.sarah).post(url(closing, "/details"), form)
    assert answer.status_code == status
    assert Closure.objects.exists() is (status == 302)


def test_a_tick_that_is_disproved_is_refused_with_the_figure(
    client_as: SignIn, closing: Closing
) -> None:
    closing.billing.owe("12.50")
    sent = {"item": "FINAL_PAYMENT", "is_ticked": "on", "form_key": str(uuid4())}
    client = client_as(closing.billing.robert)
    answer = client.post(url(closing, "/money-items"), sent, headers=HTMX)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Net amount due is $12.50" in answer.content.decode()
    assert not ChecklistTick.objects.exists()


def test_execute_that_lacks_something_says_the_same(client_as: SignIn, closing: Closing) -> None:
    answer = client_as(closing.sarah).post(
        url(closing, "/execute"), {"form_key": str(uuid4())}, headers=HTMX
    )
    assert answer.status_code == HTTPStatus.CONFLICT
    page = answer.content.decode()
    for each in closing.missing():
        assert page.count(each.sentence) >= 2  # the refusal, and the list at the button
    assert closing.case.status == CaseStatus.IN_PROGRESS


def test_who_may_do_what(client_as: SignIn, closing: Closing) -> None:
    for role in (Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN):
        assert client_as(role).get(url(closing)).status_code in {403, 404}
    reader = client_as(Role.CALL_CENTRE)
    page = page_of(reader, closing)
    for word in ("Save details", "Send closure notice", "Execute Disconnection"):
        assert word not in page
    for part in ("/details", "/items", "/money-items", "/notice", "/paper", "/execute"):
        assert reader.post(url(closing, part), {}).status_code == HTTPStatus.FORBIDDEN
    sarah = client_as(closing.sarah)
    assert sarah.post(url(closing, "/money-items"), {}).status_code == HTTPStatus.FORBIDDEN


def test_a_reconnection_has_no_such_tab(client_as: SignIn, closing: Closing) -> None:
    client = client_as(closing.sarah)
    number = closing.case.number.replace("DIS", "REC")
    assert client.get(f"/cx/disconnections/{number}/disconnect").status_code == 404


def test_paper_counts_where_there_is_no_address(client_as: SignIn, closing: Closing) -> None:
    sent = {"paper": "NOTICE", "way": "HANDED_OVER", "given_on": "2024-12-09"}
    client = client_as(closing.sarah)
    late = sent | {"given_on": "2024-12-11", "form_key": str(uuid4())}
    answer = client.post(url(closing, "/paper"), late)
    assert "not in the future" in answer.content.decode()
    for day in ("0001-01-01", "0024-12-09", "2023-12-09"):
        long_ago = sent | {"given_on": day, "form_key": str(uuid4())}
        answer = client.post(url(closing, "/paper"), long_ago)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Enter a day within the last year" in answer.content.decode(), day
    assert not ClosureNotice.objects.exists()
    answer = client.post(url(closing, "/paper"), sent | {"form_key": str(uuid4())})
    assert answer.status_code == HTTPStatus.FOUND
    assert "Closure notice handed over Dec 9, 2024" in page_of(client, closing)
