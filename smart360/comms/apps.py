"""Configuration of communication."""

from django.apps import AppConfig


class CommsConfig(AppConfig):
    """Messages, templates, deliveries, notices."""

    name = "smart360.comms"
    label = "comms"
    verbose_name = "Communication"
