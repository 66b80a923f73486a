"""A supervisor merges two accounts of one household and parts them again, in a real browser."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.queries.accounts import balances_of
from consumers.models import AccountMerge
from smart360.staff.choices import Role
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, SetClock
from tests.journeys.conftest import SignIn, looks_right, nothing_scrolls_sideways

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_two_accounts_become_one_and_two_again(
    make_consumer: MakeConsumer, stands: SetClock, at_desk: SignIn
) -> None:
    survivor = make_consumer(account_number="ACC-2024-700001")
    double = make_consumer(services={}, account_number="ACC-2024-700002")
    owe(double, "120.00", at=stands.at)
    page = at_desk(Role.SUPERVISOR)
    page.goto(f"/cx/consumer-management/{double.account_number}")
    page.get_by_role("link", name="Merge into another account").click()
    expect(page.get_by_role("heading", name="Accounts that look alike")).to_be_visible()
    looks_right(page)
    nothing_scrolls_sideways(page)
    page.get_by_role("link", name="Compare with ACC-2024-700001").click()
    expect(page.locator("#review")).to_contain_text("$120.00")
    looks_right(page)
    nothing_scrolls_sideways(page)
    page.get_by_label("Reason").fill("Registered twice at the desk")
    page.get_by_role("button", name="Merge accounts").click()
    expect(page.get_by_text("was merged into ACC-2024-700001")).to_be_visible()
    assert balances_of(survivor.pk).outstanding == Decimal(120)
    page.locator("#also").get_by_role("link", name="ACC-2024-700002").click()
    expect(page.get_by_text("Merged into ACC-2024-700001 on")).to_be_visible()
    expect(page.get_by_role("link", name="Create Request")).to_have_count(0)
    looks_right(page)

    page.get_by_role("link", name="Undo merge").click()
    expect(page.locator("#undo")).to_contain_text("Registered twice at the desk")
    looks_right(page)
    page.get_by_label("Reason").fill("They are two households")
    page.get_by_role("button", name="Undo merge").click()
    expect(page.get_by_text("is an account of its own again")).to_be_visible()
    assert AccountMerge.objects.get().undone_at is not None
    assert balances_of(double.pk).outstanding == Decimal(120)
