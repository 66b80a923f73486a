"""Protections at each stage of a request: asked, kept, and obeyed (DIS11, DIS12, BEY1)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from consumers.choices import AccountHoldKind, UtilityType
from consumers.models import Consumer
from disconnections.choices import Answer, NoticeWay, Stage
from disconnections.models import (
    DisconnectionNotice,
    DisconnectionRequest,
    ProtectionRule,
    ProtectionVerdict,
    RulePack,
    TimeSlot,
    WeatherAlert,
)
from disconnections.operations import UnableToCreate, decide_approval
from disconnections.protecting import check_protections, why_not
from disconnections.queries.protections import Cut, cut_of, judge_cuts
from disconnections.rules.protections import Judgement, Moment
from smart360.cases import handling
from smart360.cases.approvals import UnableToDecide
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery, Message
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.protecting import hold, inside, switch_on

SATURDAY = date(2024, 12, 14)
MONDAY = date(2024, 12, 16)


@pytest.fixture
def indebted(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    """The sample's consumer: $456.78 is owed."""
    consumer = make_consumer()
    owe(consumer, "456.78", at=at)
    return consumer


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


def verdict_of(made: DisconnectionRequest) -> ProtectionVerdict:
    verdict = ProtectionVerdict.objects.filter(case=made.case).order_by("-pk").first()
    assert verdict is not None
    return verdict


def lines(made: DisconnectionRequest, event: Event) -> list[dict[str, object]]:
    return [entry.new for entry in Entry.objects.filter(case=made.case, kind=event).order_by("seq")]


def checked(
    made: DisconnectionRequest, stage: Stage, *, at: datetime, moment: Moment | None = None
) -> tuple[Judgement, tuple[str, ...]]:
    """What is answered at a stage, and what then stands in the way."""

    def check() -> tuple[Judgement, tuple[str, ...]]:
        case = handling.lock_case(made.pk)
        judgement = check_protections(case, stage=stage, by=None, at=at, moment=moment)
        return judgement, why_not(made.pk, judgement)

    return inside(check)


# ------------------------------------------------------------------ submit
def test_the_sample_needs_approval_and_says_why(
    make_request: MakeRequest, indebted: Consumer
) -> None:
    """004 §8: $456.78 is above the $250.00 of decision G8."""
    made = make_request(indebted)
    asked = Approval.objects.get(case=made.case)
    assert (asked.state, asked.because) == (ApprovalState.PENDING, ["AMOUNT-APPROVAL"])
    assert asked.reason == "$456.78 is above $250.00"
    verdict = verdict_of(made)
    assert (verdict.stage, verdict.answer) == (Stage.SUBMIT, Answer.NEEDS_APPROVAL)
    found = {each["code"]: each for each in verdict.findings}
    assert found["AMOUNT-APPROVAL"]["sentence"] == "$456.78 is above $250.00"
    assert found["AMOUNT-APPROVAL"]["source"]
    assert found["MEDICAL"]["answer"] == "ALLOW"
    assert found["MEDICAL"]["sentence"] == "None registered"
    assert lines(made, Event.PROTECTION_CHECKED) == [
        {"stage": "SUBMIT", "answer": "NEEDS_APPROVAL", "rules": ["AMOUNT-APPROVAL"]}
    ]


def test_a_verdict_holds_no_personal_word(make_request: MakeRequest, indebted: Consumer) -> None:
    verdict = verdict_of(make_request(indebted, notes="Call her mother"))
    kept = f"{verdict.facts} {verdict.findings}"
    for personal in (indebted.name, indebted.email, indebted.phone, "Oak Street", "mother"):
        assert personal not in kept
    assert verdict.facts["outstanding"] == "456.78"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (AccountHoldKind.MEDICAL, "A protection of the household stands until it is lifted"),
        (AccountHoldKind.DISPUTE, "A dispute stands until it is lifted"),
        (AccountHoldKind.ARRANGEMENT, "A payment arrangement is kept, until it is lifted"),
    ],
)
def test_what_is_blocked_is_not_made(
    make_request: MakeRequest,
    indebted: Consumer,
    at: datetime,
    kind: AccountHoldKind,
    sentence: str,
) -> None:
    hold(indebted, kind, at=at)
    with pytest.raises(UnableToCreate) as refused:
        make_request(indebted)
    assert (refused.value.sentence, refused.value.field) == (sentence, "reason")
    assert refused.value.http_status == 422
    assert not Case.objects.exists()
    assert not Message.objects.exists()
    assert not ProtectionVerdict.objects.exists()


def test_what_the_consumer_wishes_is_not_protected_from_debt(
    make_request: MakeRequest, indebted: Consumer, at: datetime
) -> None:
    hold(indebted, at=at)
    made = make_request(indebted, reason="CR-001")
    assert not Approval.objects.filter(case=made.case).exists()
    assert not DisconnectionNotice.objects.exists()


@pytest.mark.parametrize("reason", ["NP-001", "CR-001"])
def test_a_vip_needs_approval_for_any_reason(
    make_request: MakeRequest, make_consumer: MakeConsumer, reason: str
) -> None:
    made = make_request(make_consumer(is_vip=True), reason=reason)
    assert Approval.objects.get(case=made.case).because == ["VIP-APPROVAL"]


def test_a_day_on_which_nobody_is_cut_is_refused_beside_the_date(
    make_request: MakeRequest, indebted: Consumer, sarah: Person
) -> None:
    switch_on("WEEKEND")
    with pytest.raises(UnableToCreate) as refused:
        make_request(indebted, by=sarah, preferred_on=SATURDAY)
    assert refused.value.field == "preferred_on"
    assert refused.value.sentence == "Nobody is disconnected on a Saturday"
    assert make_request(indebted, by=sarah, preferred_on=MONDAY).pk


def test_hours_are_those_of_the_slot(
    make_request: MakeRequest, indebted: Consumer, sarah: Person
) -> None:
    switch_on("HOURS", not_after=time(15))
    late = TimeSlot.objects.get(starts=time(14))
    with pytest.raises(UnableToCreate, match=r"2:00 PM – 4:00 PM is outside 8:00 AM – 3:00 PM"):
        make_request(indebted, by=sarah, preferred_on=MONDAY, slot=late.pk)
    assert make_request(indebted, by=sarah, preferred_on=MONDAY).pk


def test_the_notice_counts_from_the_request(
    make_request: MakeRequest, indebted: Consumer, sarah: Person
) -> None:
    switch_on("NOTICE")
    with pytest.raises(UnableToCreate) as refused:
        make_request(indebted, by=sarah, preferred_on=date(2024, 12, 24))
    assert refused.value.sentence == "The notice (Dec 10, 2024) runs until Dec 25, 2024"
    assert make_request(indebted, by=sarah, preferred_on=date(2024, 12, 25)).pk


def test_a_pack_counts_while_it_is_enabled(
    make_request: MakeRequest, make_consumer: MakeConsumer
) -> None:
    pack = RulePack.objects.create(code="XX", name="Somewhere")
    switch_on("WEEKEND", pack=pack)
    made = make_request(make_consumer(), preferred_on=SATURDAY)
    assert "WEEKEND" not in [each["code"] for each in verdict_of(made).findings]
    pack.is_enabled = True
    pack.save()
    with pytest.raises(UnableToCreate, match="Saturday"):
        make_request(make_consumer(), preferred_on=SATURDAY)


def test_a_changed_rule_is_another_version(
    make_request: MakeRequest, indebted: Consumer, as_owner: Callable[[], None]
) -> None:
    """What a verdict says stays, whatever becomes of the rule."""
    first = verdict_of(make_request(indebted))
    switch_on("AMOUNT-APPROVAL", amount=Decimal("400.00"))
    changed = ProtectionRule.objects.get(code="AMOUNT-APPROVAL")
    assert changed.version == 2
    first.refresh_from_db()
    said = {each["code"]: each["version"] for each in first.findings}
    assert said["AMOUNT-APPROVAL"] == 1
    as_owner()
    with pytest.raises(IntegrityError, match="retired"):
        changed.delete()


# ------------------------------------------------------------------ the notice
def test_the_notice_always_goes(make_request: MakeRequest, indebted: Consumer) -> None:
    """COM3: the box rules courtesy messages, the law this one."""
    made = make_request(indebted, notifies_consumer=False)
    message = Message.objects.get(case=made.case, template__code="request.disconnection_notice")
    assert message.is_statutory
    assert "$456.78 on your account" in message.body.text
    assert Delivery.objects.get(message=message).state == DeliveryState.QUEUED
    notice = DisconnectionNotice.objects.get(case=made.case)
    assert (notice.way, notice.served_on, notice.message) == (
        NoticeWay.EMAIL, date(2024, 12, 10), message,
    )  # fmt: skip
    assert lines(made, Event.NOTICE_SERVED) == [{"way": "EMAIL", "served_on": "2024-12-10"}]


def test_without_an_address_no_notice_was_given(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime
) -> None:
    """Nor is one that did not arrive: the period has not begun."""
    switch_on("NOTICE")
    made = make_request(make_consumer(email=""))
    message = Message.objects.get(case=made.case, template__code="request.disconnection_notice")
    assert Delivery.objects.get(message=message).state == DeliveryState.NOT_SENT
    assert not DisconnectionNotice.objects.exists()
    _, sentences = checked(made, Stage.EXECUTION, at=at + timedelta(days=90))
    assert sentences == ("The notice (not given yet) runs until it has been given and has run out",)


def test_a_notice_that_failed_does_not_count(make_request: MakeRequest, indebted: Consumer) -> None:
    made = make_request(indebted)
    assert cut_of(made.pk).served_on == date(2024, 12, 10)
    Delivery.objects.filter(message__case=made.case).update(state=DeliveryState.FAILED)
    assert cut_of(made.pk).served_on is None


# ------------------------------------------------------------------ approval, dispatch, execution
def test_nobody_allows_what_is_blocked(
    make_request: MakeRequest, indebted: Consumer, person: MakePerson, at: datetime
) -> None:
    made = make_request(indebted)
    WeatherAlert.objects.create(
        kind="COLD", from_on=date(2024, 12, 9), to_on=date(2024, 12, 20), source="NWS"
    )
    switch_on("MINIMUM", amount=Decimal("500.00"))
    decide = {"case": made.pk, "decision": ApprovalState.APPROVED, "note": "", "at": at}
    with pytest.raises(UnableToDecide, match=r"\$456.78 is below \$500.00"):
        decide_approval(by=person(Role.SUPERVISOR), **decide)
    switch_on("MINIMUM", is_active=False)
    assert decide_approval(by=person(Role.SUPERVISOR), **decide).state == ApprovalState.APPROVED
    assert [each["stage"] for each in lines(made, Event.PROTECTION_CHECKED)] == [
        "SUBMIT", "APPROVAL", "APPROVAL",
    ], "what was refused is kept, too"  # fmt: skip


def test_the_planned_moment_is_judged_at_dispatch_and_this_one_at_execution(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime
) -> None:
    switch_on("WEEKEND", "HOURS")
    made = make_request(make_consumer(), preferred_on=MONDAY)
    assert checked(made, Stage.DISPATCH, at=at)[1] == ()
    moved = Moment(SATURDAY, time(10), time(12))
    assert checked(made, Stage.DISPATCH, at=at, moment=moved)[1] == (
        "Nobody is disconnected on a Saturday",
    )
    assert checked(made, Stage.EXECUTION, at=at)[1] == ()  # Tuesday, 09:30
    late = at + timedelta(hours=8)
    assert checked(made, Stage.EXECUTION, at=late)[1] == ("05:30 PM is outside 8:00 AM – 4:00 PM",)


def test_a_debt_that_grows_needs_approval_later(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime
) -> None:
    """Supervisors are asked by the system, once; a refusal stands."""
    consumer = make_consumer()
    made = make_request(consumer)
    assert not Approval.objects.exists()
    owe(consumer, "300.00", at=at)
    for _ in range(2):
        assert checked(made, Stage.DISPATCH, at=at)[1] == (
            "It waits for approval", "$300.00 is above $250.00",
        )  # fmt: skip
    assert Approval.objects.get(case=made.case).asked_by is None


def test_an_approval_is_enough_until_something_blocks(
    make_request: MakeRequest, indebted: Consumer, person: MakePerson, at: datetime
) -> None:
    made = make_request(indebted)
    assert checked(made, Stage.DISPATCH, at=at)[1][0] == "It waits for approval"
    decide_approval(
        case=made.pk, decision=ApprovalState.APPROVED, note="", by=person(Role.SUPERVISOR), at=at
    )
    assert checked(made, Stage.DISPATCH, at=at)[1] == ()
    switch_on("MINIMUM", amount=Decimal("500.00"))
    assert checked(made, Stage.EXECUTION, at=at)[1] == ("$456.78 is below $500.00",)


def test_weather_counts_in_its_area(
    make_request: MakeRequest, make_consumer: MakeConsumer, at: datetime
) -> None:
    consumer = make_consumer()
    premise = consumer.connections.get().premise
    premise.area = "North"
    premise.save()
    alert = WeatherAlert.objects.create(
        kind="HEAT", area="South", from_on=date(2024, 12, 9), to_on=date(2024, 12, 12), source="NWS"
    )
    made = make_request(consumer)
    assert checked(made, Stage.EXECUTION, at=at)[1] == ()
    alert.area = "North"
    alert.save()
    assert checked(made, Stage.EXECUTION, at=at)[1] == (
        "Hot weather is declared until Dec 12, 2024",
    )


def test_disputed_money_is_fenced_off(
    make_request: MakeRequest, indebted: Consumer, at: datetime
) -> None:
    """BEY14: what is disputed is no debt to be cut for, even where a dispute blocks nothing."""
    switch_on("DISPUTE", is_active=False)
    hold(indebted, AccountHoldKind.DISPUTE, at=at, amount=Decimal("300.00"))
    made = make_request(indebted)
    assert verdict_of(made).facts["outstanding"] == "156.78"
    assert not Approval.objects.exists()


# ------------------------------------------------------------------ many at once
def test_many_are_judged_as_one_by_one_with_the_same_statements(
    make_consumer: MakeConsumer, at: datetime
) -> None:
    """The non-payment run asks of thousands: the number of statements does not follow them."""
    switch_on("MINIMUM", "NOTICE", "WEEKEND", "HOLIDAY", "HOURS")
    consumers = [
        make_consumer(services={UtilityType.WATER: "CONNECTED"}, is_vip=serial % 2 == 0)
        for serial in range(6)
    ]
    for serial, consumer in enumerate(consumers):
        owe(consumer, f"{serial * 90 + 10}.00", at=at)
    hold(consumers[3], at=at)
    cuts = [
        Cut(
            consumer=consumer.pk, kind="DISCONNECTION", reason="NP-001", is_for_debt=True,
            moment=Moment(MONDAY), served_on=date(2024, 12, 1),
        )
        for consumer in consumers
    ]  # fmt: skip
    with CaptureQueriesContext(connection) as of_all:
        together = judge_cuts(cuts, stage=Stage.SUBMIT, at=at)
    with CaptureQueriesContext(connection) as of_one:
        first = judge_cuts(cuts[:1], stage=Stage.SUBMIT, at=at)
    assert together[0] == first[0]
    assert [judge_cuts([cut], stage=Stage.SUBMIT, at=at)[0] for cut in cuts] == together
    assert len(of_all) == len(of_one) == 6, "utility, rules, accounts, figures, weather, holidays"
    assert [each.judgement.answer for each in together] == [
        Answer.BLOCKED, Answer.ALLOW, Answer.NEEDS_APPROVAL, Answer.BLOCKED,
        Answer.NEEDS_APPROVAL, Answer.NEEDS_APPROVAL,
    ]  # fmt: skip
