"""Reads about what people keep for themselves."""

from collections.abc import Mapping

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from smart360.staff.choices import SavedPage
from smart360.staff.models import SavedView
from smart360.web.shown import Link


def own_views(person: int, page: SavedPage) -> list[SavedView]:
    """A person's views of one list, by name; one statement."""
    return list(SavedView.objects.filter(person=person, page=page).order_by("name"))


def own_view(person: int, view: int) -> SavedView | None:
    """One of a person's own views."""
    return SavedView.objects.filter(pk=view, person=person).first()


def view_links(person: int, page: SavedPage, asked: QueryDict) -> list[Link]:
    """The same as links, and last where they are renamed and removed, if there are any."""
    now, base = kept_query(asked), reverse(page.value)
    links = [
        Link(view.name, f"{base}?{view.query}", view.query == now, icon="bookmark")
        for view in own_views(person, page)
    ]
    if links:
        links.append(Link("Edit views", views_address(page), icon="pencil"))
    return links


def kept_query(asked: QueryDict) -> str:
    """What a view keeps of an address: what it asks for, not the page of rows one was at."""
    pairs = [
        (name, value)
        for name, values in sorted(asked.lists())
        for value in values
        if value and name != "cursor"
    ]
    return urlencode(pairs)


def views_address(page: SavedPage, **more: str) -> str:
    """Where views of this list are kept; with ``query``, the one that is about to be."""
    asked: Mapping[str, str] = {"page": page.value, **more}
    return f"{reverse('saved_views')}?{urlencode(asked)}"
