"""Configuration of communication."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from smart360.owed.handlers import Handler, register
from smart360.staff.ports import locked_out


class CommsConfig(AppConfig):
    """Messages, templates, deliveries, notices."""

    name = "smart360.comms"
    label = "comms"
    verbose_name = "Communication"

    def ready(self) -> None:
        """Say who hands over what the outbox owes; tried for five hours before it is given up.

        And plug into the door: who is locked out, the administrators are told of.
        """
        locked_out.append(import_string("smart360.comms.notices.locked_out"))
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
