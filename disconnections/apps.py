"""Configuration of disconnections."""

from django.apps import AppConfig


class DisconnectionsConfig(AppConfig):
    """Disconnection and reconnection requests."""

    name = "disconnections"
