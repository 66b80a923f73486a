"""The door, one's own settings and the settings page, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.journeys.conftest import accessibility_violations

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-enough-password"
MakePerson = Callable[..., Person]


def sign_in(page: Page, path: str = "/me") -> None:
    page.goto(path)
    page.get_by_label("Username").fill("pat")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def no_wider_than_a_phone(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_door_by_keyboard_alone(page: Page, person: MakePerson) -> None:
    person(Role.ADMIN, username="pat", full_name="Pat Moore")
    page.goto("/me")
    expect(page).to_have_title("Sign in · Your utility")
    assert accessibility_violations(page) == []
    page.get_by_label("Username").focus()
    page.keyboard.type("pat")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Username or password is not right.")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Username")).to_have_value("pat")
    assert accessibility_violations(page) == []
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My settings")).to_be_visible()


@pytest.mark.parametrize("path", ["/me", "/me/password", "/settings/"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(
    page: Page, person: MakePerson, path: str, width: int
) -> None:
    person(Role.ADMIN, username="pat", full_name="Pat Moore")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert accessibility_violations(page) == []
    assert no_wider_than_a_phone(page)


def test_the_settings_are_previewed_and_saved(page: Page, person: MakePerson) -> None:
    """ADM2."""
    person(Role.ADMIN, username="pat", full_name="Pat Moore")
    sign_in(page, "/settings/")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Currency").select_option("EUR")
    expect(page.locator("#preview")).to_contain_text("€1,204.10")
    page.get_by_label("Name", exact=True).fill("Springfield Utilities")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_text("Saved: Name, currency.")).to_be_visible()
    expect(page).to_have_title("Settings · Springfield Utilities")


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/staff/person/",
        "/admin/staff/person/add/",
        "/admin/staff/rolegroup/1/history/",
        "/admin/organisation/businesscalendar/add/",
    ],
)
def test_the_admin_breaks_no_policy(page: Page, person: MakePerson, path: str) -> None:
    """The page fixture fails on any script error or broken content policy."""
    person(Role.ADMIN, username="pat", full_name="Pat Moore")
    sign_in(page, path)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
