"""The acts at the premise: begin, and say that it is done."""

import uuid
from datetime import datetime

from smart360.fieldwork import orders, rules
from smart360.fieldwork.access import may_update
from smart360.fieldwork.choices import WITH_A_TECHNICIAN, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations.orders import ended_sentence
from smart360.fieldwork.operations.plans import not_allowed
from smart360.fieldwork.ports import Stage, Verdict
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import REQUIRED
from smart360.staff.models import Person
from smart360.web import form_keys

START = "fieldwork.start_service_order"
COMPLETE = "fieldwork.complete_service_order"
NOT_YOURS = "This order is somebody else's"
NOBODYS = "Assign the order first"


class UnableToStartOrder(Refusal):
    """It is nobody's, somebody else's, begun or ended."""


class UnableToCompleteOrder(Refusal):
    """It is nobody's, somebody else's or ended, or nobody says what was done."""


def start_service_order(
    *, service_order: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> ServiceOrder:
    """The technician is there and begins.

    Raises UnableToStartOrder; UnableToProceed when a protection or a missing approval refuses,
    which is kept.
    """
    locked, verdict = _start(service_order=service_order, by=by, at=at, form_key=form_key)
    return locked if verdict.is_allowed else not_allowed(verdict)


@operation
def _start(
    *, service_order: int, by: Person, at: datetime, form_key: uuid.UUID | None
) -> tuple[ServiceOrder, Verdict]:
    locked = orders.lock_order(service_order)
    if orders.is_repeated(locked, form_key, act=START, by=by, at=at):
        return locked, Verdict(is_allowed=True)
    if not may_update(locked, by):
        raise UnableToStartOrder(NOT_YOURS, is_forbidden=True)
    if not locked.is_live:
        raise UnableToStartOrder(ended_sentence(locked), is_conflict=True)
    if locked.status == OrderStatus.IN_PROGRESS:
        raise UnableToStartOrder("The work has begun already", is_conflict=True)
    if locked.status != OrderStatus.ASSIGNED:
        raise UnableToStartOrder(NOBODYS, is_conflict=True)
    verdict = orders.ask_ports(locked, Stage.START, on=None, window=None, by=by.pk, at=at)
    if verdict.is_allowed:
        orders.start_order(locked, by=by.pk, at=at)
        orders.touch_case(locked, by=by.pk, at=at)
    elif form_key is not None:
        form_keys.release(form_key, by=by.pk, act=START)
    return locked, verdict


@operation
def complete_service_order(
    *,
    service_order: int,
    words: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ServiceOrder:
    """The work is done, and in ``words`` how; the report is made by a worker.

    What was done in the field is kept even if nobody pressed Start. Raises UnableToCompleteOrder.
    """
    locked = orders.lock_order(service_order)
    if orders.is_repeated(locked, form_key, act=COMPLETE, by=by, at=at, words=words):
        return locked
    if not may_update(locked, by):
        raise UnableToCompleteOrder(NOT_YOURS, is_forbidden=True)
    if not locked.is_live:
        raise UnableToCompleteOrder(ended_sentence(locked), is_conflict=True)
    if locked.status not in WITH_A_TECHNICIAN:
        raise UnableToCompleteOrder(NOBODYS, is_conflict=True)
    if sentence := rules.why_not_words(words, longest=rules.LONGEST_WORDS, required=REQUIRED):
        raise UnableToCompleteOrder(sentence, field="words")
    orders.complete_order(locked, words=words, by=by.pk, at=at)
    orders.touch_case(locked, by=by.pk, at=at)
    return locked
