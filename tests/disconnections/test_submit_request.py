"""Submit Request: once, as asked, with the server's own values."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.choices import AccountStatus
from consumers.models import Consumer, ProfileLock
from disconnections.models import DisconnectionRequest, TimeSlot
from disconnections.operations import close_request
from smart360.comms.models import Delivery, Message
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.models import Draft
from tests.concurrency.racing import without_triggers
from tests.conftest import MakeConsumer, MakeRequest, SetClock
from tests.disconnections.creating import (
    HTMX,
    SignIn,
    choose,
    details,
    made,
    reason,
    review,
    slot,
    submit,
)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


# ------------------------------------------------------------------ submitting
def test_submit_makes_the_request_as_asked(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    submit(
        client,
        consumer,
        slot=slot(10).pk,
        permanence="TEMPORARY",
        identity_check="DOCUMENT_SEEN",
        identity_document="DRIVING_LICENCE",
        identity_last_four="1234",
    )
    asked = made()
    assert asked.case.kind == "DISCONNECTION"
    assert asked.slot == slot(10)
    assert asked.permanence == "TEMPORARY"
    assert (asked.identity_document, asked.identity_last_four) == ("DRIVING_LICENCE", "1234")
    assert asked.services.count() == consumer.connections.count()
    assert not Draft.objects.exists()
    lock = ProfileLock.objects.get()
    assert lock.expires_at <= asked.case.created_at


def test_same_form_twice_makes_one_request(client: Client, consumer: Consumer) -> None:
    """Bad input 31: the second gets the first's receipt, even if it took the last place."""
    TimeSlot.objects.update(capacity=1)
    choose(client, consumer)
    key = uuid4()
    first = submit(client, consumer, form_key=key, slot=slot(10).pk)
    second = submit(client, consumer, form_key=key, slot=slot(10).pk)
    assert first["Location"] == second["Location"]
    assert DisconnectionRequest.objects.count() == 1
    assert Message.objects.count() == 1


def test_same_key_for_another_account_is_refused(
    client: Client, consumer: Consumer, make_consumer: MakeConsumer
) -> None:
    """Bad input 32."""
    key = uuid4()
    choose(client, consumer)
    submit(client, consumer, form_key=key)
    other = make_consumer()
    choose(client, other)
    answer = submit(client, other, form_key=key)
    assert answer.status_code == 409
    assert "This form was already submitted" in answer.text


@pytest.mark.parametrize("key", [None, "", "abc", "0" * 36])
def test_form_without_key_is_malformed(client: Client, consumer: Consumer, key: Any) -> None:
    """Bad input 33."""
    choose(client, consumer)
    assert submit(client, consumer, form_key=key).status_code == 400
    assert not DisconnectionRequest.objects.exists()


@pytest.mark.parametrize("sent", ["abc", "-1", "1" + "0" * 20, "999999", "0"])
def test_consumer_of_nobody_is_refused(client: Client, consumer: Consumer, sent: str) -> None:
    """Bad input 22."""
    choose(client, consumer)
    answer = submit(client, consumer, consumer=sent)
    assert answer.status_code == 422
    assert "Select a customer from the search results" in answer.text


def test_second_request_is_refused_with_a_link(
    client: Client, consumer: Consumer, make_request: MakeRequest
) -> None:
    """Bad input 23: the first was made while this form was open."""
    number = make_request(consumer, by=client.person).case.number  # type: ignore[attr-defined]
    answer = submit(client, consumer, headers=HTMX)
    assert answer.status_code == 409
    assert f"{number} is already open for this account" in answer.text
    assert reverse("disconnection_detail", args=[number]) in answer.text
    assert Draft.objects.get().typed["notes"] == ["Customer requested morning slot"]


def test_lapsed_hold_is_refused_and_nothing_is_lost(
    client: Client, client_as: SignIn, consumer: Consumer, stands: SetClock
) -> None:
    """W8: the profile went to somebody else meanwhile; what was typed is kept."""
    choose(client, consumer)
    form = details(consumer)
    stands.go_on(minutes=16)
    choose(client_as(Role.SUPERVISOR), consumer)
    answer = submit(client, consumer, headers=HTMX, **form)
    assert answer.status_code == 409
    assert "Being edited by David Chen until" in answer.text
    page = client.get(reverse("request_new")).text
    assert "David Chen" in page
    assert Draft.objects.get(person=client.person).typed["notes"]  # type: ignore[attr-defined]


def test_hold_that_only_ran_out_is_taken_up_again(
    client: Client, consumer: Consumer, stands: SetClock
) -> None:
    choose(client, consumer)
    stands.go_on(minutes=16)
    answer = submit(client, consumer, headers=HTMX)
    assert answer.status_code == 409
    assert "Your hold on this profile has ended." in answer.text
    assert "Take up again" in answer.text
    choose(client, consumer)
    page = client.get(reverse("request_new")).text
    assert "Customer requested morning slot" in page
    assert submit(client, consumer).status_code == 302


def test_status_that_changed_meanwhile_is_confirmed_first(
    client: Client, consumer: Consumer
) -> None:
    """Bad input 27, W5."""
    choose(client, consumer)
    form = details(consumer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('smart360.actor', %s, true)",
            [str(client.person.pk)],  # type: ignore[attr-defined]
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with without_triggers("consumers_consumer"):  # another clerk's Execute, as far as is seen
            Consumer.objects.filter(pk=consumer.pk).update(status=AccountStatus.INACTIVE)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    answer = submit(client, consumer, headers=HTMX, **form)
    assert answer.status_code == 409
    assert "Customer status changed; the request is now a Reconnection Request" in answer.text
    assert 'name="confirmed_kind" value="RECONNECTION"' in answer.text
    assert "Customer requested morning slot" in answer.text
    again = submit(client, consumer, confirmed_kind="RECONNECTION", reason=reason("RC-001"))
    assert again.status_code == 302
    assert made().case.number.startswith("REC-")


def test_values_that_are_not_asked_for_are_ignored(client: Client, consumer: Consumer) -> None:
    """Bad inputs 26, 30: the server's values, and a line on the record."""
    choose(client, consumer)
    submit(
        client,
        consumer,
        request_type="RECONNECTION",
        priority="LOW",
        created_by="1",
        status="COMPLETED",
        is_vip="1",
        required_approval="No",
    )
    case = made().case
    assert (case.kind, case.status, case.priority) == ("DISCONNECTION", "PENDING", "MEDIUM")
    line = Entry.objects.get(case=case, kind=Event.FIELD_IGNORED)
    assert line.new["fields"] == [
        "created_by", "is_vip", "priority", "request_type", "required_approval", "status",
    ]  # fmt: skip


def test_own_fields_are_not_called_ignored(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    submit(client, consumer)
    assert not Entry.objects.filter(kind=Event.FIELD_IGNORED).exists()


@pytest.mark.parametrize(("sent", "is_told"), [(None, False), ("on", True)])
def test_notify_box(client: Client, consumer: Consumer, sent: str | None, is_told: bool) -> None:
    """Bad input 34, N1."""
    choose(client, consumer)
    assert submit(client, consumer, notifies_consumer=sent).status_code == 302
    assert made().case.notifies_consumer is is_told
    assert Message.objects.exists() is is_told


@pytest.mark.parametrize("sent", ["false", "maybe", ""])
def test_notify_box_takes_nothing_else(client: Client, consumer: Consumer, sent: str) -> None:
    """Bad input 34."""
    choose(client, consumer)
    answer = submit(client, consumer, headers=HTMX, notifies_consumer=sent)
    assert answer.status_code == 422
    assert "Select a valid choice." in answer.text
    assert "Submit Request" in answer.text
    assert not DisconnectionRequest.objects.exists()


def test_consumer_without_email(
    client: Client, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    """Bad input 35."""
    consumer = make_consumer(email="")
    choose(client, consumer)
    assert "No e-mail on file" in review(client, consumer, headers=HTMX).text
    page = client.get(submit(client, consumer)["Location"])
    assert "No e-mail on file; not sent" in page.text
    assert Delivery.objects.get().state == "NOT_SENT"


def test_consumer_without_meter(
    client: Client, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    """Bad input 36."""
    consumer = make_consumer(with_meters=False)
    choose(client, consumer)
    assert submit(client, consumer).status_code == 302


def test_next_request_is_possible_after_the_first_has_ended(
    client: Client, consumer: Consumer, make_request: MakeRequest, stands: SetClock
) -> None:
    first = make_request(consumer)
    close_request(
        case=first.pk,
        reason="DUPLICATE",
        note="",
        by=client.person,  # type: ignore[attr-defined]
        at=stands.at,
    )
    choose(client, consumer)
    assert submit(client, consumer).status_code == 302


# ------------------------------------------------------------------ what it costs
def test_view_adds_no_statement_to_the_operation(client: Client, consumer: Consumer) -> None:
    """Utility, session, person; then the operation's own. The page asks nothing by itself.

    The operation: begin; lock, form key, standing, reason, slot, place, policy, number; case,
    line, request, services, guard for hold; template, texts, message, two works owed; the form's
    end; commit. Of the protections: rules, account, figures; verdict and its line.
    """
    choose(client, consumer)
    form = details(consumer, slot=slot(10).pk, form_key=uuid4(), notifies_consumer="on")
    with CaptureQueriesContext(connection) as captured:
        assert client.post(reverse("request_submit"), form).status_code == 302
    said = [query["sql"] for query in captured.captured_queries]
    assert [sql.startswith("SAVEPOINT") for sql in said[:4]] == [False, False, False, True]
    assert said[-1].startswith("RELEASE")
    assert len(said) == 29


def test_statements_of_the_pages_before(client: Client, consumer: Consumer) -> None:
    """The figures as they are, the sign-in's three among them; a rise is to be explained."""
    choose(client, consumer)
    form = details(consumer, slot=slot(10).pk)
    Draft.objects.all().delete()
    other, new = reverse("request_review"), reverse("request_new")
    acts: dict[str, Callable[[], Any]] = {
        "choose": lambda: choose(client, consumer),
        "look": lambda: client.get(new),
        "choose again, a fragment": lambda: choose(client, consumer, headers=HTMX),
        "review": lambda: client.post(other, form),
        "review, a fragment": lambda: client.post(other, form, headers=HTMX),
        "look at a draft": lambda: client.get(new),
    }
    found = {}
    for what, act in acts.items():
        with CaptureQueriesContext(connection) as captured:
            assert act().status_code in {200, 302}
        found[what] = len(captured)
    assert found == {
        "choose": 14,
        "look": 8,
        "choose again, a fragment": 15,
        "review": 11,
        "review, a fragment": 17,  # with the protections: reason, slot, rules, account, figures
        "look at a draft": 11,
    }
