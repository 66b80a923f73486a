"""The shape of the settings page and of the holiday import."""

from itertools import pairwise
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from smart360.organisation.choices import Currency, Language, PaperSize
from smart360.organisation.models import BusinessCalendar, BusinessHours
from smart360.organisation.rules import COUNTRIES, subdivisions_of, zone_names
from smart360.web.fields import shown_text

PHONE = RegexValidator(r"^[0-9+() ./-]{3,40}$", "Enter a phone number, for example (555) 123-4567.")


def text(label: str, longest: int, **more: Any) -> forms.CharField:
    """A line of text."""
    validators = [shown_text, *more.pop("validators", [])]
    return forms.CharField(label=label, max_length=longest, validators=validators, **more)


class UtilityForm(forms.Form):
    """Everything about the utility that pages and paper show (ADM2)."""

    name = text("Name", 120)
    address = text("Address", 200, required=False)
    phone = text("Customer service phone", 40, validators=[PHONE])
    email = forms.EmailField(label="Customer service e-mail", max_length=254)
    emergency_phone = text("Emergency number", 40, validators=[PHONE])
    business_hours = text("Business hours", 120, help_text="As consumers read them.")
    website = forms.URLField(label="Website", required=False, max_length=200, assume_scheme="https")
    currency = forms.ChoiceField(choices=Currency.choices)
    time_zone = forms.ChoiceField(
        label="Time zone", help_text="Every date and time is shown in it."
    )
    language = forms.ChoiceField(choices=Language.choices)
    paper_size = forms.ChoiceField(label="Paper size", choices=PaperSize.choices)
    logo = forms.FileField(
        required=False,
        help_text="PNG or JPG, at most 512 kB.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    removes_logo = forms.BooleanField(required=False, label="Remove the logo")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = [(name, name.replace("_", " ")) for name in zone_names()]

    @classmethod
    def stored_fields(cls) -> list[str]:
        """The fields that hold text; the logo is a matter of its own."""
        return [name for name in cls.base_fields if name not in {"logo", "removes_logo"}]

    def values(self) -> dict[str, str]:
        """What was typed, without the logo."""
        return {name: self.cleaned_data[name] for name in self.stored_fields()}


class HolidayImportForm(forms.Form):
    """Whose public holidays, and of which year."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()))
    subdivision = forms.CharField(
        label="State or province",
        required=False,
        max_length=10,
        help_text="Its abbreviation, for example IL. Empty for the whole country.",
    )
    year = forms.RegexField(
        r"^20[0-9]{2}$", error_messages={"invalid": "Enter a year, for example 2026."}
    )

    def clean(self) -> dict[str, Any]:
        """The state belongs to the country."""
        typed = super().clean() or {}
        state = typed.get("subdivision", "").upper()
        known = subdivisions_of(typed.get("country", ""))
        if state and state not in known:
            self.add_error("subdivision", f"Choose one of: {', '.join(known) or 'none'}.")
        typed["subdivision"] = state
        if "year" in typed:
            typed["year"] = int(typed["year"])
        return typed


class HoursFormSet(forms.BaseInlineFormSet[BusinessHours, BusinessCalendar, Any]):
    """The windows of a calendar; those of one day do not overlap."""

    def clean(self) -> None:
        """Say at the later window which earlier one it runs into."""
        super().clean()
        windows: list[tuple[BusinessHours, forms.BaseForm]] = [
            (form.instance, form)
            for form in self.forms
            if form.cleaned_data.get("opens")
            and form.cleaned_data.get("closes")
            and not form.cleaned_data.get("DELETE")
        ]
        windows.sort(key=lambda pair: (pair[0].weekday, pair[0].opens))
        for (one, _), (other, form) in pairwise(windows):
            if one.weekday == other.weekday and other.opens < one.closes:
                form.add_error("opens", f"This overlaps {one}.")


class CalendarForm(forms.ModelForm[BusinessCalendar]):
    """A calendar; its zone is chosen, not typed."""

    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name) for name in zone_names()],
        help_text="Opening and closing times are meant in this zone.",
    )
