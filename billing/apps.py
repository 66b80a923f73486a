"""Configuration of billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Money: ledger, tariffs, invoices, payments, settlement, final bill."""

    name = "billing"
    verbose_name = "Billing"
