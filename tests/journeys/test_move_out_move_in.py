"""One household moves out and another in, in a real browser: three steps and one button."""

import pytest
from playwright.sync_api import expect

from consumers.models import OccupancyChange
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, SetClock
from tests.journeys.conftest import SignIn, looks_right

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_somebody_new_moves_in(
    make_consumer: MakeConsumer, stands: SetClock, at_desk: SignIn
) -> None:
    old = make_consumer(account_number="ACC-2024-001789")
    make_consumer("Bo Li", account_number="ACC-2024-000002", address="7 Elm Street")
    page = at_desk(Role.CSE)
    page.goto(f"/cx/consumer-management/{old.account_number}")
    page.get_by_role("link", name="Move out / in").click()
    shown = page.get_by_label("Electricity, meter")
    shown.fill("18000")
    page.get_by_role("button", name="Next").click()
    expect(
        page.get_by_text("must be greater than the previous reading (18245 kWh)").first
    ).to_be_visible()
    expect(shown).to_have_value("18000")
    looks_right(page)
    shown.fill("18300")
    page.get_by_role("button", name="Next").click()

    page.get_by_label("Search Customer").press_sequentially("Bo Li")
    expect(page.get_by_role("option", name="Bo Li")).to_be_visible()
    looks_right(page)
    page.get_by_label("Name", exact=True).fill("Ana Ruiz")
    page.get_by_label("E-mail").fill("ana@example.com")
    page.get_by_role("button", name="Next, with a new account").click()

    expect(page.get_by_role("heading", name="What goes over")).to_be_visible()
    expect(page.locator("#review")).to_contain_text("18,300 kWh")
    page.reload()
    expect(page.locator("#review")).to_contain_text("Ana Ruiz")
    looks_right(page)
    page.get_by_role("button", name="Change occupier").click()
    expect(page.get_by_role("heading", name="Ana Ruiz")).to_be_visible()
    expect(page.get_by_text("is supplied there now")).to_be_visible()
    change = OccupancyChange.objects.get()
    assert page.url.endswith(change.moved_in.account_number)
    page.goto(f"/cx/consumer-management/{old.account_number}/connections")
    expect(page.get_by_text("Moved out").first).to_be_visible()
    looks_right(page)
