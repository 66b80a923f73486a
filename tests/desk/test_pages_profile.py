"""The Overview of a profile and the alerts in its head (CON3, CON4)."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountStatus, LockPurpose
from consumers.models import Consumer
from consumers.operations import (
    HoldWish,
    add_consumer_note,
    place_account_hold,
    take_profile_lock,
)
from consumers.rules.alerts import alerts_of
from smart360.staff.choices import Role
from tests.billing.paying import owe
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.running import owe_since
from tests.fieldwork.working import order_from_profile

ClientAs = Callable[..., Client]


@pytest.fixture(autouse=True)
def clock(stands: SetClock) -> SetClock:
    """The day of the tests."""
    return stands


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def overview(consumer: Consumer) -> str:
    return reverse("consumer_detail", args=[consumer.account_number])


def protect(consumer: Consumer, person: MakePerson, at: datetime) -> None:
    place_account_hold(
        consumer=consumer.pk,
        wish=HoldWish(kind="MEDICAL", source="CERT-7", from_on=date(2024, 12, 1)),
        by=person(Role.SUPERVISOR),
        at=at,
        form_key=uuid4(),
    )


def words(client: Client, consumer: Consumer) -> list[str]:
    """What the head warns of, in its order."""
    return [each.words for each in client.get(overview(consumer)).context["alerts"]]


class TestOverview:
    def test_it_shows_in_brief_what_is_under_way(
        self,
        consumer: Consumer,
        make_request: MakeRequest,
        make_complaint: MakeComplaint,
        person: MakePerson,
        client_as: ClientAs,
        at: datetime,
    ) -> None:
        sarah = person(Role.CSE)
        request, complaint = make_request(consumer), make_complaint(consumer)
        ordered = order_from_profile(consumer, by=sarah, at=at)
        owe(consumer, "100.00", at=at)
        add_consumer_note(
            consumer=consumer.pk, words="Beware of the dog", is_pinned=True, by=sarah, at=at,
            form_key=uuid4(),
        )  # fmt: skip
        answer = client_as(Role.CSE).get(overview(consumer))
        for part in (
            reverse("request_detail", args=[request.case.number]),
            reverse("complaint_detail", args=[complaint.case.number]),
            reverse("order_detail", args=[ordered.number]),
            *("Beware of the dog", "On Track", "$100.00", "Newest on the timeline"),
        ):
            assert part in answer.text
        assert len(answer.context["lines"]) == 5

    def test_who_may_see_less_sees_less(
        self, consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
    ) -> None:
        add_consumer_note(
            consumer=consumer.pk, words="Beware of the dog", is_pinned=True,
            by=person(Role.CSE), at=at, form_key=uuid4(),
        )  # fmt: skip
        order_from_profile(consumer, by=person(Role.CSE), at=at)
        owe(consumer, "100.00", at=at)
        page = client_as(Role.ADMIN).get(overview(consumer)).text
        for part in ("Beware", "$100.00", 'id="live-orders"'):
            assert part not in page

    def test_a_complaint_about_them_is_hidden(
        self,
        consumer: Consumer,
        make_complaint: MakeComplaint,
        person: MakePerson,
        client_as: ClientAs,
        clock: SetClock,
    ) -> None:
        named = person(Role.CSE)
        number = make_complaint(
            consumer, name="Rude or disrespectful", staff_named=named.pk
        ).case.number
        clock.go_on(days=90)
        assert number not in client_as(named).get(overview(consumer)).text
        assert number in client_as(Role.SUPERVISOR).get(overview(consumer)).text
        assert words(client_as(named), consumer) == []
        assert words(client_as(Role.SUPERVISOR), consumer) == [f"SLA breached: {number}"]


class TestAlerts:
    def test_a_late_request_leads_to_its_page(
        self,
        consumer: Consumer,
        make_request: MakeRequest,
        client_as: ClientAs,
        clock: SetClock,
    ) -> None:
        number = make_request(consumer).case.number
        clock.go_on(days=30)
        page = client_as(Role.DISPATCHER).get(
            reverse("consumer_timeline", args=[consumer.account_number])
        )
        assert [each.words for each in page.context["alerts"]] == [
            f"SLA breached: {number}",
            "Locked by an open request",
        ]
        assert page.context["alerts"][0].url == reverse("request_detail", args=[number])

    def test_what_protects_is_named_to_who_may_know(
        self, consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
    ) -> None:
        protect(consumer, person, at)
        for role in (Role.RECOVERY, Role.SUPERVISOR):
            assert words(client_as(role), consumer) == ["Protected: medical certificate"]
        for role in (Role.CSE, Role.CALL_CENTRE, Role.BILLING, Role.DISPATCHER, Role.ADMIN):
            assert words(client_as(role), consumer) == ["Protected"]
            page = client_as(role).get(overview(consumer)).text
            assert "edical" not in page
            assert "CERT-7" not in page

    def test_overdue_and_locked(
        self, consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
    ) -> None:
        owe_since(consumer, "100.00", date(2024, 9, 1))
        holder = person(Role.CSE)
        take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=holder, at=at)
        assert words(client_as(Role.BILLING), consumer) == ["Overdue", "Locked by Sarah Johnson"]
        assert words(client_as(holder), consumer) == ["Overdue", "Locked by you"]
        assert words(client_as(Role.DISPATCHER), consumer) == ["Locked by Sarah Johnson"]

    def test_an_account_in_collection_says_so(self) -> None:
        (alert,) = alerts_of(
            status=AccountStatus.COLLECTION, lock=None, guarded_by=(), holds=(), knows_why=False,
            breaches=(), is_overdue=False,
        )  # fmt: skip
        assert (alert.words, alert.tone) == ("In collection", "purple")


class TestHolding:
    def test_a_held_profile_comes_back_with_the_overview(
        self, consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
    ) -> None:
        take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=person(Role.CSE), at=at
        )
        url = reverse("profile_hold", args=[consumer.account_number])
        answer = client_as(Role.CSE).post(url)
        assert answer.status_code == 409
        assert 'id="refusal"' in answer.text
        assert "Newest on the timeline" in answer.text

    @pytest.mark.parametrize("tab", ["consumer_detail", "consumer_notes", "consumer_financial"])
    def test_a_lock_is_broken_from_every_tab(
        self, consumer: Consumer, person: MakePerson, client_as: ClientAs, at: datetime, tab: str
    ) -> None:
        take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=person(Role.CSE), at=at
        )
        client = client_as(Role.SUPERVISOR)
        page = client.get(reverse(tab, args=[consumer.account_number])).text
        assert 'id="break-lock"' in page
        url = reverse("profile_break", args=[consumer.account_number])
        refused = client.post(url, {"reason": "short"})
        assert refused.status_code == 422
        assert "short" in refused.text
