"""Configuration of field work."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from consumers import ports
from smart360.owed.handlers import Handler, register


class FieldworkConfig(AppConfig):
    """Service orders and technicians."""

    name = "smart360.fieldwork"
    label = "fieldwork"
    verbose_name = "Field work"

    def ready(self) -> None:
        """Say who makes the reports of completed orders, and what is inspected."""
        register(
            Handler(
                kind="fieldwork.report",
                queue="PDF",
                pays="smart360.fieldwork.tasks.make_report",
            )
        )
        under_way = import_string("smart360.fieldwork.queries.inspections.inspection_under_way")
        if under_way not in ports.INSPECTION_ASKED:
            ports.INSPECTION_ASKED.append(under_way)
