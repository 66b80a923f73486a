"""A household is proposed on the phone, its certificate follows, in a browser (BEY11)."""

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from consumers.models import AccountHold, Consumer
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, SetClock
from tests.journeys.conftest import (
    PHONE,
    SignIn,
    is_ready,
    looks_right,
    nothing_scrolls_sideways,
)
from tests.journeys.test_complaint import photo

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

KIND, TITLE = "Life support at home", "Letter of Dr. Ruiz"
NOTE = "Her husband breathes by a machine at night; the letter comes by hand tomorrow"


@pytest.fixture
def maria(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer("Maria Mendez", account_number="ACC-2024-001789")


def propose(page: Page, account: str) -> None:
    """What is typed while somebody is on the line."""
    page.goto(reverse("consumer_detail", args=[account]))
    page.get_by_role("link", name="Account holds").click()
    expect(page.get_by_text("or none: then it is to follow")).to_be_visible()
    page.get_by_label("What protects it").select_option(label=f"Register: {KIND}")
    page.get_by_label("Source").fill("By telephone")
    page.get_by_label("To", exact=True).fill("2025-06-30")
    page.get_by_label("Note to the supervisor").fill(NOTE)
    looks_right(page, in_dark=True)
    page.get_by_role("button", name="Propose a hold").click()
    expect(page.get_by_text("A supervisor decides on the hold")).to_be_visible()


def bring_certificate(page: Page, account: str) -> None:
    """Draw in what the household brought to the desk."""
    page.goto(reverse("consumer_documents", args=[account]))
    page.get_by_role("link", name="Add document").first.click()
    is_ready(page)
    file = FilePayload(name="letter.png", mimeType="image/png", buffer=photo())
    page.locator("s-uploads input[type=file]").set_input_files(files=[file])
    expect(page.get_by_text("1 of 5 files", exact=True)).to_be_visible()
    page.get_by_label("Kind").select_option("CERTIFICATE")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("button", name="Add document").click()
    expect(page.get_by_text("somebody else verifies it")).to_be_visible()


def says_which_day_is_which(page: Page, account: str, *days: str) -> None:
    """A card of a phone has no headings of columns: each day has its word, which a table lacks."""
    wide = page.viewport_size
    assert wide
    row = page.get_by_role("row", name=account)
    expect(row).not_to_contain_text(days[0], use_inner_text=True)
    page.set_viewport_size(PHONE)
    card = page.locator("tr", has_text=account)
    for day in days:
        expect(card).to_contain_text(day, use_inner_text=True)
    page.set_viewport_size(wide)


def test_who_calls_is_protected_once_the_certificate_is_there(
    at_desk: SignIn, maria: Consumer
) -> None:
    """BEY11: proposed without, uploaded at the desk, accepted with, read in the register."""
    account = maria.account_number
    emily, sarah, david = (at_desk(role) for role in (Role.CALL_CENTRE, Role.CSE, Role.SUPERVISOR))
    propose(emily, account)
    own = emily.get_by_role("region", name=KIND)
    expect(own).to_contain_text("To follow")
    aside = emily.get_by_role("complementary", name="Account holds")
    expect(aside).to_contain_text("Nothing protects this account")
    expect(aside.get_by_role("heading", name="Protected")).to_have_count(0)
    looks_right(emily, in_dark=True)

    david.goto(reverse("hold_proposal_list"))
    expect(david.get_by_role("row", name=account)).to_contain_text("Certificate to follow")
    looks_right(david, in_dark=True)
    nothing_scrolls_sideways(david)
    says_which_day_is_which(david, account, "From Dec 10, 2024", "To Jun 30, 2025")
    david.get_by_role("link", name=f"Decide {account}").click()
    david.get_by_role("button", name="Accept By telephone").click()
    certificate = david.get_by_role("complementary").get_by_label("Certificate")
    expect(certificate).to_have_attribute("aria-invalid", "true")
    looks_right(david, in_dark=True)
    assert not AccountHold.objects.exists()

    sarah.goto(reverse("account_holds", args=[account]))
    expect(sarah.get_by_text("until then it protects nobody")).to_be_visible()
    looks_right(sarah, in_dark=True)
    bring_certificate(sarah, account)

    david.get_by_role("link", name="documents", exact=True).click()
    david.get_by_role("link", name=TITLE).click()
    david.get_by_role("button", name="Verify").click()
    expect(david.get_by_text("Verified: version 1")).to_be_visible()
    david.goto(reverse("account_holds", args=[account]))
    certificate.select_option(label=f"{TITLE}, Verified")
    looks_right(david, in_dark=True)
    david.get_by_role("button", name="Accept By telephone").click()
    expect(david.get_by_text("The account is protected")).to_be_visible()
    looks_right(david, in_dark=True)
    entry = AccountHold.objects.get()
    assert entry.certificate is not None

    david.goto(reverse("protection_list"))
    row = david.get_by_role("row", name=account)
    expect(row).to_contain_text(KIND)
    expect(row).to_contain_text("Emily Davis")
    looks_right(david, in_dark=True)
    nothing_scrolls_sideways(david)
    says_which_day_is_which(
        david, account, "From Dec 10, 2024", "To Jun 30, 2025", "Registered by Emily Davis"
    )
    row.get_by_role("link", name="By telephone").click()
    expect(david.get_by_role("heading", name=TITLE)).to_be_visible()

    emily.reload()
    expect(emily.get_by_role("region", name=KIND)).to_contain_text("Protected")
    looks_right(emily, in_dark=True)
