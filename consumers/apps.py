"""Configuration of consumers."""

from django.apps import AppConfig


class ConsumersConfig(AppConfig):
    """Consumers and what serves them."""

    name = "consumers"
