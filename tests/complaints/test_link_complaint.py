"""A complaint by somebody unknown is linked to an account, and an amount is disputed (BEY14)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from billing.queries.cuts import CutFigures, figures_for_a_cut
from complaints.access import allowed_acts
from complaints.models import Complaint, ComplaintCategory
from complaints.operations.deciding import (
    UnableToDispute,
    UnableToLink,
    link_account,
    set_disputed_amount,
)
from consumers import ports
from consumers.guards import NoSuchConsumer
from consumers.models import AccountHold
from consumers.operations import (
    HoldWish,
    UnableToProtect,
    place_account_hold,
    propose_account_hold,
)
from smart360.cases.access import Act
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.invariants import assert_sound

HUNDRED = Decimal("100.00")


def kinds(complaint: Complaint) -> list[str]:
    return list(
        Entry.objects.filter(case=complaint.pk).order_by("seq").values_list("kind", flat=True)
    )


# ------------------------------------------------------------------ linking
def test_it_is_linked_once(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    complaint, account, by = make_complaint(), make_consumer(), person(Role.CSE)
    link_account(case=complaint.pk, consumer=account.pk, by=by, at=at)
    case = Case.objects.get(pk=complaint.pk)
    assert case.consumer == account
    entry = Entry.objects.get(case=case, kind="CONSUMER_LINKED")
    assert (entry.consumer_id, entry.new) == (account.pk, {"account": account.account_number})
    assert complaint.complainant.name == "Ann Newcomer", "what was said at first stays"
    with pytest.raises(UnableToLink, match=account.account_number) as refused:
        link_account(case=complaint.pk, consumer=make_consumer("Second").pk, by=by, at=at)
    assert refused.value.http_status == 409
    assert Case.objects.get(pk=complaint.pk).consumer == account
    assert_sound()


def test_who_is_not_there_is_not_linked(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    with pytest.raises(NoSuchConsumer):
        link_account(case=make_complaint().pk, consumer=0, by=person(Role.CSE), at=at)


def test_what_has_ended_is_not_linked(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    complaint, by = make_complaint(), person(Role.CSE, full_name="Olivia Other")
    bring_to("REJECTED", complaint, by, at)
    with pytest.raises(UnableToLink, match="Rejected by Olivia Other already"):
        link_account(case=complaint.pk, consumer=make_consumer().pk, by=by, at=at)


def test_what_was_disputed_before_protects_from_then_on(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    complaint = make_complaint(disputed_amount=HUNDRED)
    assert not AccountHold.objects.exists()
    account = make_consumer()
    link_account(case=complaint.pk, consumer=account.pk, by=person(Role.CSE), at=at)
    hold = AccountHold.objects.get()
    assert (hold.consumer, hold.amount, hold.source, hold.kind) == (
        account, HUNDRED, complaint.case.number, "DISPUTE",
    )  # fmt: skip
    assert_sound()


# ------------------------------------------------------------------ disputing
def test_an_amount_is_disputed_and_changed_and_given_up(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Each change is one line and one hold; the one before is lifted."""
    complaint, by = make_complaint(make_consumer()), person(Role.BILLING)
    for amount in (HUNDRED, HUNDRED, Decimal("40.00"), None):
        set_disputed_amount(case=complaint.pk, amount=amount, by=by, at=at)
        complaint.refresh_from_db()
        assert complaint.disputed_amount == amount
        standing = AccountHold.objects.filter(lifted_at=None)
        assert [each.amount for each in standing] == ([amount] if amount else [])
    assert kinds(complaint)[1:] == ["DISPUTE_SET", "DISPUTE_SET", "DISPUTE_LIFTED"]
    assert_sound()


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_an_amount_is_above_nothing(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, amount: str
) -> None:
    complaint = make_complaint()
    with pytest.raises(UnableToDispute, match=r"above 0\.00") as refused:
        set_disputed_amount(
            case=complaint.pk, amount=Decimal(amount), by=person(Role.BILLING), at=at
        )
    assert refused.value.field == "amount"
    assert kinds(complaint) == ["CREATED"]


def test_only_bills_are_disputed_and_only_while_it_is_open(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    by = person(Role.SUPERVISOR)
    with pytest.raises(UnableToDispute, match="about bills"):
        set_disputed_amount(case=make_complaint(name="Leak").pk, amount=HUNDRED, by=by, at=at)
    ended = make_complaint()
    bring_to("RESOLVED", ended, by, at)
    with pytest.raises(UnableToDispute, match="already"):
        set_disputed_amount(case=ended.pk, amount=HUNDRED, by=by, at=at)
    assert not AccountHold.objects.exists()


def test_what_is_disputed_can_be_given_up_when_its_category_is_no_more_about_bills(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """Else only its end would let the account be cut off for what nobody disputes."""
    complaint, by = make_complaint(make_consumer(), disputed_amount=HUNDRED), person(Role.BILLING)
    ComplaintCategory.objects.filter(pk=complaint.category_id).update(is_about_bills=False)
    case = Case.objects.select_related("complaint__category").get(pk=complaint.pk)
    assert Act.DISPUTE in allowed_acts(case, by, at=at, reopen_days=30)
    with pytest.raises(UnableToDispute, match="about bills"):
        set_disputed_amount(case=case.pk, amount=Decimal(40), by=by, at=at)
    set_disputed_amount(case=case.pk, amount=None, by=by, at=at)
    assert not AccountHold.objects.filter(lifted_at=None).exists()
    case.complaint.refresh_from_db()
    assert Act.DISPUTE not in allowed_acts(case, by, at=at, reopen_days=30)


def test_of_another_category_nothing_is_disputed_at_creation(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer
) -> None:
    complaint = make_complaint(make_consumer(), name="Leak", disputed_amount=HUNDRED)
    assert complaint.disputed_amount is None
    assert not AccountHold.objects.exists()


def test_an_order_to_cut_for_debt_stops(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
) -> None:
    """DIS12: the open request for non-payment goes on hold in the same act."""
    account = make_consumer()
    request = make_request(account, reason="NP-001")
    complaint = make_complaint(account)
    set_disputed_amount(case=complaint.pk, amount=HUNDRED, by=person(Role.CSE), at=at)
    assert Case.objects.get(pk=request.pk).status == "ON_HOLD"
    figures = figures_for_a_cut([account.pk], on=at.date())
    assert figures.get(account.pk, CutFigures()).outstanding <= 0
    assert_sound()


# ------------------------------------------------------------------ no hand takes the fence away
def test_the_fence_is_not_lifted_by_hand_while_it_is_disputed(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    client_as: Callable[..., Client],
    stands: SetClock,
) -> None:
    """Nothing would put it back, and the account could be cut off for what is disputed."""
    complaint, boss = make_complaint(make_consumer(), disputed_amount=HUNDRED), Role.SUPERVISOR
    hold, number = AccountHold.objects.get(), complaint.case.number
    account = complaint.case.consumer.account_number  # type: ignore[union-attr]  # made so
    lift = reverse("account_hold_lift", args=[account, hold.pk])
    answer = client_as(boss).post(lift, {"reason": "It is paid", "form_key": uuid4()})
    assert answer.status_code == 409
    assert f"{number} still disputes this amount" in answer.text
    assert AccountHold.objects.get().lifted_at is None
    set_disputed_amount(case=complaint.pk, amount=None, by=person(boss), at=stands())
    assert AccountHold.objects.get().lifted_at is not None
    assert_sound()


def test_a_hand_takes_no_number_of_a_complaint_as_source(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """The end of that complaint would lift it; a certificate may name any number."""
    complaint, other, boss = make_complaint(), make_consumer(), person(Role.SUPERVISOR)
    number = complaint.case.number
    by: dict[str, Any] = {"consumer": other.pk, "by": boss, "at": at}
    dispute = HoldWish(kind="DISPUTE", source=number, from_on=at.date())
    with pytest.raises(UnableToProtect, match=number):
        place_account_hold(wish=dispute, form_key=uuid4(), **by)
    with pytest.raises(UnableToProtect, match=number):
        propose_account_hold(wish=dispute, note="They called.", form_key=uuid4(), **by)
    place_account_hold(wish=replace(dispute, kind="MEDICAL"), form_key=uuid4(), **by)


def test_a_complaint_lifts_only_its_own_fence(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    monkeypatch: pytest.MonkeyPatch,
    at: datetime,
) -> None:
    """A hold that was placed by hand on another account before that was refused."""
    monkeypatch.setattr(ports, "HELD_BY", [])
    complaint, other = make_complaint(make_consumer(), disputed_amount=HUNDRED), make_consumer()
    dispute = HoldWish(kind="DISPUTE", source=complaint.case.number, from_on=at.date())
    boss = person(Role.SUPERVISOR)
    place_account_hold(consumer=other.pk, wish=dispute, by=boss, at=at, form_key=uuid4())
    bring_to("RESOLVED", complaint, boss, at)
    assert AccountHold.objects.get(consumer=other).lifted_at is None
    assert AccountHold.objects.get(consumer=complaint.case.consumer).lifted_at == at
