"""What is said before Execute is pressed: table-driven, pure (DIS16, DIS17)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from disconnections.rules.closures import BillFact, ClosureFacts, MeterPlan
from disconnections.rules.conditions import OrderFact
from disconnections.rules.outlook import (
    NO_METER,
    AccountFact,
    Outlook,
    outlook_of_closure,
    outlook_of_return,
)
from disconnections.rules.reconnections import MeterFact, ReconnectionFacts, Returning

MARIA = AccountFact("WU-1", "Maria Mendez", "ACTIVE")
POWER = MeterPlan(1, "Electricity", meter=7, meter_number="EM-7")
ORDER = OrderFact("SO-2024-000001", "DISCONNECTION", "ASSIGNED")
CLOSURE = ClosureFacts("IN_PROGRESS", meters=(POWER,), order=ORDER)
IN_STOCK = MeterFact(9, "EM-9", "ELECTRICITY", "IN_WAREHOUSE", warehouse="Main", unit="kWh")
BACK = Returning(1, "ELECTRICITY", meter=IN_STOCK, reading=Decimal(100), read_on=date(2024, 12, 20))


def said(found: tuple[Outlook, ...], label: str) -> str:
    return "; ".join("; ".join(each.sentences) for each in found if each.label == label)


@pytest.mark.parametrize(
    ("changes", "label", "words"),
    [
        ({}, "Account", "WU-1, Maria Mendez: the account becomes Inactive and goes to the archive"),
        (
            {"is_permanent": False},
            "Account",
            "WU-1, Maria Mendez: the account becomes Disconnected",
        ),
        (
            {"stays_connected": True},
            "Account",
            "WU-1, Maria Mendez: stays Active, because another service goes on",
        ),
        ({}, "Services", "Electricity is switched off for good"),
        ({"is_permanent": False}, "Services", "Electricity is switched off until they come back"),
        ({}, "Meters", "EM-7 (Electricity) is unassigned and stays on the wall"),
        ({"meters": (replace(POWER, meter=None),)}, "Meters", NO_METER),
        ({}, "Billing", "Billing of these services is frozen: nothing more is charged for them"),
        ({"bill": BillFact("INV-1", False)}, "Billing", "INV-1 was never approved"),
        ({"bill": BillFact("INV-1", True)}, "Billing", "INV-1 stays as it was approved"),
        ({}, "Service order", "SO-2024-000001 is completed"),
        ({}, "Who is told", "Maria Mendez is told by e-mail"),
    ],
)
def test_before_a_disconnection(changes: dict[str, object], label: str, words: str) -> None:
    found = outlook_of_closure(replace(CLOSURE, **changes), MARIA, {})  # type: ignore[arg-type]
    assert words in said(found, label)


@pytest.mark.parametrize(
    ("destination", "warehouse", "words"),
    [
        ("IN_WAREHOUSE", 3, "EM-7 (Electricity) comes down and goes to North"),
        ("DECOMMISSIONED", None, "EM-7 (Electricity) comes down and is decommissioned"),
    ],
)
def test_where_a_meter_goes(destination: str, warehouse: int | None, words: str) -> None:
    plan = replace(POWER, action="REMOVE", destination=destination, warehouse=warehouse)
    found = outlook_of_closure(replace(CLOSURE, meters=(plan,)), MARIA, {3: "North"})
    assert said(found, "Meters") == words


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (replace(MARIA, notifies=False), "The consumer is not told"),
        (replace(MARIA, has_address=False), "Maria Mendez has no e-mail address on file"),
    ],
)
def test_who_is_not_told(account: AccountFact, words: str) -> None:
    assert words in said(outlook_of_closure(CLOSURE, account, {}), "Who is told")
    assert words in said(
        outlook_of_return(ReconnectionFacts("IN_PROGRESS"), account), "Who is told"
    )


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (
            {"status": "INACTIVE", "is_archived": True},
            "becomes Active and comes out of the archive",
        ),
        ({"status": "DISCONNECTED"}, "WU-1, Maria Mendez: the account becomes Active"),
        ({"status": "ACTIVE"}, "WU-1, Maria Mendez: stays Active"),
    ],
)
def test_before_a_reconnection(account: dict[str, object], words: str) -> None:
    facts = ReconnectionFacts("IN_PROGRESS", services=(BACK,), order=ORDER)
    found = outlook_of_return(facts, replace(MARIA, **account))  # type: ignore[arg-type]
    assert words in said(found, "Account")
    assert said(found, "Services") == "Electricity is switched on"
    assert said(found, "Meters") == (
        "EM-9 (Electricity) is fetched from Main and assigned"
        " and begins at 100.000 kWh on Dec 20, 2024"
    )
    assert said(found, "Billing") == "Billing of these services begins again today"


def test_a_meter_that_measures_already() -> None:
    facts = ReconnectionFacts("IN_PROGRESS", services=(replace(BACK, running=9),))
    assert said(outlook_of_return(facts, MARIA), "Meters") == "No meter is assigned"
