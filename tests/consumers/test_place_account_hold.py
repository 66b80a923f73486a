"""Supervisors protect an account and end it again (DIS12, roles.md)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountHoldKind
from consumers.models import AccountHold, Consumer
from consumers.operations import (
    HoldWish,
    UnableToLift,
    UnableToProtect,
    lift_account_hold,
    place_account_hold,
)
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import arrange
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

TODAY = date(2024, 12, 10)
WISH = HoldWish(kind="MEDICAL", source="CERT-7", from_on=TODAY)
ClientAs = Callable[..., Client]


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def place(consumer: Consumer, by: Person, at: datetime, wish: HoldWish = WISH) -> AccountHold:
    return place_account_hold(consumer=consumer.pk, wish=wish, by=by, at=at, form_key=uuid4())


def test_it_is_placed_once_with_one_line(consumer: Consumer, david: Person, at: datetime) -> None:
    key = uuid4()
    for _ in range(2):
        made = place_account_hold(consumer=consumer.pk, wish=WISH, by=david, at=at, form_key=key)
    assert AccountHold.objects.get() == made
    assert (made.kind, made.source, made.placed_by) == ("MEDICAL", "CERT-7", david)
    assert Entry.objects.filter(consumer=consumer, kind=Event.HOLD_PLACED).count() == 1
    with pytest.raises(UnableToProtect, match="protects the account already"):
        place(consumer, david, at)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "ARRANGEMENT"}, "kind"),
        ({"source": " "}, "source"),
        ({"source": "x" * 61}, "source"),
        ({"to_on": TODAY - timedelta(days=1)}, "to_on"),
        ({"to_on": date.max}, "to_on"),
        ({"from_on": date(1990, 1, 1)}, "from_on"),
        ({"amount": Decimal("5.00")}, "amount"),
    ],
)
def test_a_wrong_one_is_refused(
    consumer: Consumer, david: Person, at: datetime, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnableToProtect) as refused:
        place(consumer, david, at, HoldWish(**(vars(WISH) | wrong)))
    assert refused.value.field == field
    assert not AccountHold.objects.exists()


def test_it_is_lifted_with_a_reason_once(consumer: Consumer, david: Person, at: datetime) -> None:
    hold = place(consumer, david, at)
    lift: dict[str, Any] = {"hold": hold.pk, "by": david, "at": at}
    with pytest.raises(UnableToLift):
        lift_account_hold(reason="  ", form_key=uuid4(), **lift)
    lift_account_hold(reason="The certificate was withdrawn", form_key=uuid4(), **lift)
    line = Entry.objects.get(consumer=consumer, kind=Event.HOLD_LIFTED)
    assert line.text is not None
    assert line.text.text == "The certificate was withdrawn"
    with pytest.raises(UnableToLift, match="already"):
        lift_account_hold(reason="Once more", form_key=uuid4(), **lift)


def test_an_arrangement_is_cancelled_not_lifted(
    consumer: Consumer, david: Person, person: MakePerson, at: datetime
) -> None:
    owe(consumer, "300.00", at=at)
    arrange(consumer, by=person(Role.RECOVERY), at=at)
    hold = AccountHold.objects.get(kind=AccountHoldKind.ARRANGEMENT)
    with pytest.raises(UnableToLift, match="Cancel the payment arrangement"):
        lift_account_hold(hold=hold.pk, reason="No", by=david, at=at, form_key=uuid4())


# ------------------------------------------------------------------ the page
@pytest.mark.usefixtures("stands")
def test_a_supervisor_places_and_lifts_it_on_the_page(
    client_as: ClientAs, consumer: Consumer, make_request: MakeRequest
) -> None:
    made = make_request(consumer)
    client = client_as(Role.SUPERVISOR)
    address = reverse("account_holds", args=[consumer.account_number])
    assert address in client.get(reverse("consumer_detail", args=[consumer.account_number])).text
    form = {"kind": "MEDICAL", "source": "CERT-7", "from_on": "2024-12-10", "to_on": "2025-02-08"}
    answer = client.post(address, form | {"form_key": str(uuid4())}, follow=True)
    assert "The account is protected" in answer.text
    assert "Medical certificate" in answer.text
    made.case.refresh_from_db()
    assert made.case.status == "ON_HOLD"
    hold = AccountHold.objects.get()
    lift = reverse("account_hold_lift", args=[consumer.account_number, hold.pk])
    refused = client.post(lift, {"reason": "", "form_key": str(uuid4())})
    assert (refused.status_code, "Enter the reason" in refused.text) == (422, True)
    done = client.post(lift, {"reason": "Withdrawn", "form_key": str(uuid4())}, follow=True)
    assert "The hold is lifted" in done.text


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": ""}, "This field is required."),
        ({"from_on": "10/12/2024"}, "Enter a valid date."),
        ({"to_on": "2024-12-09"}, "The last day is before the first"),
        ({"amount": "-1", "kind": "DISPUTE"}, "Enter an amount above 0.00"),
    ],
)
def test_a_wrong_form_comes_back(
    client_as: ClientAs, consumer: Consumer, wrong: dict[str, str], words: str
) -> None:
    address = reverse("account_holds", args=[consumer.account_number])
    form = {"kind": "MEDICAL", "source": "CERT-7", "from_on": "2024-12-10"}
    key = {"form_key": str(uuid4())}
    answer = client_as(Role.SUPERVISOR).post(address, form | wrong | key)
    assert answer.status_code == 422
    assert words in answer.text
    assert not AccountHold.objects.exists()


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize("role", [Role.BILLING, Role.ADMIN, Role.DISPATCHER])
def test_others_neither_place_nor_propose(
    client_as: ClientAs, consumer: Consumer, role: Role
) -> None:
    client = client_as(role)
    assert client.get(reverse("account_holds", args=[consumer.account_number])).status_code == 403
    page = client.get(reverse("consumer_detail", args=[consumer.account_number])).text
    assert "Account holds" not in page


@pytest.mark.usefixtures("stands")
def test_a_hold_of_somebody_else_is_not_there(
    client_as: ClientAs, make_consumer: MakeConsumer, david: Person, at: datetime
) -> None:
    one, other = make_consumer(), make_consumer()
    hold = place(one, david, at)
    lift = reverse("account_hold_lift", args=[other.account_number, hold.pk])
    form = {"reason": "Mine", "form_key": str(uuid4())}
    assert client_as(Role.SUPERVISOR).post(lift, form).status_code == 404
