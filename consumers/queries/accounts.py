"""Reads for the choices of a form."""

from django.db.models import Q

from consumers.models import Category, Subcategory


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
