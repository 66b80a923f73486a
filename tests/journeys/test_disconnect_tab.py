"""The Disconnect tab in a real browser: prepared, ticked and executed (DIS14 to DIS16)."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from smart360.cases.choices import CaseStatus
from tests.conftest import SetClock
from tests.disconnections.closing import Closing, MakeClosing, make_billing, make_closing
from tests.journeys.conftest import SignIn, accessibility_violations

__all__ = ["make_billing", "make_closing"]
pytestmark = [pytest.mark.browser, pytest.mark.journey]
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def closing(
    transactional_db: None,
    make_closing: MakeClosing,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Closing:
    settings.MEDIA_ROOT = tmp_path
    made = make_closing()
    made.order()
    made.bill()
    return made


def violations(page: Page) -> list[str]:
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(250)  # the fade of 120 ms
    return accessibility_violations(page)


def open_tab(page: Page, closing: Closing) -> None:
    page.goto(f"/cx/disconnections/{closing.case.number}/disconnect")
    expect(page.get_by_role("heading", name="Account Closure Checklist")).to_be_visible()


def counted(page: Page, words: str) -> None:
    expect(page.locator("#account-closure-checklist")).to_contain_text(words)


def test_from_the_device_to_the_last_button(closing: Closing, at_desk: SignIn) -> None:
    """AC015 to AC017: what follows is filled in, what is typed stays, until nothing is missing."""
    robert = at_desk(closing.billing.robert)
    open_tab(robert, closing)
    for item in ("Final bill generated and sent", "Final payment received"):
        robert.get_by_role("checkbox", name=item).check()
        expect(robert.get_by_role("checkbox", name=item)).to_be_checked()
    counted(robert, "Completion: 3/6 items")

    page = at_desk(closing.sarah)
    open_tab(page, closing)
    assert violations(page) == []
    execute = page.get_by_role("button", name="Execute Disconnection")
    expect(execute).to_be_disabled()
    power, water = closing.meters()
    assert power.device
    assert water.device
    device = page.get_by_label("Electricity device no")
    device.fill("D-90577")
    device.press("Tab")
    wrong = f"Meter not linked to this account. On this account: {power.device.number}."
    expect(page.locator(f"#meter-{closing.billing.services[0].pk}")).to_contain_text(wrong)
    device.fill(power.device.number)
    device.press("Tab")
    expect(page.get_by_label("Electricity meter no")).to_have_value(power.number)

    page.get_by_role("checkbox", name="Records archived").check()
    counted(page, "Completion: 4/6 items")
    expect(device).to_have_value(power.device.number)
    page.get_by_role("button", name="Send closure notice").click()
    expect(page.locator("#account-closure-checklist")).to_contain_text("on its way by e-mail")
    for item in ("Customer notified of closure", "Account officially closed"):
        page.get_by_role("checkbox", name=item).check()
        expect(page.get_by_role("checkbox", name=item)).to_be_checked()
    counted(page, "Completion: 6/6 items")

    page.get_by_label("Water device no").fill(water.device.number)
    order = closing.case.service_orders.get()
    page.get_by_label("SO ID").fill(f"SO-{int(order.number[-6:])}")
    page.get_by_label("SO ID").press("Tab")
    expect(page.locator("#order-facts")).to_contain_text("Mike Thompson")
    page.get_by_role("button", name="Save details").click()
    expect(page.locator("#missing")).to_have_count(0)
    assert violations(page) == []
    execute.press("Enter")
    dialog = page.get_by_role("dialog", name="Execute Disconnection")
    expect(dialog).to_contain_text("is switched off for good")
    expect(dialog).to_contain_text("Billing of these services is frozen")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(execute).to_be_focused()
    assert closing.case.status == CaseStatus.IN_PROGRESS
    execute.press("Space")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.set_viewport_size(PHONE)
    execute.press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page) == []
    dialog.get_by_role("button", name="Execute", exact=True).press("Enter")
    expect(page.locator("#disconnect")).to_contain_text("Carried out")
    expect(page.locator("#case-header")).to_contain_text("Completed")
    expect(page.locator("#case-header")).to_contain_text("Inactive")
    assert closing.case.status == CaseStatus.COMPLETED
    assert violations(page) == []


def test_without_script_the_page_asks(closing: Closing, at_desk: SignIn) -> None:
    """The dialog opens by its address; Cancel leads away, Execute carries out."""
    closing.set()
    closing.give()
    closing.tick_all()
    page = at_desk(closing.sarah, java_script_enabled=False)
    open_tab(page, closing)
    execute = page.get_by_role("button", name="Execute Disconnection")
    dialog = page.get_by_role("dialog", name="Execute Disconnection")
    expect(dialog).to_be_hidden()
    execute.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert closing.case.status == CaseStatus.IN_PROGRESS
    execute.click()
    dialog.get_by_role("button", name="Execute", exact=True).click()
    expect(page.locator("#disconnect")).to_contain_text("Carried out")


def test_a_link_leads_to_what_is_missing(closing: Closing, at_desk: SignIn) -> None:
    page = at_desk(closing.sarah, viewport=PHONE)
    open_tab(page, closing)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="SO ID: Enter the service order").click()
    assert page.url.endswith("#id_service_order")
    assert violations(page) == []


def test_the_keyboard_goes_on_where_it_was(closing: Closing, at_desk: SignIn) -> None:
    """An answer replaces what was pressed; the focus must not start at the top of the page."""
    page = at_desk(closing.sarah)
    open_tab(page, closing)
    box = page.get_by_role("checkbox", name="Records archived")
    box.press("Space")
    counted(page, "Completion: 2/6 items")
    expect(box).to_be_focused()
    send = page.get_by_role("button", name="Send closure notice")
    send.press("Enter")
    expect(page.locator("#account-closure-checklist")).to_contain_text("on its way by e-mail")
    expect(send).to_be_focused()
    page.get_by_role("button", name="Assign to me").press("Enter")
    expect(page.locator("#case-header")).to_contain_text("assigned to Sarah Johnson")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
