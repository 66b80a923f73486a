"""Stored words about money."""

from django.db.models import TextChoices


class LedgerKind(TextChoices):
    """What a ledger account counts: the first two of one consumer, the others of all."""

    RECEIVABLE = "RECEIVABLE", "Receivable"
    DEPOSIT_HELD = "DEPOSIT_HELD", "Security deposit held"
    CASH = "CASH", "Cash and bank"
    REVENUE = "REVENUE", "Revenue"
    TAX = "TAX", "Tax payable"
    FEES = "FEES", "Fees"
    ADJUSTMENTS = "ADJUSTMENTS", "Adjustments"
    WRITE_OFF = "WRITE_OFF", "Written off"
    INTEREST = "INTEREST", "Interest paid on deposits"
    OPENING = "OPENING", "Opening balances"


class PostingKind(TextChoices):
    """Why something was posted."""

    OPENING_BALANCE = "OPENING_BALANCE", "Opening balance"
    INVOICE = "INVOICE", "Invoice"
    FINAL_BILL = "FINAL_BILL", "Final bill"
    PAYMENT = "PAYMENT", "Payment"
    REFUND = "REFUND", "Refund"
    DEPOSIT_RECEIVED = "DEPOSIT_RECEIVED", "Security deposit received"
    DEPOSIT_APPLIED = "DEPOSIT_APPLIED", "Security deposit applied"
    DEPOSIT_REFUNDED = "DEPOSIT_REFUNDED", "Security deposit refunded"
    DEPOSIT_INTEREST = "DEPOSIT_INTEREST", "Interest on the security deposit"
    FEE = "FEE", "Fee"
    RECONNECTION_FEE = "RECONNECTION_FEE", "Reconnection fee"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"
    FINAL_ADJUSTMENT = "FINAL_ADJUSTMENT", "Final adjustment"
    WRITE_OFF = "WRITE_OFF", "Write-off"
    REVERSAL = "REVERSAL", "Reversal"


AFTER_THE_FREEZE = (
    PostingKind.PAYMENT,
    PostingKind.REFUND,
    PostingKind.REVERSAL,
    PostingKind.FINAL_ADJUSTMENT,
    PostingKind.RECONNECTION_FEE,
    PostingKind.DEPOSIT_RECEIVED,
    PostingKind.DEPOSIT_APPLIED,
    PostingKind.DEPOSIT_REFUNDED,
    PostingKind.DEPOSIT_INTEREST,
)
"""What may still be posted to a service connection whose billing is frozen (M14)."""


class InvoiceKind(TextChoices):
    """Whether an invoice is one of many or the last."""

    REGULAR = "REGULAR", "Invoice"
    FINAL = "FINAL", "Final bill"


class InvoiceState(TextChoices):
    """How far an invoice has come."""

    DRAFT = "DRAFT", "Draft"
    ISSUED = "ISSUED", "Issued"
    APPROVED = "APPROVED", "Approved"
    VOID = "VOID", "Void"


class LineKind(TextChoices):
    """What a line of an invoice charges."""

    FIXED = "FIXED", "Fixed charge"
    USAGE = "USAGE", "Consumption"
    TAX = "TAX", "Tax"
    TRUE_UP = "TRUE_UP", "Correction of an estimate"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"


class ReadingBasis(TextChoices):
    """Where the last reading of a section comes from."""

    READ = "READ", "Read"
    ESTIMATED = "ESTIMATED", "Estimated"
    NO_METER = "NO_METER", "No meter"


class PaymentSource(TextChoices):
    """Who told us of a payment."""

    DESK = "DESK", "Desk"
    GATEWAY = "GATEWAY", "Payment gateway"
    IMPORT = "IMPORT", "Import"


class PaymentMethod(TextChoices):
    """How the consumer paid (BIL7)."""

    CASH = "CASH", "Cash"
    CARD = "CARD", "Card"
    BANK_TRANSFER = "BANK_TRANSFER", "Bank Transfer"
    CHEQUE = "CHEQUE", "Cheque"
    ONLINE_BANKING = "ONLINE_BANKING", "Online Banking"


class PaymentState(TextChoices):
    """Whether the money has come (CON9)."""

    PENDING = "PENDING", "Pending"
    PROCESSED = "PROCESSED", "Processed"
    FAILED = "FAILED", "Failed"


class ProposalState(TextChoices):
    """What became of something that a second person decides."""

    PROPOSED = "PROPOSED", "Proposed"
    APPROVED = "APPROVED", "Approved"
    REJECTED = "REJECTED", "Rejected"


class RefundFrom(TextChoices):
    """Which of the consumer's money goes back."""

    CREDIT = "CREDIT", "Credit on the account"
    DEPOSIT = "DEPOSIT", "Security deposit"


class DepositPlan(TextChoices):
    """What becomes of a deposit that a permanent closure does not use (BIL3)."""

    REFUND = "REFUND", "Refund it"
    TRANSFER = "TRANSFER", "Transfer it to another account"
    KEEP = "KEEP", "Keep it for a reconnection"


class ArrangementState(TextChoices):
    """How a payment arrangement stands."""

    RUNNING = "RUNNING", "Running"
    KEPT = "KEPT", "Kept"
    BROKEN = "BROKEN", "Broken"
    CANCELLED = "CANCELLED", "Cancelled"


class RunState(TextChoices):
    """How far a billing run has come."""

    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Done"
    STOPPED = "STOPPED", "Stopped"


class LeftOut(TextChoices):
    """Why a billing run did not bill a consumer, or one of the consumer's services (BIL9)."""

    NO_SERVICE = "NO_SERVICE", "No service connection"
    ENDED = "ENDED", "The account is inactive"
    FROZEN = "FROZEN", "Billing is frozen after a final bill"
    NOT_SUPPLIED = "NOT_SUPPLIED", "Not supplied"
    BILLED = "BILLED", "Already billed for these days"
    NO_TARIFF = "NO_TARIFF", "No tariff for utility, category and days"
    READING_IS_LOWER = "READING_IS_LOWER", "The last reading is lower than the one before"
    TOO_LARGE = "TOO_LARGE", "The amount is too large to be true"
    NOTHING_TO_BILL = "NOTHING_TO_BILL", "Nothing to charge"
