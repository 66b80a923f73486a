"""What tests of communication stand on: a case, a mail server, an operation to say things in."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import pytest

from consumers.models import Consumer
from smart360.cases.choices import CaseKind
from smart360.cases.handling import open_case
from smart360.cases.models import Case
from smart360.comms.models import Message
from smart360.comms.outbox import send
from smart360.kernel.db import operation
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.comms.smtp_server import MailServer, mail_server

Result = TypeVar("Result")


@operation
def in_operation(act: Callable[[], Result]) -> Result:
    """Some operation that takes the steps of ``act``."""
    return act()


@pytest.fixture
def operator(person: Callable[..., Person]) -> Person:
    """Sarah Johnson, who speaks with consumers."""
    return person(Role.CSE)


@pytest.fixture
def case(make_consumer: Callable[..., Consumer], operator: Person, at: datetime) -> Case:
    """An open disconnection request, as far as communication is concerned."""
    consumer = make_consumer()
    return in_operation(
        lambda: open_case(
            kind=CaseKind.DISCONNECTION,
            consumer=consumer.pk,
            is_vip=False,
            priority="HIGH",
            notifies_consumer=True,
            year=2024,
            by=operator.pk,
            at=at,
            new={},
        )
    )


@pytest.fixture
def send_message(case: Case, operator: Person, at: datetime) -> Callable[..., Message]:
    """Write to the case's consumer: ``send_message(words="…", dedupe_key="…")``."""

    def write(**changes: Any) -> Message:
        wish: dict[str, Any] = {
            "case": case.pk,
            "consumer": case.consumer_id,
            "template": None,
            "subject": f"Your request {case.number}",
            "words": "Mike Thompson will visit on December 15.",
            "to": "john.smith@email.com",
            "by": operator.pk,
            "at": at,
            "dedupe_key": "message:1",
        }
        return in_operation(lambda: send(**(wish | changes)))

    return write


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server that takes everything until its ``mode`` says otherwise."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = running.port
        settings.EMAIL_TIMEOUT = 2
        settings.DEFAULT_FROM_EMAIL = "no-reply@springfield.example"
        yield running


@pytest.fixture
def work_through() -> Callable[[], int]:
    """Let the mail worker pay what is due at this moment; how many it tried."""
    return lambda: drain("MAIL")


def kinds_on_timeline(case: Case) -> list[str]:
    """What the case's timeline tells, oldest first, after its creation."""
    kinds = Entry.objects.filter(case=case).order_by("seq").values_list("kind", flat=True)
    return list(kinds)[1:]
