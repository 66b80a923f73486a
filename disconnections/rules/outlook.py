"""What carrying a request out does, in plain words, for who is asked before it; pure (DIS16)."""

from collections.abc import Mapping
from dataclasses import dataclass

from consumers.choices import AccountStatus, MeterPlace
from consumers.rules.standing import NOT_SUPPLIED
from disconnections.rules.closures import ClosureFacts, MeterPlan
from disconnections.rules.conditions import OrderFact
from disconnections.rules.reconnections import ReconnectionFacts, Returning
from smart360.web.formats import shown_date

NO_METER = "No service of this request has a meter"


@dataclass(frozen=True, slots=True)
class AccountFact:
    """Whose services they are, and whether they hear of it."""

    number: str
    name: str
    status: str
    is_archived: bool = False
    has_address: bool = True
    notifies: bool = True


@dataclass(frozen=True, slots=True)
class Outlook:
    """One thing that will happen: what it is about, and what becomes of it."""

    label: str
    sentences: tuple[str, ...]


# ------------------------------------------------------------------ a disconnection
def outlook_of_closure(
    facts: ClosureFacts, account: AccountFact, warehouses: Mapping[int, str]
) -> tuple[Outlook, ...]:
    """What Execute Disconnection will do; ``warehouses`` are names by key."""
    off = "for good" if facts.is_permanent else "until they come back"
    services = tuple(f"{plan.utility} is switched off {off}" for plan in facts.meters)
    meters = tuple(_taken(plan, warehouses) for plan in facts.meters if plan.meter is not None)
    return (
        Outlook("Account", (_ends(facts, account),)),
        Outlook("Services", services),
        Outlook("Meters", meters or (NO_METER,)),
        Outlook("Billing", _frozen(facts)),
        *_order(facts.order),
        _told(account),
    )


def _ends(facts: ClosureFacts, account: AccountFact) -> str:
    who = f"{account.number}, {account.name}"
    if facts.stays_connected:
        status = AccountStatus(account.status).label
        return f"{who}: stays {status}, because another service goes on"
    if facts.is_permanent:
        return f"{who}: the account becomes Inactive and goes to the archive"
    return f"{who}: the account becomes Disconnected"


def _taken(plan: MeterPlan, warehouses: Mapping[int, str]) -> str:
    """
    >>> _taken(MeterPlan(1, "Water", meter=7, meter_number="WM-7"), {})
    'WM-7 (Water) is unassigned and stays on the wall'
    """
    which = f"{plan.meter_number} ({plan.utility})"
    if not plan.is_removed:
        return f"{which} is unassigned and stays on the wall"
    if plan.destination == MeterPlace.DECOMMISSIONED:
        return f"{which} comes down and is decommissioned"
    where = warehouses.get(plan.warehouse or 0, "a warehouse")
    return f"{which} comes down and goes to {where}"


def _frozen(facts: ClosureFacts) -> tuple[str, ...]:
    frozen = "Billing of these services is frozen: nothing more is charged for them"
    if facts.bill is None:
        return (frozen,)
    if facts.bill.is_approved:
        return (frozen, f"Final bill {facts.bill.number} stays as it was approved")
    return (frozen, f"Final bill {facts.bill.number} was never approved and becomes void")


# ------------------------------------------------------------------ a reconnection
def outlook_of_return(facts: ReconnectionFacts, account: AccountFact) -> tuple[Outlook, ...]:
    """What Execute Reconnection will do."""
    services = tuple(f"{each.utility} is switched on" for each in facts.services)
    meters = tuple(_given(each) for each in facts.waiting if each.meter is not None)
    return (
        Outlook("Account", (_comes_back(account),)),
        Outlook("Services", services),
        Outlook("Meters", meters or ("No meter is assigned",)),
        Outlook("Billing", ("Billing of these services begins again today",)),
        *_order(facts.order),
        _told(account),
    )


def _comes_back(account: AccountFact) -> str:
    who = f"{account.number}, {account.name}"
    if account.status not in NOT_SUPPLIED:
        return f"{who}: stays {AccountStatus(account.status).label}"
    archive = " and comes out of the archive" if account.is_archived else ""
    return f"{who}: the account becomes Active{archive}"


def _given(service: Returning) -> str:
    assert service.meter is not None  # asked only of those that have one
    which = f"{service.meter.number} ({service.utility})"
    fetched = f"is fetched from {service.meter.warehouse} and " if service.meter.is_in_stock else ""
    begins = ""
    if service.reading is not None and service.read_on is not None:
        reading = f"{service.reading:,.3f} {service.meter.unit}".strip()
        begins = f" and begins at {reading} on {shown_date(service.read_on)}"
    return f"{which} {fetched or 'is '}assigned{begins}"


# ------------------------------------------------------------------ both
def _order(order: OrderFact | None) -> tuple[Outlook, ...]:
    if order is None:
        return ()
    sentence = f"{order.number} is completed; other visits for this request are called off"
    return (Outlook("Service order", (sentence,)),)


def _told(account: AccountFact) -> Outlook:
    """The message that the request is completed is a courtesy (COM3)."""
    if not account.notifies:
        sentence = "The consumer is not told: “Notify customer” is not ticked"
    elif not account.has_address:
        sentence = f"{account.name} has no e-mail address on file: nobody is told"
    else:
        sentence = f"{account.name} is told by e-mail that the request is completed"
    return Outlook("Who is told", (sentence,))
