"""Categories of complaints and their limits in Django admin (ADM1, CMP2, CMP5)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from complaints.models import (
    ComplaintCategory,
    ComplaintName,
    ComplaintSettings,
    ComplaintSubcategory,
)
from smart360.web.admin import ConfigurationAdmin

CODE = r"^[a-z][a-z0-9-]{1,29}$"


STAFF_OR_BILLS = "What is about our staff is hidden, and a disputed amount shows. Choose one."


class CategoryForm(forms.ModelForm[ComplaintCategory]):
    """One category; SLA policies know it by its code."""

    code = forms.RegexField(
        regex=CODE,
        max_length=30,
        help_text="Small letters, digits and hyphens, such as service-quality. It never changes.",
        error_messages={"invalid": "Use small letters, digits and hyphens, such as billing."},
    )

    class Meta:
        model = ComplaintCategory
        fields = ("code", "name", "priority", "is_about_staff", "is_about_bills", "is_active")

    def clean(self) -> dict[str, Any]:
        """What is about staff is not about bills; whether it is the first never changes."""
        cleaned = super().clean() or self.cleaned_data
        is_about_staff = cleaned.get("is_about_staff", self.instance.is_about_staff)
        if is_about_staff and cleaned.get("is_about_bills"):
            self.add_error("is_about_bills", STAFF_OR_BILLS)
        return cleaned


@admin.register(ComplaintCategory)
class ComplaintCategoryAdmin(ConfigurationAdmin):
    """What complaints are about. One in use is retired, never deleted; its code stays."""

    form = CategoryForm
    list_display = ("name", "code", "priority", "is_about_staff", "is_about_bills", "is_active")
    list_filter = ("is_active", "priority")
    search_fields = ("name", "code")
    ordering = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Policies rest on the code; what complaints about staff are hidden by stays with them."""
        return ("code", "is_about_staff") if obj is not None else ()


@admin.register(ComplaintSubcategory)
class ComplaintSubcategoryAdmin(ConfigurationAdmin):
    """The parts of the categories."""

    list_display = ("name", "category", "is_active")
    list_filter = ("is_active", "category")
    list_select_related = ("category",)
    search_fields = ("name",)
    ordering = ("category__name", "name")
    fields = ("category", "name", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A sub-category stays in its category: what was complained of keeps its place."""
        return ("category",) if obj is not None else ()


@admin.register(ComplaintName)
class ComplaintNameAdmin(ConfigurationAdmin):
    """What people complain about, in each sub-category."""

    list_display = ("name", "subcategory", "category", "is_active")
    list_filter = ("is_active", "subcategory__category")
    list_select_related = ("subcategory__category",)
    search_fields = ("name", "subcategory__name")
    ordering = ("subcategory__category__name", "subcategory__name", "name")
    fields = ("subcategory", "name", "is_active")

    @admin.display(description="category", ordering="subcategory__category__name")
    def category(self, name: ComplaintName) -> str:
        """Where its sub-category stands."""
        return name.subcategory.category.name

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A complaint stays in its sub-category."""
        return ("subcategory",) if obj is not None else ()


@admin.register(ComplaintSettings)
class ComplaintSettingsAdmin(ConfigurationAdmin):
    """The one row of limits: incidents, reopening, drafts, files."""

    fields = (
        "longest_incident_days", "reopen_within_days", "draft_kept_days", "most_files",
        "most_megabytes",
    )  # fmt: skip
    list_display = ("__str__", *fields)
    sentences = {
        "an_incident_lies_within_ten_years": "Take 1 to 3650 days.",
        "reopening_ends_within_a_year": "Take 1 to 365 days.",
        "a_draft_is_kept_for_some_days": "Take 1 to 90 days.",
        "a_complaint_takes_some_files": "Take 1 to 20 files.",
        "a_complaint_takes_some_megabytes": "Take 1 to 200 megabytes.",
    }

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False
