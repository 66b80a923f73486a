"""Components of list pages: figure cards, tabs, saved views, sorted heads, empty lists, pager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smart360.web.shown import Link
from smart360.web.templatetags.ui.inline import icon as drawn
from smart360.web.templatetags.ui.library import register

SORTS = {"ascending": "arrow-up", "descending": "arrow-down"}


def spark_points(series: Sequence[float]) -> list[tuple[float, float]]:
    """The corners of a sparkline 92 wide and 36 high, lowest value at the bottom."""
    low, high = min(series), max(series)
    spread = (high - low) or 1
    across = 88 / max(1, len(series) - 1)
    return [
        (round(2 + across * at, 1), round(32 - 26 * (value - low) / spread, 1))
        for at, value in enumerate(series)
    ]


@register.inclusion_tag("components/kpi.html")
def kpi(
    label: str,
    value: object,
    *,
    change: str = "",
    url: str = "",
    current: bool = False,
    series: Sequence[float] = (),
    series_words: str = "over the last seven months",
) -> dict[str, Any]:
    """One figure, its change in words, and its last months as a line; the whole card is a link."""
    points = spark_points(series) if len(series) > 1 else []
    values = ", ".join(f"{number:g}" for number in series)
    return {
        "label": label, "value": value, "change": change, "url": url, "current": current,
        "points": " ".join(f"{x},{y}" for x, y in points), "last": points[-1] if points else None,
        "heard": f"{label} {series_words}: {values}",
    }  # fmt: skip


@register.inclusion_tag("components/tabs.html")
def tabs(links: Sequence[Link], *, label: str, border: bool = True) -> dict[str, Any]:
    """Tabs, each an address of its own; `label` says of what."""
    if not all(isinstance(link, Link) for link in links):
        raise TypeError("tabs are made of Link")
    return {"links": links, "label": label, "border": border}


@register.inclusion_tag("components/views.html")
def views(links: Sequence[Link], *, label: str = "Saved views") -> dict[str, Any]:
    """Saved views or other small choices, as pills."""
    if not all(isinstance(link, Link) for link in links):
        raise TypeError("views are made of Link")
    return {"links": links, "label": label}


@register.simple_tag
def sort_head(
    label: str, *, url: str = "", direction: str = "", numeric: bool = False, css: str = ""
) -> SafeString:
    """A column's head; a link that sorts when it has an address, `direction` if it does now."""
    if direction not in {"", *SORTS}:
        raise ValueError(f"a direction is ascending or descending, not {direction!r}")
    words: SafeString | str = label
    if url:
        arrow = drawn(SORTS[direction]) if direction else ""
        words = format_html('<a href="{}">{}{}</a>', url, label, arrow)
    return format_html(
        '<th scope="col"{}{}>{}</th>',
        format_html(' class="{}"', f"{'s-num ' if numeric else ''}{css}".strip())
        if numeric or css
        else "",
        format_html(' aria-sort="{}"', direction) if direction else "",
        words,
    )


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, *, icon: str = "search", text: str = "", action_url: str = "", action_text: str = ""
) -> dict[str, Any]:
    """Nothing here: what would be, and the one thing to do."""
    if bool(action_url) != bool(action_text):
        raise ValueError("an empty list's action wants both action_url and action_text")
    return {
        "title": title, "icon": icon, "text": text,
        "action_url": action_url, "action_text": action_text,
    }  # fmt: skip


@register.inclusion_tag("components/pager.html")
def pager(words: str, *, previous_url: str = "", next_url: str = "") -> dict[str, Any]:
    """Previous and next page, and in `words` what is shown: "25 of 46, soonest due first"."""
    return {"words": words, "previous_url": previous_url, "next_url": next_url}
