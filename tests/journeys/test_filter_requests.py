"""Filtering the list in a real browser: what is lit around the rows follows the address."""

import pytest
from playwright.sync_api import expect

from smart360.staff.choices import Role
from tests.conftest import MakeRequest, SetClock
from tests.journeys.conftest import SignIn, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.journey]


def test_a_saved_view_is_lit_as_long_as_it_is_what_is_shown(
    transactional_db: None, at_desk: SignIn, make_request: MakeRequest, stands: SetClock
) -> None:
    make_request()
    page = at_desk(Role.CSE)
    page.goto("/cx/disconnections/")
    is_ready(page)
    lit = page.locator(".s-views [aria-current]")
    expect(lit).to_have_text(["All open"])
    expect(page.locator(".nav-tabs [aria-current]")).to_have_text("Current request 1")
    expect(page.locator("#request-rows [role=status]")).to_have_text("1 of 1, soonest due first")
    page.get_by_label("Priority").select_option("HIGH")
    page.wait_for_url("**priority=HIGH**")
    expect(lit).to_have_count(0)
    page.get_by_label("Priority").select_option("")
    expect(lit).to_have_text(["All open"])
    page.goto("/cx/disconnections/?assignee=me")  # said by the server alone
    expect(lit).to_have_text(["My requests 0"])
