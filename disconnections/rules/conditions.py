"""What carrying a request out asks for, of a disconnection and of a reconnection alike; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from disconnections.choices import ClosureItem, ReconnectionItem
from smart360.cases.choices import ApprovalState, CaseStatus
from smart360.fieldwork.choices import OrderStatus

NO_ORDER = "Service order not found or not applicable"
NO_ORDER_YET = "Enter the service order"
OWN_APPROVAL = "You approved this request: somebody else carries it out"
GOOD_FOR_EXECUTE = (OrderStatus.ASSIGNED, OrderStatus.IN_PROGRESS, OrderStatus.COMPLETED)


# ------------------------------------------------------------------ who, and under which order
@dataclass(frozen=True, slots=True)
class Executor:
    """Who would carry it out, and what their roles let them."""

    person: int
    may_execute: bool
    may_execute_for_us: bool


@dataclass(frozen=True, slots=True)
class OrderFact:
    """The service order that was entered; ``used_by`` is the request it has carried out."""

    number: str
    kind: str
    status: str
    is_of_consumer: bool = True
    used_by: str = ""

    def is_good_for(self, kind: str) -> bool:
        """Whether a request of this kind can be carried out under it (AC017, decision 31)."""
        return (
            self.kind == kind
            and self.status in GOOD_FOR_EXECUTE
            and self.is_of_consumer
            and not self.used_by
        )


def why_not_good(order: OrderFact) -> str:
    """Why nothing can be carried out under a service order."""
    if order.used_by:
        return f"{order.number} has carried out {order.used_by} already"
    if order.status in (OrderStatus.OPEN, OrderStatus.SCHEDULED):
        return f"{order.number} has no technician yet"
    return NO_ORDER


# ------------------------------------------------------------------ the checklist
@dataclass(frozen=True, slots=True)
class Evidence:
    """What the system itself knows about an item; ``disproof`` is why a tick would be wrong."""

    words: str
    is_found: bool = False
    disproof: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the checklist: whether it applies, whether it is ticked, what is known of it."""

    item: ClosureItem | ReconnectionItem
    does_not_apply: str
    is_ticked: bool
    evidence: Evidence

    @property
    def is_done(self) -> bool:
        """Whether it counts: what does not apply does, a tick that was disproved does not."""
        return bool(self.does_not_apply) or (self.is_ticked and not self.evidence.disproof)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The items in their order."""

    lines: tuple[ItemLine, ...]
    minimum: int

    @property
    def done(self) -> int:
        """How many count."""
        return sum(line.is_done for line in self.lines)

    @property
    def counter(self) -> str:
        """``Completion: 4/6 items``"""
        return f"Completion: {self.done}/{len(self.lines)} items"

    @property
    def is_enough(self) -> bool:
        """Whether the configured minimum is reached."""
        return self.done >= self.minimum

    def line(self, item: str) -> ItemLine:
        """The line of one item."""
        return next(line for line in self.lines if line.item == item)


# ------------------------------------------------------------------ what is missing
class Need(StrEnum):
    """What Execute asks for: the last four of a reconnection alone."""

    STATUS = "STATUS"
    PERMISSION = "PERMISSION"
    OTHER_PERSON = "OTHER_PERSON"
    IDENTITY = "IDENTITY"
    APPROVAL = "APPROVAL"
    PROTECTIONS = "PROTECTIONS"
    DEVICES = "DEVICES"
    ORDER = "ORDER"
    CHECKLIST = "CHECKLIST"
    MONEY = "MONEY"
    OCCUPIER = "OCCUPIER"
    METERS = "METERS"
    READINGS = "READINGS"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands in the way, with the id of the field where it can be put right."""

    need: Need
    sentence: str
    anchor: str = ""


def missing_status(status: str) -> Iterator[Missing]:
    """A request is carried out while it is In Progress."""
    if status != CaseStatus.IN_PROGRESS:
        label = CaseStatus(status).label
        yield Missing(Need.STATUS, f"The request is {label}, not In Progress", "case-top")


def missing_other_person(approval: str, approver: int | None, by: Executor) -> Iterator[Missing]:
    """Who approves does not carry out."""
    if approver == by.person and approval == ApprovalState.APPROVED:
        yield Missing(Need.OTHER_PERSON, OWN_APPROVAL)


def why_not_decided(approval: str) -> str:
    """Why an approval that somebody asked for is not there; ``""`` when it is, or nobody asked."""
    if approval == ApprovalState.PENDING:
        return "Needs supervisor approval: it waits for a decision"
    if approval == ApprovalState.REJECTED:
        return "Needs supervisor approval: it was refused"
    return ""


def missing_order(order: OrderFact | None, kind: str) -> Iterator[Missing]:
    """A service order of this kind, that somebody has and that has carried out nothing yet."""
    if order is None:
        yield Missing(Need.ORDER, f"SO ID: {NO_ORDER_YET}", "id_service_order")
    elif not order.is_good_for(kind):
        yield Missing(Need.ORDER, f"SO ID: {why_not_good(order)}", "id_service_order")


def missing_items(found: Checklist) -> Iterator[Missing]:
    """The items that are not done, while too few are."""
    if found.is_enough:
        return
    for line in found.lines:
        if not line.is_done:
            anchor = f"item-{line.item.lower()}"
            sentence = f"Checklist: {line.item.label}"
            if line.is_ticked:
                sentence += f" ({line.evidence.words})"
            yield Missing(Need.CHECKLIST, sentence, anchor)
