"""Configuration of billing."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from smart360.comms.ports import ENCLOSURES, Enclosure
from smart360.owed.handlers import Handler, register


def _enclosed_bill(dedupe_key: str) -> Enclosure:
    """The PDF that goes with a final bill's e-mail, found when it is asked for."""
    found: Enclosure = import_string("billing.queries.enclosures.enclosed_bill")(dedupe_key)
    return found


class BillingConfig(AppConfig):
    """Money: ledger, tariffs, invoices, payments, settlement, final bill."""

    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Say who pays what is owed about money, and what goes with a final bill's e-mail."""
        register(
            Handler(
                kind="billing.go_on_with_run",
                queue="DEFAULT",
                pays="billing.tasks.runs.go_on",
                gives_up="billing.tasks.runs.give_up",
            )
        )
        register(
            Handler(
                kind="billing.payment_receipt",
                queue="PDF",
                pays="billing.tasks.payments.make_receipt",
            )
        )
        register(
            Handler(
                kind="billing.statement",
                queue="PDF",
                pays="billing.tasks.statements.make_statement",
            )
        )
        register(
            Handler(
                kind="billing.final_bill",
                queue="PDF",
                pays="billing.tasks.final_bills.make_paper",
            )
        )
        register(
            Handler(
                kind="billing.invoice",
                queue="PDF",
                pays="billing.tasks.final_bills.make_paper",
            )
        )
        ENCLOSURES["bill.sent"] = _enclosed_bill
