"""The forms of service orders: create, plan, assign, complete, cancel."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from smart360.fieldwork.choices import CHOSEN_BY_PEOPLE, Cancelled
from smart360.fieldwork.models import OrderTemplate
from smart360.fieldwork.ports import Window
from smart360.fieldwork.queries.technicians import TechnicianChoice
from smart360.fieldwork.rules import LONGEST_REMARKS, LONGEST_WORDS
from smart360.kernel.text import REQUIRED
from smart360.web.fields import (
    ClockTimeField,
    CodeField,
    IsoDateField,
    KeyField,
    KeysField,
    ShownTextField,
)


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OrderForm(forms.Form):
    """A new service order (004, Service order tab)."""

    template = KeyField(label="Service Order Type", widget=forms.Select, choices=())
    scheduled_on = IsoDateField(label="Scheduled Date", required=False)
    remarks = ShownTextField(
        label="Remarks", required=False, at_most=LONGEST_REMARKS, widget=_text_area(2)
    )

    def __init__(self, *args: Any, templates: Sequence[OrderTemplate], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "order-%s")
        super().__init__(*args, **kwargs)
        offered = self.fields["template"]
        assert isinstance(offered, KeyField)
        offered.offer((str(each.pk), str(each)) for each in templates)


class ProfileOrderForm(OrderForm):
    """A new service order from a consumer's profile, for some of its services."""

    services = KeysField(label="Services", required=False)

    field_order = ("template", "services", "scheduled_on", "remarks")

    def __init__(self, *args: Any, services: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["services"]
        assert isinstance(offered, KeysField)
        offered.offer(services)


class PlanForm(forms.Form):
    """When somebody goes there: a day and, if it matters, from when until when."""

    day = IsoDateField(label="Scheduled Date")
    starts = ClockTimeField(label="From", required=False)
    ends = ClockTimeField(label="To", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "plan-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        """Both times, or none."""
        times = [name for name in ("starts", "ends") if self.cleaned_data.get(name)]
        for name in ("starts", "ends"):
            if times and name not in times and name not in self.errors:
                self.add_error(name, REQUIRED)

    def window(self) -> Window | None:
        """From when until when, if that was said."""
        starts: time | None = self.cleaned_data.get("starts")
        ends: time | None = self.cleaned_data.get("ends")
        return (starts, ends) if starts and ends else None


class AssignForm(forms.Form):
    """Who goes there, on the order's own day."""

    technician = KeyField(label="Technician", widget=forms.Select, choices=())

    def __init__(self, *args: Any, choices: Sequence[TechnicianChoice], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "assign-%s")
        super().__init__(*args, **kwargs)
        offered = self.fields["technician"]
        assert isinstance(offered, KeyField)
        offered.offer(
            [
                ("", "Choose a technician"),
                *((str(each.key), _in_words(each)) for each in choices if each.is_trained),
            ]
        )


def _in_words(choice: TechnicianChoice) -> str:
    """``Luis Ortega · 240 of 480 min free``"""
    free = f"{choice.free} of {choice.minutes} min free"
    far = "" if choice.is_near else " · another area"
    return f"{choice.name} · {free}{far}"


class CompleteForm(forms.Form):
    """What was done on the spot."""

    words = ShownTextField(label="What was done", at_most=LONGEST_WORDS, widget=_text_area(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "complete-%s")
        super().__init__(*args, **kwargs)


class CancelForm(forms.Form):
    """Why an order is called off."""

    reason = CodeField(
        label="Reason",
        choices=[
            ("", "Choose a reason"),
            *((code.value, Cancelled(code).label) for code in CHOSEN_BY_PEOPLE),
        ],
    )
    note = ShownTextField(
        label="Note", required=False, at_most=LONGEST_REMARKS, widget=_text_area(2)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "cancel-%s")
        super().__init__(*args, **kwargs)


class MinutesForm(forms.Form):
    """How long a technician works on one day; 0 is a day off."""

    day = IsoDateField(label="Day", widget=forms.HiddenInput)
    minutes = forms.IntegerField(label="Minutes", min_value=0, max_value=24 * 60)
