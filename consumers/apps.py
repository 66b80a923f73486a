"""Configuration of consumers."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class ConsumersConfig(AppConfig):
    """Consumers and what serves them."""

    name = "consumers"

    def ready(self) -> None:
        """Say who goes on with a file of readings."""
        register(
            Handler(
                kind="consumers.go_on_with_readings",
                queue="DEFAULT",
                pays="consumers.tasks.go_on_with_readings",
                gives_up="consumers.tasks.give_up_readings",
            )
        )
