"""Configuration of the organisation."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """One utility per installation."""

    name = "smart360.organisation"
    label = "organisation"
    verbose_name = "Utility and calendars"
