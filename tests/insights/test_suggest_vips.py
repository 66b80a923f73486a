"""VIPs are suggested by criteria, and a person decides (CON6)."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer
from smart360.comms.models import Notice
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.custody.operations.merging import merge_consumers, undo_merge
from smart360.insights.models import VipPolicy, VipSuggestion
from smart360.insights.operations import (
    UnableToDecideVip,
    accept_vip,
    decline_vip,
    go_on_with_scores,
)
from smart360.insights.rules.vip import VipCriteria, VipFigures, is_to_be_suggested
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.posting import post_now
from tests.billing.test_pages_financial import text_of
from tests.billing.test_payment_compliance import bill, paid
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, SetClock

ClientAs = Callable[..., Client]
in_database = pytest.mark.django_db
LIST = "/cx/consumer-management/vip-suggestions"


# ------------------------------------------------------------------ the rule
def test_every_criterion_is_met_and_complaints_are_none() -> None:
    asked = VipCriteria(compliance=90, bills=10, years=5, used={})
    good = VipFigures(bills_due=10, bills_on_time=9, days=5 * 365, used={})
    assert is_to_be_suggested(asked, good)
    for short in (
        VipFigures(10, 8, 5 * 365, {}),
        VipFigures(9, 9, 5 * 365, {}),
        VipFigures(10, 9, 5 * 365 - 1, {}),
        VipFigures(0, 0, 5 * 365, {}),
    ):
        assert not is_to_be_suggested(asked, short)
    used = VipCriteria(90, 10, 5, {"ELECTRICITY": Decimal(5000), "WATER": Decimal(200)})
    assert not is_to_be_suggested(used, good)
    enough = {"WATER": Decimal(200)}
    assert is_to_be_suggested(used, VipFigures(10, 10, 5 * 365, enough))  # one is enough
    names = {each.name for model in (VipCriteria, VipFigures) for each in fields(model)}
    assert not [name for name in names if "complaint" in name]


# ------------------------------------------------------------------ at night
@pytest.fixture
def boss(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def good(
    make_consumer: MakeConsumer, make_complaint: MakeComplaint, boss: Person, at: datetime
) -> Consumer:
    """Two bills on time, and complaints; another consumer paid late, a third is VIP already."""
    VipPolicy.objects.update(is_on=True, least_bills=2, least_years=0)
    one, late, vip = make_consumer(), make_consumer(), make_consumer(is_vip=True)
    for each in (one, late, vip):
        post_now(
            bill(each, "50", date(2024, 9, 1)),
            bill(each, "50", date(2024, 10, 1)),
            paid(each, "100", date(2024, 12, 1) if each == late else date(2024, 9, 5)),
            at=at,
        )
    for name in ("Leak", "Bill is too high"):
        make_complaint(one, name=name)
    return one


def night(at: datetime) -> None:
    go_on_with_scores(day=at.date(), after=0, at=at)


def waiting() -> VipSuggestion:
    return VipSuggestion.objects.get(state="WAITING")


@in_database
def test_who_meets_the_policy_is_suggested_once(good: Consumer, boss: Person, at: datetime) -> None:
    night(at)
    night(at + timedelta(hours=1))
    found = waiting()
    assert (found.consumer_id, found.bills_due, found.bills_on_time) == (good.pk, 2, 2)
    assert not Consumer.objects.get(pk=good.pk).is_vip  # a person decides
    assert Notice.objects.filter(person=boss, sentence__contains="VIP").count() == 1
    VipPolicy.objects.update(least_electricity=Decimal(1))
    decline_vip(suggestion=found.pk, by=boss, at=at)
    night(at + timedelta(days=700))
    assert not VipSuggestion.objects.filter(state="WAITING").exists()  # nothing was used


@in_database
def test_off_nobody_is_suggested(good: Consumer, at: datetime) -> None:
    VipPolicy.objects.update(is_on=False)
    night(at)
    assert not VipSuggestion.objects.exists()


@in_database
def test_declined_is_remembered(good: Consumer, boss: Person, at: datetime) -> None:
    VipPolicy.objects.update(months_between=2)
    night(at)
    first = waiting()
    decline_vip(suggestion=first.pk, by=boss, at=at)
    night(at + timedelta(days=59))
    assert not VipSuggestion.objects.filter(state="WAITING").exists()
    night(at + timedelta(days=61))
    assert waiting().consumer_id == good.pk
    assert not Entry.objects.filter(kind=Event.PROFILE_CHANGED).exists()


@in_database
def test_accepted_is_vip_with_the_figures(good: Consumer, boss: Person, at: datetime) -> None:
    night(at)
    found, key = waiting(), uuid4()
    for _ in range(2):
        accept_vip(suggestion=found.pk, by=boss, at=at, form_key=key)
    assert Consumer.objects.get(pk=good.pk).is_vip
    line = Entry.objects.get(kind=Event.PROFILE_CHANGED)
    assert line.text
    assert "VIP: No → Yes. Reason: Suggested: 2 of 2 bills on time" in line.text.text
    for act in (accept_vip, decline_vip):
        with pytest.raises(UnableToDecideVip, match="Accepted by David Chen already"):
            act(suggestion=found.pk, by=boss, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: TID251
        VipSuggestion.objects.filter(pk=found.pk).update(state="DECLINED")


@in_database
def test_nothing_is_suggested_that_is_decided_already(
    make_consumer: MakeConsumer, boss: Person, at: datetime
) -> None:
    for state, by in (("ACCEPTED", boss), ("DECLINED", boss)):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
            suggest(make_consumer(), at, state=state, decided_at=at, decided_by=by)
        assert constraint_of(refused.value) == "suggestions_are_decided_once"


def suggest(consumer: Consumer, at: datetime, **more: object) -> VipSuggestion:
    figures = {"bills_due": 12, "bills_on_time": 12, "days": 3000, "suggested_at": at}
    return VipSuggestion.objects.create(consumer=consumer, **figures, **more)


# ------------------------------------------------------------------ the page
@in_database
def test_who_was_erased_waits_no_more(
    make_consumer: MakeConsumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """Nobody could decide it: the account takes no act."""
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}
    gone = make_consumer(status=AccountStatus.INACTIVE, services=off)
    suggest(gone, stands.at)
    supervisor = person(Role.SUPERVISOR)
    boss = client_as(supervisor)
    assert gone.account_number in text_of(boss.get(LIST))
    act = ask_for_erasure(
        consumer=gone.pk, reason="A letter", by=supervisor, at=stands.at, form_key=uuid4()
    )
    erase_person(act=act.pk, account_typed=gone.account_number, by=person(Role.ADMIN), at=stands.at)
    assert gone.account_number not in text_of(boss.get(LIST))


@in_database
def test_the_page(good: Consumer, client_as: ClientAs, at: datetime, stands: SetClock) -> None:
    boss = client_as(Role.SUPERVISOR)
    assert "No suggestion waits" in text_of(boss.get(LIST))
    night(at)
    words = text_of(boss.get(LIST))
    assert f"{good.name} {good.account_number} 100% of 2 0 years" in words
    for act, status in (("accept", 302), ("decline", 409)):
        answer = boss.post(f"{LIST}/{waiting_or_last()}/{act}", {"form_key": str(uuid4())})
        assert answer.status_code == status
    assert "Accepted by" in text_of(answer)
    assert client_as(Role.CSE).get(LIST).status_code == 403
    VipPolicy.objects.update(is_on=False)
    assert "Suggestions are off" in text_of(boss.get(LIST))


def waiting_or_last() -> int:
    return VipSuggestion.objects.latest("pk").pk


@in_database
def test_who_was_merged_waits_no_more(
    make_consumer: MakeConsumer, client_as: ClientAs, boss: Person, stands: SetClock
) -> None:
    """Nobody could decide it either; parted again, it waits again."""
    double, goes_on = make_consumer(services={}), make_consumer()
    suggest(double, stands.at)
    desk = client_as(boss)
    said: dict[str, Any] = {"reason": "Registered twice", "by": boss, "at": stands.at}
    merge_consumers(merged=double.pk, survivor=goes_on.pk, form_key=uuid4(), **said)
    assert double.account_number not in text_of(desk.get(LIST))
    undo_merge(merged=double.pk, form_key=uuid4(), **said)
    assert double.account_number in text_of(desk.get(LIST))
