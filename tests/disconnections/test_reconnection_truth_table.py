"""Each condition of Execute Reconnection, alone and with every other (DIS17, W10 mirrored)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from disconnections.rules.conditions import Executor, Need, OrderFact
from disconnections.rules.reconnections import (
    LastReading,
    MeterFact,
    ReconnectionFacts,
    Returning,
    Told,
    reconnection_checklist,
    what_a_reconnection_misses,
    why_not_meter,
    why_not_reading,
)

DAY = date(2024, 12, 10)
LAST = LastReading(Decimal(100), DAY)
METER = MeterFact(7, "EM-1", "ELECTRICITY", "ON_SITE", last=LAST)
SERVICE = Returning(
    1, "ELECTRICITY", in_place=METER, meter=METER, reading=Decimal(120), read_on=date(2024, 12, 20)
)
ORDER = OrderFact("SO-2024-000001", "RECONNECTION", "ASSIGNED")
TICKS = frozenset({"MONEY_SETTLED", "METER_VERIFIED", "READING_TAKEN", "CONSUMER_TOLD"})
GOOD = ReconnectionFacts(
    status="IN_PROGRESS", services=(SERVICE,), order=ORDER, told=Told("E-mail"), ticks=TICKS
)
CONDITIONS = (
    Need.STATUS, Need.PERMISSION, Need.APPROVAL, Need.MONEY, Need.OCCUPIER, Need.METERS,
    Need.READINGS, Need.ORDER, Need.CHECKLIST,
)  # fmt: skip
DISPROVES = {Need.MONEY, Need.METERS, Need.READINGS}
"""What also takes its own item of the checklist away."""


def broken(facts: ReconnectionFacts, need: Need) -> ReconnectionFacts:
    """The same with one condition not met."""
    (service,) = facts.services
    used = replace(METER, measures=99)
    changes = {
        Need.STATUS: {"status": "ON_HOLD"},
        Need.APPROVAL: {"approval": "PENDING"},
        Need.MONEY: {"outstanding": Decimal("45.00")},
        Need.OCCUPIER: {"occupied": ("The premise has another occupier: Electricity",)},
        Need.METERS: {"services": (replace(service, meter=used),)},
        Need.READINGS: {"services": (replace(service, reading=Decimal(99)),)},
        Need.ORDER: {"order": replace(ORDER, used_by="REC-2024-000009")},
        Need.CHECKLIST: {"ticks": TICKS - {"CONSUMER_TOLD"}},
        Need.PERMISSION: {},
    }
    return replace(facts, **changes[need])  # type: ignore[arg-type]


def needs_of(facts: ReconnectionFacts, *, may: bool = True) -> set[Need]:
    """What is told to be missing."""
    by = Executor(person=1, may_execute=may, may_execute_for_us=may)
    return {each.need for each in what_a_reconnection_misses(facts, by)}


def test_each_combination_lacks_what_is_broken() -> None:
    assert needs_of(GOOD) == set()
    for flags in product((False, True), repeat=len(CONDITIONS)):
        wrong = {need for need, is_wrong in zip(CONDITIONS, flags, strict=True) if is_wrong}
        facts = GOOD
        for need in wrong:
            facts = broken(facts, need)
        expected = wrong | ({Need.CHECKLIST} if wrong & DISPROVES else set())
        assert needs_of(facts, may=Need.PERMISSION not in wrong) == expected, wrong


def test_who_approved_does_not_execute() -> None:
    facts = replace(GOOD, approval="APPROVED", approver=1)
    assert needs_of(facts) == {Need.OTHER_PERSON}
    assert needs_of(replace(facts, approver=2)) == set()
    assert needs_of(replace(GOOD, approval="REJECTED")) == {Need.APPROVAL}


@pytest.mark.parametrize(
    ("outstanding", "arranged", "is_settled"),
    [
        ("0", "0", True), ("-5.00", "0", True), ("0.01", "0", False), ("45.00", "45.00", True),
        ("45.00", "44.99", False), ("45.00", "60.00", True),
    ],
)  # fmt: skip
def test_which_debt_is_settled(outstanding: str, arranged: str, is_settled: bool) -> None:
    facts = replace(GOOD, outstanding=Decimal(outstanding), arranged=Decimal(arranged))
    assert (Need.MONEY not in needs_of(facts)) == is_settled
    assert reconnection_checklist(facts).line("MONEY_SETTLED").is_done == is_settled


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, ""),
        ({"id": 8}, "EM-1 is not in stock: it hangs somewhere else"),
        ({"id": 8, "place": "IN_WAREHOUSE"}, ""),
        ({"place": "DECOMMISSIONED", "id": 8}, "EM-1 is decommissioned"),
        ({"utility_type": "WATER"}, "EM-1 measures water"),
        ({"measures": 9}, "EM-1 measures another service"),
        ({"condition": "MAINTENANCE"}, "EM-1 is in maintenance"),
    ],
)
def test_which_meter_can_be_taken(changed: dict[str, object], sentence: str) -> None:
    assert why_not_meter(replace(METER, **changed), SERVICE) == sentence  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "day", "is_kept"),
    [
        ("100", 10, True), ("100", 11, True), ("100.001", 11, True), ("99.999", 11, False),
        ("120", 9, False), ("120", 10, False),
    ],
)  # fmt: skip
def test_which_opening_reading_is_kept(value: str, day: int, is_kept: bool) -> None:
    refused = why_not_reading(Decimal(value), date(2024, 12, day), LAST)
    assert (not refused) == is_kept
    assert not why_not_reading(Decimal(value), date(2024, 12, day), None)


@pytest.mark.parametrize(
    ("changed", "is_good"),
    [
        ({}, True), ({"status": "IN_PROGRESS"}, True), ({"status": "COMPLETED"}, True),
        ({"status": "OPEN"}, False), ({"status": "SCHEDULED"}, False),
        ({"status": "CANCELLED"}, False), ({"kind": "DISCONNECTION"}, False),
        ({"is_of_consumer": False}, False), ({"used_by": "REC-2024-000009"}, False),
    ],
)  # fmt: skip
def test_which_order_is_good(changed: dict[str, object], is_good: bool) -> None:
    asked = replace(ORDER, **changed)  # type: ignore[arg-type]
    assert asked.is_good_for("RECONNECTION") == is_good


def test_what_needs_no_meter_needs_no_reading() -> None:
    facts = replace(GOOD, services=(Returning(1, "WATER", is_measured=False),), ticks=TICKS)
    assert needs_of(facts) == set()
    assert reconnection_checklist(facts).line("METER_VERIFIED").does_not_apply
    running = replace(GOOD, services=(Returning(1, "WATER", running=5),))
    assert needs_of(running) == set()


def test_a_message_that_failed_is_not_telling() -> None:
    facts = replace(GOOD, told=Told("E-mail of Monday", has_arrived=False, why="No such mailbox"))
    line = reconnection_checklist(facts).line("CONSUMER_TOLD")
    assert "was not delivered (No such mailbox)" in line.evidence.disproof
    assert needs_of(facts) == {Need.CHECKLIST}
