"""Components that hold others: panel, facts, note, step, dialog, scroll region."""

from __future__ import annotations

from functools import cache

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from smart360.web import formats, tones
from smart360.web.templatetags.ui.inline import known_icons
from smart360.web.templatetags.ui.library import register

NOTE_ICONS = {
    "blue": "info-circle", "green": "circle-check", "yellow": "alert-triangle",
    "orange": "alert-triangle", "red": "alert-triangle", "slate": "info-circle",
    "brand": "lock", "purple": "info-circle",
}  # fmt: skip
UNCHANGING = frozenset({"head.html", "keys.html", "scripts.html"})
STEP_STATES = frozenset({"open", "done", "shut"})


@register.simple_tag
@cache
def unchanging(template: str) -> SafeString:
    """A part of the page that depends on nothing at all, put together once."""
    if template not in UNCHANGING:
        raise ValueError(f"{template!r} is none of {', '.join(sorted(UNCHANGING))}")
    return render_to_string(template)


@register.simple_block_tag
def panel(
    content: str,
    title: str,
    *,
    id: str = "",
    aside: str = "",
    link_url: str = "",
    link_text: str = "",
    flush: bool = False,
    refresh_url: str = "",
    refresh_on: str = "case-changed",
) -> SafeString:
    """A panel with its title. `aside` stands at the right of it, a word or another component.

    `flush` gives tables and lists the whole width; use `panel_body` and `panel_foot` inside it.
    With `refresh_url` the panel fetches itself again when the event `refresh_on` happens.
    """
    if bool(link_url) != bool(link_text):
        raise ValueError("a panel's link wants both link_url and link_text")
    values = {
        "content": content, "title": title, "id": id or slugify(title), "aside": aside,
        "link_url": link_url, "link_text": link_text, "flush": flush,
        "refresh_url": refresh_url, "refresh_on": refresh_on,
    }  # fmt: skip
    return render_to_string("components/panel.html", values)


@register.simple_block_tag
def panel_body(content: str) -> SafeString:
    """The padded part of a flush panel."""
    return format_html('<div class="s-body">{}</div>', content)


@register.simple_block_tag
def panel_foot(content: str) -> SafeString:
    """The foot of a flush panel: its buttons, the primary one last."""
    return format_html('<footer><div class="s-foot">{}</div></footer>', content)


@register.simple_block_tag
def facts(content: str, *, columns: int = 1, lines: bool = False) -> SafeString:
    """A list of facts in one to four columns, or with the label at the left when `lines`."""
    if columns not in {1, 2, 3, 4}:
        raise ValueError(f"facts stand in 1 to 4 columns, not {columns!r}")
    css = " is-lines" if lines else f" is-{columns}" if columns > 1 else ""
    return format_html('<dl class="s-facts{}">{}</dl>', css, content)


@register.simple_tag
def fact(
    label: str,
    value: object,
    *,
    missing: str = formats.MISSING,
    wide: bool = False,
    strong: bool = False,
) -> SafeString:
    """One fact: label and value; `missing` stands for what is not there."""
    shown = missing if value in (None, "") else value
    return format_html(
        "<div{}><dt>{}</dt><dd{}>{}</dd></div>",
        SafeString(' class="is-wide"') if wide else "",
        label,
        SafeString(' class="s-strong"') if strong else "",
        shown,
    )


@register.simple_block_tag
def fact_block(content: str, label: str, *, wide: bool = False) -> SafeString:
    """One fact whose value is made of other components."""
    return fact(label, SafeString(content.strip()), wide=wide)


@register.simple_block_tag
def note(
    content: str,
    *,
    tone: str,
    icon: str = "",
    title: str = "",
    id: str = "",
    role: str = "",
    action: str = "",
) -> SafeString:
    """One sentence that matters, and at most one action (a button kept with `as`).

    `role` is `alert` for a refusal that just happened, `status` for a quiet announcement.
    """
    chosen = icon or NOTE_ICONS[tones.known_tone(tone)]
    if chosen not in known_icons():
        raise ValueError(f"there is no icon {chosen!r}")
    if role not in {"", "alert", "status"}:
        raise ValueError(f"a note's role is alert or status, not {role!r}")
    values = {
        "content": content, "tone": tone, "icon": chosen, "title": title,
        "id": id, "role": role, "action": action,
    }  # fmt: skip
    return render_to_string("components/note.html", values)


@register.simple_block_tag
def step(
    content: str,
    title: str,
    *,
    id: str,
    state: str,
    summary: str = "",
    change_url: str = "",
    change_text: str = "Change",
) -> SafeString:
    """One numbered section of a form that opens in turn; `state` is open, done or shut.

    A done step folds to its `summary` and a way back; steps stand in an element of class `s-steps`.
    """
    if state not in STEP_STATES:
        raise ValueError(f"a step is open, done or shut, not {state!r}")
    values = {
        "content": SafeString(content.strip()), "title": title, "id": id, "state": state,
        "summary": summary, "change_url": change_url, "change_text": change_text,
    }  # fmt: skip
    return render_to_string("components/step.html", values)


@register.simple_block_tag
def dialog(
    content: str, title: str, *, id: str, open: bool = False, wide: bool = False
) -> SafeString:
    """A decision that needs a reason. Opened by an `opener`; without JavaScript by its address.

    Its content is the form, ending in `<div class="s-foot">` with a button that repeats the title.
    `open` shows it at once, for a form that came back with errors.
    """
    values = {"content": content, "title": title, "id": id, "open": open, "wide": wide}
    return render_to_string("components/dialog.html", values)


@register.simple_block_tag
def scroll(content: str, label: str) -> SafeString:
    """A region that scrolls sideways by itself, for wide tables; `label` names it."""
    return format_html(
        '<div class="s-scroll" tabindex="0" role="region" aria-label="{}">{}</div>', label, content
    )
