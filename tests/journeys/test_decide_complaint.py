"""A complaint is resolved, reopened and rejected in a browser, without a mouse; axe clean."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from complaints.models import Complaint
from smart360.cases.models import Case
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import at_path
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.journeys.conftest import SignIn, accessibility_violations, sign_in_by_keyboard

pytestmark = [pytest.mark.browser, pytest.mark.journey]


@pytest.fixture
def complaint(
    transactional_db: None,
    make_consumer: MakeConsumer,
    make_complaint: MakeComplaint,
    stands: SetClock,
) -> Complaint:
    made = make_complaint(make_consumer(is_vip=True))
    stands.go_on(minutes=20)
    return made


def status(page: Page, word: str) -> None:
    expect(page.locator("#case-header .s-tag").first).to_have_text(word)


def violations_at_rest(page: Page) -> list[str]:
    """What axe finds once no panel is being fetched: until then it is paler."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.wait_for_timeout(250)  # the fade of 120 ms
    return accessibility_violations(page)


def decide(page: Page, button: str, label: str, *, missing: str, words: str) -> None:
    """Open the dialog, be told what is missing, and say it."""
    page.get_by_role("button", name=button).first.press("Enter")
    dialog = page.get_by_role("dialog", name=button)
    expect(dialog.get_by_label(label)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_text(missing).first).to_be_visible()
    assert violations_at_rest(page) == []
    dialog.get_by_label(label).fill(words)
    page.keyboard.press("Control+Enter")


def test_resolved_reopened_rejected(
    at_desk: SignIn, complaint: Complaint, stands: SetClock
) -> None:
    """CMP5: each step says why, and the page follows by itself."""
    page = at_desk(Role.SUPERVISOR, reduced_motion="reduce")
    page.goto(at_path(complaint))
    status(page, "Pending")
    page.keyboard.press("a")
    status(page, "In Progress")

    stands.go_on(minutes=10)
    decide(
        page, "Resolve Request", "Resolution",
        missing="Enter how the complaint was resolved", words="The bill was corrected.",
    )  # fmt: skip
    status(page, "Resolved")
    expect(page.locator("#details")).to_contain_text("The bill was corrected.")
    assert violations_at_rest(page) == []

    stands.go_on(days=1)
    decide(page, "Reopen", "Why", missing="This field is required.", words="It is wrong again.")
    status(page, "In Progress")
    expect(page.locator("#details")).to_contain_text("Reopened")

    stands.go_on(minutes=10)
    decide(
        page, "Reject Complaint", "Reason for rejection",
        missing="Enter the reason for rejection", words="The meter is right.",
    )  # fmt: skip
    status(page, "Rejected")
    page.keyboard.press("4")
    page.wait_for_url("**/timeline")
    for line in ("Pending → In Progress", "In Progress → Resolved", "Resolved → In Progress"):
        expect(page.get_by_text(f"Status: {line}").first).to_be_visible()
    assert violations_at_rest(page) == []
    assert Case.objects.get(pk=complaint.pk).closing_note == "The meter is right."


def test_who_is_signed_out_meanwhile_keeps_the_words(
    at_desk: SignIn, complaint: Complaint, person: MakePerson
) -> None:
    """They stay in the dialog, and go out once somebody has signed in again, in another tab."""
    boss = person(Role.SUPERVISOR)
    page = at_desk(boss)
    page.goto(at_path(complaint))
    page.keyboard.press("a")
    status(page, "In Progress")
    page.get_by_role("button", name="Resolve Request").first.click()
    dialog = page.get_by_role("dialog", name="Resolve Request")
    dialog.get_by_label("Resolution").fill("The bill was corrected.")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    for _ in range(2):  # again without having signed in
        page.keyboard.press("Control+Enter")
        expect(dialog.get_by_text("You were signed out. Sign in again")).to_be_visible()
        expect(dialog.get_by_label("Resolution")).to_have_value("The bill was corrected.")

    other = page.context.new_page()
    other.goto("/sign-in")
    sign_in_by_keyboard(other, boss.username)
    other.wait_for_url("**/")
    page.bring_to_front()
    dialog.get_by_label("Resolution").press("Control+Enter")
    status(page, "Resolved")
    assert Case.objects.get(pk=complaint.pk).closing_note == "The bill was corrected."
