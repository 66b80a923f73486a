"""To Collection and back, by hand and by age (CON5); VIP by hand (CON6)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from consumers.choices import AccountHoldKind, AccountStatus
from consumers.guards import LockIsHeld
from consumers.models import AccountHold, CollectionMove, CollectionPolicy, Consumer
from consumers.operations.locks import take_profile_lock
from consumers.operations.standing import (
    UnableToCollect,
    UnableToSetVip,
    age_account,
    end_collection,
    move_to_collection,
    set_vip,
)
from consumers.tasks import age_accounts
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.billing.paying import owe, pay
from tests.billing.test_pages_financial import text_of
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.running import owe_since

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
WHY = "Three reminders without an answer"


@pytest.fixture
def robert(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


@pytest.fixture
def debtor(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, "120", at=at)
    return made


def collect(consumer: Consumer, by: Person, at: datetime, reason: str = WHY) -> Consumer:
    return move_to_collection(consumer=consumer.pk, reason=reason, by=by, at=at, form_key=uuid4())


def release(consumer: Consumer, by: Person, at: datetime, reason: str = WHY) -> Consumer:
    return end_collection(consumer=consumer.pk, reason=reason, by=by, at=at, form_key=uuid4())


def mark(consumer: Consumer, by: Person, at: datetime, **more: Any) -> Consumer:
    said: dict[str, Any] = {
        "is_vip": True,
        "reason": "Hospital, keep it supplied",
        "form_key": uuid4(),
    } | more
    return set_vip(consumer=consumer.pk, by=by, at=at, **said)


def status_of(consumer: Consumer) -> str:
    return Consumer.objects.values_list("status", flat=True).get(pk=consumer.pk)


def lines(consumer: Consumer, kind: str = Event.STATUS_CHANGED) -> list[Entry]:
    return list(Entry.objects.filter(consumer=consumer, kind=kind).order_by("pk"))


# ------------------------------------------------------------------ by hand
def test_to_collection_and_back(debtor: Consumer, robert: Person, at: datetime) -> None:
    key = uuid4()
    for _ in range(2):  # the same form twice is one act
        move_to_collection(consumer=debtor.pk, reason=WHY, by=robert, at=at, form_key=key)
    assert status_of(debtor) == AccountStatus.COLLECTION
    with pytest.raises(UnableToSubmitAgain):
        move_to_collection(consumer=debtor.pk, reason=WHY + "!", by=robert, at=at, form_key=key)
    release(debtor, robert, at, "Paid at the desk this morning")
    assert status_of(debtor) == AccountStatus.ACTIVE
    there, back = lines(debtor)
    assert (there.old, there.new) == ({"status": "ACTIVE"}, {"status": "COLLECTION"})
    assert (there.text.text if there.text else "", there.actor) == (WHY, robert)
    assert back.new == {"status": "ACTIVE"}
    assert list(CollectionMove.objects.values_list("is_back", "by")) == [
        (False, robert.pk), (True, robert.pk),
    ]  # fmt: skip


def test_what_is_refused_leaves_nothing_behind(
    debtor: Consumer,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    robert: Person,
    person: MakePerson,
    at: datetime,
) -> None:
    def refused(consumer: Consumer, act: Callable[..., Any] = collect, **more: Any) -> str:
        with pytest.raises(UnableToCollect) as refusal:
            act(consumer, robert, at, **more)
        return refusal.value.sentence

    assert refused(make_consumer()) == "This account owes nothing"
    assert refused(debtor, release) == "This account is Active"
    assert "characters" in refused(debtor, reason="x" * 251)
    assert refused(debtor, reason=" ") != ""
    inactive = make_consumer(status=AccountStatus.INACTIVE)
    assert refused(inactive) == "This account is Inactive"
    lock = {"purpose": "EDIT_PROFILE", "by": person(Role.CSE), "at": at}
    take_profile_lock(consumer=debtor.pk, **lock)  # type: ignore[arg-type]
    with pytest.raises(LockIsHeld):
        collect(debtor, robert, at)
    with pytest.raises(LockIsHeld):
        mark(debtor, person(Role.SUPERVISOR), at)
    guarded = make_consumer()
    owe(guarded, "50", at=at)
    asked = make_request(guarded)
    assert refused(guarded) == f"Locked while {asked.case.number} is open"
    assert not CollectionMove.objects.exists()
    assert not Entry.objects.filter(kind=Event.STATUS_CHANGED).exists()


def test_no_statement_goes_round_it(debtor: Consumer, robert: Person, at: datetime) -> None:
    """The status follows a move of this transaction; the operation is the control."""
    mine = Consumer.objects.filter(pk=debtor.pk)

    def assert_refused() -> None:
        refused = pytest.raises(IntegrityError, match="collected by somebody")
        with refused, transaction.atomic():  # noqa: TID251
            mine.update(status="COLLECTION")

    assert_refused()
    CollectionMove.objects.create(consumer=debtor, is_back=True, at=at, by=robert)
    assert_refused()  # a move the other way is none
    collect(debtor, robert, at)
    assert status_of(debtor) == AccountStatus.COLLECTION


# ------------------------------------------------------------------ by age
def test_the_ageing_worker(
    make_consumer: MakeConsumer, robert: Person, person: MakePerson, at: datetime, stands: SetClock
) -> None:
    today = date(2024, 12, 10)
    old, young, little, held, by_hand = (make_consumer() for _ in range(5))
    for consumer in (old, held, by_hand):
        owe_since(consumer, "120", today - timedelta(days=90))
    owe_since(young, "120", today - timedelta(days=89))
    owe_since(little, "49.99", today - timedelta(days=200))
    AccountHold.objects.create(
        consumer=held, kind=AccountHoldKind.MEDICAL, source="C-1", from_on=today, placed_at=at
    )
    collect(by_hand, robert, at)
    assert age_accounts() == 0  # off, until somebody switches it on
    assert not age_account(consumer=old.pk, at=at)
    CollectionPolicy.objects.update(is_on=True)
    assert age_accounts() == 1
    assert status_of(old) == AccountStatus.COLLECTION
    assert {status_of(each) for each in (young, little, held)} == {AccountStatus.ACTIVE}
    assert lines(old)[0].actor is None
    assert age_accounts() == 0
    for consumer in (old, by_hand):
        pay(consumer, "120", by=person(Role.BILLING), at=at)
    stands.go_on(days=1)
    assert age_accounts() == 2  # one comes back, and the young debt is old enough by now
    assert [status_of(each) for each in (old, young)] == ["ACTIVE", "COLLECTION"]
    assert status_of(by_hand) == "COLLECTION"  # what a person decided, a person ends
    assert [each.new["status"] for each in lines(old)] == ["COLLECTION", "ACTIVE"]


def test_who_holds_the_profile_is_not_disturbed_by_age(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, stands: SetClock
) -> None:
    consumer = make_consumer()
    owe_since(consumer, "120", date(2024, 1, 10))
    CollectionPolicy.objects.update(is_on=True)
    lock = {"purpose": "EDIT_PROFILE", "by": person(Role.CSE), "at": at}
    take_profile_lock(consumer=consumer.pk, **lock)  # type: ignore[arg-type]
    assert age_accounts() == 0
    stands.go_on(hours=1)
    assert age_accounts() == 1


# ------------------------------------------------------------------ VIP
def test_vip_by_hand(debtor: Consumer, person: MakePerson, at: datetime) -> None:
    boss = person(Role.SUPERVISOR)
    mark(debtor, boss, at)
    assert Consumer.objects.get(pk=debtor.pk).is_vip
    (line,) = lines(debtor, Event.PROFILE_CHANGED)
    assert line.text
    assert line.text.text == "VIP: No → Yes. Reason: Hospital, keep it supplied"
    with pytest.raises(UnableToSetVip, match="VIP already"):
        mark(debtor, boss, at)
    with pytest.raises(UnableToSetVip):
        mark(debtor, boss, at, is_vip=False, reason="")
    mark(debtor, boss, at, is_vip=False, reason="The hospital moved out")
    assert not Consumer.objects.get(pk=debtor.pk).is_vip
    assert len(lines(debtor, Event.PROFILE_CHANGED)) == 2


# ------------------------------------------------------------------ the pages
def test_the_pages(debtor: Consumer, client_as: ClientAs, stands: SetClock) -> None:
    at_path = f"/cx/consumer-management/{debtor.account_number}"

    def send(client: Client, rest: str, **said: str) -> Any:
        data = {"form_key": str(uuid4()), "reason": WHY} | said
        return client.post(f"{at_path}/{rest}", data)

    robert, boss = client_as(Role.RECOVERY), client_as(Role.SUPERVISOR)
    assert "Move to Collection" in text_of(robert.get(at_path))
    assert "Mark as VIP" in text_of(boss.get(at_path))
    assert "Mark as VIP" not in text_of(robert.get(at_path))
    assert "Move to Collection" in text_of(robert.get(f"{at_path}/collection"))
    short = send(robert, "collection", reason="short")
    assert short.status_code == 422
    assert "short" in short.content.decode()  # what was typed stays
    for said in (short, send(robert, "collection", reason=" ")):
        assert "Enter the reason in at least 10 characters" in said.text
    assert send(robert, "collection", act="Move to Collection").status_code == 302
    assert "End Collection" in text_of(robert.get(at_path))
    late = send(robert, "collection", act="Move to Collection")  # somebody was faster
    assert late.status_code == 409
    assert "This account is Collection" in text_of(late)
    assert send(robert, "collection", act="End Collection").status_code == 302
    assert "in Collection no more" in text_of(robert.get(at_path))
    assert status_of(debtor) == "ACTIVE"
    assert send(boss, "vip", act="Mark as VIP").status_code == 302
    assert "Take off VIP" in text_of(boss.get(at_path))
    assert send(boss, "collection").status_code == 403
    assert send(robert, "vip").status_code == 403


def test_it_is_offered_only_where_it_would_be_taken(
    debtor: Consumer,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    client_as: ClientAs,
    at: datetime,
    stands: SetClock,
) -> None:
    """The button is there where the act is taken; elsewhere its page says why, without a form."""
    browser = client_as(Role.RECOVERY)

    def at_path(consumer: Consumer) -> str:
        return f"/cx/consumer-management/{consumer.account_number}"

    def offered(consumer: Consumer) -> tuple[bool, str]:
        head = browser.get(at_path(consumer)).content.decode()
        page = browser.get(f"{at_path(consumer)}/collection")
        assert page.status_code == 200
        has_form = 'name="reason"' in page.content.decode()
        is_offered = f'href="{at_path(consumer)}/collection"' in head
        assert is_offered == has_form
        return is_offered, text_of(page)

    assert offered(debtor)[0]
    paid, ahead, guarded = (make_consumer() for _ in range(3))
    pay(ahead, "20", by=person(Role.BILLING), at=at)
    gone = make_consumer(status=AccountStatus.INACTIVE)
    owe(gone, "50", at=at)
    owe(guarded, "50", at=at)
    number = make_request(guarded).case.number
    for consumer, why in (
        (paid, "This account owes nothing."),
        (ahead, "This account owes nothing."),
        (gone, "This account is Inactive."),
        (guarded, f"Locked while {number} is open."),
    ):
        is_offered, words = offered(consumer)
        assert not is_offered, why
        assert why in words
        key, reason = str(uuid4()), {"reason": WHY}
        refused = browser.post(f"{at_path(consumer)}/collection", {"form_key": key} | reason)
        assert refused.status_code == 409
        assert why.rstrip(".") in text_of(refused)


def test_who_holds_the_profile_keeps_it(
    debtor: Consumer, person: MakePerson, client_as: ClientAs, at: datetime, stands: SetClock
) -> None:
    lock = {"purpose": "EDIT_PROFILE", "by": person(Role.CSE), "at": at}
    take_profile_lock(consumer=debtor.pk, **lock)  # type: ignore[arg-type]
    address = f"/cx/consumer-management/{debtor.account_number}"
    page = client_as(Role.RECOVERY).get(address).content.decode()
    assert f"{address}/collection" not in page
    assert "holds this profile" in page


def test_an_administrator_sets_the_policy(client_as: ClientAs) -> None:
    admin, address = client_as(Role.ADMIN), "/admin/consumers/collectionpolicy/1/change/"
    good = {"is_on": "on", "days_overdue": "60", "least_owed": "25.00"}
    for wrong, words in (({"days_overdue": "0"}, "1 to 3650"), ({"least_owed": "-1"}, "0 or more")):
        answer = admin.post(address, good | wrong)
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert admin.post(address, good).status_code == 302
    policy = CollectionPolicy.objects.get()
    assert (policy.is_on, policy.days_overdue, policy.least_owed) == (True, 60, Decimal(25))
