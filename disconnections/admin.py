"""Configuration of disconnections: reasons and visit slots (ADM1)."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest

from disconnections.models import ClosurePolicy, Reason, TimeSlot
from disconnections.queries.slots import fullest_day, has_bookings, overlapping_slot
from disconnections.rules import MOST_VISITS, days_without_slot
from smart360.kernel import clock
from smart360.organisation.queries import get_utility
from smart360.web.admin import ConfigurationAdmin
from smart360.web.formats import shown_date, shown_slot

CODE = r"^[A-Z0-9][A-Z0-9-]{1,19}$"


def today_in(zone: ZoneInfo) -> date:
    """The utility's day."""
    return clock.now().astimezone(zone).date()


class ReasonForm(forms.ModelForm[Reason]):
    """One reason; its code is what people say on the phone."""

    code = forms.RegexField(
        regex=CODE,
        max_length=20,
        help_text="Capital letters, digits and hyphens, such as NP-001.",
        error_messages={"invalid": "Use capital letters, digits and hyphens, such as NP-001."},
    )

    class Meta:
        model = Reason
        fields = ("kind", "code", "label", "description", "priority", "permanence", "is_active")


@admin.register(Reason)
class ReasonAdmin(ConfigurationAdmin):
    """Why services are disconnected or reconnected. One that was used keeps its type and code."""

    form = ReasonForm
    list_display = ("code", "label", "kind", "priority", "permanence", "times_used", "is_active")
    list_filter = ("kind", "priority", "is_active")
    search_fields = ("code", "label", "description")
    ordering = ("kind", "code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each reason with how often it was given."""
        reasons: QuerySet[Reason] = super().get_queryset(request)
        counted: QuerySet[Any] = reasons.annotate(uses=Count("requests"))
        return counted

    @admin.display(description="requests", ordering="uses")
    def times_used(self, reason: Any) -> int:
        """How many requests gave this reason."""
        uses: int = reason.uses
        return uses

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A reason that stands on requests does not become another one."""
        return ("kind", "code") if obj is not None and obj.requests.exists() else ()


class TimeSlotForm(forms.ModelForm[TimeSlot]):
    """One window of the day; every refusal stands at its field (bad-inputs.md 140)."""

    class Meta:
        model = TimeSlot
        fields = ("starts", "ends", "capacity", "is_active")

    def clean(self) -> dict[str, Any]:
        """End after start, no overlap, a capacity that holds what is booked."""
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts is not None and ends is not None:
            self._check_window(starts, ends, is_active=bool(cleaned.get("is_active")))
        capacity = cleaned.get("capacity")
        if capacity is not None and "capacity" not in self.errors:
            self._check_capacity(capacity)
        return cleaned

    def _check_window(self, starts: time, ends: time, *, is_active: bool) -> None:
        if ends <= starts:
            self.add_error("ends", "The slot has to end after it starts.")
            return
        is_moved = self.instance.pk and {"starts", "ends"} & set(self.changed_data)
        if is_moved and has_bookings(self.instance.pk):
            self.add_error("starts", "This slot has bookings: retire it and add a new one.")
        other = overlapping_slot(starts, ends, but=self.instance.pk) if is_active else None
        if other is not None:
            words = shown_slot(other.starts, other.ends)
            self.add_error("starts", f"This overlaps the slot {words}.")

    def _check_capacity(self, capacity: int) -> None:
        if not 1 <= capacity <= MOST_VISITS:
            self.add_error("capacity", f"Enter a number from 1 to {MOST_VISITS}.")
            return
        if not self.instance.pk:
            return
        today = today_in(get_utility().zone)
        fullest = fullest_day(self.instance.pk, since=today, above=capacity)
        if fullest is not None:
            self.add_error(
                "capacity",
                f"On {shown_date(fullest.day)} {fullest.booked} places are booked already.",
            )


@admin.register(TimeSlot)
class TimeSlotAdmin(ConfigurationAdmin):
    """Visit windows that people can choose, every day the same."""

    form = TimeSlotForm
    list_display = ("window", "capacity", "most_booked", "is_active")
    list_filter = ("is_active",)
    ordering = ("starts",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each slot with its fullest day."""
        slots: QuerySet[TimeSlot] = super().get_queryset(request)
        counted: QuerySet[Any] = slots.annotate(fullest=Max("days__booked"))
        return counted

    @admin.display(description="slot", ordering="starts")
    def window(self, slot: TimeSlot) -> str:
        """The window as people read it."""
        return shown_slot(slot.starts, slot.ends)

    @admin.display(description="most booked on a day")
    def most_booked(self, slot: Any) -> int:
        """The places taken on the fullest day so far."""
        return slot.fullest or 0

    def save_model(self, request: HttpRequest, obj: TimeSlot, form: Any, change: bool) -> None:
        """Save, and say on which day the clocks skip the slot (bad-inputs.md 47)."""
        super().save_model(request, obj, form, change)
        zone = get_utility().zone
        for day in days_without_slot(obj.starts, obj.ends, zone, since=today_in(zone)):
            words = f"This slot does not exist on {day}, when the clocks change: not bookable."
            self.message_user(request, words, messages.WARNING)


@admin.register(ClosurePolicy)
class ClosurePolicyAdmin(ConfigurationAdmin):
    """The one row of rules for ending a service, and for its coming back."""

    list_display = ("__str__", "minimum_items", "asks_identity", "reconnection_fee")
    fields = ("minimum_items", "asks_identity", "reconnection_fee")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False
