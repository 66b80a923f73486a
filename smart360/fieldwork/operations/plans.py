"""The acts by which a visit is planned: its day, its technician, and how long a day is."""

import uuid
from datetime import date, datetime
from typing import NoReturn

from django.db import connection

from smart360.fieldwork import orders, rules
from smart360.fieldwork.choices import WITH_A_TECHNICIAN, OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician, TechnicianDay
from smart360.fieldwork.models.templates import LONGEST_MINUTES
from smart360.fieldwork.operations.orders import ended_sentence
from smart360.fieldwork.ports import Stage, Verdict, Window
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_date

SCHEDULE = "fieldwork.schedule_service_order"
ASSIGN = "fieldwork.assign_service_order"
TAKE_BACK = "fieldwork.take_back_service_order"
SET_MINUTES = "fieldwork.set_day_minutes"


class UnableToScheduleOrder(Refusal):
    """The work has begun or ended, or nobody can come then."""


class UnableToAssignOrder(Refusal):
    """The work has begun or ended, or this technician cannot do it on this day."""


class UnableToProceed(Refusal):
    """Somebody who was asked says no: a protection, or an approval that is missing."""

    sentence_by_default = "This order may not go on just now."


class UnableToTakeBackOrder(Refusal):
    """Nobody has it."""


class UnableToSetMinutes(Refusal):
    """More is planned already, or a day is not as long."""


def not_allowed(verdict: Verdict) -> NoReturn:
    """Refuse in the words of whoever said no. What they keep of it is stored already."""
    raise UnableToProceed(" ".join(verdict.sentences), is_conflict=True)


@operation
def schedule_service_order(
    *,
    service_order: int,
    day: date,
    window: Window | None = None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ServiceOrder:
    """Plan a visit for a day and, if given, a window; the consumer hears of it.

    On another day it is given to a technician anew, by itself. Who has it keeps it in another
    window, unless a protection refuses that one. Raises UnableToScheduleOrder.
    """
    locked = orders.lock_order(service_order)
    planned = {"day": day, "window": window}
    if orders.is_repeated(locked, form_key, act=SCHEDULE, by=by, at=at, **planned):
        return locked
    if sentence := _why_fixed(locked):
        raise UnableToScheduleOrder(sentence, is_conflict=True)
    if sentence := _why_not_then(day, window, at):
        raise UnableToScheduleOrder(sentence, field="day")
    is_moved = orders.schedule_order(locked, day, window=window, by=by.pk, at=at)
    if locked.status == OrderStatus.SCHEDULED:
        orders.dispatch_by_itself(locked, by=by.pk, at=at)
    elif is_moved:
        verdict = orders.ask_ports(locked, Stage.DISPATCH, on=day, window=window, by=by.pk, at=at)
        if not verdict.is_allowed:
            orders.take_back_order(locked, by=by.pk, at=at)
    orders.touch_case(locked, by=by.pk, at=at)
    return locked


def assign_service_order(
    *,
    service_order: int,
    technician: int,
    day: date | None = None,
    window: Window | None = None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ServiceOrder:
    """Give an order to a technician, on its day or another; who had it before has time again.

    ``window`` counts on another day only; on its own day the order keeps it. Raises
    UnableToAssignOrder; UnableToProceed when a protection or a missing approval refuses, which is
    kept.
    """
    locked, verdict = _assign(
        service_order=service_order, technician=technician, day=day, window=window, by=by, at=at,
        form_key=form_key,
    )  # fmt: skip
    return locked if verdict.is_allowed else not_allowed(verdict)


@operation
def _assign(
    *,
    service_order: int,
    technician: int,
    day: date | None,
    window: Window | None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None,
) -> tuple[ServiceOrder, Verdict]:
    locked = orders.lock_order(service_order)
    wish = {"technician": technician, "day": day, "window": window}
    if orders.is_repeated(locked, form_key, act=ASSIGN, by=by, at=at, **wish):
        return locked, Verdict(is_allowed=True)
    if sentence := _why_fixed(locked):
        raise UnableToAssignOrder(sentence, is_conflict=True)
    on = day or locked.scheduled_on
    if on is None:
        raise UnableToAssignOrder(rules.NEEDS_A_DAY, field="day")
    is_moved = on != locked.scheduled_on
    if not is_moved:
        window = (locked.starts, locked.ends) if locked.starts and locked.ends else None
    elif sentence := _why_not_then(on, window, at):
        raise UnableToAssignOrder(sentence, field="day")
    whom = _able_technician(locked, technician)
    if locked.technician_id == whom.pk and not is_moved:
        return locked, Verdict(is_allowed=True)
    verdict = orders.ask_ports(locked, Stage.DISPATCH, on=on, window=window, by=by.pk, at=at)
    if not verdict.is_allowed:
        if form_key is not None:
            form_keys.release(form_key, by=by.pk, act=ASSIGN)
        return locked, verdict
    if not orders.assign_order(locked, whom.pk, on, window=window, by=by.pk, at=at):
        raise UnableToAssignOrder(
            f"{whom.person.full_name} has no {locked.estimated_minutes} minutes left"
            f" on {shown_date(on)}",
            field="technician",
            is_conflict=True,
        )
    orders.touch_case(locked, by=by.pk, at=at)
    return locked, verdict


def _able_technician(service_order: ServiceOrder, technician: int) -> Technician:
    """The technician, if they work here and are trained for it. Raises UnableToAssignOrder."""
    whom = Technician.objects.select_related("person").filter(pk=technician).first()
    if whom is None or not (whom.is_active and whom.person.is_active):
        raise UnableToAssignOrder(NOT_OFFERED, field="technician")
    skill = service_order.template.skill
    if skill is not None and not whom.skills.filter(pk=skill.pk).exists():
        raise UnableToAssignOrder(
            f"{whom.person.full_name} is not trained for {skill.name}", field="technician"
        )
    return whom


def _why_fixed(service_order: ServiceOrder) -> str:
    """Why an order cannot be planned otherwise any more, or ``""``."""
    if not service_order.is_live:
        return ended_sentence(service_order)
    if service_order.status == OrderStatus.IN_PROGRESS:
        who = service_order.technician.person.full_name if service_order.technician else "Somebody"
        return f"{who} has begun. Take the order back first."
    return ""


def _why_not_then(day: date, window: Window | None, at: datetime) -> str:
    """Why nobody can come then, or ``""``."""
    if window is not None and window[0] >= window[1]:
        return rules.ENDS_BEFORE
    return rules.why_not_on(day, at.astimezone(get_utility().zone).date())


@operation
def take_back_service_order(
    *, service_order: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> ServiceOrder:
    """Take an order from its technician; it waits for another one, on the same day.

    Raises UnableToTakeBackOrder.
    """
    locked = orders.lock_order(service_order)
    if orders.is_repeated(locked, form_key, act=TAKE_BACK, by=by, at=at):
        return locked
    if not locked.is_live:
        raise UnableToTakeBackOrder(ended_sentence(locked), is_conflict=True)
    if locked.status not in WITH_A_TECHNICIAN:
        raise UnableToTakeBackOrder("Nobody has this order", is_conflict=True)
    orders.take_back_order(locked, by=by.pk, at=at)
    orders.touch_case(locked, by=by.pk, at=at)
    return locked


SET = """
INSERT INTO fieldwork_technicianday AS d (technician_id, day, minutes, planned)
VALUES (%(technician)s, %(day)s, %(minutes)s, 0)
ON CONFLICT (technician_id, day) DO UPDATE SET minutes = excluded.minutes
 WHERE d.planned <= excluded.minutes
RETURNING id
"""


@operation
def set_day_minutes(
    *,
    technician: int,
    day: date,
    minutes: int,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> None:
    """Say how long a technician works on one day: 0 is a day off.

    Raises UnableToSetMinutes when more than that is planned already.
    """
    if technician not in orders.lock_technicians({technician}):
        raise UnableToSetMinutes(NOT_OFFERED, field="technician")
    if form_key is not None:
        about = form_keys.with_contents(f"technician {technician}", {"day": day, "is": minutes})
        if form_keys.claim(form_key, by=by.pk, act=SET_MINUTES, about=about, at=at) is not None:
            return
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise UnableToSetMinutes(f"Enter 0 to {LONGEST_MINUTES} minutes", field="minutes")
    if sentence := _why_not_then(day, None, at):
        raise UnableToSetMinutes(sentence, field="day")
    before = TechnicianDay.objects.filter(technician=technician, day=day).first()
    with connection.cursor() as cursor:
        cursor.execute(SET, {"technician": technician, "day": day, "minutes": minutes})
        is_set = cursor.fetchone() is not None
    if not is_set:
        planned = before.planned if before else 0
        raise UnableToSetMinutes(
            f"{planned} minutes are planned on {shown_date(day)}", field="minutes", is_conflict=True
        )
    about_day = {"technician": technician, "day": day.isoformat()}
    old = {**about_day, "minutes": before.minutes if before else None}
    record(Event.SETTINGS_CHANGED, by=by.pk, at=at, old=old, new={**about_day, "minutes": minutes})
