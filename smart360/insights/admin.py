"""The criteria by which VIPs are suggested, for administrators (ADM1)."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from smart360.insights.models import VipPolicy
from smart360.web.admin import STRICT_FIELDS, ConfigurationAdmin
from smart360.web.amounts import PlainNumberField


@admin.register(VipPolicy)
class VipPolicyAdmin(ConfigurationAdmin):
    """The one row of criteria (CON6)."""

    list_display = ("__str__", "is_on", "least_compliance", "least_years", "months_between")
    formfield_overrides = STRICT_FIELDS | {models.DecimalField: {"form_class": PlainNumberField}}
    sentences = {
        "vip_criteria_are_within_reason": "Take 0 to 100 percent, 1 to 60 bills, 0 to 100 years"
        " and 1 to 120 months.",
        "vip_consumption_is_positive": "Take a consumption above 0, or leave it empty.",
    }

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False
