"""Configuration of disconnections."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from billing import ports
from smart360.owed.handlers import Handler, register


class DisconnectionsConfig(AppConfig):
    """Disconnection and reconnection requests."""

    name = "disconnections"

    def ready(self) -> None:
        """Say who makes receipts, and tell billing what a request ends."""
        register(
            Handler(
                kind="disconnections.receipt",
                queue="PDF",
                pays="disconnections.tasks.make_receipt",
            )
        )
        terms_of_request = import_string("disconnections.queries.terms.terms_of_request")
        if terms_of_request not in ports.TERMS_OF_REQUEST:
            ports.TERMS_OF_REQUEST.append(terms_of_request)
