"""Configuration of disconnections."""

from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import import_string

from billing import ports
from consumers import ports as consumer_ports
from smart360.fieldwork import ports as field_ports
from smart360.owed.handlers import Handler, register

PLUGS: tuple[tuple[str, list[Any]], ...] = (
    ("queries.terms.terms_of_request", ports.TERMS_OF_REQUEST),
    ("slots.visit_of", field_ports.VISIT_ASKED),
    ("slots.visit_moved", field_ports.VISIT_MOVED),
    ("queries.terms.services_of_request", field_ports.SERVICES_ASKED),
    ("protecting.may_go", field_ports.MAY_PROCEED),
    ("protecting.stop_if_paid", ports.DEBT_LOWERED),
    ("reconnecting.offer_reconnection", ports.ACCOUNT_SETTLED),
    ("queries.undoing.undoable_by_number", consumer_ports.RECONNECTION_ASKED),
    ("protecting.stop_for_hold", consumer_ports.HOLD_PLACED),
    ("notices.tell_of_lifted_hold", consumer_ports.HOLD_LIFTED),
)
"""What of this app is plugged into which port of a lower one."""


class DisconnectionsConfig(AppConfig):
    """Disconnection and reconnection requests."""

    name = "disconnections"

    def ready(self) -> None:
        """Say who makes receipts, tell billing what a request ends, and field work what it asks."""
        register(
            Handler(
                kind="disconnections.receipt",
                queue="PDF",
                pays="disconnections.tasks.make_receipt",
            )
        )
        for kind in ("go_on_with_proposal", "go_on_with_run", "undo_run"):
            register(
                Handler(
                    kind=f"disconnections.{kind}",
                    queue="DEFAULT",
                    pays=f"disconnections.tasks.{kind}",
                    gives_up="disconnections.tasks.stop_run",
                )
            )
        for plug, port in PLUGS:
            step = import_string(f"disconnections.{plug}")
            if step not in port:
                port.append(step)
