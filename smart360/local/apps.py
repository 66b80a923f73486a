"""Configuration of local."""

from django.apps import AppConfig


class LocalConfig(AppConfig):
    """What only runs on a developer's machine."""

    name = "smart360.local"
    label = "local"
