"""Shape of what people type to bring a service back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from disconnections.forms.preparing import PreparingForm
from disconnections.rules.reconnections import ReconnectionWish, Returning, ReturningWish
from smart360.web.amounts import PlainNumberField
from smart360.web.fields import IsoDateField, ShownTextField
from smart360.web.formats import shown_date, shown_reading


@dataclass(frozen=True)
class ReturningFields:
    """The inputs of one service that comes back, for the template."""

    service: Returning
    meter: forms.BoundField
    reading: forms.BoundField
    read_on: forms.BoundField

    @property
    def hint(self) -> str:
        """What hangs there still, as a hint to the number."""
        in_place = self.service.in_place
        return f"Still in place: {in_place.words}." if in_place else "No meter is in place."

    @property
    def reading_hint(self) -> str:
        """What the chosen meter, or the one in place, showed last."""
        meter = self.service.meter or self.service.in_place
        if meter is None or meter.last is None:
            return "What the meter shows when the service comes back."
        last = shown_reading(meter.last.value, meter.unit)
        return f"Not below {last} of {shown_date(meter.last.read_on)}."


class ReconnectionForm(PreparingForm):
    """Meters, opening readings and service order of a reconnection; what is empty comes later.

    A field's name has its service before it, as the refusals of ``set_reconnection`` name it.
    """

    def __init__(
        self,
        *args: Any,
        services: Sequence[Returning],
        typed: Mapping[int, str],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.services = [each for each in services if each.running is None]
        for each in self.services:
            self._add(each, typed.get(each.service_connection, ""), today)

    def _add(self, service: Returning, typed: str, today: date) -> None:
        name = f"{service.service_connection}-"
        read_on = IsoDateField(
            label="Reading date", required=False, initial=service.read_on or today
        )
        read_on.widget.attrs["max"] = today.isoformat()
        choices = f"meters-{service.service_connection}"
        known = service.meter or service.in_place
        unit = known.unit if known else ""
        self.fields |= {
            f"{name}meter": ShownTextField(
                label=f"{service.utility} meter no", required=False, at_most=40, is_one_line=True,
                initial=typed,
                widget=forms.TextInput(attrs={"autocomplete": "off", "list": choices}),
            ),
            f"{name}reading": PlainNumberField(
                label=f"Opening reading in {unit}" if unit else "Opening reading",
                required=False, max_digits=12, decimal_places=3, min_value=0,
                initial=service.reading,
            ),
            f"{name}read_on": read_on,
        }  # fmt: skip

    def rows(self) -> list[ReturningFields]:
        """The services, for the template."""
        return [
            ReturningFields(
                each,
                self[f"{each.service_connection}-meter"],
                self[f"{each.service_connection}-reading"],
                self[f"{each.service_connection}-read_on"],
            )
            for each in self.services
        ]

    def wish(self) -> ReconnectionWish:
        """What is asked for; the form is valid."""
        cleaned = self.cleaned_data
        return ReconnectionWish(
            version=cleaned["version"],
            order_number=cleaned["service_order"],
            services=tuple(self._wish(each.service_connection) for each in self.services),
        )

    def _wish(self, service_connection: int) -> ReturningWish:
        cleaned, name = self.cleaned_data, f"{service_connection}-"
        value = cleaned[f"{name}reading"]
        return ReturningWish(
            service_connection=service_connection,
            meter_number=cleaned[f"{name}meter"],
            reading=value,
            read_on=cleaned[f"{name}read_on"] if value is not None else None,
        )
