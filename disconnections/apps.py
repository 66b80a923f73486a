"""Configuration of disconnections."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from billing import ports
from consumers import ports as consumer_ports
from smart360.fieldwork import ports as field_ports
from smart360.owed.handlers import Handler, register


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
        for kind in ("go_on_with_run", "undo_run"):
            register(
                Handler(
                    kind=f"disconnections.{kind}",
                    queue="DEFAULT",
                    pays=f"disconnections.tasks.{kind}",
                    gives_up="disconnections.tasks.stop_run",
                )
            )
        terms_of_request = import_string("disconnections.queries.terms.terms_of_request")
        if terms_of_request not in ports.TERMS_OF_REQUEST:
            ports.TERMS_OF_REQUEST.append(terms_of_request)
        visit_of = import_string("disconnections.slots.visit_of")
        if visit_of not in field_ports.VISIT_ASKED:
            field_ports.VISIT_ASKED.append(visit_of)
        visit_moved = import_string("disconnections.slots.visit_moved")
        if visit_moved not in field_ports.VISIT_MOVED:
            field_ports.VISIT_MOVED.append(visit_moved)
        services_of_request = import_string("disconnections.queries.terms.services_of_request")
        if services_of_request not in field_ports.SERVICES_ASKED:
            field_ports.SERVICES_ASKED.append(services_of_request)
        may_go = import_string("disconnections.protecting.may_go")
        if may_go not in field_ports.MAY_PROCEED:
            field_ports.MAY_PROCEED.append(may_go)
        stop_if_paid = import_string("disconnections.protecting.stop_if_paid")
        if stop_if_paid not in ports.DEBT_LOWERED:
            ports.DEBT_LOWERED.append(stop_if_paid)
        offer = import_string("disconnections.reconnecting.offer_reconnection")
        if offer not in ports.ACCOUNT_SETTLED:
            ports.ACCOUNT_SETTLED.append(offer)
        stop_for_hold = import_string("disconnections.protecting.stop_for_hold")
        if stop_for_hold not in consumer_ports.HOLD_PLACED:
            consumer_ports.HOLD_PLACED.append(stop_for_hold)
