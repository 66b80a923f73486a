"""Configuration of owed work."""

from django.apps import AppConfig


class OwedConfig(AppConfig):
    """Handlers are registered by the apps that own the work, from their ``apps.py``."""

    name = "smart360.owed"
    label = "owed"
