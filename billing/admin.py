"""Tariffs, the billing policy and the keys of gateways, for administrators (BIL4, BIL7, ADM1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.models import ApiKey, BillingPolicy, Tariff, TariffSlab, TariffTax
from billing.operations.api_keys import UnableToMakeKey, make_key, retire_key
from billing.operations.tariffs import UnableToCopyTariff, copy_as_new_version
from billing.queries.tariffs import is_used, is_used_after, overlapping
from consumers.models import Category
from smart360.kernel import clock
from smart360.kernel.text import REQUIRED
from smart360.organisation.context import today_in_use
from smart360.web.admin import STRICT_FIELDS, ConfigurationAdmin, ConfigurationInline
from smart360.web.amounts import PlainNumberField
from smart360.web.fields import PlainDateField, ShownTextField, TickField
from smart360.web.formats import shown_date
from smart360.web.gate import person_id

DAY = timedelta(days=1)
LARGEST_CHARGE = Decimal("9999999.99")
LARGEST_BOUND = Decimal("99999999.999")
LARGEST_RATE = Decimal("99999.999999")
MONEY_LIMIT = Decimal("9999999999.99")
NUMBERS = STRICT_FIELDS | {models.DecimalField: {"form_class": PlainNumberField}}
WHILE_UNUSED = ("name", "utility_type", "category", "begins_on", "fixed_charge")


def within(least: str, most: str, value: Decimal | int | None) -> None:
    """Refuse a number outside of its limits, in a sentence."""
    if value is not None and not Decimal(least) <= value <= Decimal(most):
        raise ValidationError(f"Enter a number from {least} to {most}.", code="limits")


# ------------------------------------------------------------------ tariffs
class TariffForm(forms.ModelForm[Tariff]):
    """One version of a tariff; its days are typed as first and last day."""

    begins_on = PlainDateField(label="First day")
    last_on = PlainDateField(
        label="Last day", required=False, help_text="To retire a tariff. Empty: it goes on."
    )

    class Meta:
        model = Tariff
        fields = ("name", "utility_type", "category", "fixed_charge")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        valid = self.instance.valid if self.instance.pk else None
        if valid is not None and "begins_on" in self.fields:
            self.fields["begins_on"].initial = valid.lower
        if valid is not None and valid.upper is not None and "last_on" in self.fields:
            self.fields["last_on"].initial = valid.upper - DAY
        if "category" in self.fields:
            self.fields["category"].queryset = _categories(self.instance)  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_fixed_charge(self) -> Decimal:
        """A sum that a bill can show."""
        charge: Decimal = self.cleaned_data["fixed_charge"]
        within("0.00", str(LARGEST_CHARGE), charge)
        return charge

    def clean(self) -> dict[str, Any]:
        """The last day after the first, nobody else's days, no day that is on a bill already."""
        cleaned: dict[str, Any] = super().clean() or {}
        begins, last = cleaned.get("begins_on"), cleaned.get("last_on")
        if "begins_on" not in self.fields:
            begins = self.instance.valid.lower
        if begins is None or "last_on" in self.errors:
            return cleaned
        if last is not None and last < begins:
            self.add_error("last_on", "The last day lies before the first.")
            return cleaned
        self._check_days(cleaned, begins, last)
        self.instance.valid = DateRange(begins, last + DAY if last else None)
        return cleaned

    def _check_days(self, cleaned: Mapping[str, Any], begins: date, last: date | None) -> None:
        key = self.instance.pk
        if key and last and is_used_after(key, last):
            self.add_error("last_on", "Bills were made by it for days after this one.")
        utility = cleaned.get("utility_type", self.instance.utility_type)
        category = cleaned.get("category")
        category_key = category.pk if category else self.instance.category_id
        if not utility or not category_key:
            return
        other = overlapping(
            utility_type=utility,
            category=category_key,
            begins_on=begins,
            until=last + DAY if last else None,
            but=key,
        )
        if other is not None:
            field = "begins_on" if "begins_on" in self.fields else "last_on"
            self.add_error(field, f"{other.name} is valid from {shown_date(other.valid.lower)} on.")


def _categories(tariff: Tariff) -> QuerySet[Category]:
    """Those in use, and the one that this tariff is of."""
    in_use = Category.objects.filter(is_active=True)
    return in_use | Category.objects.filter(pk=tariff.category_id)


class SlabForm(forms.ModelForm[TariffSlab]):
    """One slab; a wrong number is refused at its field."""

    class Meta:
        model = TariffSlab
        fields = ("above", "rate")

    def clean_above(self) -> Decimal:
        """Where a slab begins."""
        above: Decimal = self.cleaned_data["above"]
        within("0.000", str(LARGEST_BOUND), above)
        return above

    def clean_rate(self) -> Decimal:
        """What a unit costs."""
        rate: Decimal = self.cleaned_data["rate"]
        within("0.000000", str(LARGEST_RATE), rate)
        return rate


FIRST_SLAB = "The first slab begins at 0. If what lies below is free, add a slab from 0 at rate 0."
SAME_SLAB = "Another slab begins there."


class SlabFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """The slabs of a tariff together. Their order is their bounds', however they were typed."""

    def clean(self) -> None:
        """The first begins at 0, and no two at the same; said at the bound that is wrong."""
        typed = [
            form
            for form in self.forms
            if "above" in getattr(form, "cleaned_data", {}) and not form.cleaned_data.get("DELETE")
        ]
        typed.sort(key=lambda form: form.cleaned_data["above"])
        if typed and typed[0].cleaned_data["above"] > 0 and not any(self.errors):
            typed[0].add_error("above", FIRST_SLAB)
        for before, form in pairwise(typed):
            if before.cleaned_data.get("above") == form.cleaned_data["above"]:
                before.add_error("above", SAME_SLAB)
        super().clean()


class TaxForm(forms.ModelForm[TariffTax]):
    """One tax; a wrong number is refused at its field."""

    class Meta:
        model = TariffTax
        fields = ("name", "percent", "is_on_fixed", "is_on_usage")

    def clean_percent(self) -> Decimal:
        """A percentage."""
        percent: Decimal = self.cleaned_data["percent"]
        within("0.000", "100.000", percent)
        return percent


class RatesInline(ConfigurationInline):
    """What belongs to a tariff: changed and removed until an invoice was made by it."""

    can_be_removed = True
    formfield_overrides = NUMBERS

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is unused."""
        return super().has_add_permission(request, obj) and not _is_sealed(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is unused."""
        return super().has_change_permission(request, obj) and not _is_sealed(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """While it is unused."""
        return super().has_delete_permission(request, obj) and not _is_sealed(obj)


class SlabInline(RatesInline):
    """Consumption by monthly slabs; the bounds shrink and grow with the days of a bill."""

    model = TariffSlab
    form = SlabForm
    formset = SlabFormSet
    ordering = ("above",)


class TaxInline(RatesInline):
    """Taxes, each on the sum of what it is on."""

    model = TariffTax
    form = TaxForm
    ordering = ("pk",)


def _is_sealed(tariff: Tariff | None) -> bool:
    return tariff is not None and not tariff._state.adding and is_used(tariff.pk)


@admin.register(Tariff)
class TariffAdmin(ConfigurationAdmin):
    """What supply costs. A tariff that made an invoice only ends; its next version is a copy."""

    form = TariffForm
    formfield_overrides = NUMBERS
    inlines = (SlabInline, TaxInline)
    history_relations = {"slabs": "tariff", "taxes": "tariff"}
    list_display = ("name", "utility_type", "category", "begins_on", "last_day", "fixed_charge")
    list_filter = ("utility_type", "category")
    list_select_related = ("category",)
    search_fields = ("name",)
    ordering = ("utility_type", "category", "-valid")
    fields = ("name", "utility_type", "category", "begins_on", "last_on", "fixed_charge")
    actions = ("copy_versions",)  # type: ignore[assignment]  # the base has none
    sentences = {
        "one_tariff_at_a_time": "Another tariff is valid for them on some of these days.",
        "a_used_tariff_stays": "Bills were made by this tariff: copy it as a new version.",
        "a_slab_begins_once": SAME_SLAB,
        "slabs_begin_at_nothing": FIRST_SLAB,
        "a_tax_is_named_once": "This tariff has a tax of that name.",
    }

    @admin.display(description="first day", ordering="valid")
    def begins_on(self, tariff: Tariff) -> str:
        """From when on."""
        return shown_date(tariff.valid.lower)

    @admin.display(description="last day")
    def last_day(self, tariff: Tariff) -> str:
        """Until when, if it ends."""
        return shown_date(tariff.valid.upper - DAY) if tariff.valid.upper else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All but the last day, once an invoice was made by it."""
        return WHILE_UNUSED if _is_sealed(obj) else ()

    @admin.action(description="Copy as new version")
    def copy_versions(self, request: HttpRequest, chosen: QuerySet[Tariff]) -> HttpResponse | None:
        """The next version of each, from next month on; of one, to be changed at once."""
        made = []
        for tariff in chosen:
            try:
                made.append(copy_as_new_version(tariff=tariff.pk, on=today_in_use()))
            except UnableToCopyTariff as refusal:
                self.message_user(request, refusal.sentence, messages.ERROR)
        if len(made) != 1:
            return None
        self.message_user(request, "This is the new version: change its rates.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:billing_tariff_change", args=[made[0].pk]))


# ------------------------------------------------------------------ the policy
class PolicyForm(forms.ModelForm[BillingPolicy]):
    """The utility's rules for money; every refusal stands at its field."""

    LIMITS = {
        "days_to_pay": ("1", "365"),
        "two_people_from": ("0.00", str(MONEY_LIMIT)),
        "refund_two_people_from": ("0.00", str(MONEY_LIMIT)),
        "largest_payment": ("0.01", str(MONEY_LIMIT)),
        "deposit_interest": ("0.000", "100.000"),
        "unusual_from": ("2", "1000"),
    }

    class Meta:
        model = BillingPolicy
        fields = "__all__"  # noqa: DJ007  (there is nothing in it that an administrator may not set)

    def clean(self) -> dict[str, Any]:
        """Each number within its limits."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, limits in self.LIMITS.items():
            try:
                within(*limits, cleaned.get(name))
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned


@admin.register(BillingPolicy)
class BillingPolicyAdmin(ConfigurationAdmin):
    """The one row of rules for money."""

    form = PolicyForm
    formfield_overrides = NUMBERS
    list_display = ("__str__", "days_to_pay", "two_people_from", "refund_two_people_from")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False


# ------------------------------------------------------------------ the keys of gateways
class NewKeyForm(forms.Form):
    """Whose key it will be."""

    name = ShownTextField(
        label="Name", at_most=60, is_one_line=True, help_text="The gateway, and the year perhaps."
    )


class RetireForm(forms.Form):
    """Whether it is meant."""

    is_meant = TickField(label="From now on the gateway is refused under this key")

    def clean_is_meant(self) -> bool:
        """Retiring is for good."""
        if not self.cleaned_data["is_meant"]:
            raise ValidationError(REQUIRED, code="required")
        return True


@admin.register(ApiKey)
class ApiKeyAdmin(ConfigurationAdmin):
    """API keys: made, shown this once, retired; never changed (docs/API.md)."""

    list_display = ("name", "prefix", "is_active", "created_at", "created_by")
    list_filter = ("is_active",)
    list_select_related = ("created_by",)
    ordering = ("-created_at",)
    fields = ("name", "prefix", "is_active", "created_at", "created_by", "retire_link")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a key is made and retired, each on a page of its own."""
        return False

    @admin.display(description="retire")
    def retire_link(self, key: ApiKey) -> SafeString | str:
        """Where the key is retired."""
        if not key.is_active:
            return "It is retired and opens nothing any more."
        url = reverse("admin:billing_apikey_retire", args=[key.pk])
        return format_html('<a href="{}">Retire this key</a>', url)

    def get_urls(self) -> list[URLPattern]:
        """One page more: the end of a key."""
        page = self.admin_site.admin_view(self.retire_view)
        return [path("<int:pk>/retire/", page, name="billing_apikey_retire"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Make a key, and show it the one time that it can be shown."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewKeyForm(request.POST if request.method == "POST" else None)
        context = {
            **self.admin_site.each_context(request),
            "title": "New API key",
            "form": form,
            "opts": self.opts,
        }
        if request.method == "POST" and form.is_valid():
            name = form.cleaned_data["name"]
            try:
                made = make_key(name=name, by=person_id(request), at=clock.now())
            except UnableToMakeKey as refusal:
                form.add_error(refusal.field, refusal.sentence)
            else:
                context |= {"name": name, "secret": made.secret}
        status = 201 if "secret" in context else 200
        return TemplateResponse(request, "admin/new_api_key.html", context, status=status)

    def retire_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once, then let the key open nothing any more."""
        key = self.get_object(request, str(pk))
        if key is None:
            raise Http404
        if not self.has_view_permission(request, key):
            raise PermissionDenied
        form = RetireForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            retire_key(key=pk)
            self.message_user(request, f"{key} is retired.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:billing_apikey_change", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Retire {key}",
            "form": form,
            "opts": self.opts,
            "object": key,
            "submit": "Retire",
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/one_form.html", context, status=status)
