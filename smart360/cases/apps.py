"""Configuration of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The spine."""

    name = "smart360.cases"
    label = "cases"
    verbose_name = "Cases and SLA"
