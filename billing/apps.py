"""Configuration of billing."""

from django.apps import AppConfig

from smart360.owed.handlers import Handler, register


class BillingConfig(AppConfig):
    """Money: ledger, tariffs, invoices, payments, settlement, final bill."""

    name = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        """Say who pays what is owed about money."""
        register(
            Handler(
                kind="billing.payment_receipt",
                queue="PDF",
                pays="billing.tasks.payments.make_receipt",
            )
        )
