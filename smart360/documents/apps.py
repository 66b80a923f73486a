"""Configuration of documents."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class DocumentsConfig(AppConfig):
    """Files have no pages of their own: the app that owns one serves it."""

    name = "smart360.documents"
    label = "documents"

    def ready(self) -> None:
        """Say who removes the bytes of files that are not kept any more."""
        register(
            Handler(
                kind="documents.remove", queue="DEFAULT", pays="smart360.documents.tasks.remove"
            )
        )
