"""A reading is entered, is unusual, and becomes a service order, in a real browser (CON10)."""

from datetime import date

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from consumers.models import Consumer, Reading
from consumers.operations.reading_files import go_on_with_reading_file, start_reading_file
from consumers.rules.reading_files import rows_of_file
from smart360.fieldwork.choices import OrderKind
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.reading_meters import meter_of, read_back
from tests.journeys.conftest import (
    SignIn,
    accessibility_violations,
    nothing_scrolls_sideways,
)

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def smith(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    """A home that has used 60 kWh every month."""
    smith = make_consumer(account_number="ACC-2024-001789")
    read_back(meter_of(smith), *[60] * 9)
    return smith


def looks_right(page: Page) -> None:
    """Clean for axe in both themes, wide and on a phone, and never wider than the window."""
    wide = page.viewport_size
    for size in (wide, PHONE):
        assert size
        page.set_viewport_size(size)
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        page.wait_for_timeout(250)  # the fade of 120 ms
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert wide
    page.set_viewport_size(wide)


def test_from_the_meter_to_the_inspection(smith: Consumer, at_desk: SignIn) -> None:
    page = at_desk(Role.CSE)
    page.goto(f"/cx/consumer-management/{smith.account_number}")
    page.get_by_role("link", name="Connections", exact=True).click()
    expect(page.get_by_text("Nothing unusual in the readings")).to_be_visible()
    looks_right(page)

    page.get_by_role("link", name="Enter reading").click()
    page.get_by_label("Reading", exact=True).fill("19000")
    page.get_by_role("button", name="Save reading").click()
    expect(page.get_by_text("Is this right?")).to_be_visible()
    expect(page.get_by_label("Reading", exact=True)).to_have_value("19000")
    looks_right(page)
    assert not Reading.objects.filter(read_on=date(2024, 12, 10)).exists()
    page.get_by_role("button", name="Save anyway").click()

    expect(page.get_by_text("The reading is saved and waits for verification")).to_be_visible()
    anomalies = page.locator("#anomalies")
    expect(anomalies).to_contain_text("Consumption far above usual")
    page.get_by_text("Show as a table").click()
    expect(page.locator("#consumption-chart table")).to_contain_text("755 kWh")
    looks_right(page)

    anomalies.get_by_role("link", name="Create service order").click()
    expect(page.get_by_label("Service Order Type")).to_contain_text("INS-1")
    expect(page.get_by_label("Remarks")).to_have_value(
        f"{meter_of(smith).number}: Consumption far above usual:"
        " 75.5 kWh a day, usually 2 kWh (Dec 10, 2024)"
    )
    looks_right(page)
    page.get_by_role("button", name="Create Service Order").click()
    made = ServiceOrder.objects.get()
    expect(page).to_have_url(page.url.split("/cx/")[0] + f"/cx/service-orders/{made.number}")
    expect(page.locator(".s-actions")).to_be_hidden()
    page.set_viewport_size(PHONE)
    expect(page.locator(".s-actions")).to_be_hidden()  # the dispatcher's alone: no strip for none
    assert made.kind == OrderKind.INSPECTION
    assert made.consumer == smith


def test_a_dark_page_is_readable_too(smith: Consumer, at_desk: SignIn) -> None:
    page = at_desk(Role.BILLING)
    page.goto(f"/cx/consumer-management/{smith.account_number}/connections")
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": page.url.split("/cx/")[0]}])
    page.reload()
    expect(page.locator("html[data-bs-theme=dark]")).to_have_count(1)
    page.get_by_text("Show as a table").click()
    looks_right(page)
    page.set_viewport_size(PHONE)
    readings = page.get_by_role("region", name="Readings, table")
    assert readings.evaluate("each => each.scrollWidth <= each.clientWidth"), "all is in sight"
    expect(readings).to_contain_text("2 kWh a day", use_inner_text=True)
    page.get_by_role("link", name="Reject the reading of Nov 30, 2024").click()
    looks_right(page)


def test_why_a_row_of_a_file_was_not_taken_is_in_sight_on_a_phone(
    smith: Consumer, at_desk: SignIn, person: MakePerson, stands: SetClock
) -> None:
    file = start_reading_file(
        name="route 8.csv",
        rows=rows_of_file(b"meter_number,read_on,value\nNO-SUCH,2024-12-09,5\n"),
        is_dry_run=True,
        by=person(Role.SUPERVISOR),
        at=stands.at,
    )
    go_on_with_reading_file(file=file, after=0, at=stands.at)
    go_on_with_reading_file(file=file, after=1, at=stands.at)
    page = at_desk(Role.BILLING)
    page.goto(f"/cx/consumer-management/readings/{file}")
    rows = page.get_by_role("region", name="Not taken, table")
    expect(rows).not_to_contain_text("Line 2", use_inner_text=True)
    nothing_scrolls_sideways(page)
    looks_right(page)
    page.set_viewport_size(PHONE)
    expect(rows).to_contain_text("Line 2", use_inner_text=True)
    expect(rows.get_by_text("No such meter measures a service now")).to_be_in_viewport()
