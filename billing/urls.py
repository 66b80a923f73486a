"""Addresses of money: below ``/cx/consumer-management/`` of one account, below ``/cx/billing/``."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from billing.views import (
    arrangements,
    deposits,
    financial,
    invoices,
    payments,
    refunds,
    reversals,
    runs,
    settlements,
    statements,
)


class PaymentNumber(StringConverter):
    """A payment's number as people write it: ``PAY-2026-000001``; anything else is 404."""

    regex = r"PAY-[0-9]{4}-[0-9]{6,9}"


class RefundNumber(PaymentNumber):
    """A refund's number: ``REF-2026-000001``."""

    regex = r"REF-[0-9]{4}-[0-9]{6,9}"


class ReversalNumber(PaymentNumber):
    """The number of a payment's reversal: ``REV-2026-000001``."""

    regex = r"REV-[0-9]{4}-[0-9]{6,9}"


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


class CreditNoteNumber(PaymentNumber):
    """A credit note's number: ``CN-2026-000001``."""

    regex = r"CN-[0-9]{4}-[0-9]{6,9}"


class CaseNumber(PaymentNumber):
    """The number of a request whose money it is about: ``DIS-2026-000001``."""

    regex = r"[A-Z]{3}-[0-9]{4}-[0-9]{6,9}"


register_converter(PaymentNumber, "payment_number")
register_converter(ArrangementNumber, "arrangement_number")
register_converter(InvoiceNumber, "invoice_number")
register_converter(RefundNumber, "refund_number")
register_converter(ReversalNumber, "reversal_number")
register_converter(CreditNoteNumber, "credit_note_number")
register_converter(CaseNumber, "case_number")
INVOICE = "billing/invoices/<invoice_number:number>"
INVOICE_NOTE = f"{INVOICE}/credit-notes/<credit_note_number:note>"
ACCOUNT = "consumer-management/<account:account>"
PAYMENT = "billing/payments/<payment_number:number>"
REFUND = "billing/refunds/<refund_number:number>"
REVERSAL = "billing/reversals/<reversal_number:number>"
SETTLEMENT = "billing/settlements/<case_number:number>"
NOTE = f"{SETTLEMENT}/credit-notes/<credit_note_number:note>"

urlpatterns = [
    path(f"{ACCOUNT}/financial", financial.consumer_financial, name="consumer_financial"),
    path(f"{ACCOUNT}/statement", statements.consumer_statement, name="consumer_statement"),
    path(f"{ACCOUNT}/statement.csv", statements.statement_csv, name="statement_csv"),
    path(f"{ACCOUNT}/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path(f"{ACCOUNT}/arrangements/new", arrangements.arrangement_new, name="arrangement_new"),
    path(
        f"{ACCOUNT}/arrangements/<arrangement_number:number>/cancel",
        arrangements.arrangement_cancel,
        name="arrangement_cancel",
    ),
    path(INVOICE, invoices.invoice_detail, name="invoice_detail"),
    path(f"{INVOICE}.pdf", invoices.invoice_download, name="invoice_download"),
    path(f"{INVOICE}/credit-notes", invoices.invoice_take_back, name="invoice_take_back"),
    path(f"{INVOICE_NOTE}/approve", invoices.invoice_note_approve, name="invoice_note_approve"),
    path(f"{INVOICE_NOTE}/reject", invoices.invoice_note_reject, name="invoice_note_reject"),
    path(f"{ACCOUNT}/payments/new", payments.payment_new, name="payment_new"),
    path(f"{ACCOUNT}/refunds/new", refunds.refund_new, name="refund_new"),
    path(f"{ACCOUNT}/deposits/new", deposits.deposit_new, name="deposit_new"),
    path(PAYMENT, payments.payment_detail, name="payment_detail"),
    path(f"{PAYMENT}/settle", payments.payment_settle, name="payment_settle"),
    path(f"{PAYMENT}/reverse", reversals.reversal_propose, name="reversal_propose"),
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
    path("billing/reversals", reversals.reversal_list, name="reversal_list"),
    path(f"{REVERSAL}/approve", reversals.reversal_approve, name="reversal_approve"),
    path(f"{REVERSAL}/reject", reversals.reversal_reject, name="reversal_reject"),
    path(SETTLEMENT, settlements.settlement_detail, name="settlement_detail"),
    path(
        f"{SETTLEMENT}/device/<int:service>",
        settlements.settlement_device,
        name="settlement_device",
    ),
    path(f"{SETTLEMENT}/deposit", settlements.deposit_use_set, name="deposit_use_set"),
    path(f"{SETTLEMENT}/deposit/plan", settlements.deposit_plan_set, name="deposit_plan_set"),
    path(f"{SETTLEMENT}/readings", settlements.final_readings_enter, name="final_readings_enter"),
    path(f"{SETTLEMENT}/adjustments", settlements.adjustment_add, name="adjustment_add"),
    path(
        f"{SETTLEMENT}/adjustments/<int:adjustment>/remove",
        settlements.adjustment_remove,
        name="adjustment_remove",
    ),
    path(f"{SETTLEMENT}/bill", settlements.final_bill_print, name="final_bill_print"),
    path(f"{SETTLEMENT}/bill.pdf", settlements.final_bill_download, name="final_bill_download"),
    path(
        f"{SETTLEMENT}/bill/generate", settlements.final_bill_generate, name="final_bill_generate"
    ),
    path(f"{SETTLEMENT}/bill/approve", settlements.final_bill_approve, name="final_bill_approve"),
    path(f"{SETTLEMENT}/bill/retry", settlements.final_bill_retry, name="final_bill_retry"),
    path(f"{SETTLEMENT}/credit-notes", settlements.credit_note_propose, name="credit_note_propose"),
    path(f"{NOTE}/approve", settlements.credit_note_approve, name="credit_note_approve"),
    path(f"{NOTE}/reject", settlements.credit_note_reject, name="credit_note_reject"),
]
