"""Addresses of money: below ``/cx/consumer-management/`` of one account, below ``/cx/billing/``."""

from django.urls import path, register_converter

from billing.views import (
    arrangements,
    deposits,
    financial,
    payments,
    refunds,
    runs,
    statements,
)


class PaymentNumber:
    """A payment's number as people write it: ``PAY-2026-000001``; anything else is 404."""

    regex = r"PAY-[0-9]{4}-[0-9]{6,9}"

    def to_python(self, value: str) -> str:
        """The number itself."""
        return value

    def to_url(self, value: str) -> str:
        """The number itself."""
        return value


class RefundNumber(PaymentNumber):
    """A refund's number: ``REF-2026-000001``."""

    regex = r"REF-[0-9]{4}-[0-9]{6,9}"


class ArrangementNumber(PaymentNumber):
    """A payment arrangement's number: ``PA-2026-000001``."""

    regex = r"PA-[0-9]{4}-[0-9]{6,9}"


class InvoiceNumber:
    """An invoice's number as people write it, ``INV-414013``, for its row's own."""

    regex = r"INV-[0-9]{6,12}"

    def to_python(self, value: str) -> int:
        """The number in the series."""
        return int(value.removeprefix("INV-"))

    def to_url(self, value: str) -> str:
        """The number as it is shown."""
        return value


register_converter(PaymentNumber, "payment_number")
register_converter(ArrangementNumber, "arrangement_number")
register_converter(InvoiceNumber, "invoice_number")
register_converter(RefundNumber, "refund_number")
ACCOUNT = "consumer-management/<account:account>"
PAYMENT = "billing/payments/<payment_number:number>"
REFUND = "billing/refunds/<refund_number:number>"

urlpatterns = [
    path(f"{ACCOUNT}/financial", financial.consumer_financial, name="consumer_financial"),
    path(f"{ACCOUNT}/statement", statements.consumer_statement, name="consumer_statement"),
    path(f"{ACCOUNT}/statement.csv", statements.statement_csv, name="statement_csv"),
    path(f"{ACCOUNT}/arrangements/new", arrangements.arrangement_new, name="arrangement_new"),
    path(
        f"{ACCOUNT}/arrangements/<arrangement_number:number>/cancel",
        arrangements.arrangement_cancel,
        name="arrangement_cancel",
    ),
    path(
        "billing/invoices/<invoice_number:number>.pdf",
        financial.invoice_download,
        name="invoice_download",
    ),
    path(f"{ACCOUNT}/payments/new", payments.payment_new, name="payment_new"),
    path(f"{ACCOUNT}/refunds/new", refunds.refund_new, name="refund_new"),
    path(f"{ACCOUNT}/deposits/new", deposits.deposit_new, name="deposit_new"),
    path(PAYMENT, payments.payment_detail, name="payment_detail"),
    path(f"{PAYMENT}/settle", payments.payment_settle, name="payment_settle"),
    path(f"{PAYMENT}/reverse", payments.payment_reverse, name="payment_reverse"),
    path(f"{PAYMENT}/receipt", payments.payment_receipt, name="payment_receipt"),
    path(
        f"{PAYMENT}/receipt.pdf", payments.payment_receipt_download, name="payment_receipt_download"
    ),
    path(f"{PAYMENT}/receipt/retry", payments.payment_receipt_retry, name="payment_receipt_retry"),
    path("billing/runs", runs.billing_run_list, name="billing_run_list"),
    path("billing/runs/start", runs.billing_run_start, name="billing_run_start"),
    path("billing/runs/<int:run>/resume", runs.billing_run_resume, name="billing_run_resume"),
    path("billing/refunds", refunds.refund_list, name="refund_list"),
    path(f"{REFUND}/approve", refunds.refund_approve, name="refund_approve"),
    path(f"{REFUND}/reject", refunds.refund_reject, name="refund_reject"),
]
