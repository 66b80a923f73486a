"""What has to be true before a service is ended, pure: the checklist, and Execute's conditions.

One list serves both: the button shows it, the server answers with it (DIS15, DIS16, AC017, W10).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from disconnections.choices import Answer, ClosureItem, MeterAction
from disconnections.rules.conditions import (
    Checklist,
    Evidence,
    Executor,
    ItemLine,
    Missing,
    Need,
    OrderFact,
    missing_items,
    missing_order,
    missing_other_person,
    missing_status,
    why_not_decided,
)
from smart360.cases.choices import ApprovalState, CaseKind
from smart360.comms.choices import DeliveryState
from smart360.fieldwork.choices import OrderStatus
from smart360.kernel.money import ZERO
from smart360.web.formats import shown_money

NOT_LINKED = "Meter not linked to this account"  # AC015
BY_EXECUTE = "Will be done by Execute"
NOT_FOR_YOU = "Your role carries out only what the consumer asked for"
CHECK_IDENTITY = "The identity of who asked for it is not checked"
MUST_REMOVE = "The meter comes down when the location is gone or the meter is damaged"
NOT_ARRIVED = (DeliveryState.FAILED.value, DeliveryState.NOT_SENT.value)
DONE_BY_EXECUTE = (ClosureItem.RECORDS_ARCHIVED, ClosureItem.ACCOUNT_CLOSED)


# ------------------------------------------------------------------ facts
@dataclass(frozen=True, slots=True)
class Given:
    """A paper that the consumer was given: how, when in words, and what became of it.

    ``state`` is the e-mail's delivery, ``""`` for paper.
    """

    way: str
    when: str
    state: str = ""
    why: str = ""

    @property
    def has_arrived(self) -> bool:
        """Whether nothing says that it has not."""
        return self.state not in NOT_ARRIVED


@dataclass(frozen=True, slots=True)
class BillFact:
    """The final bill as it stands: its number, whether it is approved, how it was given."""

    number: str
    is_approved: bool
    given: Given | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the consumer has it, as far as anybody knows."""
        return self.is_approved and self.given is not None and self.given.has_arrived


@dataclass(frozen=True, slots=True)
class MeterPlan:
    """One service that a request ends, and what is to become of its meter.

    ``meter`` is None for a service that is not measured; ``verified`` is the meter whose device
    number was typed; ``is_ordered`` when the service order is about this meter.
    """

    service_connection: int
    utility: str
    meter: int | None = None
    meter_number: str = ""
    device_number: str = ""
    action: str = MeterAction.UNASSIGN.value
    location_is_gone: bool = False
    is_damaged: bool = False
    destination: str = ""
    warehouse: int | None = None
    typed: str = ""
    verified: int | None = None
    is_ordered: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether what was typed is on the meter that measures this service now."""
        return self.meter is not None and self.verified == self.meter

    @property
    def is_removed(self) -> bool:
        """Whether the meter comes down."""
        return self.meter is not None and self.action == MeterAction.REMOVE

    @property
    def expected(self) -> str:
        """What is to be typed: the device's number, or the meter's when it has no device."""
        return self.device_number or self.meter_number


@dataclass(frozen=True, slots=True)
class ClosureFacts:
    """Everything that is known of a request that is to be carried out.

    ``stays_connected``  another service of the account goes on
    ``balance``          what the account owes now, below zero what it is owed
    ``ticks``            items that somebody ticked
    ``minimum``          so many items must be done
    ``approval``         its state, ``""`` when nobody asked for one; ``approver`` who decided it
    ``answer``           of the protections, with their ``sentences``
    """

    status: str
    is_permanent: bool = True
    is_for_debt: bool = False
    is_wished: bool = False
    stays_connected: bool = False
    currency: str = "USD"
    balance: Decimal = ZERO
    bill: BillFact | None = None
    notice: Given | None = None
    meters: tuple[MeterPlan, ...] = ()
    order: OrderFact | None = None
    ticks: frozenset[str] = frozenset()
    minimum: int = len(ClosureItem)
    approval: str = ""
    approver: int | None = None
    answer: Answer = Answer.ALLOW
    sentences: tuple[str, ...] = ()
    asks_identity: bool = True
    identity_is_checked: bool = True

    @property
    def is_removing(self) -> bool:
        """Whether any meter comes down."""
        return any(meter.is_removed for meter in self.meters)


# ------------------------------------------------------------------ the checklist


def checklist(facts: ClosureFacts) -> Checklist:
    """The six items with their evidence.

    >>> checklist(ClosureFacts("IN_PROGRESS", is_permanent=False)).counter
    'Completion: 5/6 items'
    """
    return Checklist(
        tuple(
            ItemLine(
                item=item,
                does_not_apply=why_it_does_not_apply(item, facts),
                is_ticked=item.value in facts.ticks,
                evidence=_evidence(item, facts),
            )
            for item in ClosureItem
        ),
        facts.minimum,
    )


def why_it_does_not_apply(item: ClosureItem, facts: ClosureFacts) -> str:
    """In words; ``""`` when it does (decisions 27 and 29)."""
    if item == ClosureItem.EQUIPMENT:
        return "" if facts.is_removing else "No meter is removed"
    if item == ClosureItem.CUSTOMER_NOTIFIED:
        return ""
    if not facts.is_permanent:
        return "Disconnected temporarily"
    if item == ClosureItem.FINAL_PAYMENT and facts.is_for_debt and _is_sent(facts.bill):
        return "Non-payment, the bill was sent"
    if item in DONE_BY_EXECUTE and facts.stays_connected:
        return "Another service stays connected"
    return ""


def _is_sent(bill: BillFact | None) -> bool:
    return bill is not None and bill.is_sent


def _evidence(item: ClosureItem, facts: ClosureFacts) -> Evidence:
    match item:
        case ClosureItem.FINAL_BILL:
            return _bill_evidence(facts.bill)
        case ClosureItem.FINAL_PAYMENT:
            return _payment_evidence(facts)
        case ClosureItem.EQUIPMENT:
            return _equipment_evidence(facts)
        case ClosureItem.CUSTOMER_NOTIFIED:
            return _notice_evidence(facts.notice)
        case _:
            return Evidence(BY_EXECUTE)


def _bill_evidence(bill: BillFact | None) -> Evidence:
    if bill is None:
        words = "No final bill has been generated"
        return Evidence(words, disproof=words)
    figures = {"invoice": bill.number, "way": bill.given.way if bill.given else ""}
    if not bill.is_approved:
        words = f"{bill.number} is a draft, not approved and sent"
        return Evidence(words, disproof=words, figures=figures)
    if bill.given is None or not bill.given.has_arrived:
        why = f" ({bill.given.why})" if bill.given and bill.given.why else ""
        words = f"{bill.number} was not delivered{why}"
        hint = f"{words}. Hand it over or post it, and note the day."
        return Evidence(words, disproof=hint, figures=figures)
    return Evidence(f"{bill.number} {given_words(bill.given)}", is_found=True, figures=figures)


def _payment_evidence(facts: ClosureFacts) -> Evidence:
    amount = shown_money(facts.balance, facts.currency)
    figures = {"balance": f"{facts.balance:f}"}
    if facts.balance <= ZERO:
        words = f"Balance {amount}" if facts.balance else f"Balance {amount}, cleared"
        return Evidence(words, is_found=True, figures=figures)
    disproof = f"Net amount due is {amount}"
    return Evidence(f"Balance {amount} stays owed", disproof=disproof, figures=figures)


def _equipment_evidence(facts: ClosureFacts) -> Evidence:
    removed = [meter for meter in facts.meters if meter.is_removed]
    if not removed:
        return Evidence("The meters stay on site")
    meters = f"{len(removed)} meter{'s' * (len(removed) != 1)} to be removed"
    if facts.order is None:
        return Evidence(f"{meters}; no service order entered")
    figures = {"order": facts.order.number, "status": facts.order.status}
    if facts.order.status == OrderStatus.COMPLETED:
        words = f"{facts.order.number} completed by the technician"
        return Evidence(words, is_found=True, figures=figures)
    status = OrderStatus(facts.order.status).label
    return Evidence(f"{meters}; {facts.order.number} is {status}", figures=figures)


def _notice_evidence(notice: Given | None) -> Evidence:
    if notice is None:
        words = "No closure notice has been sent"
        return Evidence(words, disproof=words)
    figures = {"way": notice.way, "state": notice.state}
    if not notice.has_arrived:
        why = f" ({notice.why})" if notice.why else ""
        words = f"The closure notice was not delivered{why}"
        hint = f"{words}. Hand it over or post it, and note the day."
        return Evidence(words, disproof=hint, figures=figures)
    return Evidence(f"Closure notice {given_words(notice)}", is_found=True, figures=figures)


def given_words(given: Given) -> str:
    """How and when, after the name of the paper: ``handed over Dec 15, 2024``."""
    if given.state == DeliveryState.QUEUED:
        return "is on its way by e-mail"
    way = {"EMAIL": "sent", "POSTED": "posted", "HANDED_OVER": "handed over"}[given.way]
    return f"{way} {given.when}"


def tones(line: ItemLine) -> tuple[str, str]:
    """Tone and icon of the evidence beside an item."""
    if line.does_not_apply:
        return "slate", "info-circle"
    if line.evidence.words == BY_EXECUTE:
        return "slate", "clock"
    return ("green", "check") if line.evidence.is_found else ("yellow", "alert-triangle")


# ------------------------------------------------------------------ Execute


def what_is_missing(facts: ClosureFacts, by: Executor) -> tuple[Missing, ...]:
    """Why a request cannot be carried out just now; nothing when it can (AC017)."""
    return tuple(_missing(facts, by))


def _missing(facts: ClosureFacts, by: Executor) -> Iterator[Missing]:
    yield from missing_status(facts.status)
    if not (by.may_execute if facts.is_wished else by.may_execute_for_us):
        yield Missing(Need.PERMISSION, NOT_FOR_YOU)
    yield from missing_other_person(facts.approval, facts.approver, by)
    if facts.is_wished and facts.asks_identity and not facts.identity_is_checked:
        yield Missing(Need.IDENTITY, CHECK_IDENTITY, "identity")
    if sentence := why_not_approved(facts):
        yield Missing(Need.APPROVAL, sentence, "approval")
    if facts.answer == Answer.BLOCKED:
        for sentence in facts.sentences:
            yield Missing(Need.PROTECTIONS, sentence, "approval")
    yield from _missing_devices(facts)
    yield from missing_order(facts.order, CaseKind.DISCONNECTION)
    yield from missing_items(checklist(facts))


def why_not_approved(facts: ClosureFacts) -> str:
    """Why the approval that is needed is not there; ``""`` when it is, or none is needed."""
    if facts.approval == ApprovalState.APPROVED:
        return ""
    if sentence := why_not_decided(facts.approval):
        return sentence
    if facts.answer == Answer.NEEDS_APPROVAL:
        because = f" ({'. '.join(facts.sentences)})" if facts.sentences else ""
        return f"Needs supervisor approval{because}"
    return ""


def _missing_devices(facts: ClosureFacts) -> Iterator[Missing]:
    for meter in facts.meters:
        if meter.meter is None:
            continue
        field_id = f"id_{meter.service_connection}-device"
        name = f"{meter.utility.capitalize()} device number"
        if not meter.typed:
            yield Missing(Need.DEVICES, f"{name}: not entered", field_id)
        elif not meter.is_verified:
            yield Missing(Need.DEVICES, f"{name}: {NOT_LINKED}", field_id)
        elif facts.order is not None and not meter.is_ordered:
            sentence = f"{name}: {facts.order.number} is not about this meter"
            yield Missing(Need.DEVICES, sentence, field_id)


# ------------------------------------------------------------------ what is asked for
@dataclass(frozen=True, slots=True)
class MeterWish:
    """What a person wants done with the meter of one service; empty parts are not decided yet."""

    service_connection: int
    action: str = MeterAction.UNASSIGN.value
    device_number: str = ""
    location_is_gone: bool = False
    is_damaged: bool = False
    destination: str = ""
    warehouse: int | None = None


@dataclass(frozen=True, slots=True)
class ClosureWish:
    """What the Disconnect tab's form says; ``version`` is what the page had shown."""

    version: int
    order_number: str = ""
    meters: tuple[MeterWish, ...] = ()


def is_device(typed: str, meter: MeterPlan) -> bool:
    """Whether what was typed is the device on the meter that measures this service (AC015).

    >>> is_device(" d-77310", MeterPlan(1, "Electricity", 7, "EM-1", "D-77310"))
    True
    """
    return bool(meter.expected) and typed.strip().upper() == meter.expected.upper()


def not_linked(meters: tuple[MeterPlan, ...], service_connection: int) -> str:
    """The refusal of a wrong device number, with what would be right (AC015)."""
    right = [each for each in meters if each.service_connection == service_connection]
    on_account = ", ".join(each.expected for each in right if each.expected)
    return f"{NOT_LINKED}. On this account: {on_account}." if on_account else NOT_LINKED
