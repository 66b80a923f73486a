"""Create Request in a real browser: the hand stays on the keyboard, and nothing typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from consumers.choices import SupplyState, UtilityType
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest
from smart360.staff.choices import Role
from smart360.web.models import Draft
from tests.conftest import MakeConsumer
from tests.journeys.conftest import accessibility_violations

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/cx/disconnections/new"
NOTES = "Customer requested morning slot"
BOTH = {
    UtilityType.ELECTRICITY: SupplyState.CONNECTED,
    UtilityType.WATER: SupplyState.OFF_FOR_NOW,
}


@pytest.fixture
def smith(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer(services=BOTH)


@pytest.fixture
def desk(page: Page, client_as: Callable[..., Client], live_server: Any) -> Page:
    """The browser of a customer service executive."""
    client = client_as(Role.CSE)
    session = client.cookies[next(name for name in client.cookies if "session" in name)]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "url": live_server.url}]
    )
    return page


def select(desk: Page, consumer: Consumer) -> None:
    desk.goto(ADDRESS)
    desk.keyboard.type(consumer.account_number)  # the search has the focus from the start
    expect(desk.get_by_role("option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Reason")).to_be_focused()


def next_monday(desk: Page) -> str:
    day: str = desk.evaluate(
        "() => { const d = new Date(Date.now() + 864e5 * 3);"
        " while (d.getUTCDay() !== 1) d.setUTCDate(d.getUTCDate() + 1);"
        " return d.toISOString().slice(0, 10); }"
    )
    return day


def test_a_request_is_made_from_the_keyboard(desk: Page, smith: Consumer) -> None:
    """AC003, AC004, AC005, AC006: from the search to the receipt without the mouse."""
    select(desk, smith)
    expect(desk.get_by_text("Disconnection Request", exact=True)).to_be_visible()
    assert accessibility_violations(desk) == []

    desk.get_by_label("Reason").select_option(label="NP-001 · Non-payment of bills")
    expect(desk.get_by_text("outstanding balance exceeding 90 days")).to_be_visible()
    expect(desk.locator("#summary")).to_contain_text("Resolved within 24 h")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Electricity")).to_be_focused()

    date = desk.get_by_label("Preferred date")
    assert date.get_attribute("min")
    date.fill(next_monday(desk))
    desk.get_by_label("Additional notes").focus()
    desk.keyboard.type(NOTES)
    expect(desk.get_by_text("31 of 250")).to_be_visible()
    desk.get_by_label("10:00 AM – 12:00 PM").press("Space")
    expect(desk.locator("#summary")).to_contain_text("10:00 AM – 12:00 PM")
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_role("button", name="Submit Request")).to_be_visible()
    assert desk.url.endswith("?step=3")
    assert accessibility_violations(desk) == []
    expect(desk.get_by_label("Notify customer")).to_be_checked()
    desk.get_by_label("Notify customer").focus()
    desk.keyboard.press("Control+Enter")

    expect(desk.get_by_role("heading", level=1)).to_be_focused()
    made = DisconnectionRequest.objects.select_related("case").get()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(made.case.number)
    assert made.notes == NOTES
    assert made.slot is not None
    assert accessibility_violations(desk) == []
    desk.get_by_role("link", name="Add Another Request").click()
    expect(desk.get_by_label("Search consumer")).to_have_value("")


def test_a_reload_and_a_new_tab_lose_nothing(desk: Page, smith: Consumer) -> None:
    """DIS4."""
    select(desk, smith)
    desk.get_by_label("Additional notes").fill(NOTES)
    expect(desk.get_by_text("Saved as a draft")).to_be_visible()
    assert Draft.objects.get().typed["notes"] == [NOTES]
    desk.reload()
    expect(desk.get_by_label("Additional notes")).to_have_value(NOTES)
    second = desk.context.new_page()
    second.goto(desk.url)
    expect(second.get_by_label("Additional notes")).to_have_value(NOTES)
    second.close()


def test_a_refusal_puts_the_focus_where_one_goes_on(desk: Page, smith: Consumer) -> None:
    """AC004: the page's own words for a date that has passed; what was typed stays."""
    select(desk, smith)
    desk.get_by_label("Reason").select_option(index=1)
    desk.get_by_label("Preferred date").fill("2020-02-03")
    desk.get_by_label("Additional notes").fill(NOTES)
    desk.get_by_role("button", name="Review", exact=True).click()
    expect(desk.locator("#id_preferred_on-error")).to_contain_text("Cannot select past date")
    expect(desk.get_by_label("Preferred date")).to_be_focused()
    expect(desk.get_by_label("Additional notes")).to_have_value(NOTES)


def test_services_that_are_off_change_the_type(desk: Page, smith: Consumer) -> None:
    select(desk, smith)
    desk.get_by_label("Water").check()
    desk.get_by_label("Electricity").uncheck()
    expect(desk.get_by_text("Reconnection Request", exact=True)).to_be_visible()
    expect(desk.get_by_label("Reason")).to_contain_text("Bills settled")


def test_cancel_asks_first_and_releases(desk: Page, smith: Consumer) -> None:
    select(desk, smith)
    desk.keyboard.press("Escape")
    dialog = desk.get_by_role("dialog", name="Cancel and release")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Cancel and release").click()
    desk.wait_for_url("**/cx/disconnections/")
    assert not Draft.objects.exists()
