"""The Complaint Registration Receipt: printed at once, a PDF by a worker, the same for ever."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from complaints.models import Complaint
from complaints.operations import attach_receipt
from complaints.rules import Stranger
from complaints.tasks import receipt_pdf
from smart360.cases.operations import acknowledge, add_note
from smart360.cases.queries.receipts import receipt_key
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
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, SetClock

ClientAs = Callable[..., Client]
STAFF = "Rude or disrespectful"
TOLD = Stranger(
    name="Ann Newcomer",
    phone="+15551230000",
    email="ann@example.com",
    service_address="7 Elm Street",
    customer_type="COMMERCIAL",
    account_said="A-77",
)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def made(make_complaint: MakeComplaint, make_consumer: MakeConsumer, stands: SetClock) -> Complaint:
    return make_complaint(make_consumer())


def path_of(made: Complaint, rest: str = "/receipt.pdf") -> str:
    return f"/cx/services/{made.case.number}{rest}"


# ------------------------------------------------------------------ by the worker
def test_a_worker_makes_the_receipt_with_all_details(made: Complaint) -> None:
    """CMP3: all that 002 lists."""
    text = text_of(pay_pdf(made))
    case = made.case
    assert case.consumer is not None
    for words in (
        "Complaint Registration Receipt",
        case.number,
        "Dec 10, 2024, 09:30 AM",
        "John Michael Smith",
        case.consumer.account_number,
        "(555) 123-4567",
        "john.smith@email.com",
        "123 Oak Street, Springfield, IL 62701",
        "Residential · Standard",
        made.category.name,
        made.name.subcategory.name,
        "Bill is too high",
        case.get_priority_display(),
        "Monday, December 2, 2024",
        made.description,
        made.expected_resolution,
        "Due Dec 11, 2024, 09:30 AM",
        "What happens next",
        "We confirm the complaint within 2 hours.",
        "You hear from us within 4 hours.",
        "We tell you what we decide within 24 hours.",
        "Springfield Utilities",
        "(555) 010-0100",
        "service@springfield.example",
        "Weekdays 8:00 AM – 6:00 PM",
        "(555) 010-0911",
    ):
        assert words in text, words
    assert f"http://testserver/track/{made.tracking_token}" in text.replace(" ", "")


def test_a_strangers_receipt_says_what_they_told(
    make_complaint: MakeComplaint, at: datetime
) -> None:
    made = make_complaint(stranger=TOLD)
    text = text_of(receipt_pdf(made.pk, at))
    for words in (
        "Ann Newcomer", "ann@example.com", "7 Elm Street", "Commercial", "A-77 (as told)",
    ):  # fmt: skip
        assert words in text, words


def test_making_leaves_one_line_and_nothing_owed(made: Complaint) -> None:
    pay_pdf(made)
    entry = Entry.objects.get(case=made.case, kind=Event.DOCUMENT_MADE)
    assert made.receipt is not None
    assert (entry.actor, entry.new) == (
        None,
        {"document": "receipt", "sha256": made.receipt.sha256},
    )
    assert made.receipt.title == f"Receipt {made.case.number}"
    work = OwedWork.objects.get(dedupe_key=receipt_key(made.case.number))
    assert work.state == OwedState.DONE


def test_a_second_receipt_changes_nothing(made: Complaint, at: datetime) -> None:
    first = pay_pdf(made)
    attach_receipt(case=made.pk, body=b"another", by=None, at=at)
    OwedWork.objects.update(state=OwedState.WAITING, done_at=None)  # the worker died before marking
    drain("PDF")
    made.refresh_from_db()
    assert made.receipt is not None
    assert read(made.receipt) == first
    assert StoredFile.objects.count() == 1
    assert Entry.objects.filter(kind=Event.DOCUMENT_MADE).count() == 1


def test_nothing_internal_is_on_the_receipt(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, form_key: Callable[[], Any]
) -> None:
    """Lessons 15: notes for us, and whoever is named, stand on no paper that leaves the house."""
    canary, named = "CANARY-5d1a", person(Role.CSE, full_name="Nora Named")
    made = make_complaint(name=STAFF, notes=canary, staff_named=named.pk)
    who = person(Role.SUPERVISOR)
    acknowledge(case=made.pk, by=who, at=at)
    add_note(case=made.pk, words=canary, by=who, at=at, form_key=form_key())
    text = text_of(receipt_pdf(made.pk, at))
    for secret in (canary, "Nora", who.full_name):
        assert secret not in text, secret


def test_words_are_printed_as_typed(make_complaint: MakeComplaint, at: datetime) -> None:
    """bad-inputs.md 55, 59, 61."""
    words = '<img src="http://127.0.0.1:9/x"> {{ settings.SECRET_KEY }} </td><script>alert(1)'
    made = make_complaint(description=words, expected_resolution="W" * 250)
    text = text_of(receipt_pdf(made.pk, at)).replace(" ", "")
    assert words.replace(" ", "") in text
    assert "W" * 250 in text


# ------------------------------------------------------------------ pages
def test_the_print_view_waits_for_nothing(made: Complaint, client_as: ClientAs) -> None:
    response = client_as(Role.CSE).get(path_of(made, "/receipt"))
    page = response.content.decode()
    assert response.status_code == 200
    for words in (made.case.number, "John Michael Smith", made.tracking_token, "data-print"):
        assert words in page
    assert "Download receipt" in page
    assert "<style" not in page
    assert "style=" not in page


def test_the_pdf_is_waited_for_and_then_there(made: Complaint, client_as: ClientAs) -> None:
    client = client_as(Role.CALL_CENTRE)
    waiting = client.get(path_of(made))
    assert waiting.status_code == 202
    assert "The receipt is being made." in waiting.content.decode()
    drain("PDF")
    download = client.get(path_of(made))
    assert download.content.startswith(b"%PDF-")
    name = f'attachment; filename="Receipt-{made.case.number}.pdf"'
    assert download["Content-Disposition"] == name
    assert download["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_what_failed_for_good_is_shown_and_tried_again(
    made: Complaint, client_as: ClientAs
) -> None:
    client = client_as(Role.CSE)
    retry = path_of(made, "/receipt/retry")
    assert client.post(retry).status_code == 409  # nothing has failed
    OwedWork.objects.filter(dedupe_key=receipt_key(made.case.number)).update(
        state=OwedState.FAILED, attempts=8, last_error="UnableToStore"
    )
    page = client.get(path_of(made)).content.decode()
    assert "The receipt could not be made." in page
    assert f'action="{retry}"' in page
    response = client.post(retry)
    assert (response.status_code, response["Location"]) == (302, path_of(made))
    line = Entry.objects.get(case=made.case, kind=Event.DOCUMENT_RETRIED)
    assert line.new == {"document": "receipt"}
    pay_pdf(made)


PRINTS = {Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR}
SEES = PRINTS | {Role.ADMIN, Role.DISPATCHER}


@pytest.mark.parametrize("by", ["account", "stranger"])
@pytest.mark.parametrize("role", Role)
def test_who_reads_a_receipt(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    client_as: ClientAs,
    stands: SetClock,
    role: Role,
    by: str,
) -> None:
    """X1, X3: the PDF says everything, so only who may read everything gets it."""
    made = make_complaint(make_consumer()) if by == "account" else make_complaint(stranger=TOLD)
    pay_pdf(made)
    client = client_as(role)
    view, pdf = client.get(path_of(made, "/receipt")), client.get(path_of(made))
    assert view.status_code == (200 if role in SEES else 403)
    assert pdf.status_code == (200 if role in PRINTS else 403)
    page = view.content.decode()
    email = "john.smith@email.com" if by == "account" else "ann@example.com"
    assert (email in page) == (role in PRINTS)
    assert (made.tracking_token in page) == (role in PRINTS)
    assert ("Download receipt" in page) == (role in PRINTS)
    sees_words = role in PRINTS | {Role.DISPATCHER}
    name = "John Michael Smith" if by == "account" else "Ann Newcomer"
    for words in (name, made.description, made.expected_resolution, made.service_address):
        assert (words in page) == sees_words, words


def test_who_took_a_complaint_about_staff_has_its_receipt_only(
    make_complaint: MakeComplaint, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    """roles.md: create only; nobody else's, and never the person whom it names."""
    taker, other, named = (
        client_as(person(role)) for role in (Role.CSE, Role.CSE, Role.SUPERVISOR)
    )
    made = make_complaint(
        name=STAFF,
        by=taker.person,  # type: ignore[attr-defined]
        staff_named=named.person.pk,  # type: ignore[attr-defined]
    )
    own = make_complaint(
        name=STAFF,
        by=named.person,  # type: ignore[attr-defined]
        staff_named=named.person.pk,  # type: ignore[attr-defined]
    )
    created = taker.get(path_of(made, "/created")).content.decode()
    for rest in ("/receipt", "/receipt.pdf"):
        assert path_of(made, rest) in created
        page = taker.get(path_of(made, rest))
        assert page.status_code in (200, 202)
        assert path_of(made, "/created") in page.content.decode()
        assert other.get(path_of(made, rest)).status_code == 404
        assert named.get(path_of(made, rest)).status_code == 404
        assert named.get(path_of(own, rest)).status_code == 404
    assert other.post(path_of(made, "/receipt/retry")).status_code == 404


@pytest.mark.parametrize("number", ["CMP-99999999", "CMP-1", "DIS-2024-000001", "a%00b"])
@pytest.mark.parametrize("rest", ["/receipt", "/receipt.pdf"])
def test_what_is_not_there_is_404(
    utility: Utility, client_as: ClientAs, number: str, rest: str
) -> None:
    assert client_as(Role.CSE).get(f"/cx/services/{number}{rest}").status_code == 404
