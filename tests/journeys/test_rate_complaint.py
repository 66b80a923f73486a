"""A complaint on paper, and the customer who follows and rates it, in a real browser."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from complaints.models import Complaint, Rating
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.complaints.conftest import complain
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.journeys.conftest import accessibility_violations
from tests.journeys.test_receipt_and_tracking import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.journey]

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


@pytest.fixture
def made(
    transactional_db: None,
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Complaint:
    settings.MEDIA_ROOT = tmp_path
    return complain(make_consumer(), by=person(Role.CSE), at=stands.at)


@pytest.fixture
def resolved(made: Complaint, person: MakePerson, at: datetime) -> Complaint:
    bring_to("RESOLVED", made, person(Role.SUPERVISOR), at)
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_question_is_for_everybody(
    page: Page, live_server: Any, resolved: Complaint, theme: str, window: Any
) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size(window)
    page.goto(f"/track/{resolved.tracking_token}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your complaint is resolved.")
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
    page.get_by_role("button", name="Send your rating").click()
    expect(page.get_by_text("Choose 1 to 5 stars.")).to_be_visible()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_a_consumer_rates_by_keyboard(page: Page, live_server: Any, resolved: Complaint) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/track/{resolved.tracking_token}")
    page.get_by_role("radio", name="1, very bad").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Quick and friendly")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You gave 4 of 5 stars. Thank you.")).to_be_visible()
    expect(page.get_by_role("button", name="Send your rating")).to_have_count(0)
    assert accessibility_violations(page) == []
    rating = Rating.objects.get()
    assert rating.comment is not None
    assert (rating.stars, rating.comment.text) == (4, "Quick and friendly")


def test_a_second_window_is_told_that_it_was_rated(
    page: Page, live_server: Any, resolved: Complaint
) -> None:
    page.goto(f"/track/{resolved.tracking_token}")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/track/{resolved.tracking_token}")
    for each, stars in ((page, "5, very good"), (other, "1, very bad")):
        each.get_by_role("radio", name=stars).check()
        each.get_by_role("button", name="Send your rating").click()
        expect(each.get_by_text("You gave 5 of 5 stars. Thank you.")).to_be_visible()
    expect(other.get_by_text("This was rated already. Thank you.", exact=True)).to_be_visible()


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_the_print_view_is_for_everybody(
    page: Page,
    live_server: Any,
    made: Complaint,
    client_as: Callable[..., Client],
    window: Any,
) -> None:
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.set_viewport_size(window)
    page.goto(f"/cx/services/{made.case.number}/receipt")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Complaint Registration Receipt")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_the_receipt_comes_by_itself(
    page: Page, live_server: Any, made: Complaint, client_as: Callable[..., Client]
) -> None:
    sign_in(page, client_as(Role.CSE), live_server.url)
    page.goto(f"/cx/services/{made.case.number}/receipt.pdf")
    expect(page.get_by_text("The receipt is being made.")).to_be_visible()
    assert accessibility_violations(page) == []
    drain("PDF")
    link = page.get_by_role("link", name="Download receipt")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"Receipt-{made.case.number}.pdf"
