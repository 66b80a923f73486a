"""The only doors to a complaint for a person (quality.md, X2)."""

from django.db.models import QuerySet

from complaints.models import Complaint, ComplaintCategory
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_complaints(person: Person) -> QuerySet[Case]:
    """The complaints that ``person`` may know of.

    Those about staff are for who may see such, and none for the person whom it names (roles.md).
    """
    if not person.has_permission(Permission.VIEW_COMPLAINTS):
        return Case.objects.none()
    return complaints_past_the_door(person.pk, sees_staff=sees_staff_complaints(person))


def sees_staff_complaints(person: Person) -> bool:
    """Whether complaints about staff are among what this person may see."""
    return person.has_permission(Permission.SEE_STAFF_COMPLAINTS)


def complaints_past_the_door(reader: int, *, sees_staff: bool) -> QuerySet[Case]:
    """What somebody with this key sees who may see complaints at all."""
    seen = Case.objects.filter(kind=CaseKind.COMPLAINT).exclude(
        pk__in=Complaint.objects.filter(staff_named=reader).values("pk")
    )
    if sees_staff:
        return seen
    about_staff = ComplaintCategory.objects.filter(is_about_staff=True)
    return seen.exclude(topic__in=about_staff.values("code"))
