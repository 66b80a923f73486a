"""The consumer's own page: what stands there, and above all what does not (BEY6)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consumers.choices import AccountStatus, SupplyState, UtilityType
from disconnections.models import DisconnectionRequest, Reason, TimeSlot
from disconnections.operations import close_request
from smart360.cases.models import Case, HoldReason
from smart360.cases.operations import acknowledge, add_note, put_on_hold, send_message
from smart360.documents.models import StoredFile
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

CANARY = "CANARY-7c2e"
FormKey = Callable[[], Any]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def made(make_request: MakeRequest, stands: SetClock) -> DisconnectionRequest:
    slot = TimeSlot.objects.get(starts=time(10))
    return make_request(preferred_on=date(2024, 12, 15), slot=slot.pk, notes=CANARY)


@pytest.fixture
def clerk(person: MakePerson) -> Person:
    return person(Role.CSE)


def page_of(made: DisconnectionRequest, rest: str = "") -> str:
    response = Client().get(f"/track/{made.tracking_token}{rest}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_new_request_in_plain_words(made: DisconnectionRequest) -> None:
    page = page_of(made)
    for words in (
        made.case.number,
        "A technician is planned for Sunday, December 15, 2024, between 10:00 AM and 12:00 PM.",
        "Disconnection of electricity at 123 Oak Street.",
        "Request received",
        "Tuesday, December 10, 2024, 9:30 AM",
        "Next: we confirm the request, within 2 hours after it reached us.",
        "Springfield Utilities",
        "(555) 010-0100",
        "(555) 010-0911",
        f"/track/{made.tracking_token}/receipt.pdf",
    ):
        assert words in page, words


def test_the_page_follows_the_request(
    made: DisconnectionRequest, clerk: Person, at: datetime
) -> None:
    acknowledge(case=made.pk, by=clerk, at=at + timedelta(hours=1))
    page = page_of(made)
    assert "Confirmed" in page
    assert "Tuesday, December 10, 2024, 10:30 AM" in page
    assert "Next: the technician comes" in page
    close_request(case=made.pk, reason="CANCELLED", note=CANARY, by=clerk, at=at)
    page = page_of(made)
    assert "Your request is closed." in page
    assert "It was cancelled as you asked." in page
    assert "A technician is planned" not in page


@pytest.mark.parametrize(
    ("code", "headline", "words"),
    [
        (
            "WAITING_CONSUMER",
            "Your request is waiting.",
            "We are waiting to hear from you. Please call us.",
        ),
        (
            "WAITING_DATE",
            "A technician is planned for Sunday",
            "We go on at the day that was agreed.",
        ),
    ],
)
def test_a_hold_says_whom_it_waits_for(
    made: DisconnectionRequest, clerk: Person, at: datetime, code: str, headline: str, words: str
) -> None:
    acknowledge(case=made.pk, by=clerk, at=at)
    put_on_hold(
        case=made.pk,
        reason=HoldReason.objects.get(code=code).pk,
        resume_by=at + timedelta(days=4),
        at_resume_by="RESUMES",
        note=CANARY,
        by=clerk,
        at=at,
    )
    page = page_of(made)
    assert headline in page
    assert words in page
    assert CANARY not in page


def test_a_visit_that_is_over_is_not_announced(
    made: DisconnectionRequest, clerk: Person, at: datetime, stands: SetClock
) -> None:
    acknowledge(case=made.pk, by=clerk, at=at)
    stands.go_on(days=5)  # December 15 in Springfield: still today
    assert "A technician is planned" in page_of(made)
    assert "Next: the technician comes" in page_of(made)
    stands.go_on(days=1)
    page = page_of(made)
    assert "A technician is planned" not in page
    assert "the technician comes" not in page
    assert "Next: we tell you a new day for the visit." in page


def test_nothing_internal_and_nothing_personal_is_on_the_page(
    made: DisconnectionRequest, clerk: Person, at: datetime, form_key: FormKey
) -> None:
    """Lessons 15: a canary in every internal place, and the consumer's own data."""
    acknowledge(case=made.pk, by=clerk, at=at)
    add_note(case=made.pk, words=CANARY, by=clerk, at=at, form_key=form_key())
    send_message(case=made.pk, subject=CANARY, words=CANARY, by=clerk, at=at, form_key=form_key())
    close_request(case=made.pk, reason="OTHER", note=f"{CANARY} and more", by=clerk, at=at)
    page = page_of(made)
    consumer = made.case.consumer
    assert consumer is not None
    for secret in (
        CANARY,
        consumer.name,
        consumer.name.split()[-1],
        consumer.account_number,
        consumer.phone,
        consumer.email,
        "IL 62701",
        clerk.full_name,
        made.reason.label,
        made.reason.code,
        "Priority",
        "SLA",
    ):
        assert secret not in page, secret


@pytest.mark.parametrize("rest", ["", "/receipt.pdf"])
@pytest.mark.parametrize(
    "token", ["a" * 43, "x", "a" * 5000, "%00" * 43, "%ff", "é" * 43, "..%2f..", "' OR 1=1 --"]
)
def test_a_link_that_leads_nowhere(made: DisconnectionRequest, token: str, rest: str) -> None:
    response = Client().get(f"/track/{token}{rest}")
    assert response.status_code == 404
    assert made.case.number not in response.content.decode()
    if "%2f" not in token:
        assert "There is nothing under this link." in response.content.decode()
        assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("rest", ["", "/receipt.pdf"])
def test_the_link_stays_with_its_reader(made: DisconnectionRequest, rest: str) -> None:
    drain("PDF")
    response = Client().get(f"/track/{made.tracking_token}{rest}")
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert not response.cookies


def test_the_receipt_is_offered_once_it_is_made(made: DisconnectionRequest) -> None:
    path = f"/track/{made.tracking_token}/receipt.pdf"
    waiting = Client().get(path)
    assert waiting.status_code == 202
    assert '<meta http-equiv="refresh" content="3">' in waiting.content.decode()
    drain("PDF")
    response = Client().get(path)
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_page_can_change_nothing(made: DisconnectionRequest, method: str) -> None:
    drain("PDF")
    before = (Case.objects.values().get(), Entry.objects.count(), StoredFile.objects.count())
    for rest in ("", "/receipt.pdf"):
        response = getattr(Client(), method)(f"/track/{made.tracking_token}{rest}")
        assert response.status_code == 405
        Client().get(f"/track/{made.tracking_token}{rest}")
    after = (Case.objects.values().get(), Entry.objects.count(), StoredFile.objects.count())
    assert before == after


def test_the_page_needs_few_statements(
    made: DisconnectionRequest, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        page_of(made)


def test_the_page_is_plain_html(made: DisconnectionRequest) -> None:
    page = page_of(made)
    assert "<script" not in page
    assert "style=" not in page
    assert "onclick" not in page


def test_several_services_read_as_a_sentence(
    make_request: MakeRequest, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    services = dict.fromkeys(UtilityType, SupplyState.CONNECTED)
    made = make_request(make_consumer(services=services))
    assert "Disconnection of electricity, water and gas at 123 Oak Street." in page_of(made)
    assert "We have received your request." in page_of(made)


def test_a_reconnection_is_called_one(
    make_request: MakeRequest, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    consumer = make_consumer(
        status=AccountStatus.DISCONNECTED,
        services={UtilityType.WATER: SupplyState.OFF_FOR_NOW},
    )
    made = make_request(consumer, reason=Reason.objects.filter(kind="RECONNECTION")[0].code)
    assert "Reconnection of water at 123 Oak Street." in page_of(made)
