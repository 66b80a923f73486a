"""Configuration of disconnections: reasons, visit slots, protections (ADM1)."""

from datetime import time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from consumers.choices import UtilityType
from consumers.models import Category
from disconnections import operations
from disconnections.choices import Stage
from disconnections.models import (
    ClosurePolicy,
    ProtectionRule,
    Reason,
    RulePack,
    TimeSlot,
    WeatherAlert,
)
from disconnections.models.protections import REQUEST_KIND_CHOICES
from disconnections.queries.slots import fullest_day, has_bookings, overlapping_slot
from disconnections.queries.verdicts import example_packs
from disconnections.rules import MOST_VISITS, days_without_slot
from disconnections.rules.days import is_month_day
from disconnections.rules.protections import why_not_sentence
from smart360.organisation.choices import Weekday
from smart360.organisation.context import today_in_use
from smart360.organisation.queries import get_utility
from smart360.web.admin import ConfigurationAdmin
from smart360.web.formats import shown_date, shown_slot
from smart360.web.gate import person_id

CODE = r"^[A-Z0-9][A-Z0-9-]{1,19}$"


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
        fields = (
            "kind", "code", "label", "description", "priority", "permanence", "is_for_debt",
            "is_wished", "is_active",
        )  # fmt: skip


@admin.register(Reason)
class ReasonAdmin(ConfigurationAdmin):
    """Why services are disconnected or reconnected. One that was used keeps what it means."""

    form = ReasonForm
    list_display = ("code", "label", "kind", "priority", "permanence", "times_used", "is_active")
    list_filter = ("kind", "priority", "is_active")
    search_fields = ("code", "label", "description")
    ordering = ("kind", "code")
    sentences = {
        "nobody_wishes_to_be_cut_for_debt": "Either for non-payment or wished by the consumer.",
        "only_a_disconnection_is_for_debt": "Only a disconnection can be for non-payment.",
    }

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
        """A reason that stands on requests does not become another one.

        What is no longer for a debt would be cut off although it is paid.
        """
        is_used = obj is not None and obj.requests.exists()
        return ("kind", "code", "is_for_debt", "is_wished") if is_used else ()


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
        fullest = fullest_day(self.instance.pk, since=today_in_use(), above=capacity)
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
        for day in days_without_slot(obj.starts, obj.ends, zone, since=today_in_use()):
            words = f"This slot does not exist on {day}, when the clocks change: not bookable."
            self.message_user(request, words, messages.WARNING)


@admin.register(ClosurePolicy)
class ClosurePolicyAdmin(ConfigurationAdmin):
    """The one row of rules for ending a service, and for its coming back."""

    list_display = (
        "__str__",
        "minimum_items",
        "asks_identity",
        "reconnection_fee",
        "run_alone_up_to",
    )
    fields = ("minimum_items", "asks_identity", "reconnection_fee", "run_alone_up_to")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False


# ------------------------------------------------------------------ protections
def several(*, required: bool = False, **more: Any) -> forms.TypedMultipleChoiceField:
    """Several of a list, each with a box."""
    return forms.TypedMultipleChoiceField(
        required=required, widget=forms.CheckboxSelectMultiple, empty_value=[], **more
    )


class ProtectionRuleForm(forms.ModelForm[ProtectionRule]):
    """One rule; what its condition needs and what its sentence may name are checked here."""

    stages = several(label="Asked at", choices=Stage.choices, required=True)
    kinds = several(label="Types", choices=REQUEST_KIND_CHOICES, required=True)
    reasons = several()
    utilities = several(choices=UtilityType.choices)
    categories = several()
    weekdays = several(choices=Weekday.choices, coerce=int)

    class Meta:
        model = ProtectionRule
        fields = (
            "code", "name", "pack", "answer", "condition", "sentence", "source", "stages",
            "kinds", "only_for_debt", "reasons", "utilities", "categories", "areas", "amount",
            "days", "counts_business_days", "weekdays", "not_before", "not_after",
            "and_the_day_before", "season_from", "season_to", "weather", "hold_kind", "from_on",
            "until_on", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (
            ("reasons", Reason.objects.order_by("code").values_list("code", "label")),
            ("categories", Category.objects.order_by("name").values_list("name", "name")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)
            known = dict(offered)
            kept = getattr(self.instance, name) or []
            field.choices = [*known.items(), *((each, each) for each in kept if each not in known)]

    def clean_sentence(self) -> str:
        """Only placeholders that every rule can fill."""
        sentence: str = self.cleaned_data["sentence"]
        if why := why_not_sentence(sentence):
            raise forms.ValidationError(why)
        return sentence

    def clean(self) -> dict[str, Any]:
        """A season has days that the calendar has."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("season_from", "season_to"):
            if cleaned.get(name) and not is_month_day(cleaned[name]):
                self.add_error(name, "Enter month and day, such as 12-01.")
        return cleaned


class ExamplePacksForm(forms.Form):
    """Which example packs to take over."""

    packs = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["packs"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (pack.name, f"{pack.title} ({pack.rules} rules)") for pack in example_packs()
        ]


@admin.register(RulePack)
class RulePackAdmin(ConfigurationAdmin):
    """Rules that belong together. Enabled they count; the examples come switched off."""

    list_display = ("name", "code", "how_many", "is_enabled")
    list_filter = ("is_enabled",)
    search_fields = ("code", "name")
    ordering = ("name",)
    fields = ("code", "name", "note", "is_enabled")
    sentences = {
        "rule_pack_code_is_taken_once": "There is a pack of this code already.",
        "rule_pack_code_is_a_code": "Use capital letters, digits and hyphens, such as US-NY.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each pack with how many rules it has."""
        packs: QuerySet[RulePack] = super().get_queryset(request)
        counted: QuerySet[Any] = packs.annotate(size=Count("rules"))
        return counted

    @admin.display(description="rules", ordering="size")
    def how_many(self, pack: Any) -> int:
        """How many rules it has."""
        size: int = pack.size
        return size

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A pack keeps its code: fixtures name it."""
        return ("code",) if obj is not None else ()

    def get_urls(self) -> list[URLPattern]:
        """One page more: the examples."""
        page = self.admin_site.admin_view(self.examples_view)
        name = "disconnections_rulepack_examples"
        return [path("examples/", page, name=name), *super().get_urls()]

    def examples_view(self, request: HttpRequest) -> HttpResponse:
        """Take over example packs, which cite what was published; they come switched off."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ExamplePacksForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            new = operations.load_rule_packs(
                names=form.cleaned_data["packs"], by=person_id(request) or 0
            )
            messages.success(request, f"{new} rules were added, switched off with their packs.")
            return HttpResponseRedirect(reverse("admin:disconnections_rulepack_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Take over example packs",
            "form": form,
            "opts": self.opts,
            "submit": "Take over",
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/one_form.html", context, status=status)


@admin.register(ProtectionRule)
class ProtectionRuleAdmin(ConfigurationAdmin):
    """When somebody is not to be cut off, or only with approval. Each change is a version."""

    form = ProtectionRuleForm
    list_display = ("code", "name", "pack", "condition", "answer", "only_for_debt", "is_active")
    list_filter = ("is_active", "answer", "condition", "pack")
    list_select_related = ("pack",)
    search_fields = ("code", "name", "sentence", "source")
    ordering = ("pack", "code")
    fieldsets = (
        (None, {"fields": ("code", "name", "pack", "answer", "sentence", "source", "is_active")}),
        (
            "When it applies",
            {
                "fields": (
                    "condition", "amount", "days", "counts_business_days", "weekdays",
                    "not_before", "not_after", "and_the_day_before", "season_from", "season_to",
                    "weather", "hold_kind",
                ),
                "description": "Fill in only what the condition needs.",
            },
        ),
        (
            "To what it applies",
            {
                "fields": (
                    "kinds", "only_for_debt", "reasons", "utilities", "categories", "areas",
                ),
                "description": "Nothing chosen means every one.",
            },
        ),
        ("At which stages and days", {"fields": ("stages", "from_on", "until_on")}),
    )  # fmt: skip
    sentences = {
        "protection_code_is_taken_once": "There is a rule of this code already.",
        "protection_code_is_a_code": "Use capital letters, digits and hyphens, such as NY-HOURS.",
        "a_protection_by_amount_has_one": "A rule by amount has an amount, and no other has.",
        "a_protection_by_days_has_them": "A rule by days overdue or by notice has 1 to 3660 days.",
        "only_a_notice_counts_business_days": "Only a notice counts business days.",
        "a_protection_by_weekday_has_some": "A rule by weekday has some, and no other has.",
        "a_protection_by_hours_has_them": "A rule by hours says from when or until when, in order.",
        "only_a_holiday_has_a_day_before": "Only a rule by holiday has a day before.",
        "a_protection_by_season_has_one": "A rule by season says from and to, such as 12-01.",
        "a_protection_by_weather_has_one": "A rule by weather says which, and no other does.",
        "a_protection_by_hold_has_one": "A rule by account hold says which, and no other does.",
        "what_always_applies_says_to_what": "What always applies names reasons, categories,"
        " utilities or areas.",
        "a_protection_ends_after_it_begins": "The last day is before the first.",
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Verdicts name a rule by its code: it keeps it."""
        return ("code",) if obj is not None else ()


@admin.register(WeatherAlert)
class WeatherAlertAdmin(ConfigurationAdmin):
    """Weather in which nobody should be without supply, declared for an area and days."""

    list_display = ("kind", "area", "from_on", "to_on", "source", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("area", "source")
    ordering = ("-to_on",)
    sentences = {"weather_ends_after_it_begins": "The last day is before the first."}
