"""Configuration of the trail."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """The trail has no pages of its own; cases and consumers show it."""

    name = "smart360.trail"
    label = "trail"
