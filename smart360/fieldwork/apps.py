"""Configuration of field work."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class FieldworkConfig(AppConfig):
    """Service orders and technicians."""

    name = "smart360.fieldwork"
    label = "fieldwork"
    verbose_name = "Field work"

    def ready(self) -> None:
        """Say who makes the reports of completed orders."""
        register(
            Handler(
                kind="fieldwork.report",
                queue="PDF",
                pays="smart360.fieldwork.tasks.make_report",
            )
        )
