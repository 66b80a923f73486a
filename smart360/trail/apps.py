"""Configuration of the trail."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from smart360.organisation.ports import settings_changed


class TrailConfig(AppConfig):
    """The trail has no pages of its own; cases and consumers show it."""

    name = "smart360.trail"
    label = "trail"

    def ready(self) -> None:
        """Plug into what lower apps tell: a change of the utility's settings leaves an entry."""
        settings_changed.append(import_string("smart360.trail.record.record_settings"))
