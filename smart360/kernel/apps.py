"""Configuration of the kernel."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Holds the database functions and extensions that every other app uses."""

    name = "smart360.kernel"
    label = "kernel"
