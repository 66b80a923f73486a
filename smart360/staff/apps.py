"""Configuration of staff."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """People and roles."""

    name = "smart360.staff"
    label = "staff"
    verbose_name = "People and roles"
