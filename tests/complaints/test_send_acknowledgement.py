"""The acknowledgement of a complaint by e-mail: at once, in time, once, or visibly not (CMP4)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from complaints.models import Complaint, ComplaintName
from complaints.operations import create_complaint
from complaints.rules import Stranger
from smart360.cases.models import Case
from smart360.comms import operations
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery, Message, Notice, Template
from smart360.comms.oracles import messages_that_wait_too_long
from smart360.kernel.errors import Refusal
from smart360.organisation.models import Utility
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.comms.smtp_server import MailServer, mail_server
from tests.complaints.conftest import MakeComplaint, wish_for
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

CODE = "complaint.received"
WITHOUT_EMAIL = Stranger(name="Ann Newcomer", phone="+15551230000")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = running.port
        settings.EMAIL_TIMEOUT = 2
        settings.DEFAULT_FROM_EMAIL = "no-reply@springfield.example"
        yield running


def sent_about(made: Complaint) -> Message:
    return Message.objects.select_related("delivery", "to", "body", "subject").get(case=made.case)


def test_the_customer_hears_at_once(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    stands: SetClock,
    server: MailServer,
) -> None:
    """CMP4: with the number, the link, and what comes next."""
    made = make_complaint(make_consumer())
    assert drain("MAIL") == 1
    (letter,) = server.letters
    assert letter["To"] == "john.smith@email.com"
    assert letter["Subject"] == f"We received your complaint {made.case.number}"
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    body = payload.decode()
    for words in (
        "Dear John Michael Smith",
        made.case.number,
        "Bill is too high",
        "within 24 hours",
        f"http://testserver/track/{made.tracking_token}",
        "(555) 010-0100",
    ):
        assert words in " ".join(body.split()), words
    kinds = list(
        Entry.objects.filter(case=made.case).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == [Event.CREATED, Event.MESSAGE_DELIVERED]


def test_whoever_has_no_account_hears_too(
    make_complaint: MakeComplaint, utility: Utility, stands: SetClock, server: MailServer
) -> None:
    made = make_complaint()
    drain("MAIL")
    assert [letter["To"] for letter in server.letters] == ["ann@example.com"]
    assert "Dear Ann Newcomer" in sent_about(made).body.text


def test_an_unticked_box_leaves_nothing_to_send(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer
) -> None:
    """N1: box unticked ⇔ zero courtesy rows."""
    make_complaint(make_consumer(), notifies_consumer=False)
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()
    assert not OwedWork.objects.filter(kind="comms.deliver").exists()


def test_a_template_that_is_off_sends_nothing(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer
) -> None:
    Template.objects.filter(code=CODE).update(is_active=False)
    make_complaint(make_consumer())
    assert not Message.objects.exists()


def test_without_an_address_it_is_visibly_not_sent(
    make_complaint: MakeComplaint, utility: Utility
) -> None:
    """COM3: a visible "not sent", and nothing owed."""
    made = make_complaint(stranger=WITHOUT_EMAIL)
    delivery = sent_about(made).delivery
    assert (delivery.state, delivery.why) == (DeliveryState.NOT_SENT, "No e-mail on file")
    assert Entry.objects.filter(case=made.case, kind=Event.MESSAGE_NOT_SENT).count() == 1
    assert not OwedWork.objects.filter(kind="comms.deliver").exists()


def test_a_complaint_that_is_refused_owes_nothing(
    person: MakePerson, make_consumer: MakeConsumer, at: datetime
) -> None:
    """N1: rollback → none; of what failed after the message was written as well."""
    consumer = make_consumer()
    wish = wish_for(consumer=consumer.pk, description="too short")
    with pytest.raises(Refusal):
        create_complaint(wish=wish, by=person(Role.CSE), at=at, form_key=uuid4())
    assert not Message.objects.exists()
    assert not OwedWork.objects.exists()
    assert not Case.objects.exists()


def test_submitting_twice_sends_once(
    person: MakePerson, make_consumer: MakeConsumer, at: datetime
) -> None:
    """N1: twice → one, of the receipt too."""
    who, key, consumer = person(Role.CSE), uuid4(), make_consumer()
    wish = wish_for(consumer=consumer.pk)
    first, second = (create_complaint(wish=wish, by=who, at=at, form_key=key) for _ in range(2))
    assert first.pk == second.pk
    assert Message.objects.count() == 1
    assert sorted(OwedWork.objects.values_list("kind", flat=True)) == [
        "comms.deliver",
        "complaints.receipt",
    ]


def test_a_server_that_is_back_after_25_minutes_is_in_time(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, stands: SetClock, server: MailServer
) -> None:
    """N5: it leaves within 30 minutes."""
    made = make_complaint(make_consumer())
    began, server.mode = stands.at, "drops"
    while stands.at < began + timedelta(minutes=25):
        drain("MAIL")
        stands.go_on(seconds=20)
    assert sent_about(made).delivery.state == DeliveryState.QUEUED
    server.mode = "accepts"
    while stands.at < began + timedelta(minutes=30):
        drain("MAIL")
        stands.go_on(seconds=20)
    delivery = sent_about(made).delivery
    assert delivery.state == DeliveryState.SENT
    assert delivery.state_at <= began + timedelta(minutes=30)


def test_one_that_waits_for_ten_minutes_rings(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """N5: an age alarm at 10 minutes, once an hour; at 15 it is one of all that wait."""
    supervisor, _ = person(Role.SUPERVISOR), person(Role.CSE)
    make_complaint(make_consumer())
    assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=10)) == 0
    assert not Notice.objects.exists()
    assert messages_that_wait_too_long(at + timedelta(minutes=10)) == []
    for minutes in (11, 12, 15):
        assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=minutes)) == 1
        assert len(messages_that_wait_too_long(at + timedelta(minutes=minutes))) == 1
    rung = Notice.objects.filter(person=supervisor).values_list("sentence", "is_urgent")
    early = (
        "1 complaint acknowledgement waits to be sent for over 10 minutes and must leave within "
        "30. Is the mail server down?"
    )
    assert list(rung) == [(early, True)]
    assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=16)) == 1
    assert Notice.objects.filter(person=supervisor).count() == 2


def test_other_letters_have_a_quarter_of_an_hour(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """The control: the early alarm is the acknowledgement's alone."""
    person(Role.SUPERVISOR)
    make_request(notifies_consumer=True)
    assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=12)) == 0
    assert operations.raise_late_mail_alarm(at=at + timedelta(minutes=16)) > 0


def test_the_letter_names_nobody_of_ours(
    make_complaint: MakeComplaint, person: MakePerson, utility: Utility
) -> None:
    """N4: nothing internal goes out."""
    named, taker = person(Role.CSE, full_name="Nora Named"), person(Role.CSE)
    made = make_complaint(
        name="Rude or disrespectful", notes="CANARY-77", staff_named=named.pk, by=taker
    )
    words = sent_about(made).body.text
    for secret in ("Nora", "CANARY-77", taker.full_name):
        assert secret not in words


def test_an_administrator_may_change_its_words(client_as: Callable[..., Client]) -> None:
    """COM2: it is one of the templates in Django admin."""
    template = Template.objects.get(code=CODE)
    page = client_as(Role.ADMIN).get(f"/admin/comms/template/{template.pk}/change/")
    assert page.status_code == 200
    assert "We received your complaint" in page.content.decode()


@pytest.mark.parametrize("has_another", [False, True])
def test_who_gives_roles_hears_when_no_supervisor_sees_a_complaint(
    make_complaint: MakeComplaint, person: MakePerson, has_another: bool
) -> None:
    """A complaint about the only supervisor does not lie unseen; nobody learns whom it names."""
    admin, named = person(Role.ADMIN), person(Role.SUPERVISOR)
    if has_another:
        person(Role.SUPERVISOR)
    about = ComplaintName.objects.filter(subcategory__category__is_about_staff=True)[0].name
    number = make_complaint(name=about, staff_named=named.pk).case.number
    heard = Notice.objects.filter(dedupe_key=f"no-supervisor:{number}")
    assert [notice.person for notice in heard] == ([] if has_another else [admin])
    for notice in heard:
        assert "no supervisor may see" in notice.sentence
        assert number not in notice.sentence
        assert notice.case is None


def test_an_ordinary_complaint_needs_no_supervisor(
    make_complaint: MakeComplaint, person: MakePerson
) -> None:
    person(Role.ADMIN)
    make_complaint()
    assert not Notice.objects.filter(dedupe_key__startswith="no-supervisor:").exists()
