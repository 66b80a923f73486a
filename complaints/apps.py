"""Configuration of complaints."""

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """Complaints: categories, wizard, evidence, resolution."""

    name = "complaints"
