"""Configuration of disconnections."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class DisconnectionsConfig(AppConfig):
    """Disconnection and reconnection requests."""

    name = "disconnections"

    def ready(self) -> None:
        """Say who makes receipts."""
        register(
            Handler(
                kind="disconnections.receipt",
                queue="PDF",
                pays="disconnections.tasks.make_receipt",
            )
        )
