"""Working on a request, and finding one for a caller, in a real browser and by keyboard."""

from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from disconnections.models import DisconnectionRequest
from smart360.cases.models import Case, HoldReason
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import ClientAs, at_path
from tests.fieldwork.working import order_from_profile
from tests.journeys.conftest import SignIn, accessibility_violations, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.journey]


@pytest.fixture
def asked(
    transactional_db: None,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    stands: SetClock,
) -> DisconnectionRequest:
    made = make_request(make_consumer(is_vip=True))
    stands.go_on(minutes=20)
    return made


def sign_in(page: Page, client: Client, url: str) -> None:
    session = client.cookies[next(name for name in client.cookies if "session" in name)]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": url}])


def violations_at_rest(page: Page) -> list[str]:
    """What axe finds once no panel is being fetched: until then it is paler."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.wait_for_timeout(250)  # the fade of 120 ms
    return accessibility_violations(page)


def status(page: Page, word: str) -> None:
    expect(page.locator("#case-header .s-tag").first).to_have_text(word)


def test_from_acknowledgement_to_close(
    page: Page,
    live_server: Any,
    asked: DisconnectionRequest,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """AC010, AC011: Acknowledgement, Put on Hold, Resume, Close Request, without a mouse."""
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.goto("/cx/disconnections/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{at_path(asked)}")
    status(page, "Pending")
    page.keyboard.press("a")
    status(page, "In Progress")
    expect(page.get_by_text(f"{asked.case.number} is in progress.")).to_be_visible()

    stands.go_on(minutes=5)
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog", name="Put on Hold")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    assert violations_at_rest(page) == []
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("This field is required.").first).to_be_visible()
    assert violations_at_rest(page) == []
    reason = HoldReason.objects.get(code="WAITING_CONSUMER")
    dialog.get_by_label("Reason").select_option(str(reason.pk))
    page.keyboard.press("Control+Enter")
    status(page, "On Hold")
    expect(page.get_by_text("Paused to Dec 11").first).to_be_visible()
    assert violations_at_rest(page) == []

    stands.go_on(minutes=30)
    page.keyboard.press("h")
    status(page, "In Progress")
    expect(page.get_by_text("Adjusted due", exact=True)).to_be_visible()

    page.keyboard.press("6")
    page.wait_for_url("**/timeline")
    page.get_by_role("button", name="Close Request").press("Enter")
    dialog = page.get_by_role("dialog", name="Close Request")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    dialog.get_by_label("Reason").select_option("OTHER")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Say in at least 10 characters why").first).to_be_visible()
    dialog.get_by_label("Additional notes").fill("The house was demolished")
    page.keyboard.press("Control+Enter")
    status(page, "Closed")
    expect(page.get_by_text("Status: In Progress → Closed: Other")).to_be_visible()
    assert violations_at_rest(page) == []
    assert Case.objects.get(pk=asked.pk).closing_note == "The house was demolished"


def test_a_caller_is_found_by_phone_number(
    page: Page, live_server: Any, asked: DisconnectionRequest, client_as: ClientAs
) -> None:
    """The Call Centre Representative reads status and SLA of a caller's request."""
    sign_in(page, client_as(Role.CALL_CENTRE), live_server.url)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("(555) 123-4567")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("John Michael Smith")
    expect(option).to_contain_text("VIP")
    expect(option).to_contain_text("Pending")
    expect(option).to_contain_text("On Track")
    assert violations_at_rest(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{at_path(asked)}")
    expect(page.locator("#sla")).to_contain_text("On Track")
    expect(page.locator("#sla")).to_contain_text("Due Dec 11, 2024, 09:30 AM")
    expect(page.locator("#spoken")).to_contain_text(
        "expect to complete it by Dec 11, 2024, 09:30 AM"
    )
    expect(page.get_by_role("button", name="Acknowledgement")).to_have_count(0)


def test_a_note_never_leaves_and_a_message_is_the_response(
    page: Page, live_server: Any, asked: DisconnectionRequest, client_as: ClientAs
) -> None:
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.goto(at_path(asked))
    page.keyboard.press("i")
    page.wait_for_url("**write=note")
    expect(page.get_by_label("Internal note")).to_be_focused()
    page.keyboard.type("Gate code 4711")
    page.keyboard.press("Control+Enter")
    note = page.locator(".s-msg.is-internal")
    expect(note).to_contain_text("Gate code 4711")
    expect(page.get_by_label("Internal note")).to_have_value("")
    expect(page.locator("#sla")).to_contain_text("No response yet")
    page.get_by_label("Message").fill("We will visit you on Monday.")
    page.get_by_role("button", name="Send Response to Consumer").last.click()
    expect(page.locator(".s-msg.is-to").last).to_contain_text("We will visit you on Monday.")
    expect(page.locator("#sla")).to_contain_text("Responded in 0.33 h")


def test_the_list_filters_as_one_types(
    page: Page,
    live_server: Any,
    asked: DisconnectionRequest,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    client_as: ClientAs,
) -> None:
    make_request(make_consumer("Zoe Zimmer", phone="(312) 999-8888", address="1 Elm Way"))
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.goto("/cx/disconnections/")
    rows = page.locator("table.s-list tbody tr")
    expect(rows).to_have_count(2)
    page.keyboard.press("/")
    page.keyboard.type("zimmer")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Zoe Zimmer")
    expect(page.get_by_label("Search requests")).to_be_focused()
    assert "q=zimmer" in page.url
    page.get_by_label("Type").select_option("RECONNECTION")
    expect(page.get_by_text("No requests match these filters")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Search requests")).to_have_value("zimmer")


def test_service_orders_are_walked_through_by_keys(
    at_desk: SignIn, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> None:
    """The list says j, k and Enter; on a phone a row is a card that fits."""
    order = order_from_profile(make_consumer(), by=person(Role.CSE), at=stands.at)
    page = at_desk(Role.DISPATCHER)
    page.goto("/cx/service-orders/")
    is_ready(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{order.number}")
    phone = at_desk(Role.DISPATCHER, viewport=ViewportSize(width=390, height=844))
    phone.goto("/cx/service-orders/")
    table = phone.get_by_role("region", name="Service orders, table")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_places_on_a_phone_do_not_cover_each_other(at_desk: SignIn, stands: SetClock) -> None:
    """A supervisor has more places than fit: they are wide enough to read, and the bar scrolls."""
    page = at_desk(Role.SUPERVISOR, viewport=ViewportSize(width=390, height=844))
    page.goto("/")
    boxes = [each.bounding_box() for each in page.locator(".s-nav li a").all()]
    edges = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(edges) >= 6
    assert all(left[1] <= right[0] + 1 for left, right in pairwise(edges))
    assert min(right - left for left, right in edges) >= 44
    page.locator(".s-nav li a").last.scroll_into_view_if_needed()
    expect(page.locator(".s-nav li a").last).to_be_in_viewport()
