"""From the receipt that is being made to the page that the consumer follows, in a real browser."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from disconnections.models import DisconnectionRequest, TimeSlot
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.conftest import MakeRequest, SetClock
from tests.journeys.conftest import accessibility_violations

pytestmark = [pytest.mark.browser, pytest.mark.journey]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def made(
    transactional_db: None,
    make_request: MakeRequest,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> DisconnectionRequest:
    settings.MEDIA_ROOT = tmp_path
    slot = TimeSlot.objects.get(starts=time(10))
    return make_request(preferred_on=date(2024, 12, 15), slot=slot.pk, notes="W" * 250)


def sign_in(page: Page, client: Client, url: str) -> None:
    session = client.cookies[next(name for name in client.cookies if "session" in name)]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": url}])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_tracking_page_is_for_everybody(
    page: Page, live_server: Any, made: DisconnectionRequest, theme: str, window: Any
) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size(window)
    page.goto(f"/track/{made.tracking_token}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sunday, December 15, 2024")
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_print_view_is_for_everybody(
    page: Page,
    live_server: Any,
    made: DisconnectionRequest,
    client_as: Callable[..., Client],
    window: Any,
) -> None:
    """bad-inputs.md 59: a word of 250 letters wraps."""
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.set_viewport_size(window)
    page.goto(f"/cx/disconnections/{made.case.number}/receipt")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_the_receipt_comes_by_itself(
    page: Page, live_server: Any, made: DisconnectionRequest, client_as: Callable[..., Client]
) -> None:
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.goto(f"/cx/disconnections/{made.case.number}/receipt.pdf")
    expect(page.get_by_text("The receipt is being made.")).to_be_visible()
    assert accessibility_violations(page) == []
    drain("PDF")
    link = page.get_by_role("link", name="Download receipt")
    expect(link).to_be_visible()
    assert accessibility_violations(page) == []
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"Receipt-{made.case.number}.pdf"
