"""Reads for the choices of a form, and who may be here already."""

from django.db.models import Q

from consumers.models import Category, Consumer, Subcategory
from consumers.rules.profiles import phone_digits_of

MOST_ALIKE = 5


def categories(*, also: int | None = None) -> list[Category]:
    """The categories that can be chosen, by name; ``also`` one that is retired but in use."""
    return list(Category.objects.filter(Q(is_active=True) | Q(pk=also)).order_by("name"))


def subcategories(*, also: int | None = None) -> list[Subcategory]:
    """The subcategories that can be chosen, under their categories' names."""
    return list(
        Subcategory.objects.filter(Q(is_active=True, category__is_active=True) | Q(pk=also))
        .select_related("category")
        .order_by("category__name", "name")
    )


def same_phone(phone: str) -> list[int]:
    """Who is reached under a phone number, the oldest accounts first; at most five, by index."""
    found = Consumer.objects.filter(phone_digits=phone_digits_of(phone))
    return list(found.order_by("pk").values_list("pk", flat=True)[:MOST_ALIKE])
