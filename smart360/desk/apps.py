"""Configuration of desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Start page, global search and the consumer's tracking page."""

    name = "smart360.desk"
    label = "desk"
