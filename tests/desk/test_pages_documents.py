"""Beside a consumer's documents stand the papers that we made, each for who may open it (CON13)."""

from collections.abc import Callable
from datetime import datetime

from django.test import Client
from django.urls import reverse

from consumers.models import Consumer
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.paying import pay
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

ClientAs = Callable[..., Client]


def papers(consumer: Consumer, client: Client) -> list[tuple[str, str, str]]:
    """What is listed, newest first: what it is, its number, its door."""
    page = client.get(reverse("consumer_documents", args=[consumer.account_number]))
    return [(each.what, each.number, each.url) for each in page.context["papers"]]


def test_receipts_stand_beside_them_with_their_own_doors(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
    stands: SetClock,
) -> None:
    consumer = make_consumer()
    made = make_request(consumer, reason="CR-001").case.number
    complaint = make_complaint(consumer).case.number
    payment = pay(consumer, by=person(Role.BILLING), at=at)
    assert papers(consumer, client_as(Role.BILLING)) == []
    drain("PDF")
    requested = ("Request receipt", made, reverse("receipt_print", args=[made]))
    said = ("Complaint receipt", complaint, reverse("complaint_receipt_print", args=[complaint]))
    paid = ("Payment receipt", payment.number, reverse("payment_receipt", args=[payment.number]))
    for role, seen in (
        (Role.BILLING, {requested, said, paid}),
        (Role.CSE, {requested, said}),  # lines of money are nothing for them
    ):
        client = client_as(role)
        assert set(papers(consumer, client)) == seen
        for _, _, door in seen:
            assert client.get(door).status_code == 200
