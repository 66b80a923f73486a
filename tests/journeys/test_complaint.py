"""Create Complaint in a real browser: files are dropped, the keyboard is enough, windows clash."""

import base64
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import FilePayload, Page, ViewportSize, expect

from complaints.models import Complaint, ComplaintDraft
from consumers.models import Consumer
from smart360.documents.models import PendingFile
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer
from tests.journeys.conftest import SignIn, accessibility_violations, by_tabs, is_ready

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NEW = "/cx/services/new"
WORDS = "The bill is three times the usual one."
DROP = """([files, target]) => {
  const transfer = new DataTransfer();
  for (const [name, type, body] of files) {
    const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const place = document.querySelector(target);
  for (const kind of ["dragover", "drop"]) {
    const how = { dataTransfer: transfer, bubbles: true, cancelable: true };
    place.dispatchEvent(new DragEvent(kind, how));
  }
}"""


@pytest.fixture
def smith(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def desk(at_desk: SignIn) -> Page:
    return at_desk(Role.CSE)


def photo(kind: str = "PNG") -> bytes:
    body = BytesIO()
    Image.effect_noise((60, 60), 50).convert("RGB").save(body, kind)
    return body.getvalue()


def drop(desk: Page, *files: tuple[str, str, bytes]) -> None:
    """Drag files from the desktop onto the page."""
    sent = [(name, kind, base64.b64encode(body).decode()) for name, kind, body in files]
    desk.evaluate(DROP, [sent, "s-uploads form"])


def select(desk: Page, consumer: Consumer) -> None:
    desk.goto(NEW)
    is_ready(desk)
    desk.keyboard.type(consumer.account_number)  # the search has the focus from the start
    expect(desk.get_by_role("option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Next")).to_be_focused()


def describe(desk: Page) -> None:
    expect(desk.get_by_label("Category", exact=True)).to_be_focused()
    is_ready(desk)
    desk.get_by_label("Category", exact=True).select_option(label="Billing")
    expect(desk.get_by_label("Subcategory")).to_be_enabled()
    expect(desk.get_by_label("Complaint name")).to_be_disabled()
    desk.get_by_label("Subcategory").select_option(label="Meter reading")
    expect(desk.get_by_label("Complaint name")).to_be_enabled()
    desk.get_by_label("Complaint name").select_option(label="Reading differs from meter")
    expect(desk.locator("#choice")).to_contain_text("High")
    expect(desk.locator("#summary")).to_contain_text("Reading differs from meter")
    date = desk.get_by_label("Incident date")
    date.fill(str(date.get_attribute("max")))
    desk.get_by_label("Description").fill(WORDS)
    desk.get_by_label("Expected resolution").fill("A corrected bill")


def test_four_steps_with_three_files_dropped(desk: Page, smith: Consumer) -> None:
    """CMP2."""
    desk.goto(NEW)
    assert accessibility_violations(desk) == []
    select(desk, smith)
    expect(desk.get_by_text("Customer since", exact=True)).to_be_visible()
    assert accessibility_violations(desk) == []
    desk.get_by_role("link", name="Next").click()

    expect(desk.get_by_label("Subcategory")).to_be_disabled()
    describe(desk)
    desk.get_by_label("Expected resolution").blur()
    expect(desk.locator("#summary")).to_contain_text("A corrected bill")
    assert accessibility_violations(desk) == []
    desk.get_by_role("button", name="Next").click()

    expect(desk.get_by_text("0 of 5 files", exact=True)).to_be_visible()
    is_ready(desk)
    drop(
        desk,
        ("meter-front.png", "image/png", photo()),
        ("meter-reading.jpg", "image/jpeg", photo("JPEG")),
        ("letter.png", "image/png", photo()),
        ("call-recording.mp3", "audio/mpeg", b"ID3 sound"),
    )
    expect(desk.get_by_text("3 of 5 files", exact=True)).to_be_visible()
    refused = desk.get_by_role("alert")
    expect(refused).to_contain_text("call-recording.mp3 was not added.")
    expect(refused).to_contain_text("Only PDF, JPG and PNG files are accepted")
    assert accessibility_violations(desk) == []
    desk.get_by_role("button", name="Remove letter.png").click()
    expect(desk.get_by_text("2 of 5 files", exact=True)).to_be_visible()
    drop(desk, ("letter-again.png", "image/png", photo()))
    expect(desk.get_by_text("3 of 5 files", exact=True)).to_be_visible()
    desk.get_by_label("Additional Notes").fill("The display says 18,245")
    desk.get_by_role("button", name="Next").click()

    expect(desk.get_by_role("button", name="Submit Complaint")).to_be_visible()
    for shown in (WORDS, "meter-front.png", "letter-again.png", "The display says 18,245"):
        expect(desk.get_by_role("main")).to_contain_text(shown)
    expect(desk.get_by_label("Send Acknowledgment to Customer")).to_be_checked()
    assert accessibility_violations(desk) == []
    desk.get_by_role("button", name="Submit Complaint").click()

    made_page = desk.get_by_role("heading", level=1)
    expect(made_page).to_contain_text("CMP-")
    made = Complaint.objects.select_related("case").get()
    expect(made_page).to_contain_text(made.case.number)
    assert made.evidence.count() == 3
    assert accessibility_violations(desk) == []
    desk.go_back()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(made.case.number)
    assert Complaint.objects.count() == 1
    assert not PendingFile.objects.exists()


def test_by_the_keyboard_alone(desk: Page, smith: Consumer) -> None:
    """From the start page to the number, no hand on the mouse."""
    desk.on("filechooser", lambda _: None)  # from now on the browser asks us, not a window
    desk.goto("/")
    is_ready(desk)
    desk.keyboard.press("Shift+N")
    expect(desk.get_by_label("Search Customer")).to_be_focused()
    desk.keyboard.type(smith.account_number)
    expect(desk.get_by_role("option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Next")).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.get_by_label("Category", exact=True)).to_be_focused()
    is_ready(desk)
    desk.keyboard.type("Tech")
    expect(desk.get_by_label("Subcategory")).to_be_enabled()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Subcategory")).to_be_focused()
    desk.keyboard.type("Net")
    expect(desk.get_by_label("Complaint name")).to_be_enabled()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Complaint name")).to_be_focused()
    desk.keyboard.type("Leak")
    expect(desk.locator("#summary")).to_contain_text("Leak")
    date = desk.get_by_label("Incident date")
    day = str(date.get_attribute("max"))
    desk.keyboard.press("Enter")
    expect(date).to_be_focused()
    desk.keyboard.type(f"{day[5:7]}{day[8:]}{day[:4]}")
    by_tabs(desk, desk.get_by_label("Description"))
    desk.keyboard.type(WORDS)
    by_tabs(desk, desk.get_by_label("Expected resolution"))
    desk.keyboard.type("A plumber today")
    desk.keyboard.press("Control+Enter")

    choose = desk.get_by_role("button", name="Choose Files")
    expect(choose).to_be_visible()
    is_ready(desk)
    by_tabs(desk, choose)
    with desk.expect_file_chooser() as chooser:
        desk.keyboard.press("Enter")
    chooser.value.set_files(
        [FilePayload(name=f"{n}.png", mimeType="image/png", buffer=photo()) for n in "abc"]
    )
    expect(desk.get_by_text("3 of 5 files", exact=True)).to_be_visible()
    by_tabs(desk, desk.get_by_label("Additional Notes"))
    desk.keyboard.type("Water in the cellar")
    desk.keyboard.press("Alt+ArrowLeft")
    expect(desk.get_by_label("Description")).to_have_value(WORDS)
    is_ready(desk)
    desk.keyboard.press("Alt+ArrowRight")
    expect(desk.get_by_label("Additional Notes")).to_have_value("Water in the cellar")
    is_ready(desk)
    desk.keyboard.press("Alt+ArrowRight")
    expect(desk.get_by_role("button", name="Submit Complaint")).to_be_focused()
    is_ready(desk)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", level=1)).to_be_focused()
    made = Complaint.objects.select_related("case", "name").get()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(made.case.number)
    assert (made.name.name, made.evidence.count()) == ("Leak", 3)
    assert made.notes == "Water in the cellar"


def test_a_reload_and_a_second_window_lose_nothing(desk: Page, smith: Consumer) -> None:
    """CMP2: what is typed is kept; who comes second is told."""
    select(desk, smith)
    desk.get_by_role("link", name="Next").click()
    second = desk.context.new_page()
    second.goto(desk.url)
    is_ready(second)
    desk.get_by_label("Description").fill("Typed in the first window.")
    expect(desk.get_by_text("Saved as a draft")).to_be_visible()
    desk.reload()
    expect(desk.get_by_label("Description")).to_have_value("Typed in the first window.")

    second.get_by_label("Description").fill("Typed in the second window.")
    expect(second.get_by_text("This step was changed in another window at")).to_be_visible()
    second.get_by_role("button", name="Next").click()
    expect(second.get_by_role("alert").first).to_contain_text("changed in another window")
    expect(second.get_by_label("Description")).to_have_value("Typed in the second window.")
    assert accessibility_violations(second) == []
    draft = ComplaintDraft.objects.get()
    assert draft.typed["2"]["words"]["description"] == ["Typed in the first window."]
    second.close()


def test_who_is_signed_out_meanwhile_keeps_what_was_typed(desk: Page, smith: Consumer) -> None:
    """Next waits on the page until somebody has signed in again, in another tab."""
    select(desk, smith)
    desk.get_by_role("link", name="Next").click()
    expect(desk.get_by_label("Category", exact=True)).to_be_focused()
    is_ready(desk)
    session = next(
        each for each in desk.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME
    )
    desk.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    desk.get_by_label("Description").fill(WORDS)
    desk.get_by_label("Expected resolution").fill("A corrected bill")  # and the summary is asked
    expect(desk.get_by_text("Not saved as a draft")).to_be_visible()
    desk.get_by_role("button", name="Next").click()
    expect(desk.get_by_text("You were signed out. Sign in again in another tab")).to_be_visible()
    expect(desk.get_by_label("Description")).to_have_value(WORDS)

    desk.context.add_cookies([session])  # type: ignore[list-item]
    desk.get_by_role("button", name="Next").click()
    expect(desk.get_by_text("fields need another look")).to_be_visible()
    expect(desk.get_by_label("Description")).to_have_value(WORDS)
    assert ComplaintDraft.objects.get().typed["2"]["words"]["description"] == [WORDS]


def test_somebody_who_is_not_in_the_system(desk: Page, smith: Consumer) -> None:
    desk.goto(NEW)
    is_ready(desk)
    desk.get_by_label("Search Customer").fill("nobody has this name")
    expect(desk.get_by_text("No customer found. Check the spelling")).to_be_visible()
    desk.get_by_role("link", name="Enter Customer Details Manually").click()
    expect(desk.get_by_label("Name", exact=True)).to_be_focused()
    desk.get_by_label("Name", exact=True).fill("Ann Newcomer")
    desk.get_by_role("button", name="Next").click()
    expect(desk.locator("#id_phone-error")).to_contain_text("Enter a phone number")
    expect(desk.get_by_label("Phone")).to_be_focused()
    expect(desk.get_by_label("Name", exact=True)).to_have_value("Ann Newcomer")
    assert accessibility_violations(desk) == []
    desk.get_by_label("Phone").fill("(555) 123-0000")
    desk.get_by_role("button", name="Next").click()
    expect(desk.get_by_label("Category", exact=True)).to_be_focused()
    expect(desk.locator("#summary")).to_contain_text("Ann Newcomer")


def test_a_person_named_is_chosen_as_one_types(desk: Page, smith: Consumer, person: Any) -> None:
    person(Role.BILLING)
    select(desk, smith)
    desk.get_by_role("link", name="Next").click()
    describe(desk)
    desk.get_by_label("Category", exact=True).select_option(label="Staff Behavior")
    named = desk.get_by_label("Person named")
    named.fill("karen")
    expect(desk.get_by_role("option", name="Karen Lee")).to_be_visible()
    named.press("Enter")
    expect(named).to_have_value("Karen Lee")
    expect(desk.get_by_label("Description")).to_have_value(WORDS)  # the form was not sent
    desk.get_by_label("Subcategory").select_option(label="Conduct")
    expect(desk.get_by_label("Complaint name")).to_be_enabled()
    desk.get_by_label("Complaint name").select_option(label="Rude or disrespectful")
    expect(desk.locator("#summary")).to_contain_text("Karen Lee")
    assert accessibility_violations(desk) == []


def test_on_a_phone(at_desk: SignIn, smith: Consumer) -> None:
    phone = at_desk(Role.CSE, viewport=ViewportSize(width=390, height=844))
    select(phone, smith)
    phone.get_by_role("link", name="Next").click()
    describe(phone)
    fits = (
        "() => document.fonts.ready.then(() =>"
        " document.documentElement.scrollWidth <= document.documentElement.clientWidth)"
    )
    assert phone.evaluate(fits)
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_text("0 of 5 files")).to_be_visible()
    assert phone.evaluate(fits)
    phone.get_by_role("button", name="Next").click()
    expect(phone.get_by_role("button", name="Submit Complaint")).to_be_visible()
    is_ready(phone)
    assert phone.evaluate(fits)
    assert accessibility_violations(phone) == []
    phone.goto(NEW)
    is_ready(phone)
    phone.get_by_role("button", name="Discard").first.click()
    dialog = phone.get_by_role("dialog", name="Discard draft")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Discard draft").click()
    expect(phone.get_by_text("No unfinished drafts")).to_be_visible()
    assert not ComplaintDraft.objects.exists()
