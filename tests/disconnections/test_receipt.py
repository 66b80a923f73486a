"""Receipts: printed at once, made as PDF by a worker, the same for ever after (DIS5, DIS18)."""

import io
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from disconnections.models import DisconnectionRequest, TimeSlot
from disconnections.operations import attach_receipt, close_request
from disconnections.queries.receipts import receipt_facts
from disconnections.rules import visit_sentence
from disconnections.tasks import receipt_pdf
from smart360.cases.operations import acknowledge, add_note
from smart360.cases.queries.receipts import receipt_key
from smart360.cases.rules import hours_in_words
from smart360.documents.access import read
from smart360.documents.models import StoredFile
from smart360.organisation.models import Utility
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.cases.receipts import pay_pdf, text_of
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.closing import make_billing, make_closing
from tests.disconnections.returning import MakeReturn, make_return
from tests.documents.test_render_pdf import fonts_of, has_every_glyph

__all__ = ["make_billing", "make_closing", "make_return"]
ClientAs = Callable[..., Client]
NOTES = "Customer requested morning slot due to work schedule"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def made(make_request: MakeRequest, stands: SetClock) -> DisconnectionRequest:
    """The sample request of 004 §8, with its slot."""
    slot = TimeSlot.objects.get(starts=time(10))
    return make_request(preferred_on=date(2024, 12, 15), slot=slot.pk, notes=NOTES)


def path_of(made: DisconnectionRequest, rest: str = "/receipt.pdf") -> str:
    return f"/cx/disconnections/{made.case.number}{rest}"


# ------------------------------------------------------------------ by the worker
def test_a_worker_makes_the_receipt_with_all_details(made: DisconnectionRequest) -> None:
    text = text_of(pay_pdf(made))
    case = made.case
    assert case.consumer is not None
    for words in (
        "Disconnection request receipt",
        case.number,
        "Dec 10, 2024, 09:30 AM",
        "John Michael Smith",
        case.consumer.account_number,
        "123 Oak Street, Springfield, IL 62701",
        "Residential · Standard",
        "(555) 123-4567",
        "john.smith@email.com",
        "Disconnection, permanent",
        "Electricity",
        "Non-payment of bills (NP-001)",
        "High",
        "Sunday, December 15, 2024",
        "10:00 AM – 12:00 PM",
        NOTES,
        "Sarah Johnson",
        "What happens next",
        "We confirm the request within 2 hours.",
        "Springfield Utilities",
        "(555) 010-0100",
        "service@springfield.example",
        "Weekdays 8:00 AM – 6:00 PM",
        "(555) 010-0911",
        "Page 1 of 1",
    ):
        assert words in text, words
    link = f"http://testserver/track/{made.tracking_token}"
    assert link in text.replace(" ", "")  # the address wraps where it must


def test_a_phone_number_is_readable(make_request: MakeRequest, make_consumer: MakeConsumer) -> None:
    made = make_request(make_consumer(phone="+15554102218"))
    text = text_of(pay_pdf(made))
    assert "(555) 410-2218" in text
    assert "5554102218" not in text


def test_the_fee_of_a_reconnection_is_named(
    make_return: MakeReturn, client_as: ClientAs, stands: SetClock
) -> None:
    """To its consumer, and to who sees balances; a disconnection names none."""
    back = make_return(fee="45.00")
    stands.at = back.at
    assert receipt_facts(back.case.pk).fee == "$45.00"
    assert receipt_facts(back.closing.case.pk).fee == ""
    path = path_of(back.request, "/receipt")
    for role, sees in ((Role.CSE, True), (Role.DISPATCHER, False)):
        page = client_as(role).get(path).content.decode()
        assert ("Reconnection fee" in page) == sees
        assert ("$45.00" in page) == sees


def test_making_leaves_one_line_and_nothing_owed(made: DisconnectionRequest) -> None:
    pay_pdf(made)
    entry = Entry.objects.get(case=made.case, kind=Event.DOCUMENT_MADE)
    assert made.receipt is not None
    assert entry.new == {"document": "receipt", "sha256": made.receipt.sha256}
    assert entry.actor is None
    assert made.receipt.title == f"Receipt {made.case.number}"
    work = OwedWork.objects.get(dedupe_key=receipt_key(made.case.number))
    assert work.state == OwedState.DONE


def test_a_second_receipt_changes_nothing(made: DisconnectionRequest, at: datetime) -> None:
    first = pay_pdf(made)
    attach_receipt(case=made.pk, body=b"another", by=None, at=at)
    OwedWork.objects.update(state=OwedState.WAITING, done_at=None)  # the worker died before marking
    drain("PDF")
    made.refresh_from_db()
    assert made.receipt is not None
    assert read(made.receipt) == first
    assert StoredFile.objects.count() == 1
    assert Entry.objects.filter(kind=Event.DOCUMENT_MADE).count() == 1


def test_the_receipt_stays_as_it_was_made(
    made: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    first = pay_pdf(made)
    close_request(case=made.pk, reason="CANCELLED", note="", by=person(Role.CSE), at=at)
    made.refresh_from_db()
    assert made.receipt is not None
    assert read(made.receipt) == first


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_tried_again_later(
    made: DisconnectionRequest, stands: SetClock, client_as: ClientAs
) -> None:
    """R3: no half state, no page that fails, and it heals by itself."""
    receipt_pdf(made.pk, stands.at)  # fonts are found before the disk is full
    with disk_full_after(1000):
        assert drain("PDF") == 1
    made.refresh_from_db()
    assert made.receipt is None
    assert not StoredFile.objects.exists()
    assert not Entry.objects.filter(kind=Event.DOCUMENT_MADE).exists()
    work = OwedWork.objects.get(dedupe_key=receipt_key(made.case.number))
    assert (work.state, work.last_error) == (OwedState.WAITING, "UnableToStore")
    client = client_as(Role.CSE)
    assert client.get(path_of(made)).status_code == 202
    assert client.get(path_of(made, "/receipt")).status_code == 200
    stands.go_on(minutes=1)
    assert pay_pdf(made).startswith(b"%PDF-")


# ------------------------------------------------------------------ what people type
BOMBS = (
    "<b>x</b>",
    '<img src="http://127.0.0.1:9/x" onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "</td></tr></table><script>alert(1)</script>",
    "&lt;kept as typed&gt;",
)


@pytest.mark.parametrize("notes", BOMBS)
def test_notes_are_printed_as_typed(make_request: MakeRequest, at: datetime, notes: str) -> None:
    """bad-inputs.md 55, 61."""
    text = text_of(receipt_pdf(make_request(notes=notes).pk, at))
    assert notes.replace(" ", "") in text.replace(" ", "")


def test_a_word_of_250_letters_wraps(make_request: MakeRequest, at: datetime) -> None:
    """bad-inputs.md 59."""
    body = receipt_pdf(make_request(notes="W" * 250).pk, at)
    text = PdfReader(io.BytesIO(body)).pages[0].extract_text()
    lines = [len(run) for run in re.findall("W{6,}", text)]  # a random link has no six
    assert sum(lines) == 250
    assert max(lines) * 8.8 < 146 * 72 / 25.4  # a W of 9.5 pt in points, the column in millimetres


@pytest.mark.parametrize("name", ["Žofie Čapková", "Иван Петров", "Ελένη", "محمد علي", "გიორგი"])
def test_a_name_in_any_script_is_on_the_receipt(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime, name: str
) -> None:
    made = make_request(make_consumer(name))
    assert name in text_of(receipt_pdf(made.pk, at))


def test_a_name_in_devanagari_has_its_glyphs(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime
) -> None:
    body = receipt_pdf(make_request(make_consumer("राम कुमार")).pk, at)
    assert any("Devanagari" in str(font["/FontName"]) for font in fonts_of(body))
    assert has_every_glyph(body)


def test_nothing_internal_is_on_the_receipt(
    made: DisconnectionRequest, person: MakePerson, at: datetime, form_key: Callable[[], Any]
) -> None:
    """Lessons 15: the canary stands in every internal place."""
    canary = "CANARY-1f9b"
    who = person(Role.CSE)
    acknowledge(case=made.pk, by=who, at=at)
    add_note(case=made.pk, words=canary, by=who, at=at, form_key=form_key())
    close_request(case=made.pk, reason="OTHER", note=f"{canary} and more", by=who, at=at)
    text = text_of(receipt_pdf(made.pk, at))
    assert canary not in text
    assert "Last four" not in text
    assert "This request is closed. Nothing more happens." in text


def test_the_paper_is_the_utilitys(make_request: MakeRequest, at: datetime) -> None:
    made = make_request()
    Utility.objects.update(paper_size="A4")
    box = PdfReader(io.BytesIO(receipt_pdf(made.pk, at))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_what_was_not_chosen_says_so(make_request: MakeRequest, at: datetime) -> None:
    text = text_of(receipt_pdf(make_request().pk, at))
    assert text.count("Not specified") == 2
    assert "Additional notes --" in text
    assert "We tell you the day before anybody comes." in text


# ------------------------------------------------------------------ pages
def test_the_print_view_waits_for_nothing(made: DisconnectionRequest, client_as: ClientAs) -> None:
    response = client_as(Role.CSE).get(path_of(made, "/receipt"))
    page = response.content.decode()
    assert response.status_code == 200
    for words in (made.case.number, "John Michael Smith", NOTES, made.tracking_token, "data-print"):
        assert words in page
    assert "Download receipt" in page
    assert "<style" not in page
    assert "style=" not in page
    assert "onclick" not in page


def test_notes_are_escaped_in_the_print_view(
    make_request: MakeRequest, client_as: ClientAs
) -> None:
    made = make_request(notes="<img src=x onerror=alert(1)>")
    page = client_as(Role.CSE).get(path_of(made, "/receipt")).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page


def test_the_pdf_is_waited_for_and_then_there(
    made: DisconnectionRequest, client_as: ClientAs
) -> None:
    client = client_as(Role.CALL_CENTRE)
    waiting = client.get(path_of(made))
    page = waiting.content.decode()
    assert waiting.status_code == 202
    assert "The receipt is being made." in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'hx-trigger="every 1s"' in page
    fragment = client.get(path_of(made), headers={"HX-Request": "true"})
    assert fragment.status_code == 202
    assert fragment.content.decode().strip().startswith('<div id="receipt"')
    drain("PDF")
    ready = client.get(path_of(made), headers={"HX-Request": "true"}).content.decode()
    assert "Download receipt" in ready
    assert "hx-trigger" not in ready
    download = client.get(path_of(made))
    assert download.status_code == 200
    assert download.content.startswith(b"%PDF-")
    assert download["Content-Disposition"] == (
        f'attachment; filename="Receipt-{made.case.number}.pdf"'
    )
    assert download["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert download["X-Content-Type-Options"] == "nosniff"


def test_what_failed_for_good_is_shown_and_tried_again(
    made: DisconnectionRequest, client_as: ClientAs
) -> None:
    """design.md §6: failures are visible, with Retry."""
    client = client_as(Role.CSE)
    retry = path_of(made, "/receipt/retry")
    assert client.post(retry).status_code == 409  # nothing has failed
    assert not Entry.objects.filter(kind=Event.DOCUMENT_RETRIED).exists()
    OwedWork.objects.filter(dedupe_key=receipt_key(made.case.number)).update(
        state=OwedState.FAILED, attempts=8, last_error="UnableToStore"
    )
    page = client.get(path_of(made)).content.decode()
    assert "The receipt could not be made." in page
    assert f'action="{retry}"' in page
    response = client.post(retry)
    assert (response.status_code, response["Location"]) == (302, path_of(made))
    line = Entry.objects.get(case=made.case, kind=Event.DOCUMENT_RETRIED)
    assert (line.actor, line.new) == (client.person, {"document": "receipt"})  # type: ignore[attr-defined]
    assert "The receipt is being made." in client.get(path_of(made)).content.decode()
    pay_pdf(made)


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_damaged_file_is_told_in_words(
    made: DisconnectionRequest, client_as: ClientAs, media: Path, damage: str
) -> None:
    """R3: the media disk is away."""
    pay_pdf(made)
    assert made.receipt is not None
    file = media / made.receipt.stored_as
    file.unlink() if damage == "missing" else file.write_bytes(b"other")
    response = client_as(Role.CSE).get(path_of(made))
    assert response.status_code == 409
    assert "This file cannot be opened right now." in response.content.decode()


PRINTS = {Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR}
SEES = PRINTS | {Role.ADMIN, Role.DISPATCHER}


@pytest.mark.parametrize("role", Role)
def test_who_reads_a_receipt(made: DisconnectionRequest, client_as: ClientAs, role: Role) -> None:
    """X1, X3: the PDF says everything, so only who may read everything gets it."""
    pay_pdf(made)
    client = client_as(role)
    view, pdf = client.get(path_of(made, "/receipt")), client.get(path_of(made))
    assert view.status_code == (200 if role in SEES else 403)
    assert pdf.status_code == (200 if role in PRINTS else 403)
    page = view.content.decode()
    assert ("john.smith@email.com" in page) == (role in PRINTS)
    assert (made.tracking_token in page) == (role in PRINTS)
    assert ("Download receipt" in page) == (role in PRINTS)
    sees_contact = role in PRINTS | {Role.DISPATCHER}
    for words in ("John Michael Smith", "(555) 123-4567", "123 Oak Street", NOTES):
        assert (words in page) == sees_contact, words


@pytest.mark.parametrize("rest", ["/receipt", "/receipt.pdf", "/receipt/retry"])
def test_nobody_gets_in_without_signing_in(made: DisconnectionRequest, rest: str) -> None:
    act = Client().post if rest.endswith("retry") else Client().get
    response = act(path_of(made, rest))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in")


@pytest.mark.parametrize("number", ["DIS-2024-999999", "DIS-2024-1", "nobody", "a%00b", "%ff"])
@pytest.mark.parametrize("rest", ["/receipt", "/receipt.pdf"])
def test_what_is_not_there_is_404(
    utility: Utility, client_as: ClientAs, number: str, rest: str
) -> None:
    assert client_as(Role.CSE).get(f"/cx/disconnections/{number}{rest}").status_code == 404


@pytest.mark.parametrize("rest", ["/receipt", "/receipt.pdf"])
def test_reading_is_get_only(made: DisconnectionRequest, client_as: ClientAs, rest: str) -> None:
    assert client_as(Role.CSE).post(path_of(made, rest)).status_code == 405


def test_trying_again_is_post_only(made: DisconnectionRequest, client_as: ClientAs) -> None:
    assert client_as(Role.CSE).get(path_of(made, "/receipt/retry")).status_code == 405


# ------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("minutes", "is_business", "words"),
    [
        (120, False, "2 hours"),
        (60, False, "1 hour"),
        (90, False, "90 minutes"),
        (1, False, "1 minute"),
        (240, True, "4 business hours"),
    ],
)
def test_a_promise_in_words(minutes: int, is_business: bool, words: str) -> None:
    assert hours_in_words(minutes, is_business=is_business) == words


@pytest.mark.parametrize(
    ("day", "slot", "words"),
    [
        (None, None, "We tell you the day before anybody comes."),
        (
            date(2024, 12, 15),
            None,
            "You asked for Sunday, December 15, 2024. We tell you the time.",
        ),
        (
            date(2024, 12, 15),
            (time(8), time(10)),
            "A technician is planned for Sunday, December 15, 2024, between 8:00 AM and 10:00 AM.",
        ),
    ],
)
def test_the_visit_in_words(day: date | None, slot: tuple[time, time] | None, words: str) -> None:
    assert visit_sentence(day, slot) == words


def test_the_utilitys_logo_stands_on_both(
    made: DisconnectionRequest, client_as: ClientAs, at: datetime
) -> None:
    """ADM2."""
    without = receipt_pdf(made.pk, at)
    picture = io.BytesIO()
    Image.new("RGB", (40, 10), "red").save(picture, "PNG")
    Utility.objects.update(logo=picture.getvalue())
    assert b"/Image" not in without
    assert b"/Image" in receipt_pdf(made.pk, at)
    page = client_as(Role.CSE).get(path_of(made, "/receipt")).content.decode()
    assert '<img class="mark" src="/logo" alt="">' in page
