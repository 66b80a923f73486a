"""Configuration of custody."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class CustodyConfig(AppConfig):
    """Whole accounts that come in, and what a person may ask of their data."""

    name = "smart360.custody"
    label = "custody"
    verbose_name = "Custody"

    def ready(self) -> None:
        """Say who goes on with an import, and who makes an export."""
        register(
            Handler(
                kind="custody.make_export", queue="PDF", pays="smart360.custody.tasks.make_export"
            )
        )
        register(
            Handler(
                kind="custody.go_on_with_import",
                queue="DEFAULT",
                pays="smart360.custody.tasks.go_on",
                gives_up="smart360.custody.tasks.give_up",
            )
        )
