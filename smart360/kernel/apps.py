"""Configuration of the kernel."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from smart360.kernel.checks import (
    check_append_only_tables,
    check_kept_tables,
    check_triggers_speak,
    check_two_database_roles,
    check_upgrade_path,
)


class KernelConfig(AppConfig):
    """Holds the database functions and extensions that every other app uses."""

    name = "smart360.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Make the checks known: those of a deployment, and the one before each ``migrate``."""
        register(check_two_database_roles, Tags.security, deploy=True)
        register(check_append_only_tables, Tags.database, deploy=True)
        register(check_kept_tables, Tags.database, deploy=True)
        register(check_triggers_speak, Tags.database, deploy=True)
        register(check_upgrade_path, Tags.database)
