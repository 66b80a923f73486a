"""Configuration of cases."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class CasesConfig(AppConfig):
    """The spine."""

    name = "smart360.cases"
    label = "cases"
    verbose_name = "Cases and SLA"

    def ready(self) -> None:
        """Tell who recomputes the clocks after a calendar has changed."""
        register(
            Handler(
                kind="cases.recompute_calendar",
                queue="DEFAULT",
                pays="smart360.cases.tasks.recompute_calendar",
            )
        )
