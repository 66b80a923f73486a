"""Money: ledger, tariffs, invoices, final bills, payments, arrangements."""

from billing.models.arrangements import (
    Arrangement,
    Instalment,
)
from billing.models.final_bills import (
    BillAdjustment,
    BillDraft,
    CreditNote,
    DepositReceipt,
    DepositUse,
    FinalReading,
    SettlementChoice,
)
from billing.models.invoices import Invoice, InvoiceCounter, InvoiceLine, InvoiceSection
from billing.models.ledger import (
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)
from billing.models.payments import (
    ApiKey,
    IntakeAllowance,
    IntakeAnswer,
    Payment,
    Refund,
)
from billing.models.reversals import Reversal
from billing.models.runs import BillingRun
from billing.models.statements import StatementPaper
from billing.models.tariffs import (
    BillingPolicy,
    Tariff,
    TariffSlab,
    TariffTax,
)
from billing.models.transfers import BalanceTransfer

__all__ = [
    "ApiKey",
    "Arrangement",
    "BalanceTransfer",
    "BillAdjustment",
    "BillDraft",
    "BillingPolicy",
    "BillingRun",
    "CreditNote",
    "DepositReceipt",
    "DepositUse",
    "FinalReading",
    "Instalment",
    "IntakeAllowance",
    "IntakeAnswer",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "InvoiceSection",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payment",
    "Refund",
    "Reversal",
    "SettlementChoice",
    "StatementPaper",
    "Tariff",
    "TariffSlab",
    "TariffTax",
]
