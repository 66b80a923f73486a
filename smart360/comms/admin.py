"""Templates of messages in Django admin (COM2, ADM1)."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from smart360.comms.forms import TemplateForm
from smart360.comms.models import Template
from smart360.comms.rules import PLACEHOLDERS, filled
from smart360.web.admin import ConfigurationAdmin


@admin.register(Template)
class TemplateAdmin(ConfigurationAdmin):
    """The wording of each event's message; there is one for each, none is added or deleted."""

    form = TemplateForm
    list_display = ("name", "code", "channel", "kind", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "code", "subject")
    ordering = ("code",)
    fields = ("event", "channel", "kind", "name", "subject", "body", "is_active", "preview")
    readonly_fields = ("event", "channel", "kind", "preview")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: a template without an event would never be sent."""
        return False

    @admin.display(description="Event")
    def event(self, template: Template) -> str:
        """What it tells of; fixed, because operations ask for it by this name."""
        return template.code

    @admin.display(description="Preview, as saved, with sample values")
    def preview(self, template: Template) -> SafeString:
        """What a consumer would read."""
        return format_html(
            "<p><strong>{}</strong></p><pre>{}</pre>",
            filled(template.subject, PLACEHOLDERS),
            filled(template.body, PLACEHOLDERS),
        )
