"""Two people and one profile: held, broken, changed by the faster one, nothing typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from consumers.models import Consumer
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer
from tests.journeys.conftest import SignIn, accessibility_violations, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SARAHS, SUPERVISORS = "+1 555 010 7777", "+1 555 010 8888"


@pytest.fixture
def smith(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer(phone="+15550100123")


def profile(page: Page, consumer: Consumer, rest: str = "") -> None:
    page.goto(f"/cx/consumer-management/{consumer.account_number}{rest}")
    is_ready(page)


def begin_to_edit(page: Page, consumer: Consumer) -> None:
    profile(page, consumer)
    page.get_by_role("button", name="Edit profile").click()
    expect(page.get_by_text("You hold this profile.")).to_be_visible()
    is_ready(page)


def test_a_profile_is_edited_under_its_lock(at_desk: SignIn, smith: Consumer) -> None:
    """CON14, AC002: the second cannot begin; who lost the hold keeps what they typed."""
    first, second = at_desk(Role.CSE), at_desk(Role.SUPERVISOR)
    begin_to_edit(first, smith)
    first.get_by_label("Phone").fill(SARAHS)

    profile(second, smith)
    expect(second.get_by_text("holds this profile since")).to_contain_text("Sarah Johnson")
    expect(second.get_by_role("button", name="Edit profile")).to_have_count(0)
    profile(second, smith, "/edit")  # by the address: no form either
    expect(second.get_by_text("holds this profile since")).to_contain_text("Sarah Johnson")
    expect(second.get_by_label("Phone")).to_have_count(0)
    assert accessibility_violations(second) == []

    second.get_by_role("button", name="Break lock").first.click()
    dialog = second.get_by_role("dialog", name="Break lock")
    dialog.get_by_label("Reason").fill("Sarah has left for today")
    dialog.get_by_role("button", name="Break lock").click()
    begin_to_edit(second, smith)
    second.get_by_label("Phone").fill(SUPERVISORS)
    second.keyboard.press("Control+Enter")
    expect(second.get_by_text("Profile saved")).to_be_visible()

    told, save = first.locator("#refusal"), first.get_by_role("button", name="Save profile")
    save.click()
    expect(told).to_contain_text("Your hold on this profile has ended")
    expect(first.get_by_label("Phone")).to_have_value(SARAHS)
    expect(first.locator("#current")).to_contain_text("8888")
    assert accessibility_violations(first) == []
    save.click()
    expect(told).to_contain_text("Changed by David Chen")
    expect(first.get_by_label("Phone")).to_have_value(SARAHS)
    save.click()
    expect(first.get_by_text("Profile saved")).to_be_visible()

    profile(first, smith, "/timeline")
    story = first.locator("main")
    for words in ("8888", "7777", "Sarah has left for today"):
        expect(story).to_contain_text(words)
    smith.refresh_from_db()
    assert smith.phone.endswith("7777")
