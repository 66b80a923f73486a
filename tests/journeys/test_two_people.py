"""Two people at once, and the hand that presses twice, goes back, or was away too long."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from consumers.models import Consumer, ProfileLock
from disconnections.models import DisconnectionRequest
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakeRequest, SetClock
from tests.journeys.conftest import (
    SignIn,
    Watched,
    accessibility_violations,
    is_ready,
    sign_in_by_keyboard,
)

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ADDRESS = "/cx/disconnections/new"
NOTES = "Meter is behind the shed"
MakePerson = Callable[..., Person]


@pytest.fixture
def smith(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE, username="sarah")


def choose(page: Page, consumer: Consumer) -> None:
    page.goto(ADDRESS)
    page.get_by_label("Search consumer").press_sequentially(consumer.account_number)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()


def go_to_review(page: Page) -> None:
    is_ready(page)
    page.get_by_label("Reason").select_option(label="NP-001 · Non-payment of bills")
    page.get_by_label("No preference").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Submit Request")).to_be_visible()


def the_one_request() -> DisconnectionRequest:
    return DisconnectionRequest.objects.select_related("case").get()


def test_the_second_person_is_told_who_holds_the_profile(at_desk: SignIn, smith: Consumer) -> None:
    """AC002: named and since when, wherever the second person comes from; free after Cancel."""
    first, second = at_desk(Role.CSE), at_desk(Role.CALL_CENTRE)
    choose(first, smith)

    second.goto(ADDRESS)
    second.get_by_label("Search consumer").press_sequentially(smith.account_number)
    option = second.get_by_role("option")
    expect(option).to_contain_text("Sarah Johnson holds this profile")
    expect(option).to_have_attribute("aria-disabled", "true")
    assert accessibility_violations(second) == []
    second.keyboard.press("Enter")
    expect(second.get_by_label("Reason")).to_have_count(0)

    second.goto(f"/cx/consumer-management/{smith.account_number}")
    expect(second.get_by_text("holds this profile since")).to_contain_text("Sarah Johnson")
    second.get_by_role("link", name="Create Request").last.click()
    expect(second.locator("#step-1")).to_contain_text("Sarah Johnson")
    expect(second.get_by_label("Reason")).to_have_count(0)
    assert ProfileLock.objects.get().holder.full_name == "Sarah Johnson"

    first.keyboard.press("Escape")
    dialog = first.get_by_role("dialog", name="Cancel and release")
    dialog.get_by_role("button", name="Cancel and release").click()
    first.wait_for_url("**/cx/disconnections/")
    choose(second, smith)
    assert ProfileLock.objects.get().holder.full_name == "Emily Davis"


def test_two_people_acknowledge_and_the_second_is_told(
    at_desk: SignIn, make_request: MakeRequest, stands: SetClock
) -> None:
    """AC010: the slower one sees the fresh state and who was faster, never an error."""
    made = make_request()
    stands.go_on(minutes=90)
    first, second = at_desk(Role.CSE), at_desk(Role.SUPERVISOR)
    for page in (first, second):
        page.goto(f"/cx/disconnections/{made.case.number}")
        expect(page.get_by_role("button", name="Acknowledgement")).to_be_visible()
        is_ready(page)
    first.keyboard.press("a")
    expect(first.locator("#case-header")).to_contain_text("In Progress")
    second.keyboard.press("a")
    note = second.get_by_role("alert")
    expect(note).to_contain_text("Acknowledged by Sarah Johnson at")
    expect(note).to_contain_text("11:00 AM")
    expect(second.locator("#case-header")).to_contain_text("In Progress")
    expect(second.get_by_role("button", name="Acknowledgement")).to_have_count(0)
    expect(second.get_by_role("button", name="Put on Hold").first).to_be_visible()
    assert accessibility_violations(second) == []


def test_a_session_that_ended_loses_nothing(
    watched: Watched, sarah: Person, smith: Consumer
) -> None:
    """DIS4: the fragment's 401 leads to the door, and the door back to what was typed."""
    page = watched.open()
    page.goto(ADDRESS)
    sign_in_by_keyboard(page, "sarah")
    expect(page.get_by_label("Search consumer")).to_be_visible()
    choose(page, smith)
    page.get_by_label("Reason").select_option(label="NP-001 · Non-payment of bills")
    page.get_by_label("Additional notes").fill(NOTES)
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    Session.objects.all().delete()
    with page.expect_response("**/new/parts") as answer:
        page.get_by_label("No preference").check()
    assert answer.value.status == 401

    page.wait_for_url("**/sign-in?**")
    expect(page.get_by_text("Your session has ended. Sign in to go on.")).to_be_visible()
    assert accessibility_violations(page) == []
    sign_in_by_keyboard(page, "sarah")
    expect(page.get_by_label("Additional notes")).to_have_value(NOTES)
    expect(page.get_by_label("Reason")).to_contain_text("NP-001")
    go_to_review(page)
    page.get_by_role("button", name="Submit Request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("created")
    assert the_one_request().notes == NOTES


def test_a_double_click_makes_one_request(at_desk: SignIn, smith: Consumer) -> None:
    page = at_desk(Role.CSE)
    choose(page, smith)
    go_to_review(page)
    page.get_by_role("button", name="Submit Request").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("created")
    assert the_one_request().case.number in page.get_by_role("heading", level=1).inner_text()


def test_a_double_press_without_javascript_makes_one_request(
    at_desk: SignIn, smith: Consumer
) -> None:
    """The one-time key of the form holds, not only the button that is switched off."""
    page = at_desk(Role.CSE)
    choose(page, smith)
    go_to_review(page)
    fields: dict[str, Any] = page.evaluate(
        "Object.fromEntries(new FormData(document.getElementById('submit-form')))"
    )
    send = f"{ADDRESS}/submit"
    answers = [page.request.post(send, form=fields, max_redirects=0) for _ in range(2)]
    assert [answer.status for answer in answers] == [302, 302]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert the_one_request().case.number in answers[0].headers["location"]


def test_back_after_submit_makes_no_second_request(at_desk: SignIn, smith: Consumer) -> None:
    """Back shows a page that says what is already open, and submits nothing twice."""
    page = at_desk(Role.CSE)
    choose(page, smith)
    go_to_review(page)
    page.get_by_role("button", name="Submit Request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("created")
    number = the_one_request().case.number
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Create Request")
    submit = page.get_by_role("button", name="Submit Request")
    if submit.count():  # the browser kept the page: its form key gives the first result again
        submit.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    assert the_one_request().case.number == number


def test_a_second_tab_goes_on_with_the_same_draft(at_desk: SignIn, smith: Consumer) -> None:
    """CON14: the same holder renews the same lock, and either tab can submit."""
    page = at_desk(Role.CSE)
    choose(page, smith)
    page.get_by_label("Additional notes").fill(NOTES)
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    second = page.context.new_page()
    second.goto(ADDRESS)
    expect(second.get_by_label("Additional notes")).to_have_value(NOTES)
    go_to_review(second)
    second.get_by_role("button", name="Submit Request").click()
    expect(second.get_by_role("heading", level=1)).to_contain_text("created")
    page.get_by_label("Reason").select_option(index=1)
    expect(page.get_by_role("alert").first).to_contain_text(the_one_request().case.number)
    assert DisconnectionRequest.objects.count() == 1


def test_letters_before_the_script_count(at_desk: SignIn, smith: Consumer) -> None:
    """Who types faster than a slow line brings the script is searched for all the same."""
    page = at_desk(Role.CSE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/combobox.js", hold)
    page.goto(ADDRESS, wait_until="commit")
    search = page.get_by_label("Search consumer")
    expect(search).to_be_focused()
    page.keyboard.type(smith.account_number)
    expect(search).to_have_value(smith.account_number)
    held[0].continue_()
    expect(page.get_by_role("option")).to_have_count(1)
