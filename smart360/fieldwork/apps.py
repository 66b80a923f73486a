"""Configuration of field work."""

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    """Service orders and technicians."""

    name = "smart360.fieldwork"
    label = "fieldwork"
    verbose_name = "Field work"
