"""A person's own data: exported for them, then erased, by two people at two desks (R8)."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer
from tests.journeys.conftest import SignIn, accessibility_violations, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def privacy(page: Page, consumer: Consumer) -> None:
    page.goto(f"/cx/consumer-management/{consumer.account_number}/privacy")
    is_ready(page)


def ask(page: Page, consumer: Consumer, panel: str, button: str) -> None:
    privacy(page, consumer)
    form = page.locator("form").filter(has=page.get_by_role("heading", name=panel))
    form.get_by_label("Reason").fill("A letter of May 3")
    form.get_by_role("button", name=button).click()
    expect(page.get_by_text("You asked for it: somebody else decides.")).to_be_visible()


def test_exported_and_erased(at_desk: SignIn, make_consumer: MakeConsumer) -> None:
    """Two people each time; the file is the person's; afterwards nobody is behind the account."""
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}
    john = make_consumer(status=AccountStatus.INACTIVE, services=off)
    first, second = at_desk(Role.SUPERVISOR), at_desk(Role.ADMIN)

    ask(first, john, "Export this person's data", "Ask for an export")
    privacy(second, john)
    second.get_by_role("button", name="Approve export").click()
    expect(second.get_by_text("The files are being made.")).to_be_visible()
    assert accessibility_violations(second) == []
    drain("PDF")
    take = second.get_by_role("button", name="Download data (JSON)")
    expect(take).to_be_visible()  # the page goes on by itself
    with second.expect_download() as download:
        take.click()
    data = json.loads(Path(download.value.path()).read_text())
    assert data["consumer"][0]["name"] == john.name

    ask(first, john, "Erase this person", "Ask for the erasure")
    privacy(second, john)
    expect(second.get_by_text("Data (JSON): Patricia Moore")).to_be_visible()
    erase = second.get_by_role("button", name="Erase for good")
    second.get_by_label("Account number").fill("ACC-1")
    erase.click()
    expect(second.get_by_text("This is not the number of this account").first).to_be_visible()
    assert accessibility_violations(second) == []
    second.get_by_label("Account number").fill(john.account_number)
    erase.click()
    expect(second.get_by_text("The person was erased")).to_be_visible()
    assert accessibility_violations(second) == []

    first.goto(f"/cx/consumer-management/{john.account_number}")
    is_ready(first)
    expect(first.get_by_role("heading", name="Erased consumer")).to_be_visible()
    expect(first.get_by_role("link", name="Create Request")).to_have_count(0)
    assert john.name not in first.content()
    assert accessibility_violations(first) == []
