"""Settling a request and sending its final bill, in a real browser (DIS9, BIL2 to BIL6)."""

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, ViewportSize, expect

from billing.models import Invoice, SettlementChoice
from smart360.comms.models import Message
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.billing.paying import pay, propose
from tests.conftest import SetClock
from tests.journeys.conftest import SignIn, accessibility_violations, is_ready

__all__ = ["make_billing"]
pytestmark = [pytest.mark.browser, pytest.mark.journey]
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def billing(
    transactional_db: None,
    make_billing: MakeBilling,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Billing:
    settings.MEDIA_ROOT = tmp_path
    return make_billing()


def open_tab(page: Page, billing: Billing) -> None:
    page.goto(f"/cx/disconnections/{billing.case.number}/settlement")
    expect(page.get_by_role("heading", name="Net settlement")).to_be_visible()


def violations(page: Page) -> list[str]:
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.evaluate("window.scrollTo(0, 0)")  # the bar at the top covers nothing then
    page.wait_for_timeout(250)  # the fade of 120 ms
    return accessibility_violations(page)


def is_as_wide_as_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def net(page: Page, words: str) -> None:
    expect(page.locator("section", has=page.locator("#sum-net"))).to_contain_text(words)


def test_a_recovery_executive_settles(billing: Billing, at_desk: SignIn) -> None:
    """Toggle, record a payment, find the arrangement; generate the bill."""
    page = at_desk(billing.robert)
    page.goto(f"/cx/disconnections/{billing.case.number}")
    page.get_by_role("link", name="Generate Bill").click()
    page.wait_for_url("**/settlement#bill-details")
    net(page, "$256.78")
    net(page, "Amount payable by consumer")
    assert violations(page) == []

    switch = page.get_by_role("switch", name="Use in bill")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    net(page, "$456.78")
    expect(switch).to_be_focused()
    expect(page.locator("#live")).to_contain_text("Net settlement $456.78")
    expect(page.locator("#deposit")).to_contain_text("No")  # the other panel followed
    page.keyboard.press("Space")
    net(page, "$256.78")
    assert SettlementChoice.objects.get().uses_deposit is True

    page.get_by_role("link", name="Record payment").click()
    page.get_by_label("Amount").fill("100.00")
    page.get_by_label("Payment method").select_option("CASH")
    page.get_by_role("button", name="Record payment").click()
    expect(page.get_by_role("status").filter(has_text="is recorded")).to_be_visible()
    open_tab(page, billing)
    net(page, "$156.78")
    expect(page.get_by_text("$100.00")).to_be_visible()

    page.get_by_role("button", name="Generate Bill").click()
    expect(page.locator("#bill-details")).to_contain_text("Draft")
    expect(page.locator("#invoice-information")).to_contain_text("INV-")
    expect(page.get_by_role("button", name="Print Bill")).to_be_disabled()
    expect(page.get_by_role("button", name="Approve and Send")).to_have_count(0)
    page.get_by_role("link", name="Payment arrangement").click()
    page.wait_for_url("**/arrangements/new")


def test_a_billing_specialist_generates_discards_approves_and_sends(
    billing: Billing, at_desk: SignIn
) -> None:
    page = at_desk(billing.karen)
    open_tab(page, billing)
    approve = page.get_by_role("button", name="Approve and Send")
    expect(approve).to_be_disabled()
    power = page.get_by_role("group", name="Electricity")
    water = page.get_by_role("group", name="Water")
    power.get_by_label("Meter number").fill("EM-1")
    power.get_by_label("Last reading in kWh").focus()
    expect(power).to_contain_text("Meter not linked to this account")
    power.get_by_label("Meter number").fill(billing.meter(0).number)
    power.get_by_label("Last reading in kWh").fill("18245")
    expect(power).to_contain_text("Device D-E")
    page.keyboard.press("Control+Enter")
    sentence = "Reading must be greater than the previous reading (18245 kWh)"
    expect(power.get_by_text(sentence)).to_be_visible()
    expect(power.get_by_label("Last reading in kWh")).to_be_focused()
    expect(power.get_by_label("Meter number")).to_have_value(billing.meter(0).number)
    assert violations(page) == []

    power.get_by_label("Last reading in kWh").fill("18345")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#bill-missing")).not_to_contain_text("Electricity meter")
    expect(page.locator("#bill-missing")).to_contain_text("Water meter")
    page.get_by_role("button", name="Generate Bill").click()
    expect(page.locator("#invoice-information")).to_contain_text("Draft, not posted")

    # what is being typed is not swapped away when other panels refresh themselves
    water.get_by_label("Meter number").fill(billing.meter(1).number)
    page.get_by_role("switch", name="Use in bill").click()
    net(page, "$456.78")
    expect(page.locator("#bill-details")).to_contain_text("Amounts changed since this draft")
    expect(water.get_by_label("Meter number")).to_have_value(billing.meter(1).number)
    page.get_by_role("switch", name="Use in bill").click()
    net(page, "$256.78")
    water.get_by_label("Last reading in m³").fill("18345")
    page.get_by_role("button", name="Enter readings").click()
    expect(page.locator("#bill-missing")).to_contain_text("Discard it and generate a new bill")
    page.get_by_role("button", name="Discard and Generate New Bill").click()
    details = page.locator("#bill-details")
    expect(details).to_contain_text("$483.38")
    details.get_by_text("What changed since the last draft").click()
    expect(details).to_contain_text("Water: last reading")
    details.locator("summary").first.click()
    expect(details.get_by_text("96.774 kWh × $0.10")).to_be_visible()
    assert violations(page) == []

    approve.click()
    dialog = page.get_by_role("dialog", name="Approve and Send")
    expect(dialog).to_contain_text("$483.38")
    expect(dialog).to_contain_text("john.smith@email.com")
    assert violations(page) == []
    dialog.get_by_role("button", name="Approve and Send").click()
    expect(page.get_by_text("The final bill is approved and on its way.")).to_be_visible()
    expect(page.locator("#invoice-information")).to_contain_text("Approved, posted")
    expect(page.get_by_role("button", name="Enter readings")).to_have_count(0)
    net(page, "$483.38")
    bill = Invoice.objects.get()
    assert (bill.state, str(bill.due)) == ("APPROVED", "483.38")

    drain("PDF")
    drain("MAIL")
    message = Message.objects.get(dedupe_key=f"bill.sent:{bill.number}")
    assert message.delivery.state == "SENT"
    letter = mail.outbox[-1]
    assert letter.to == ["john.smith@email.com"]
    assert [name for name, _, _ in letter.attachments] == [f"Final-bill-{bill}.pdf"]
    page.get_by_role("link", name="Communication").click()
    expect(page.locator("#communication")).to_contain_text(str(bill))
    open_tab(page, billing)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Print Bill").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    assert saved.value.path().read_bytes().startswith(b"%PDF")


def test_a_payment_that_lands_meanwhile_is_never_overlooked(
    billing: Billing, at_desk: SignIn
) -> None:
    """AC012: the click comes too late; 409, the fresh figures in all panels."""
    billing.read()
    billing.generate()
    page = at_desk(billing.karen)
    open_tab(page, billing)
    page.get_by_role("button", name="Approve and Send").click()
    pay(billing.consumer, "150.00", by=billing.robert, at=billing.at)
    dialog = page.get_by_role("dialog", name="Approve and Send")
    dialog.get_by_role("button", name="Approve and Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Amounts changed since you opened this page")
    net(page, "$106.78")
    expect(page.get_by_role("button", name="Approve and Send")).to_be_disabled()
    assert violations(page) == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.RECOVERY, Role.CSE], ids=str)
def test_on_a_phone_nothing_is_cut_off(billing: Billing, at_desk: SignIn, role: Role) -> None:
    billing.read()
    billing.generate()
    billing.use_deposit(False)
    page = at_desk(role, viewport=PHONE)
    open_tab(page, billing)
    for summary in page.locator("#settlement summary").all():
        summary.click()
    assert is_as_wide_as_its_window(page)
    assert violations(page) == []
    billing.plan(version=1)
    billing.generate()
    if role != Role.CSE:  # sees no draft
        page.goto(f"/cx/billing/settlements/{billing.case.number}/bill")
        expect(page.get_by_role("heading", name="Final bill")).to_be_visible()
        assert is_as_wide_as_its_window(page)
        assert violations(page) == []
    billing.approve()
    open_tab(page, billing)
    assert is_as_wide_as_its_window(page)
    assert violations(page) == []


def test_refunds_are_decided_by_key_and_on_a_phone(billing: Billing, at_desk: SignIn) -> None:
    """The keys that the list names move in it; on a phone the decision is on the card."""
    for amount in ("10.00", "20.00"):
        propose(billing.consumer, amount, by=billing.karen, at=billing.at, source="DEPOSIT")
    page = at_desk(billing.david)
    page.goto("/cx/billing/refunds")
    is_ready(page)
    for amount in ("$10.00", "$20.00"):
        page.keyboard.press("j")
        expect(page.locator("tr.is-at")).to_contain_text(amount)
    page.set_viewport_size(PHONE)
    assert is_as_wide_as_its_window(page)
    assert violations(page) == []
    approve = page.get_by_role("button", name="Approve REF-").first
    expect(approve).to_be_in_viewport(ratio=1)
    approve.click()
    expect(page.locator("#toasts")).to_contain_text("$10.00 goes back")
    expect(page.locator("#refunds")).not_to_contain_text("$10.00")


def test_without_scripts_it_is_the_same_work(billing: Billing, at_desk: SignIn) -> None:
    """Plain forms: wrong reading, switch, generate, approve."""
    page = at_desk(billing.karen, java_script_enabled=False)
    page.goto(f"/cx/disconnections/{billing.case.number}/settlement")
    page.get_by_role("button", name="Enter readings").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Settlement of DIS-")
    for name, position in (("Electricity", 0), ("Water", 1)):
        group = page.get_by_role("group", name=name)
        group.get_by_label("Meter number").fill(billing.meter(position).number)
        group.get_by_label("Last reading").fill("18345")
    page.get_by_role("button", name="Enter readings").click()
    page.get_by_role("button", name="Generate Bill").click()
    page.get_by_role("button", name="Approve and Send").first.click()
    dialog = page.locator("#approve")
    dialog.get_by_role("button", name="Approve and Send").click()
    expect(page.locator("#invoice-information")).to_contain_text("Approved, posted")
    assert Invoice.objects.get().state == "APPROVED"
