"""Configuration of insights."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class InsightsConfig(AppConfig):
    """Checks of the record, relationship health; later reports and process analytics."""

    name = "smart360.insights"
    label = "insights"

    def ready(self) -> None:
        """Say who goes on with the nightly scores."""
        register(
            Handler(
                kind="insights.go_on_with_scores",
                queue="DEFAULT",
                pays="smart360.insights.tasks.go_on_with_scores",
            )
        )
