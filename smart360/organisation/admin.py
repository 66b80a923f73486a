"""Business calendars with their hours and holidays, for administrators."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smart360.kernel import clock
from smart360.organisation import operations
from smart360.organisation.forms import CalendarForm, HolidayImportForm, HoursFormSet
from smart360.organisation.models import BusinessCalendar, BusinessHours, Holiday
from smart360.web.admin import ConfigurationAdmin, ConfigurationInline
from smart360.web.gate import person_id


class HoursInline(ConfigurationInline):
    """Opening hours; a lunch break lies between two windows of a day."""

    model = BusinessHours
    formset = HoursFormSet
    can_be_removed = True
    ordering = ("weekday", "opens")


class HolidayInline(ConfigurationInline):
    """Days on which the calendar counts no time."""

    model = Holiday
    can_be_removed = True
    ordering = ("day",)


@admin.register(BusinessCalendar)
class BusinessCalendarAdmin(ConfigurationAdmin):
    """When SLA clocks run and on which days nobody is visited."""

    form = CalendarForm
    inlines = (HoursInline, HolidayInline)
    history_relations = {"hours": "calendar", "holidays": "calendar"}
    list_display = ("name", "time_zone", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("import_link",)
    fields = ("name", "time_zone", "is_active", "import_link")

    @admin.display(description="public holidays")
    def import_link(self, calendar: BusinessCalendar) -> SafeString | str:
        """Where a year's public holidays are taken over."""
        if calendar._state.adding:
            return "Save the calendar first."
        url = reverse("admin:organisation_businesscalendar_import", args=[calendar.pk])
        return format_html('<a href="{}">Import the public holidays of a year</a>', url)

    def get_urls(self) -> list[URLPattern]:
        """One page more: the import."""
        page = self.admin_site.admin_view(self.import_view)
        name = "organisation_businesscalendar_import"
        return [path("<int:pk>/holidays/", page, name=name), *super().get_urls()]

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take over the public holidays of a country or state for a year."""
        calendar = self.get_object(request, str(pk))
        if calendar is None:
            raise Http404
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        first = {"country": "US", "year": clock.now().year}
        form = HolidayImportForm(request.POST if request.method == "POST" else None, initial=first)
        if request.method == "POST" and form.is_valid():
            try:
                new = operations.import_holidays(
                    calendar=pk, **form.cleaned_data, by=person_id(request)
                )
            except operations.UnableToImportHolidays as refusal:
                form.add_error(refusal.field, refusal.sentence)
            else:
                messages.success(request, f"{len(new)} holidays were added.")
                url = reverse("admin:organisation_businesscalendar_change", args=[pk])
                return HttpResponseRedirect(url)
        context = {
            **self.admin_site.each_context(request),
            "title": "Import public holidays",
            "form": form,
            "opts": self.opts,
            "object": calendar,
            "submit": "Import",
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/one_form.html", context, status=status)
