"""A technician's day: who is there, whom to choose, and the minutes that are planned (SO3, W7).

Whoever touches a day holds its technician, and technicians are locked in the order of their keys.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db import connection

from smart360.fieldwork.choices import WITH_A_TECHNICIAN
from smart360.fieldwork.models import ServiceOrder, Technician, TechnicianDay
from smart360.fieldwork.queries.technicians import candidates
from smart360.fieldwork.rules import Candidate, can_do, chosen
from smart360.kernel.db import step
from smart360.kernel.errors import Broken


@step
def lock_technicians(technicians: Iterable[int]) -> list[int]:
    """Lock these technicians in the order of their keys; those who still work here."""
    rows = Technician.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk__in=set(technicians)).order_by("pk")
    here = found.values_list("pk", "is_active", "person__is_active")
    return [key for key, is_technician, is_person in here if is_technician and is_person]


@step
def lock_who_has(service_order: ServiceOrder) -> None:
    """Lock the technicians of an order and of all others of its case that somebody has.

    An act may end several of them: each in turn would be no order for all.
    """
    having = ServiceOrder.objects.filter(status__in=WITH_A_TECHNICIAN)
    if service_order.case_id is None:
        having = having.filter(pk=service_order.pk)
    else:
        having = having.filter(case=service_order.case_id)
    lock_technicians(having.values_list("technician", flat=True))


BOOK = """
INSERT INTO fieldwork_technicianday AS d (technician_id, day, minutes, planned)
SELECT t.person_id, %(day)s, greatest(t.minutes_a_day, %(minutes)s), %(minutes)s
  FROM fieldwork_technician t
 WHERE t.person_id = %(technician)s AND (t.minutes_a_day >= %(minutes)s OR EXISTS (
       SELECT 1 FROM fieldwork_technicianday k
        WHERE k.technician_id = t.person_id AND k.day = %(day)s))
ON CONFLICT (technician_id, day) DO UPDATE
   SET planned = d.planned + %(minutes)s
 WHERE d.planned + %(minutes)s <= d.minutes
RETURNING id
"""

GIVE_BACK = """
UPDATE fieldwork_technicianday SET planned = planned - %(minutes)s
 WHERE technician_id = %(technician)s AND day = %(day)s AND planned >= %(minutes)s
"""


@step
def book_minutes(technician: int, day: date, minutes: int) -> bool:
    """Plan so many minutes of a technician's day; False when there are not as many left.

    The row's own lock makes two dispatchers who fill the last hour wait for each other.
    """
    values: dict[str, int | date] = {"technician": technician, "day": day, "minutes": minutes}
    with connection.cursor() as cursor:
        cursor.execute(BOOK, values)
        return cursor.fetchone() is not None


@step
def give_minutes_back(service_order: ServiceOrder, *, of: date | None) -> None:
    """The technician of an order has its minutes of that day free again."""
    values: dict[str, int | date | None] = {
        "technician": service_order.technician_id,
        "day": of,
        "minutes": service_order.estimated_minutes,
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, values)
        if cursor.rowcount != 1:
            raise Broken(f"{service_order.number}: its minutes were not planned")


@step
def able_technicians(service_order: ServiceOrder) -> dict[int, Candidate]:
    """Who works there and is trained for it, by key."""
    area, skill = service_order.area, service_order.template.skill_id
    return {each.key: each for each in candidates() if can_do(each, area=area, skill=skill)}


@step
def choose_technician(service_order: ServiceOrder) -> int | None:
    """Lock whoever can do it, and choose among them by what is free now (SO3)."""
    day, skill = service_order.scheduled_on, service_order.template.skill_id
    if day is None:
        raise Broken(f"{service_order.number} has no day")
    area = service_order.area
    able = able_technicians(service_order)
    here = lock_technicians(able)
    free = _free_minutes(here, day)
    return chosen(
        (replace(able[key], free=free[key]) for key in here),
        area=area,
        skill=skill,
        minutes=service_order.estimated_minutes,
    )


def _free_minutes(technicians: Sequence[int], day: date) -> dict[int, int]:
    """What is free of that day, by technician."""
    usual = dict(Technician.objects.filter(pk__in=technicians).values_list("pk", "minutes_a_day"))
    days = TechnicianDay.objects.filter(technician__in=technicians, day=day)
    planned = days.values_list("technician", "minutes", "planned")
    return usual | {technician: minutes - taken for technician, minutes, taken in planned}
