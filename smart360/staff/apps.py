"""Configuration of staff."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import import_string


class StaffConfig(AppConfig):
    """People and roles."""

    name = "smart360.staff"
    label = "staff"
    verbose_name = "People and roles"

    def ready(self) -> None:
        """Make the deploy check known: nobody from the demo data in production."""
        check = import_string("smart360.staff.oracles.check_demo_people")
        register(check, Tags.database, deploy=True)
