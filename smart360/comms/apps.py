"""Configuration of communication."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class CommsConfig(AppConfig):
    """Messages, templates, deliveries, notices."""

    name = "smart360.comms"
    label = "comms"
    verbose_name = "Communication"

    def ready(self) -> None:
        """Say who hands over what the outbox owes; tried for five hours before it is given up."""
        register(
            Handler(
                kind="comms.deliver",
                queue="MAIL",
                pays="smart360.comms.tasks.deliver_message",
                gives_up="smart360.comms.tasks.give_up_message",
                attempts=20,
            )
        )
        register(
            Handler(
                kind="comms.mail_notice",
                queue="MAIL",
                pays="smart360.comms.tasks.mail_notice",
                attempts=12,
            )
        )
