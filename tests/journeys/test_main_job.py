"""The main job from the door to the paper: with the keyboard alone, and without JavaScript."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import Download, expect
from pypdf import PdfReader

from consumers.models import Category, Consumer, Subcategory
from disconnections.models import DisconnectionRequest
from smart360.kernel import clock
from smart360.organisation.models import Utility
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.journeys.conftest import (
    Watched,
    accessibility_violations,
    by_tabs,
    is_ready,
    sign_in_by_keyboard,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]

ACCOUNT = {
    "account_number": "WU-20417",
    "name": "Zoë Ångström",
    "phone": "(555) 867-5309",
    "email": "zoe@example.com",
    "category": "Residential",
    "subcategory": "Standard",
    "vip": "yes",
    "registered_on": "2024-01-15",
    "service_address": "9 Elm Street, Springfield",
    "read_on": "2024-11-30",
}
SERVICES = (
    {"utility": "Electricity", "meter_number": "EM-77001", "reading": "18245"},
    {"utility": "Water", "meter_number": "WM-77001", "reading": "12580"},
)
NOTES = "Customer requested morning slot"
MakePerson = Callable[..., Person]


@pytest.fixture
def imported(utility: Utility, tmp_path: Path, settings: Any) -> Consumer:
    """A consumer who came in by the import command, as for a first go-live."""
    settings.MEDIA_ROOT = tmp_path / "media"
    residential, _ = Category.objects.get_or_create(name="Residential")
    Subcategory.objects.get_or_create(category=residential, name="Standard")
    path = tmp_path / "accounts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*ACCOUNT, *SERVICES[0]])
        writer.writeheader()
        writer.writerows(ACCOUNT | service for service in SERVICES)
    call_command("import_consumers", str(path), stdout=StringIO())
    return Consumer.objects.get(account_number="WU-20417")


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE, username="sarah")


def next_monday() -> date:
    soon = clock.now().date() + timedelta(days=3)
    return soon + timedelta(days=-soon.weekday() % 7)


def content_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def is_the_receipt(download: Download, number: str) -> None:
    assert download.suggested_filename == f"Receipt-{number}.pdf"
    body = content_of(download)
    assert body.startswith(b"%PDF")
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    assert number in words
    assert "Ångström" in words


def the_one_request() -> DisconnectionRequest:
    return DisconnectionRequest.objects.select_related("case", "slot").get()


def test_the_main_job_from_door_to_paper_by_keyboard(
    watched: Watched, imported: Consumer, sarah: Person
) -> None:
    """AC001, AC003, AC004, AC005, AC006, AC019: no pointer touches the page."""
    page = watched.open()
    page.goto("/")
    sign_in_by_keyboard(page, "sarah")
    expect(page.get_by_role("link", name="Create Request").first).to_be_visible()
    is_ready(page)

    page.keyboard.press("n")
    expect(page.get_by_label("Search consumer")).to_be_focused()
    page.keyboard.type("angstro")  # without the marks of her name
    option = page.get_by_role("option")
    expect(option).to_contain_text("Zoë Ångström")
    expect(option).to_contain_text("VIP")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Reason")).to_be_focused()
    expect(page.get_by_text("Disconnection Request", exact=True)).to_be_visible()
    expect(page.get_by_text("You hold this profile.")).to_be_visible()
    page.keyboard.type("CR-001")
    expect(page.locator("#summary")).to_contain_text("Customer request")

    monday = next_monday()
    by_tabs(page, page.get_by_label("Preferred date"))
    page.keyboard.type(monday.strftime("%m%d%Y"))
    expect(page.get_by_label("Preferred date")).to_have_value(monday.isoformat())
    slot = page.get_by_label("10:00 AM – 12:00 PM")
    expect(slot).to_be_visible()
    by_tabs(page, page.get_by_label("Any time"))
    for _ in range(8):
        if slot.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator("#summary")).to_contain_text("10:00 AM – 12:00 PM")
    by_tabs(page, page.get_by_label("Additional notes"))
    page.keyboard.type(NOTES)
    by_tabs(page, page.get_by_role("button", name="Review", exact=True))
    page.keyboard.press("Enter")

    submit = page.get_by_role("button", name="Submit Request")
    expect(submit).to_be_visible()
    expect(page.get_by_text(NOTES).first).to_be_visible()
    by_tabs(page, page.get_by_label("Notify customer"))
    expect(page.get_by_label("Notify customer")).to_be_checked()
    by_tabs(page, submit)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_focused()
    made = the_one_request()
    number = made.case.number
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    assert made.case.consumer == imported
    assert (made.notes, made.preferred_on) == (NOTES, monday)
    assert made.slot is not None
    assert made.services.count() == 2

    by_tabs(page, page.get_by_role("link", name="Download receipt"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The receipt is being made.")).to_be_visible()
    drain("PDF")
    ready = page.get_by_role("link", name="Download receipt")
    expect(ready).to_be_visible()
    by_tabs(page, ready)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    is_the_receipt(download.value, number)

    drain("MAIL")
    letters = [each for each in mail.outbox if each.to == ["zoe@example.com"]]
    (letter,) = [each for each in letters if each.subject.startswith("We received")]
    assert number in f"{letter.subject} {letter.body}"
    assert made.tracking_token in letter.body

    page.go_back()
    again = page.get_by_role("link", name="Add Another Request")
    expect(again).to_be_visible()
    by_tabs(page, again)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Search consumer")).to_be_focused()
    expect(page.get_by_label("Search consumer")).to_have_value("")


def test_the_main_job_as_plain_forms(watched: Watched, imported: Consumer, sarah: Person) -> None:
    """Without JavaScript every step is a form or a link (design.md §7)."""
    page = watched.open(java_script_enabled=False)
    page.goto("/cx/disconnections/new")
    page.get_by_label("Username").fill("sarah")
    page.get_by_label("Password").fill("a-long-enough-password")
    page.get_by_role("button", name="Sign in").click()

    page.get_by_label("Search consumer").fill("angstrom")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Select Zoë Ångström").click()
    page.get_by_label("Reason").select_option(label="NP-001 · Non-payment of bills")
    page.get_by_label("Preferred date").fill("2020-02-03")
    page.get_by_label("Additional notes").fill(NOTES)
    review = page.get_by_role("button", name="Review", exact=True)
    review.last.click()
    expect(page.locator("#id_preferred_on-error")).to_contain_text("Cannot select past date")
    expect(page.get_by_label("Additional notes")).to_have_value(NOTES)

    page.get_by_label("Preferred date").fill(next_monday().isoformat())
    page.get_by_role("button", name="Show the slots of this date").click()
    page.get_by_label("10:00 AM – 12:00 PM").check()
    review.last.click()
    expect(page.get_by_text(NOTES).first).to_be_visible()
    page.get_by_role("button", name="Submit Request").click()

    made = the_one_request()
    expect(page.get_by_role("heading", level=1)).to_contain_text(made.case.number)
    assert made.slot is not None
    drain("PDF")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download receipt").click()
    is_the_receipt(download.value, made.case.number)

    page.get_by_role("link", name="Open the request").click()
    for button, word in (("Acknowledgement", "In Progress"), ("Put on Hold", "")):
        page.get_by_role("button", name=button).first.click()
        if word:
            expect(page.locator("#case-header")).to_contain_text(word)
    expect(page.locator("dialog#hold")).to_be_visible()


def test_a_caller_is_served_by_the_call_centre(
    watched: Watched,
    imported: Consumer,
    sarah: Person,
    person: MakePerson,
    make_request: Callable[..., DisconnectionRequest],
    at: Any,
    stands: Any,
) -> None:
    """The Call Centre Representative: from the phone number to status, SLA, note and answer."""
    made = make_request(imported, by=sarah)
    stands.go_on(hours=1)
    person(Role.CALL_CENTRE, username="emily")
    page = watched.open()
    page.goto("/")
    sign_in_by_keyboard(page, "emily")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Emily")
    is_ready(page)
    page.keyboard.press("/")
    page.keyboard.type("5558675309")
    expect(page.get_by_role("option").first).to_contain_text(made.case.number)
    page.keyboard.press("Enter")

    clock = page.locator("#sla")
    expect(page.locator("#case-header")).to_contain_text("Pending")
    expect(clock).to_contain_text("On Track")
    expect(clock).to_contain_text("Due Dec 11, 2024, 09:30 AM")
    expect(clock).to_contain_text("23 h 00 m")
    expect(clock).to_contain_text("No response yet")
    for act in ("Acknowledgement", "Put on Hold", "Close Request"):
        expect(page.get_by_role("button", name=act)).to_have_count(0)

    is_ready(page)
    page.keyboard.press("i")
    expect(page.get_by_label("Internal note")).to_be_focused()
    is_ready(page)
    page.keyboard.type("Caller asks for a morning")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".s-msg.is-internal")).to_contain_text("Caller asks for a morning")
    expect(clock).to_contain_text("No response yet")

    page.keyboard.press("Escape")
    by_tabs(page, page.get_by_role("textbox", name="Message"))
    page.keyboard.type("We come on Monday between 10 and 12.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".s-msg.is-to").last).to_contain_text("We come on Monday")
    expect(clock).to_contain_text("Responded in 1.00 h")
    assert accessibility_violations(page) == []
    drain("MAIL")
    letters = [each for each in mail.outbox if each.to == ["zoe@example.com"]]
    assert [each for each in letters if "We come on Monday" in each.body]
    assert not [each for each in letters if "Caller asks" in each.body]
    made.case.refresh_from_db()
    assert made.case.responded_at == stands.at
