"""The criteria by which VIPs are suggested, for administrators (ADM1)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from smart360.insights.models import VipPolicy
from smart360.web.admin import ConfigurationAdmin


@admin.register(VipPolicy)
class VipPolicyAdmin(ConfigurationAdmin):
    """The one row of criteria (CON6)."""

    list_display = ("__str__", "is_on", "least_compliance", "least_years", "months_between")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is exactly one."""
        return False
