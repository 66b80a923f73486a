"""The tabs of a consumer's profile in a real browser: read, narrowed, written on (CON4)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from consumers.choices import MeterPlace
from consumers.metering import Cause
from consumers.models import Consumer
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.consumers.documenting import add
from tests.consumers.test_move_meter import take_down
from tests.fieldwork.working import order_from_profile
from tests.journeys.conftest import SignIn, accessibility_violations, is_ready
from tests.journeys.test_complaint import photo

pytestmark = [pytest.mark.browser, pytest.mark.journey]
WIDE, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture
def maria(
    transactional_db: None,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    stands: SetClock,
) -> Consumer:
    """Maria Mendez with a late request, a complaint and a service order."""
    made, sarah, at = make_consumer("Maria Mendez", is_vip=True), person(Role.CSE), stands.at
    make_request(made, by=sarah, moment=at - timedelta(days=9))
    make_complaint(made, by=sarah, when=at - timedelta(minutes=30))
    order_from_profile(made, by=sarah, at=at)
    return made


def clean(page: Page, where: str) -> None:
    """No axe finding and nothing that scrolls sideways, wide and on a phone."""
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(250)  # the fade of 120 ms
        assert accessibility_violations(page) == [], (where, size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], (where, size, wide)
    page.set_viewport_size(WIDE)


def go_to(page: Page, tab: str) -> None:
    """Open a tab and wait for its scripts: only then does a filter narrow by itself."""
    page.get_by_role("navigation", name="Consumer").get_by_role("link", name=tab).click()
    expect(page.get_by_role("link", name=tab, exact=True)).to_have_attribute("aria-current", "page")
    is_ready(page)


def test_each_tab_is_read_narrowed_and_written_on(at_desk: SignIn, maria: Consumer) -> None:
    page = at_desk(Role.SUPERVISOR, viewport=WIDE)
    page.goto(reverse("consumer_detail", args=[maria.account_number]))
    alerts = page.get_by_role("list", name="Alerts")
    expect(alerts.get_by_role("link")).to_contain_text("SLA breached: DIS-")
    expect(page.get_by_role("heading", name="Open requests and complaints")).to_be_visible()
    clean(page, "Overview")

    go_to(page, "Notes")
    page.get_by_label("Note", exact=False).first.fill("Beware of the dog")
    page.get_by_label("Pin it to the Overview").check()
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Note added")).to_be_visible()
    clean(page, "Notes")
    go_to(page, "Overview")
    expect(page.get_by_text("Beware of the dog")).to_be_visible()

    go_to(page, "Service")
    rows = page.locator("#service-rows tbody tr")
    expect(rows).to_have_count(3)
    page.get_by_label("Type").select_option("Complaint")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("CMP-")
    clean(page, "Service")

    go_to(page, "Communication")
    page.get_by_label("Message", exact=True).fill("We come on Monday")
    page.get_by_role("button", name="Send Message").click()
    expect(page.locator("#said").get_by_text("We come on Monday")).to_be_visible()
    is_ready(page)
    page.get_by_label("Minutes").fill("7")
    page.get_by_label("What was said").fill("She moves out in May")
    page.get_by_role("button", name="Log call").click()
    expect(page.locator("#said").get_by_text("She moves out in May")).to_be_visible()
    is_ready(page)
    page.get_by_label("Channel").select_option("Phone")
    expect(page.locator("#said").get_by_text("We come on Monday")).to_be_hidden()
    clean(page, "Communication")

    go_to(page, "Timeline")
    expect(page.get_by_text("Call logged")).to_be_visible()
    page.get_by_label("What happened").select_option("Service orders")
    expect(page.get_by_text("Call logged")).to_be_hidden()
    expect(page.get_by_text("Service order created")).to_be_visible()
    clean(page, "Timeline")
    assert "group=orders" in page.url


def test_on_a_phone_each_row_of_a_profile_is_a_card_in_sight(
    at_desk: SignIn,
    maria: Consumer,
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
) -> None:
    """No table is moved under a finger, and each figure says what it is."""
    drain("PDF")  # the receipts
    sarah, at, bare = person(Role.CSE), stands.at, make_consumer("Bo Li")
    add(maria, sarah, at, title="Agreement with a long name, as people give them")
    cause = Cause(number="DIS-2024-900001", case=None, consumer=bare.pk, by=sarah.pk, at=at)
    meter = take_down(cause, MeterPlace.DECOMMISSIONED, None).number
    page = at_desk(Role.SUPERVISOR, viewport=PHONE)
    for consumer, tab, tables in (
        (maria, "consumer_detail", {"Open requests and complaints": "CMP-",
            "Service orders under way": "Technician --", "Connections": "Last reading 18,245"}),
        (maria, "consumer_documents",
            {"Documents": "Version 1", "Bills and receipts": "Complaint receipt"}),
        (bare, "consumer_connections", {"Meters": "Device --", "Meter history": meter,
            "Inventory movements": "To Decommissioned"}),
    ):  # fmt: skip
        page.goto(reverse(tab, args=[consumer.account_number]))
        for table, said in tables.items():
            rows = page.get_by_role("region", name=f"{table}, table")
            expect(rows).to_contain_text(said, use_inner_text=True)
            assert rows.evaluate("each => each.scrollWidth <= each.clientWidth"), table
        clean(page, tab)
        page.set_viewport_size(PHONE)


def test_a_document_is_added_by_one_and_verified_by_another(
    at_desk: SignIn, make_consumer: MakeConsumer
) -> None:
    """CON13: drawn in at the desk, looked at and verified by the supervisor."""
    account = make_consumer("Maria Mendez").account_number
    desk = at_desk(Role.CSE, viewport=WIDE)
    desk.goto(reverse("consumer_detail", args=[account]))
    go_to(desk, "Documents")
    expect(desk.get_by_text("No document yet")).to_be_visible()
    clean(desk, "Documents, empty")
    desk.get_by_role("link", name="Add document").first.click()
    is_ready(desk)
    file = FilePayload(name="front.png", mimeType="image/png", buffer=photo())
    desk.locator("s-uploads input[type=file]").set_input_files(files=[file])
    expect(desk.get_by_text("1 of 5 files", exact=True)).to_be_visible()
    desk.get_by_role("button", name="Add document").click()  # without kind and title
    expect(desk.get_by_role("alert").first).to_be_visible()
    expect(desk.get_by_text("1 of 5 files", exact=True)).to_be_visible()
    desk.get_by_label("Kind").select_option("AGREEMENT")
    desk.get_by_label("Title").fill("Agreement of supply")
    clean(desk, "Add document")
    desk.get_by_role("button", name="Add document").click()
    expect(desk.get_by_text("somebody else verifies it")).to_be_visible()
    expect(desk.get_by_role("button", name="Verify")).to_be_hidden()
    clean(desk, "document of one's own")

    boss = at_desk(Role.SUPERVISOR, viewport=WIDE)
    boss.goto(reverse("consumer_documents", args=[account]))
    boss.get_by_role("link", name="Agreement of supply").click()
    clean(boss, "document to verify")
    boss.get_by_role("button", name="Verify").click()
    expect(boss.get_by_text("Verified: version 1")).to_be_visible()
    go_to(boss, "Documents")
    rows = boss.locator("#document-rows tbody tr")
    expect(rows).to_contain_text("Verified")
    boss.get_by_label("Verification").select_option("WITHDRAWN")
    expect(boss.get_by_text("Nothing matches these filters")).to_be_visible()
    clean(boss, "Documents, narrowed")
