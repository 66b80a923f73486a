"""The only doors to a case for a person (quality.md, X2)."""

from django.db.models import QuerySet

from smart360.cases.models import Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_cases(person: Person) -> QuerySet[Case]:
    """The cases that ``person`` may know of; a technician has none without a service order."""
    if not person.has_permission(Permission.VIEW_REQUESTS):
        return Case.objects.none()
    return Case.objects.all()
