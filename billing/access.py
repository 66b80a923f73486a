"""The only doors to money for a person: whose payments and refunds they may open."""

from django.db.models import QuerySet

from billing.models import Payment, Refund
from consumers.access import visible_consumers
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_payments(person: Person) -> QuerySet[Payment]:
    """The payments that this person may open: those of the consumers they may open."""
    if not person.has_permission(Permission.VIEW_MONEY):
        return Payment.objects.none()
    return Payment.objects.filter(consumer__in=visible_consumers(person))


def get_payment(number: str, *, to: Person) -> Payment | None:
    """The payment with this number, or None when there is none for this person."""
    found = visible_payments(to).select_related("consumer", "receipt")
    return found.filter(number=number).first()


def visible_refunds(person: Person) -> QuerySet[Refund]:
    """The refunds that this person may see."""
    if not person.has_permission(Permission.VIEW_MONEY):
        return Refund.objects.none()
    return Refund.objects.filter(consumer__in=visible_consumers(person))


def get_refund(number: str, *, to: Person) -> Refund | None:
    """The refund with this number, or None when there is none for this person."""
    return visible_refunds(to).filter(number=number).first()
