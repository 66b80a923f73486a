"""Configuration of documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Files have no pages of their own: the app that owns one serves it."""

    name = "smart360.documents"
    label = "documents"
