"""Components of forms: a field with all around it, a bare control, the errors, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BoundField, widgets
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from smart360.kernel.text import one_line_endings
from smart360.web.templatetags.ui.library import register

LOOKS = frozenset({"", "slots", "inline"})


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a group; a second line of its label is shown small."""

    id: str
    value: str
    label: str
    small: str
    is_chosen: bool
    is_disabled: bool


def kind_of(bound: BoundField) -> str:
    """How a field is laid out: control, check (one box), or radio and checkbox (a group)."""
    widget = bound.field.widget
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checkbox"
    if isinstance(widget, widgets.RadioSelect):
        return "radio"
    return "check" if isinstance(widget, widgets.CheckboxInput) else "control"


def css_of(bound: BoundField) -> str:
    """The class of a bare control."""
    widget = bound.field.widget
    if isinstance(widget, widgets.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, widgets.Select) else "form-control"


def options_of(bound: BoundField) -> list[Option]:
    """The choices of a group of radios or boxes."""
    options = []
    for widget in bound.subwidgets:
        label, _, small = str(widget.data["label"]).partition("\n")
        attrs = widget.data["attrs"]
        options.append(
            Option(
                id=attrs.get("id", ""), value=str(widget.data["value"]), label=label, small=small,
                is_chosen=bool(widget.data["selected"]), is_disabled=bool(attrs.get("disabled")),
            )
        )  # fmt: skip
    return options


def is_first_invalid(bound: BoundField) -> bool:
    """Whether this is the field that the focus goes to after a refusal."""
    form = bound.form
    return bound.name == next((name for name in form.fields if name in form.errors), None)


def drawn(bound: BoundField, more: dict[str, Any]) -> SafeString:
    """The control itself: our class, no length limit of the browser's, marked when it is wrong."""
    own = bound.field.widget.attrs.get("class", "")
    wrong = " is-invalid" if bound.errors else ""
    attrs: dict[str, Any] = {
        "class": f"{css_of(bound)}{wrong} {own}".strip(),
        "maxlength": False,
        "minlength": False,
    }
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if bound.form.errors:  # after a refusal the focus goes to what is wrong, and nowhere else
        attrs["autofocus"] = is_first_invalid(bound)
    return bound.as_widget(attrs={**attrs, **more})


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    limit: int | None = None,
    width: str = "half",
    look: str = "",
) -> dict[str, Any]:
    """One field: label, control, hint, its errors; `limit` adds a counter of what was typed.

    `width` is wide, half or third of a `s-fields` grid. A group of radios can have the look slots
    (cards) or inline. A second line in a choice's label is shown small.
    """
    if not isinstance(bound, BoundField):
        raise TypeError(f"field wants a form's field, not {bound!r}")
    if width not in {"wide", "half", "third"} or look not in LOOKS:
        raise ValueError(f"no such width or look: {width!r}, {look!r}")
    kind = kind_of(bound)
    id_ = bound.id_for_label if kind in {"control", "check"} else bound.auto_id
    hint = hint or str(bound.help_text)
    about = [f"{id_}-error"] * bool(bound.errors) + [f"{id_}-hint"] * bool(hint)
    typed = one_line_endings(str(bound.value() or "")) if limit else ""
    shown: dict[str, Any] = {
        "bound": bound, "kind": kind, "id": id_, "label": label or bound.label, "hint": hint,
        "errors": bound.errors, "limit": limit, "typed": len(typed), "look": look,
        "css": "" if width == "half" else f"is-{width}", "described_by": " ".join(about),
        "is_required": bound.field.required and kind != "check",
    }  # fmt: skip
    if kind in {"radio", "checkbox"}:
        shown |= {
            "options": options_of(bound),
            "focus": bool(bound.errors) and is_first_invalid(bound),
        }
    elif bound.is_hidden:
        shown |= {"kind": "hidden", "control": bound.as_widget()}
    else:
        more = {"aria-describedby": " ".join(about)} if about else {}
        shown["control"] = drawn(bound, more)
    return shown


@register.simple_tag
def control(bound: BoundField, *, heard: str) -> SafeString:
    """A control alone, for filters and table cells; `heard` is its name for screen readers."""
    if not isinstance(bound, BoundField):
        raise TypeError(f"control wants a form's field, not {bound!r}")
    more: dict[str, Any] = {"aria-label": heard}
    if not bound.errors:
        chosen = {"class": f"{css_of(bound)} is-set"} if bound.value() else {}
        return drawn(bound, {**more, **chosen})
    id_ = bound.id_for_label
    wrong = render_to_string("components/field_errors.html", {"errors": bound.errors, "id": id_})
    return drawn(bound, {**more, "aria-describedby": f"{id_}-error"}) + wrong


def target_of(bound: BoundField) -> str:
    """The id that a link to this field leads to; nothing for a hidden one."""
    if bound.is_hidden:
        return ""
    return f"{bound.auto_id}_0" if kind_of(bound) in {"radio", "checkbox"} else bound.id_for_label


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """What is wrong with the forms, each field as a link; nothing when all is well."""
    lines = []
    whole = []
    for form in forms:
        if not isinstance(form, BaseForm):
            raise TypeError(f"error_summary wants forms, not {form!r}")
        whole += [str(sentence) for sentence in form.non_field_errors()]
        for name in form.fields:
            bound = form[name]
            lines += [(target_of(bound), bound.label, str(wrong)) for wrong in bound.errors]
    return {"lines": lines, "whole": whole}


@register.inclusion_tag("components/combobox.html")
def combobox(
    label: str,
    *,
    id: str,
    search_url: str,
    name: str = "q",
    value: str = "",
    chosen_name: str = "",
    placeholder: str = "",
    hint: str = "",
    error: str = "",
    least: int = 3,
    autofocus: bool = False,
    required: bool = False,
    stays: bool = False,
) -> dict[str, Any]:
    """A search that lists what it finds while one types.

    From `least` characters it fetches `search_url?<name>=…`, which answers with
    `<li role="option" data-value="…">` lines and `<li data-status>4 consumers found</li>`. Choosing
    one puts its value into `chosen_name` and sends the form; an option with `data-href` is gone to.
    One that `stays` is a field among others: its `data-label` stands in the box, nothing is sent.
    """
    return {
        "label": label, "id": id, "search_url": search_url, "name": name, "value": value,
        "chosen_name": chosen_name, "placeholder": placeholder, "hint": hint, "error": error,
        "least": least, "autofocus": autofocus, "required": required, "stays": stays,
        "described_by": " ".join([f"{id}-error"] * bool(error) + [f"{id}-hint"] * bool(hint)),
    }  # fmt: skip
