"""004's whole story in a real browser: from the request of John Michael Smith to Inactive."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from consumers.choices import AccountStatus, SupplyState
from consumers.models import Consumer, Meter, ServiceConnection
from disconnections.models import Execution
from smart360.cases.models import Case
from smart360.comms.models import Message
from smart360.fieldwork.models import ServiceOrder
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.conftest import MakePerson, SetClock
from tests.disconnections.closing import make_closing
from tests.disconnections.returning import MakeReturn, Return, make_return
from tests.fieldwork.working import technician
from tests.invariants import assert_sound
from tests.journeys.conftest import SignIn, accessibility_violations

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def billing(
    transactional_db: None,
    make_billing: MakeBilling,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Billing:
    """$456.78 owed, $200.00 held."""
    settings.MEDIA_ROOT = tmp_path
    return make_billing()


def at(billing: Billing, tab: str = "") -> str:
    return f"/cx/disconnections/{billing.case.number}{tab}"


def settles(page: Page) -> None:
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def test_from_request_to_inactive(
    billing: Billing, at_desk: SignIn, person: MakePerson, stands: SetClock
) -> None:
    technician(person(Role.TECHNICIAN))
    recovery = at_desk(billing.robert)
    acknowledge(recovery, billing)
    stands.go_on(minutes=5)
    approve(at_desk(billing.david), billing)
    stands.go_on(minutes=5)
    number = order(recovery, billing)
    work(at_desk(person(Role.DISPATCHER)), number)
    stands.go_on(minutes=5)
    bill(at_desk(billing.karen), billing)
    stands.go_on(minutes=5)
    execute(recovery, billing, number)
    assert Consumer.objects.get(pk=billing.consumer.pk).status == AccountStatus.INACTIVE
    check_what_is_left(billing)


def acknowledge(page: Page, billing: Billing) -> None:
    page.goto(at(billing))
    page.get_by_role("button", name="Acknowledgement").click()
    expect(page.locator("#case-header")).to_contain_text("In Progress")
    page.get_by_role("button", name="Ask for Approval").click()
    dialog = page.get_by_role("dialog", name="Ask for Approval")
    dialog.get_by_label("Why").fill("They have small children")
    dialog.get_by_role("button", name="Ask for Approval").click()
    expect(page.locator("#approval-note")).to_contain_text("They have small children")


def approve(page: Page, billing: Billing) -> None:
    page.goto("/")
    page.get_by_role("link", name=billing.case.number).first.click()
    page.get_by_role("button", name="Decide Approval").click()
    dialog = page.get_by_role("dialog", name="Decide Approval")
    dialog.get_by_label("Approve").check()
    dialog.get_by_role("button", name="Decide").click()
    expect(page.locator("#approval-note")).to_have_count(0)
    expect(page.locator(".s-rail")).to_contain_text("David Chen")


def order(page: Page, billing: Billing) -> str:
    page.goto(at(billing))
    page.get_by_role("link", name="Create Service Order").click()
    page.get_by_label("Remarks").fill("Dog in the yard")
    page.get_by_role("button", name="Add Service Order").click()
    expect(page.locator("#service-orders")).to_contain_text("Mike Thompson")
    assert accessibility_violations(page) == []
    return ServiceOrder.objects.get(case=billing.case.pk).number


def work(page: Page, number: str) -> None:
    page.goto(f"/cx/service-orders/{number}")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#order")).to_contain_text("In Progress")
    page.get_by_role("button", name="Complete").click()
    page.get_by_label("What was done").fill("Switched off, read and sealed")
    page.get_by_role("dialog").get_by_role("button", name="Complete").click()
    expect(page.locator("#order")).to_contain_text("Switched off, read and sealed")
    drain("PDF")
    page.get_by_role("link", name="Download report")


def bill(page: Page, billing: Billing) -> None:
    page.goto(at(billing, "/settlement"))
    for place, name in enumerate(("Electricity", "Water")):
        group = page.get_by_role("group", name=name)
        group.get_by_label("Meter number").fill(billing.meter(place).number)
        group.get_by_label("Last reading").fill("18345")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#bill-missing")).not_to_contain_text("meter")
    page.get_by_role("button", name="Generate Bill").click()
    expect(page.locator("#invoice-information")).to_contain_text("INV-")
    settles(page)
    page.get_by_role("button", name="Approve and Send").click()
    dialog = page.get_by_role("dialog", name="Approve and Send")
    dialog.get_by_role("button", name="Approve and Send").click()
    expect(page.locator("#invoice-information")).to_contain_text("Approved, posted")
    drain("PDF")
    drain("MAIL")


def execute(page: Page, billing: Billing, number: str) -> None:
    page.goto(at(billing))
    page.get_by_role("link", name="Disconnect", exact=True).click()
    button = page.get_by_role("button", name="Execute Disconnection")
    expect(button).to_be_disabled()
    expect(page.locator("#missing")).to_be_visible()
    for place in range(2):
        device = billing.meter(place).device
        assert device is not None
        page.get_by_label("device no", exact=False).nth(place).fill(device.number)
    page.get_by_label("SO ID").fill(number)
    page.get_by_label("SO ID").press("Tab")
    expect(page.locator("#order-facts")).to_contain_text("Mike Thompson")
    page.get_by_role("button", name="Save details").click()
    settles(page)
    page.get_by_role("button", name="Send closure notice").click()
    settles(page)
    drain("MAIL")
    page.reload()
    tick_all(page, "#account-closure-checklist")
    expect(page.locator("#account-closure-checklist")).to_contain_text("Completion: 6/6 items")
    assert accessibility_violations(page) == []
    button.click()
    dialog = page.get_by_role("dialog", name="Execute Disconnection")
    expect(dialog).to_contain_text("the account becomes Inactive and goes to the archive")
    expect(dialog).to_contain_text(f"{number} is completed")
    assert accessibility_violations(page) == []
    dialog.get_by_role("button", name="Execute", exact=True).click()
    expect(page.locator("#case-header")).to_contain_text("Completed")
    expect(page.locator(".s-rail")).to_contain_text("Executed")


def check_what_is_left(billing: Billing) -> None:
    """Inactive, off, unassigned, frozen, told; and nothing is unsound."""
    consumer = Consumer.objects.get(pk=billing.consumer.pk)
    assert consumer.status == AccountStatus.INACTIVE
    services = ServiceConnection.objects.filter(consumer=consumer)
    assert {each.supply_state for each in services} == {SupplyState.OFF_FOR_GOOD}
    assert not services.filter(billing_frozen_at=None).exists()
    assert not Meter.objects.filter(
        assignments__service_connection__in=services, assignments__during__endswith=None
    ).exists()
    assert Case.objects.get(pk=billing.case.pk).status == "COMPLETED"
    assert Execution.objects.filter(request=billing.case.pk).count() == 1
    told = Message.objects.filter(case=billing.case.pk, template__isnull=False)
    codes = set(told.values_list("template__code", flat=True))
    assert {"bill.sent", "request.approval_asked", "request.approval_decided"} <= codes
    assert {"request.acknowledged", "request.completed"} <= codes
    assert_sound()


# ------------------------------------------------------------------ and back again
@pytest.fixture
def returning(
    transactional_db: None,
    make_return: MakeReturn,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Return:
    """Ten days after the account was closed its reconnection is in progress."""
    settings.MEDIA_ROOT = tmp_path
    made = make_return(fee="45.00")
    stands.at = made.at
    return made


def test_back_by_reconnection(returning: Return, at_desk: SignIn, stands: SetClock) -> None:
    """DIS17: order, fee and debt, meter found in place, opening reading, four items, one press."""
    page = at_desk(returning.robert)
    here = f"/cx/disconnections/{returning.case.number}"
    page.goto(f"{here}/service-order")
    page.get_by_label("Remarks").fill("Somebody is at home")
    page.get_by_role("button", name="Add Service Order").click()
    expect(page.locator("#service-orders")).to_contain_text("Assigned")
    order = ServiceOrder.objects.filter(case=returning.request.pk).latest("pk")
    page.get_by_role("link", name="Reconnect", exact=True).click()
    button = page.get_by_role("button", name="Execute Reconnection")
    expect(button).to_be_disabled()
    expect(page.locator("#money")).to_contain_text("$45.00")
    stands.go_on(minutes=5)
    returning.settle()
    for utility, unit, meter in zip(
        ("Electricity", "Water"), ("kWh", "m³"), returning.closing.meters(), strict=True
    ):
        page.get_by_label(f"{utility} meter no").fill(meter.number)
        page.get_by_label(f"Opening reading in {unit}").fill("18400")
    page.get_by_label("SO ID").fill(order.number)
    page.get_by_role("button", name="Save details").click()
    settles(page)
    returning.tell()
    page.reload()
    tick_all(page, "#reconnection-checklist")
    expect(page.locator("#reconnection-checklist")).to_contain_text("Completion: 4/4 items")
    assert accessibility_violations(page) == []
    button.click()
    dialog = page.get_by_role("dialog", name="Execute Reconnection")
    expect(dialog).to_contain_text("the account becomes Active and comes out of the archive")
    assert accessibility_violations(page) == []
    dialog.get_by_role("button", name="Execute", exact=True).click()
    expect(page.locator("#case-header")).to_contain_text("Completed")
    expect(page.locator(".s-rail")).to_contain_text("Reconnected")
    consumer = Consumer.objects.get(pk=returning.consumer.pk)
    assert (consumer.status, consumer.archived_at) == (AccountStatus.ACTIVE, None)
    services = ServiceConnection.objects.filter(consumer=consumer)
    assert {each.supply_state for each in services} == {SupplyState.CONNECTED}
    assert not services.exclude(billing_frozen_at=None).exists()
    assert_sound()


def tick_all(page: Page, checklist: str) -> None:
    for box in page.locator(f"{checklist} input[type=checkbox]:enabled").all():
        if not box.is_checked():
            box.click()
            settles(page)
