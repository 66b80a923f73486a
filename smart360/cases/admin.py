"""SLA policies and hold reasons in Django admin (ADM1)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from smart360.cases.models import HoldReason, SlaPolicy
from smart360.kernel import clock
from smart360.web.admin import ConfigurationAdmin


@admin.register(SlaPolicy)
class SlaPolicyAdmin(ConfigurationAdmin):
    """What is promised. Saving makes a new version; running cases keep theirs."""

    list_display = (
        "__str__",
        "acknowledgement_minutes",
        "response_minutes",
        "resolution_minutes",
        "warn_percent",
        "calendar",
        "valid_from",
    )
    list_filter = ("kind",)
    fields = (
        ("kind", "topic", "priority", "for_vip"),
        ("acknowledgement_minutes", "response_minutes", "resolution_minutes"),
        "warn_percent",
        "calendar",
    )
    sentences = {
        "one_sla_policy_in_force_for_each_case": "There is a policy for these cases already.",
        "sla_targets_follow_each_other": (
            "Acknowledgement comes before response, response before resolution, all above 0."
        ),
        "sla_target_is_below_a_year": "Promise less than a year.",
        "sla_warns_before_the_end": "Warn at 1 to 99 per cent.",
        "only_complaints_have_topics": "Only complaints have a category.",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        """Only the versions in force; older ones stand in the history of their cases."""
        return super().get_queryset(request).filter(replaced_at__isnull=True)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """For which cases a policy stands is chosen once: moved away, it would leave a gap."""
        return ("kind", "topic", "priority", "for_vip") if obj else ()

    def save_model(
        self, request: HttpRequest, obj: SlaPolicy, form: forms.ModelForm[SlaPolicy], change: bool
    ) -> None:
        """A change is a new version from now on, in the transaction that Django has begun."""
        obj.publish(clock.now())


@admin.register(HoldReason)
class HoldReasonAdmin(ConfigurationAdmin):
    """Why a case may wait, and whether its clock waits too."""

    list_display = ("label", "code", "waits_for", "pauses", "is_active")
    list_filter = ("is_active", "pauses")
    search_fields = ("label", "code")
    sentences = {"hold_reason_code_is_taken_once": "This code is in use."}
