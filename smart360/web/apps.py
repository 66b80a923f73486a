"""Configuration of the web layer."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Form keys and drafts live here; so do the template tags."""

    name = "smart360.web"
    label = "web"
