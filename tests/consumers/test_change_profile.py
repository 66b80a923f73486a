"""Changing a profile: under a hold, what is one's own to change, and what a request guards."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from consumers import guards
from consumers.choices import LockPurpose
from consumers.models import Category, Consumer, MeterAssignment, Premise, Subcategory
from consumers.operations import UnableToChangeProfile, change_profile, take_profile_lock
from consumers.queries import search
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[..., Client]


def hold(consumer: Consumer, by: Person, at: datetime) -> int:
    purpose = LockPurpose.EDIT_PROFILE
    return take_profile_lock(consumer=consumer.pk, purpose=purpose, by=by, at=at).token


def change(consumer: Consumer, by: Person, at: datetime, token: int = 0, **values: Any) -> None:
    change_profile(
        consumer=consumer.pk,
        values={name: value for name, value in values.items() if name != "reason"},
        version=Consumer.objects.get(pk=consumer.pk).version,
        token=token,
        reason=values.get("reason", ""),
        by=by,
        at=at,
    )


def open_request(make_request: MakeRequest, consumer: Consumer) -> str:
    """The number of a request that guards the consumer from now on."""
    return make_request(consumer).case.number


class TestChanging:
    def test_changes_records_and_releases(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        token = hold(consumer, sarah, at)
        change(consumer, sarah, at, token, name="Jón Smith", phone="+15550001111")
        consumer.refresh_from_db()
        assert (consumer.name, consumer.phone_digits) == ("Jón Smith", "15550001111")
        assert consumer.version == 2
        assert [hit.consumer for hit in search("jon smith")] == [consumer.pk]
        assert [hit.consumer for hit in search("555 000 1111")] == [consumer.pk]
        assert [hit.consumer for hit in search("oak street")] == [consumer.pk]
        kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["PROFILE_LOCKED", "PROFILE_CHANGED", "PROFILE_RELEASED"]
        entry = Entry.objects.get(kind="PROFILE_CHANGED")
        assert entry.new["fields"] == ["name", "phone"]
        assert "Smith" not in str(entry.new) + str(entry.old)

    def test_no_change_leaves_no_line(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        change(consumer, sarah, at, hold(consumer, sarah, at), name=consumer.name)
        assert Consumer.objects.get().version == 1
        assert not Entry.objects.filter(kind="PROFILE_CHANGED").exists()

    def test_without_a_hold_it_is_refused(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        with pytest.raises(guards.LockIsLost):
            change(consumer, sarah, at, name="New Name")
        assert Consumer.objects.get().name == "John Michael Smith"

    def test_a_newer_version_wins(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah, karen = make_consumer(), person(Role.CSE), person(Role.BILLING)
        change(consumer, karen, at, billing_address="PO Box 9")
        token = hold(consumer, sarah, at)
        with pytest.raises(UnableToChangeProfile) as refused:
            change_profile(
                consumer=consumer.pk, values={"name": "X"}, version=1, token=token, by=sarah, at=at
            )
        assert refused.value.is_conflict
        assert refused.value.sentence == (
            "Changed by Karen Lee on Dec 10, 2024 at 09:30 AM: billing address."
        )

    @pytest.mark.parametrize(
        ("role", "allowed"),
        [
            (Role.CSE, {"name", "category", "phone", "email", "billing_address"}),
            (Role.SUPERVISOR, {"name", "category", "phone", "email", "billing_address"}),
            (Role.CALL_CENTRE, {"phone", "email"}),
            (Role.BILLING, {"billing_address"}),
            (Role.RECOVERY, set()),
        ],
    )
    def test_each_role_changes_its_own(
        self,
        make_consumer: MakeConsumer,
        person: MakePerson,
        at: datetime,
        role: Role,
        allowed: set[str],
    ) -> None:
        """roles.md: edit consumer profile."""
        other = Category.objects.create(name="Commercial")
        values = {
            "name": "New Name",
            "category": other.pk,
            "phone": "+15550001111",
            "email": "new@example.com",
            "billing_address": "PO Box 9",
        }
        for name, value in values.items():
            consumer, who = make_consumer(), person(role)
            Consumer.objects.filter(pk=consumer.pk).update(subcategory=None)
            token = 0 if role == Role.BILLING else hold(consumer, who, at)
            if name in allowed:
                change(consumer, who, at, token, **{name: value})
                continue
            with pytest.raises(UnableToChangeProfile) as refused:
                change(consumer, who, at, token, **{name: value})
            assert refused.value.http_status == 403

    def test_billing_waits_for_the_holder(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah, karen = make_consumer(), person(Role.CSE), person(Role.BILLING)
        hold(consumer, sarah, at)
        with pytest.raises(guards.LockIsHeld):
            change(consumer, karen, at, billing_address="PO Box 9")

    def test_a_subcategory_belongs_to_its_category(
        self, make_consumer: MakeConsumer, person: MakePerson, at: datetime
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        other = Category.objects.create(name="Commercial")
        shop = Subcategory.objects.create(category=other, name="Shop")
        token = hold(consumer, sarah, at)
        for values in ({"subcategory": shop.pk}, {"category": other.pk}, {"category": 10**9}):
            with pytest.raises(UnableToChangeProfile) as refused:
                change(consumer, sarah, at, token, **values)
            assert refused.value.http_status == 422
        change(consumer, sarah, at, token, category=other.pk, subcategory=shop.pk)


class TestGuarded:
    def test_phone_stays_possible_and_name_does_not(
        self,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        at: datetime,
    ) -> None:
        consumer, sarah = make_consumer(), person(Role.CSE)
        number = open_request(make_request, consumer)
        token = hold(consumer, sarah, at)
        with pytest.raises(UnableToChangeProfile, match=number) as refused:
            change(consumer, sarah, at, token, name="New Name")
        assert refused.value.is_conflict
        change(consumer, sarah, at, token, phone="+15550001111")

    def test_a_supervisor_gives_a_reason(
        self,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        at: datetime,
    ) -> None:
        consumer, david = make_consumer(), person(Role.SUPERVISOR)
        number = open_request(make_request, consumer)
        token = hold(consumer, david, at)
        with pytest.raises(UnableToChangeProfile) as refused:
            change(consumer, david, at, token, name="New Name", reason="short")
        assert refused.value.field == "reason"
        change(consumer, david, at, token, name="New Name", reason="Misspelt on the contract")
        entry = Entry.objects.select_related("text").get(kind="PROFILE_CHANGED")
        assert entry.text
        assert entry.text.text.endswith("New Name. Reason: Misspelt on the contract")
        assert entry.new["guarded_by"] == [number]


class TestDatabase:
    """What the database refuses, whoever asks."""

    def refuses(self, act: Callable[[], object]) -> str:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
            act()
        return constraint_of(refused.value)

    def test_guarded_columns(
        self, make_consumer: MakeConsumer, make_request: MakeRequest, at: datetime
    ) -> None:
        consumer = make_consumer()
        open_request(make_request, consumer)
        mine = Consumer.objects.filter(pk=consumer.pk)
        assert self.refuses(lambda: mine.update(name="X")) == "profile_is_guarded"
        assert self.refuses(lambda: mine.update(status="COLLECTION")) == "profile_is_guarded"
        mine.update(phone="1")

    def test_service_address_and_meter(
        self,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        at: datetime,
        as_owner: Callable[[], None],
    ) -> None:
        consumer, free = make_consumer(), make_consumer("Ann Other")
        open_request(make_request, consumer)
        as_owner()  # nobody else may remove an assignment at all
        place = Premise.objects.filter(connections__consumer=consumer)
        assert self.refuses(lambda: place.update(address="X")) == "profile_is_guarded"
        place.update(area="North")
        assigned = MeterAssignment.objects.filter(service_connection__consumer=consumer)
        assert self.refuses(assigned.delete) == "profile_is_guarded"
        elsewhere = MeterAssignment.objects.filter(service_connection__consumer=free)
        connection_id = assigned.get().service_connection_id
        assert (
            self.refuses(lambda: elsewhere.update(service_connection=connection_id))
            == "profile_is_guarded"
        )
        assert elsewhere.delete()[0] == 1

    def test_the_account_number(self, make_consumer: MakeConsumer) -> None:
        mine = Consumer.objects.filter(pk=make_consumer().pk)
        assert (
            self.refuses(lambda: mine.update(account_number="X-1"))
            == "account_number_never_changes"
        )

    def test_a_profile_that_somebody_else_holds(
        self, make_consumer: MakeConsumer, person: MakePerson
    ) -> None:
        """W8: while live, nobody else edits the profile, not even by SQL."""
        consumer, sarah = make_consumer(), person(Role.CSE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            now = cursor.fetchone()[0]
        hold(consumer, sarah, now)
        mine = Consumer.objects.filter(pk=consumer.pk)
        assert self.refuses(lambda: mine.update(phone="1")) == "profile_is_held"


class TestPages:
    URL = "/cx/consumer-management/{}/edit"

    def begin(self, client: Client, consumer: Consumer) -> dict[str, Any]:
        response = client.post(f"/cx/consumer-management/{consumer.account_number}/hold")
        assert response.status_code == 302
        form = client.get(response["Location"]).context
        return {"version": form["consumer"].version, "token": form["lock"].token}

    def test_hold_change_and_back(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        consumer, client = make_consumer(), client_as(Role.CSE)
        url = self.URL.format(consumer.account_number)
        data = self.begin(client, consumer) | {
            "name": "New Name",
            "category": consumer.category_id,
            "subcategory": consumer.subcategory_id,
            "phone": "(555) 123-4568",
            "email": "",
            "billing_address": "",
        }
        response = client.post(url, data, follow=True)
        assert response.redirect_chain[-1][0].endswith(consumer.account_number)
        assert "Profile saved" in response.content.decode()
        consumer.refresh_from_db()
        assert (consumer.name, consumer.phone, consumer.email) == ("New Name", "+15551234568", "")

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("name", "", "This field is required."),
            ("name", "x" * 121, "at most 120 characters (it has 121)"),
            ("name", "a\0b", "Null characters are not allowed."),
            ("name", "a\u202eb", "cannot be shown"),
            ("phone", "abc", "Enter a valid phone number"),
            ("phone", "5" * 40, "Enter a valid phone number"),
            ("email", "a@b", "Enter a valid email address."),
            ("email", "a@b.co\nBcc:x@y.co", "Enter a valid email address."),
            ("email", "=cmd|calc@x.com", "Enter a valid email address."),
            ("category", "10" * 10, "Select a valid choice."),
            ("category", "abc", "Select a valid choice."),
        ],
    )
    def test_wrong_input_keeps_what_was_typed(
        self,
        make_consumer: MakeConsumer,
        client_as: SignIn,
        stands: SetClock,
        field: str,
        value: str,
        sentence: str,
    ) -> None:
        consumer, client = make_consumer(), client_as(Role.CSE)
        data = self.begin(client, consumer) | {
            "name": "Typed Name",
            "category": consumer.category_id,
            "billing_address": "Typed address",
            field: value,
        }
        response = client.post(self.URL.format(consumer.account_number), data)
        page = response.content.decode()
        assert response.status_code == 422
        assert sentence in page
        assert "Typed address" in page
        assert Consumer.objects.get().version == 1

    def test_a_lapsed_hold_keeps_what_was_typed(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        consumer, client = make_consumer(), client_as(Role.CALL_CENTRE)
        data = self.begin(client, consumer) | {"phone": "(555) 123-4568", "email": ""}
        stands.go_on(minutes=16)
        url = self.URL.format(consumer.account_number)
        response = client.post(url, data)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Your hold on this profile has ended" in page
        assert "+15551234568" in page or "(555) 123-4568" in page
        again = data | {"token": response.context["lock"].token}
        assert client.post(url, again).status_code == 302

    def test_a_hold_taken_again_does_not_undo_what_somebody_else_changed(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        """W8: whoever lost the hold is told of a change since, before they can overwrite it."""
        consumer, sarah, emily = make_consumer(), client_as(Role.CSE), client_as(Role.CALL_CENTRE)
        url = self.URL.format(consumer.account_number)
        data = self.begin(sarah, consumer) | {
            "name": "New Name", "category": consumer.category_id, "phone": "(555) 123-4567",
        }  # fmt: skip
        stands.go_on(minutes=16)
        hers = self.begin(emily, consumer) | {"phone": "(555) 123-9999"}
        assert emily.post(url, hers).status_code == 302
        lost = sarah.post(url, data)
        assert "Your hold on this profile has ended" in lost.content.decode()
        again = data | {"version": lost.context["version"], "token": lost.context["lock"].token}
        told = sarah.post(url, again)
        assert told.status_code == 409
        assert "Changed by Emily Davis" in told.content.decode()
        assert Consumer.objects.get().phone == "+15551239999"
        knowing = again | {"version": told.context["version"]}
        assert sarah.post(url, knowing).status_code == 302

    def test_wrong_input_does_not_undo_what_somebody_else_changed(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        """Whoever needs no hold corrects their input and is told of a change since all the same."""
        consumer, billing, emily = make_consumer(), client_as(Role.BILLING), client_as(Role.CSE)
        url = self.URL.format(consumer.account_number)
        data = {"version": billing.get(url).context["version"], "billing_address": "x" * 201}
        theirs = {
            "name": consumer.name, "category": consumer.category_id, "phone": "",
            "billing_address": "1 New Street",
        }  # fmt: skip
        assert emily.post(url, self.begin(emily, consumer) | theirs).status_code == 302
        wrong = billing.post(url, data)
        assert wrong.status_code == 422
        again = {"version": wrong.context["version"], "billing_address": "2 Old Street"}
        assert billing.post(url, again).status_code == 409
        assert Consumer.objects.get().billing_address == "1 New Street"

    def test_somebody_else_took_it(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        """AC002: the profile is locked for other users, on every way in."""
        consumer, sarah, emily = make_consumer(), client_as(Role.CSE), client_as(Role.CALL_CENTRE)
        url = f"/cx/consumer-management/{consumer.account_number}"
        data = self.begin(sarah, consumer) | {"name": "X", "category": consumer.category_id}
        held = emily.post(f"{url}/hold")
        assert held.status_code == 409
        assert "Being edited by Sarah Johnson until 09:45 AM" in held.content.decode()
        assert "holds this profile since" in emily.get(url).content.decode()
        stands.go_on(minutes=16)
        self.begin(emily, consumer)
        lost = sarah.post(f"{url}/edit", data)
        assert lost.status_code == 409
        assert "Being edited by Emily Davis until" in lost.content.decode()
        assert Consumer.objects.get().version == 1

    def test_renew_and_release(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        consumer, sarah, emily = make_consumer(), client_as(Role.CSE), client_as(Role.CALL_CENTRE)
        url = f"/cx/consumer-management/{consumer.account_number}"
        token = self.begin(sarah, consumer)["token"]
        assert sarah.post(f"{url}/renew/{token}").status_code == 204
        assert emily.post(f"{url}/renew/{token}").status_code == 409
        assert sarah.get(f"{url}/renew/{token}").status_code == 405
        assert sarah.post(f"{url}/release", {"token": token}).status_code == 302
        assert emily.post(f"{url}/hold").status_code == 302

    def test_break_asks_for_a_reason(
        self, make_consumer: MakeConsumer, client_as: SignIn, stands: SetClock
    ) -> None:
        consumer, sarah, david = make_consumer(), client_as(Role.CSE), client_as(Role.SUPERVISOR)
        url = f"/cx/consumer-management/{consumer.account_number}"
        self.begin(sarah, consumer)
        assert sarah.post(f"{url}/break", {"reason": "I would like it"}).status_code == 403
        refused = david.post(f"{url}/break", {"reason": "short"})
        assert refused.status_code == 422
        assert "at least 10 characters" in refused.content.decode()
        assert david.post(f"{url}/break", {"reason": "Sarah went home sick"}).status_code == 302
        assert david.post(f"{url}/break", {"reason": "Sarah went home sick"}).status_code == 409

    @pytest.mark.parametrize(
        ("role", "status"),
        [(Role.RECOVERY, 403), (Role.ADMIN, 403), (Role.DISPATCHER, 403), (Role.BILLING, 200)],
    )
    def test_who_gets_to_the_form(
        self, make_consumer: MakeConsumer, client_as: SignIn, role: Role, status: int
    ) -> None:
        consumer, client = make_consumer(), client_as(role)
        response = client.get(self.URL.format(consumer.account_number))
        assert response.status_code == status
        if role == Role.BILLING:
            page = response.content.decode()
            assert 'name="billing_address"' in page
            assert 'name="phone"' not in page

    def test_a_guarded_form_shows_facts_instead(
        self,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        client_as: SignIn,
        stands: SetClock,
        at: datetime,
    ) -> None:
        consumer = make_consumer()
        number = open_request(make_request, consumer)
        url = self.URL.format(consumer.account_number)
        sarah, david = client_as(Role.CSE), client_as(Role.SUPERVISOR)
        data = self.begin(sarah, consumer)
        page = sarah.get(url).content.decode()
        assert 'name="name"' not in page
        assert 'name="phone"' in page
        assert number in page
        assert sarah.post(url, data | {"name": "X", "phone": "", "email": ""}).status_code == 302
        assert Consumer.objects.get().name == "John Michael Smith"
        self.begin(david, consumer)
        page = david.get(url).content.decode()
        assert 'name="name"' in page
        assert 'name="reason"' in page
