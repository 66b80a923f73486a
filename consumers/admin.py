"""Categories of consumers, kinds of protection and warehouses, for administrators (ADM1)."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from consumers.models import (
    Category,
    CollectionPolicy,
    ProtectionKind,
    Subcategory,
    Warehouse,
)
from smart360.web.admin import STRICT_FIELDS, ConfigurationAdmin
from smart360.web.amounts import PlainNumberField

NUMBERS = STRICT_FIELDS | {models.DecimalField: {"form_class": PlainNumberField}}


@admin.register(Category)
class CategoryAdmin(ConfigurationAdmin):
    """What kinds of consumers there are."""

    list_display = ("name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "is_active")


@admin.register(Subcategory)
class SubcategoryAdmin(ConfigurationAdmin):
    """The finer kinds; one stays in its category for good, because consumers stand in both."""

    list_display = ("name", "category", "is_active")
    list_filter = ("category", "is_active")
    list_select_related = ("category",)
    search_fields = ("name", "category__name")
    ordering = ("category__name", "name")
    fields = ("category", "name", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The category is chosen once."""
        return ("category",) if obj else ()


@admin.register(CollectionPolicy)
class CollectionPolicyAdmin(ConfigurationAdmin):
    """The one row that says when accounts go to Collection by themselves (CON5)."""

    list_display = ("__str__", "is_on", "days_overdue", "least_owed")
    fields = ("is_on", "days_overdue", "least_owed")
    formfield_overrides = NUMBERS
    sentences = {
        "collection_begins_within_years": "Take 1 to 3650 days.",
        "collection_begins_at_a_number": "Take an amount of 0 or more.",
    }

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False


@admin.register(ProtectionKind)
class ProtectionKindAdmin(ConfigurationAdmin):
    """Why households are protected; a kind in use is retired, never deleted."""

    list_display = ("name", "hold_kind", "needs_certificate", "is_active")
    list_filter = ("is_active", "hold_kind")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "hold_kind", "needs_certificate", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """How the protections read it is chosen once: entries stand in both."""
        return ("hold_kind",) if obj else ()


@admin.register(Warehouse)
class WarehouseAdmin(ConfigurationAdmin):
    """Where meters are kept that hang nowhere; one in use is retired, never deleted."""

    list_display = ("name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "is_active")
