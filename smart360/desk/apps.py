"""Configuration of desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Start page, global search, the tabs of a profile that cross apps, the tracking page."""

    name = "smart360.desk"
    label = "desk"
