"""Configuration of cases."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from consumers import ports
from smart360.owed.handlers import Handler, register


class CasesConfig(AppConfig):
    """The spine."""

    name = "smart360.cases"
    label = "cases"
    verbose_name = "Cases and SLA"

    def ready(self) -> None:
        """Say who recomputes the clocks after a calendar has changed, and what is late."""
        register(
            Handler(
                kind="cases.recompute_calendar",
                queue="DEFAULT",
                pays="smart360.cases.tasks.recompute_calendar",
            )
        )
        late = import_string("smart360.cases.queries.breaches.breached_cases")
        if late not in ports.BREACHES:
            ports.BREACHES.append(late)
        at_work = import_string("smart360.cases.queries.breaches.works_on_case_of")
        if at_work not in ports.WORKS_ON:
            ports.WORKS_ON.append(at_work)
