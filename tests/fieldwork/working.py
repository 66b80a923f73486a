"""Technicians and orders for the tests, made as people make them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from consumers.choices import UtilityType
from consumers.models import Consumer, Premise
from smart360.fieldwork import ports
from smart360.fieldwork.models import OrderTemplate, ServiceOrder, Skill, Technician, TechnicianDay
from smart360.fieldwork.operations import create_service_order
from smart360.fieldwork.ports import Stage, Verdict
from smart360.staff.models import Person

MONDAY = date(2024, 12, 16)
TUESDAY = date(2024, 12, 17)
MORNING = (time(10), time(12))
SLOTS = ((time(8), time(10)), MORNING, (time(12), time(14)))
ALL = ("Electricity", "Water", "Gas")


def template(code: str) -> OrderTemplate:
    return OrderTemplate.objects.get(code=code)


def technician(
    person: Person,
    *,
    skills: tuple[str, ...] = ALL,
    areas: tuple[str, ...] = (),
    minutes: int = 480,
) -> Technician:
    made = Technician.objects.create(person=person, areas=list(areas), minutes_a_day=minutes)
    made.skills.set(Skill.objects.filter(name__in=skills))
    return made


def put_in_area(consumer: Consumer, area: str) -> None:
    Premise.objects.filter(connections__consumer=consumer).update(area=area)


def order_from_profile(
    consumer: Consumer, *, by: Person, at: datetime, code: str = "RPR-1", **more: Any
) -> ServiceOrder:
    return create_service_order(
        consumer=consumer.pk, template=template(code).pk, by=by, at=at, form_key=uuid4(), **more
    )


def order_from_case(
    case: int, *, by: Person, at: datetime, code: str = "DIS-E", **more: Any
) -> ServiceOrder:
    return create_service_order(
        case=case, template=template(code).pk, by=by, at=at, form_key=uuid4(), **more
    )


def planned(who: Technician, day: date) -> int:
    found = TechnicianDay.objects.filter(technician=who, day=day).first()
    return found.planned if found else 0


def service(consumer: Consumer, utility_type: UtilityType) -> int:
    return consumer.connections.get(utility_type=utility_type).pk


@contextmanager
def refused(*stages: Stage, sentence: str = "The account is protected.") -> Iterator[list[Stage]]:
    """Somebody above field work says no at these stages; the stages at which it was asked."""
    asked: list[Stage] = []

    def say_no(*, stage: Stage, **_: Any) -> Verdict:
        asked.append(stage)
        is_allowed = stage not in stages
        return Verdict(is_allowed, () if is_allowed else (sentence,))

    before = list(ports.MAY_PROCEED)
    ports.MAY_PROCEED[:] = [say_no]
    try:
        yield asked
    finally:
        ports.MAY_PROCEED[:] = before
