"""Things to press: button, link that looks like one, opener, one-button form, crumbs."""

from __future__ import annotations

from typing import Any

from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from smart360.web.form_keys import new_key
from smart360.web.templatetags.ui.inline import icon as drawn
from smart360.web.templatetags.ui.library import register

KINDS = {
    "plain": "btn", "primary": "btn btn-primary", "quiet": "btn btn-quiet",
    "danger": "btn btn-danger", "link": "btn btn-link",
}  # fmt: skip


def attributes(more: dict[str, object]) -> SafeString:
    """`hx_target="#x"` as ` hx-target="#x"`; only `hx_`, `data_`, `aria_` are let through."""
    for name in more:
        if not name.startswith(("hx_", "data_", "aria_")):
            raise TypeError(f"unexpected argument {name!r}")
    return format_html_join(
        "", ' {}="{}"', ((name.replace("_", "-"), value) for name, value in more.items() if value)
    )


def face(label: str, icon: str, trailing: bool) -> SafeString:
    """Icon and word of a button."""
    mark = drawn(icon) if icon else SafeString()
    return format_html("{1}{0}" if trailing else "{0}{1}", mark, label)


def look(kind: str, extra: str = "") -> str:
    """The classes of a kind of button."""
    if kind not in KINDS:
        raise ValueError(f"a button is one of {', '.join(KINDS)}, not {kind!r}")
    return f"{KINDS[kind]} {extra}".strip()


@register.simple_tag
def button(
    label: str,
    *,
    kind: str = "primary",
    icon: str = "",
    icon_after: bool = False,
    type: str = "submit",
    name: str = "",
    value: str = "",
    form: str = "",
    formaction: str = "",
    busy: str = "Submitting …",
    key: str = "",
    heard: str = "",
    described_by: str = "",
    disabled: bool = False,
    css: str = "",
    **more: object,
) -> SafeString:
    """A button. While its form is being sent it is disabled and says `busy`.

    `key` is its shortcut, `heard` a longer name to be read out, `css` a class of place (`ms-auto`).
    """
    if type not in {"submit", "button"}:
        raise ValueError(f"a button's type is submit or button, not {type!r}")
    named = {
        "name": name, "value": value, "form": form, "formaction": formaction, "data-key": key,
        "aria-label": heard, "aria-describedby": described_by,
        "data-busy": busy if type == "submit" else "",
    }  # fmt: skip
    return format_html(
        '<button class="{}" type="{}"{}{}{}>{}</button>',
        look(kind, css),
        type,
        format_html_join("", ' {}="{}"', ((n, v) for n, v in named.items() if v)),
        attributes(more),
        SafeString(" disabled") if disabled else "",
        face(label, icon, icon_after),
    )


@register.simple_tag
def link_button(
    label: str,
    url: str,
    *,
    kind: str = "plain",
    icon: str = "",
    icon_after: bool = False,
    key: str = "",
    heard: str = "",
    rel: str = "",
    download: bool = False,
    css: str = "",
    **more: object,
) -> SafeString:
    """A link to a place that looks like a button."""
    if not url:
        raise ValueError(f"the link {label!r} leads nowhere")
    named = {"data-key": key, "aria-label": heard, "rel": rel}
    return format_html(
        '<a class="{}" href="{}"{}{}{}>{}</a>',
        look(kind, css),
        url,
        format_html_join("", ' {}="{}"', ((n, v) for n, v in named.items() if v)),
        attributes(more),
        SafeString(" download") if download else "",
        face(label, icon, icon_after),
    )


@register.simple_tag
def opener(
    label: str, *, opens: str, kind: str = "plain", icon: str = "", key: str = "", css: str = ""
) -> SafeString:
    """Opens the dialog with the id `opens`; a link to it where there is no JavaScript."""
    return format_html(
        '<a class="{}" href="#{}" role="button" aria-haspopup="dialog" data-opens="{}"{}>{}</a>',
        look(kind, css),
        opens,
        opens,
        format_html(' data-key="{}"', key) if key else "",
        face(label, icon, trailing=False),
    )


@register.simple_tag(takes_context=True)
def post_button(
    context: Context,
    label: str,
    url: str,
    *,
    kind: str = "plain",
    icon: str = "",
    key: str = "",
    heard: str = "",
    form_key: str = "",
    fields: dict[str, Any] | None = None,
    busy: str = "Submitting …",
    css: str = "",
    hx_target: str = "",
    hx_swap: str = "outerHTML",
) -> SafeString:
    """A form of one button that POSTs to `url`; with `hx_target` the answer replaces that."""
    values = {
        "csrf_token": context.get("csrf_token", ""), "url": url, "css": css,
        "form_key": str(form_key or ""), "fields": fields or {}, "hx_target": hx_target,
        "hx_swap": hx_swap,
        "button": button(label, kind=kind, icon=icon, key=key, heard=heard, busy=busy),
    }  # fmt: skip
    return render_to_string("components/post_button.html", values)


@register.simple_tag
def one_time_key() -> str:
    """A fresh key for a form: `{% one_time_key as key %}`; posted twice, it has one effect."""
    return new_key()


@register.simple_tag
def crumbs(*parts: str) -> SafeString:
    """Where this page lies: label, address, label, address, …, and last the page's own label."""
    if len(parts) % 2 == 0:
        raise ValueError("crumbs want label and address in turn, and a last label")
    links = format_html_join(
        "", '<a href="{}">{}</a> / ', zip(parts[1::2], parts[0:-1:2], strict=True)
    )
    return format_html(
        '<nav class="s-crumbs" aria-label="Breadcrumb">{}<span aria-current="page">{}</span></nav>',
        links, parts[-1],
    )  # fmt: skip
