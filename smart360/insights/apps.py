"""Configuration of insights."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Checks of the record; later reports, process analytics, relationship health."""

    name = "smart360.insights"
    label = "insights"
