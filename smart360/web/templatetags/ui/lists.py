"""Components of list pages: figure cards, tabs, saved views, sorted heads, empty lists, pager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from smart360.web import formats, tones
from smart360.web.form_keys import new_key
from smart360.web.shown import Link, ListedAccount, ListedCase
from smart360.web.templatetags.ui.inline import (
    SlaLook,
    look_of_sla,
    marked,
    priority_mark,
    sla_mark,
    status_mark,
    vip,
)
from smart360.web.templatetags.ui.inline import icon as drawn
from smart360.web.templatetags.ui.library import register

SECOND = timedelta(seconds=1)
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


# ------------------------------------------------------------------ rows
# Written in Python and not by a template: a page has 25 or 50 of them, of a dozen values each.
# What a column is, css/tables.css says once, by its place; what a state is, css/marks.css.
STATUS_MARKS = {
    "PENDING": "pe", "IN_PROGRESS": "pr", "ON_HOLD": "ho", "COMPLETED": "co", "RESOLVED": "rs",
    "CLOSED": "cl", "REJECTED": "rj",
}  # fmt: skip
PRIORITY_MARKS = {"LOW": "lo", "MEDIUM": "me", "HIGH": "hi", "CRITICAL": "cr"}
SLA_MARKS = {
    "ON_TRACK": "ok", "AT_RISK": "ri", "BREACHED": "la", "PAUSED": "pa", "MET": "in",
    "MISSED": "mi",
}  # fmt: skip
"""A row's own class: how its status, its priority and its SLA are drawn."""
ACCOUNT_MARKS = {
    "ACTIVE": "ac", "INACTIVE": "in", "PENDING": "pe", "DISCONNECTED": "di", "COLLECTION": "co",
}  # fmt: skip
"""The same of a list of accounts: how the account stands."""


@register.simple_tag
def case_rows(rows: Sequence[ListedCase], *, at: datetime) -> SafeString:
    """The rows of a list of cases; a case's address is its number beside the list's.

    Cells and rows end where the next begins, as HTML has it, and a number needs no quotes: what
    is sent is hardly more than the words. The table wants `data-at`, the moment from which the
    running clocks count down, and the class `s-requests`, with `has-money` where the tenth column
    is one.
    """
    return SafeString("".join(_case_row(row, at) for row in rows))


def _case_row(row: ListedCase, at: datetime) -> str:
    number = escape(row.number)
    owed = "" if row.outstanding is None else f"<td>{escape(row.outstanding)}"
    who = "" if row.assigned_to is None else f"<td>{escape(row.assigned_to)}"
    look = look_of_sla(
        row.sla, at, row.due_at, row.warns_at, row.percent, row.paused_until
    )  # what is shown may be later than what is stored
    marks = f"{STATUS_MARKS[row.status]} {PRIORITY_MARKS[row.priority]} {SLA_MARKS[look.state]}"
    return (
        f'\n<tr class="{marks}"><th scope=row><a href={number}>{number}</a>'
        f"<td>{escape(row.name)}{vip(row.is_vip)}<td>{escape(row.account_number)}"
        f"<td>{escape(row.address)}<td>{escape(row.kind)}"
        f"<td>{formats.shown_date(row.requested_at)}"
        f"<td><b>{tones.badge_of(tones.CASE_STATUS, row.status).word}</b>"
        f"<td>{tones.badge_of(tones.PRIORITY, row.priority).word}"
        f"<td>{_sla_cell(look, row.due_at, at)}{owed}{who}"
        f"<td><a href={number}>View<i> {number}</i></a>"
    )


def _sla_cell(look: SlaLook, due_at: datetime | None, at: datetime) -> str:
    """As `sla_chip`; moments in seconds after the table's, the bar is named by what it stands in.

    All of it codes, moments and numbers: nothing that anybody typed.
    """
    if not look.left or due_at is None:
        return f"<div>{look.word}</div>"
    since = at.replace(microsecond=0)
    turns = f" data-due={(due_at - since) // SECOND}"
    if look.warns_at:
        turns += f" data-warns={(look.warns_at - since) // SECOND}"
    words = look.words(look.left)
    if look.percent is None:
        return f"<div{turns}>{words}</div>"
    bar = f"{look.percent / 100:g}".removeprefix("0") or "0"
    return f"<label{turns}>{words}<progress value={bar}></progress></label>"


@register.simple_tag
def account_rows(rows: Sequence[ListedAccount], *, words: str = "") -> SafeString:
    """The rows of a list of accounts, with what was searched for marked in their names.

    An account's address is its number beside the list's. The table wants the class `s-accounts`,
    with `has-money` where the seventh column is one.
    """
    return SafeString("".join(_account_row(row, words) for row in rows))


def _account_row(row: ListedAccount, words: str) -> str:
    number, guard = escape(row.number), escape(row.request)
    if guard and row.request_url:
        guard = f'<a class=s-ref href="{escape(row.request_url)}">{guard}</a>'
    if row.held_by:
        held_by = escape(row.held_by)
        guard += f'<span class="s-tone t-orange s-small">{drawn("lock")} {held_by}</span>'
    if row.merged_into:
        into = escape(row.merged_into)
        guard += f'<span class=s-small>Merged into <a href="{into}">{into}</a></span>'
    owed = ""
    if row.outstanding is not None:
        since = f"<small>{escape(row.since)}</small>" if row.since else ""
        owed = f"<td>{escape(row.outstanding)}{since}"
    return (
        f"\n<tr class={ACCOUNT_MARKS[row.status]}>"
        f'<th scope=row><a href="{number}">{number}</a>'
        f"<td>{marked(row.name, words)}{vip(row.is_vip)}"
        f"<td>{escape(formats.shown_phone(row.phone)) or formats.MISSING}"
        f"<td>{escape(row.address) or formats.MISSING}"
        f"<td><b>{tones.badge_of(tones.ACCOUNT_STATUS, row.status).word}</b>"
        f'<td>{guard}{owed}<td><a href="{number}">View<i> {number}</i></a>'
    )


@register.simple_tag
def work_rows(rows: Sequence[ListedCase], *, at: datetime, takes: bool = False) -> SafeString:
    """The rows of a list of work, cases of any kind; last comes the priority.

    With `takes` the last cell is instead a button of the form around the table: it assigns.
    """
    return SafeString("\n".join(_work_row(row, at, takes) for row in rows))


def _work_row(row: ListedCase, at: datetime, takes: bool) -> str:
    number, url = escape(row.number), escape(row.url)
    last = (
        f'<button class="btn btn-link p-0" formaction="{url}/assign" name="form_key"'
        f' value="{new_key()}" aria-label="Assign to me: {number}">Assign to me</button>'
        if takes
        else priority_mark(row.priority)
    )
    return (
        f'<tr><td>{_sla_of(row, at)}<th scope="row"><a href="{url}">{number}</a>'
        f"<td>{escape(row.name)}{vip(row.is_vip)}<td>{escape(row.kind)}"
        f"<td>{status_mark(row.status)}<td>{last}"
    )


def _sla_of(row: ListedCase, at: datetime) -> SafeString:
    return sla_mark(
        row.sla, at=at, due_at=row.due_at, warns_at=row.warns_at, percent=row.percent,
        resumes_at=row.paused_until,
    )  # fmt: skip


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
