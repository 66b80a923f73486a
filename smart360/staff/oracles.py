"""Queries on people that must return no row."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from smart360.kernel.oracle import Oracle
from smart360.staff.models import Person, RoleMembership
from smart360.staff.permissions import KEPT_APART


def roles_held_together() -> list[str]:
    """X6: people who hold two roles that are kept apart."""
    found = []
    for one, other in KEPT_APART:
        both = RoleMembership.objects.filter(
            group__name=one.value, person__memberships__group__name=other.value
        )
        found += [
            f"person {pk} holds {one} and {other}"
            for pk in both.values_list("person_id", flat=True)
        ]
    return found


def check_demo_people(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Deploy check: nobody from the demo data, whose password everybody knows."""
    if not databases or settings.IS_DEMO:
        return []
    demo = Person.objects.filter(is_demo=True, is_active=True).count()
    if not demo:
        return []
    return [
        Error(
            f"{demo} people of the demo data are in this database.",
            hint="Make them inactive, or start with an empty database.",
            id="staff.E001",
        )
    ]


ORACLES: tuple[Oracle, ...] = (
    Oracle("X6", "a person with two roles that are kept apart", roles_held_together),
)
