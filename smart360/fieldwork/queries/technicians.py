"""Technicians as the choice of one, the board and the forms know them."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from smart360.fieldwork.models import ServiceOrder, Skill, Technician, TechnicianDay
from smart360.fieldwork.rules import Candidate, can_do


@dataclass(frozen=True, slots=True)
class TechnicianChoice:
    """A technician whom a dispatcher may choose for an order on a day.

    ``is_near``     works in the order's area
    ``is_trained``  has the skill that it asks for; nobody else can be chosen
    """

    key: int
    name: str
    free: int
    minutes: int
    is_near: bool
    is_trained: bool
    has_time: bool


def working() -> QuerySet[Technician]:
    """The technicians who can be sent: neither they nor their sign-in were retired."""
    return Technician.objects.filter(is_active=True, person__is_active=True)


def with_skills(technicians: QuerySet[Technician]) -> QuerySet[Technician]:
    """Each with ``skill_ids`` and ``skill_names``, in the same statement."""
    held = Skill.objects.filter(technicians=OuterRef("pk"), is_active=True).order_by("name")
    return technicians.annotate(
        skill_ids=ArraySubquery(held.values("pk")), skill_names=ArraySubquery(held.values("name"))
    )


def with_day(technicians: QuerySet[Technician], day: date) -> QuerySet[Technician]:
    """Each with the ``there`` minutes of a day and those ``planned``, in the same statement."""
    days = TechnicianDay.objects.filter(technician=OuterRef("pk"), day=day)
    return technicians.annotate(
        there=Coalesce(Subquery(days.values("minutes")), F("minutes_a_day")),
        planned=Coalesce(Subquery(days.values("planned")), 0),
    )


def candidates() -> list[Candidate]:
    """Everybody who can be sent, with areas and skills; one statement."""
    return [
        Candidate(
            key=each.pk,
            areas=frozenset(each.areas),
            skills=frozenset(vars(each)["skill_ids"]),
        )
        for each in with_skills(working())
    ]


def choices_for(service_order: ServiceOrder, day: date) -> list[TechnicianChoice]:
    """Whom a dispatcher can choose for an order on a day, the best first; one statement.

    The order's ``template`` is loaded. Its own minutes count as free for the one who has it then.
    """
    skill, minutes = service_order.template.skill_id, service_order.estimated_minutes
    found = []
    for each in with_day(with_skills(working()), day).select_related("person"):
        facts = vars(each)
        free = facts["there"] - facts["planned"]
        if each.pk == service_order.technician_id and day == service_order.scheduled_on:
            free += minutes
        able = Candidate(each.pk, frozenset(each.areas), frozenset(facts["skill_ids"]))
        found.append(
            TechnicianChoice(
                key=each.pk,
                name=each.person.full_name,
                free=free,
                minutes=facts["there"],
                is_near=can_do(able, area=service_order.area, skill=None),
                is_trained=skill is None or skill in able.skills,
                has_time=free >= minutes,
            )
        )
    found.sort(
        key=lambda each: (
            not (each.is_trained and each.is_near and each.has_time),
            -each.free,
            each.key,
        )
    )
    return found


def technicians_known() -> list[tuple[int, str]]:
    """Key and name of every technician, retired ones too, by name: for the filter of the list."""
    everybody = Technician.objects.order_by("person__full_name", "pk")
    return list(everybody.values_list("pk", "person__full_name"))
