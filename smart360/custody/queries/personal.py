"""What an export of one person's data holds: section by section, in words (R8, docs/PRIVACY.md).

Each section is one query, read in batches. People who work here are not named: their names are
personal data of others. Of a complaint about staff stands what the consumer said and was told, and
nothing of the inquiry.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Field, Model, Q, QuerySet

from billing.models import (
    Arrangement,
    BillAdjustment,
    CreditNote,
    DepositReceipt,
    FinalReading,
    Instalment,
    Invoice,
    InvoiceLine,
    InvoiceSection,
    LedgerEntry,
    Payment,
    Refund,
    Reversal,
    SettlementChoice,
    StatementPaper,
)
from complaints.models import Complainant, Complaint, Evidence, Rating, Reopening
from consumers.models import (
    AccountHold,
    AccountMerge,
    Consumer,
    ConsumerDocument,
    ConsumerDocumentVersion,
    ConsumerFigures,
    ConsumerNote,
    HoldProposal,
    MeterAssignment,
    OccupancyChange,
    Reading,
    ServiceConnection,
)
from disconnections.models import (
    ClosureNotice,
    DisconnectionNotice,
    DisconnectionRequest,
    Execution,
    ProtectionVerdict,
    RequestedService,
    RunAccount,
)
from smart360.cases.models import Approval, Case, Hold
from smart360.comms.choices import Visibility
from smart360.comms.models import Message
from smart360.custody.models import PrivacyAct
from smart360.fieldwork.models import OrderedService, ServiceOrder
from smart360.trail.choices import Event
from smart360.trail.models import Entry

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of rows: their key in the data, their heading on paper, where they come from.

    ``path`` leads from a row to its consumer; ``columns`` maps each key to a path from the row;
    ``paper`` names those that stand in the document, too. ``only`` narrows the rows.
    """

    key: str
    heading: str
    model: type[Model]
    path: str
    columns: dict[str, str]
    paper: tuple[str, ...]
    order: tuple[str, ...] = ("pk",)
    only: Q = field(default_factory=Q)
    also: str = ""
    """A second path to the consumer: a message or a line may hang on the case alone."""

    def rows(self, consumer: int) -> QuerySet[Any]:
        """Its rows for one consumer."""
        about = Q(**{self.path: consumer})
        if self.also:
            about |= Q(**{self.also: consumer})
        return self.model._default_manager.filter(about & self.only).order_by(*self.order)

    def read(
        self, consumer: int, keys: Sequence[str] = (), *, most: int | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The values of ``keys``, all columns by default, row by row, not all at once."""
        rows = self.rows(consumer).values_list(*(self.columns[key] for key in keys or self.columns))
        return iter(rows[:most]) if most is not None else rows.iterator(chunk_size=AT_ONCE)

    def field_of(self, key: str) -> Field[Any, Any]:
        """The column that a key stands for."""
        options = self.model._meta
        *steps, last = self.columns[key].split("__")
        for step in steps:
            related = options.get_field(step).related_model
            assert isinstance(related, type)  # a path goes through relations
            options = related._meta
        found = options.get_field(last)
        assert isinstance(found, Field)
        return found


def _same(*names: str, **others: str) -> dict[str, str]:
    return {name: name for name in names} | others


NOT_ABOUT_STAFF = ~Q(case__complaint__category__is_about_staff=True)
NAMES_NOBODY_ELSE = ~Q(kind__in=(Event.MOVED_OUT, Event.MOVED_IN))
"""The lines of a move say whose account the other one is; ``moves`` has the move."""
WHOSE_READING = "meter__assignments__service_connection__consumer"
READ_WHILE_THEIRS = Q(meter__assignments__during__startswith__date__lte=F("read_on")) & (
    Q(meter__assignments__during__endswith__isnull=True)
    | Q(meter__assignments__during__endswith__date__gte=F("read_on"))
)
SECTIONS: tuple[Section, ...] = (
    Section(
        "consumer", "Who you are to us", Consumer, "pk",
        _same(
            "account_number", "name", "status", "is_vip", "phone", "email", "billing_address",
            "registered_on", "archived_at", category="category__name",
            subcategory="subcategory__name",
        ),
        ("account_number", "name", "phone", "email", "billing_address", "category", "status"),
    ),
    Section(
        "figures", "How the account stands", ConsumerFigures, "consumer",
        _same("balance", "deposit", "last_billed_on", "oldest_due_on", "health_score"),
        ("balance", "deposit", "last_billed_on", "oldest_due_on"),
    ),
    Section(
        "connections", "What is supplied", ServiceConnection, "consumer",
        _same(
            "utility_type", "supply_state", "connected_on", address="premise__address",
            area="premise__area",
        ),
        ("utility_type", "address", "supply_state", "connected_on"),
    ),
    Section(
        "meters", "Meters", MeterAssignment, "service_connection__consumer",
        _same(
            "during", meter_number="meter__number", meter_type="meter__meter_type",
            device_number="meter__device__number",
            utility_type="service_connection__utility_type",
        ),
        ("meter_number", "utility_type", "during"),
    ),
    Section(
        "readings", "Readings while the meter was yours", Reading,
        WHOSE_READING,
        _same(
            "value", "read_on", "verification", "exception", "rejection",
            meter_number="meter__number", unit="meter__unit",
        ),
        ("read_on", "meter_number", "value", "unit", "verification"), order=("-read_on", "-pk"),
        only=READ_WHILE_THEIRS,
    ),
    Section(
        "holds", "What protects the account", AccountHold, "consumer",
        _same(
            "kind", "source", "from_on", "to_on", "amount", "placed_at", "lifted_at",
            registered_as="protection__name",
        ),
        ("kind", "source", "from_on", "to_on", "lifted_at"),
    ),
    Section(
        "hold_proposals", "Protections that were proposed", HoldProposal, "consumer",
        _same(
            "kind", "source", "from_on", "to_on", "amount", "note", "state", "proposed_at",
            "decided_at", "decision",
        ),
        ("kind", "source", "state", "proposed_at"),
    ),
    Section(
        "requests", "Disconnections and reconnections", DisconnectionRequest, "case__consumer",
        _same(
            "permanence", "preferred_on", "notes", "service_address", "identity_check",
            "identity_document", "identity_last_four", number="case__number", kind="case__kind",
            status="case__status", created_at="case__created_at", ended_at="case__ended_at",
            closing_reason="case__closing_reason", closing_note="case__closing_note",
            reason="reason__label",
        ),
        ("number", "kind", "reason", "status", "created_at", "ended_at"),
    ),
    Section(
        "requested_services", "Services of the requests", RequestedService,
        "request__case__consumer",
        _same(
            "was_connected", number="request__case__number",
            utility_type="service_connection__utility_type",
        ),
        (),
    ),
    Section(
        "executions", "Requests that were carried out", Execution, "request__case__consumer",
        _same(
            "permanence", "account_status", "executed_at", number="request__case__number"
        ),
        ("number", "permanence", "executed_at"),
    ),
    Section(
        "protections", "Checks before a disconnection", ProtectionVerdict, "case__consumer",
        _same("stage", "at", "answer", "findings", "facts", number="case__number"), (),
    ),
    Section(
        "disconnection_notices", "Disconnection notices", DisconnectionNotice, "case__consumer",
        _same("way", "served_on", number="case__number"), ("number", "way", "served_on"),
    ),
    Section(
        "closure_papers", "Papers of a closure", ClosureNotice, "request__case__consumer",
        _same("paper", "way", "given_on", "invoice_number", number="request__case__number"),
        ("number", "paper", "way", "given_on"),
    ),
    Section(
        "collection", "Collection", RunAccount, "consumer",
        _same(
            "outcome", "outcome_at", "outstanding", "overdue", "reasons", "findings",
            number="request__case__number",
        ),
        ("number", "outcome", "outcome_at", "outstanding"),
    ),
    Section(
        "complaints", "Complaints", Complaint, "case__consumer",
        _same(
            "incident_on", "description", "expected_resolution", "notes", "service_address",
            "disputed_amount", number="case__number", status="case__status",
            category="category__name", about="name__name", created_at="case__created_at",
            ended_at="case__ended_at",
        ),
        ("number", "about", "description", "status", "created_at", "ended_at"),
    ),
    Section(
        "complaint_answers", "How complaints were decided", Case, "consumer",
        _same("number", "closing_note", "ended_at"),
        ("number", "closing_note", "ended_at"),
        only=Q(complaint__isnull=False, complaint__category__is_about_staff=False)
        & ~Q(closing_note=""),
    ),
    Section(
        "complainants", "Complaints before they were linked to the account", Complainant,
        "complaint__case__consumer",
        _same(
            "name", "phone", "email", "service_address", "customer_type", "account_said",
            number="complaint__case__number",
        ),
        ("number", "name", "phone", "email"),
    ),
    Section(
        "evidence", "Files that you sent", Evidence, "complaint__case__consumer",
        _same(
            title="file__title", content_type="file__content_type", size="file__size",
            sha256="file__sha256", stored_at="file__created_at",
            number="complaint__case__number",
        ),
        ("number", "title", "content_type", "stored_at"),
    ),
    Section(
        "ratings", "Ratings", Rating, "complaint__case__consumer",
        _same("stars", "rated_at", comment="comment__text", number="complaint__case__number"),
        ("number", "stars", "comment", "rated_at"),
    ),
    Section(
        "reopenings", "Complaints that were reopened", Reopening, "complaint__case__consumer",
        _same("had_ended_at", "reopened_at", number="complaint__case__number"),
        ("number", "reopened_at"),
    ),
    Section(
        "pauses", "When a matter was on hold", Hold, "case__consumer",
        _same("since", "resume_by", "ended_at", number="case__number", reason="reason__label"),
        ("number", "reason", "since", "ended_at"), only=NOT_ABOUT_STAFF,
    ),
    Section(
        "approvals", "Special approvals", Approval, "case__consumer",
        _same("asked_at", "reason", "state", "decided_at", "note", number="case__number"),
        (), only=NOT_ABOUT_STAFF,
    ),
    Section(
        "service_orders", "Visits", ServiceOrder, "consumer",
        _same(
            "number", "kind", "name", "description", "address", "status", "scheduled_on",
            "starts", "ends", "remarks", "created_at", "started_at", "ended_at", "completion",
            "cancelled_because",
        ),
        ("number", "name", "status", "scheduled_on", "completion"), only=NOT_ABOUT_STAFF,
    ),
    Section(
        "visited_services", "Services of the visits", OrderedService, "service_order__consumer",
        _same(
            number="service_order__number", utility_type="service_connection__utility_type",
            meter_number="meter__number",
        ),
        (), only=~Q(service_order__case__complaint__category__is_about_staff=True),
    ),
    Section(
        "messages", "What was said", Message, "consumer",
        _same(
            "at", "channel", "direction", "visibility", "call_minutes", to="to__text",
            subject="subject__text", body="body__text", state="delivery__state",
            number="case__number",
        ),
        ("at", "channel", "direction", "subject", "body"), order=("-at", "-pk"),
        only=NOT_ABOUT_STAFF | Q(visibility=Visibility.CONSUMER), also="case__consumer",
    ),
    Section(
        "notes", "Internal notes about you", ConsumerNote, "consumer",
        _same("written_at", "withdrawn_at", text="text__text"),
        ("written_at", "text"), order=("-written_at", "-pk"),
    ),
    Section(
        "moves", "Moves in and out", OccupancyChange, "moved_out",
        _same("moved_on", "made_at", address="premise__address"),
        ("moved_on", "address"), also="moved_in",
    ),
    Section(
        "merges", "Accounts that were merged", AccountMerge, "merged",
        _same(
            "made_at", "undone_at", account="merged__account_number",
            into="survivor__account_number", reason="reason__text",
            undo_reason="undo_reason__text",
        ),
        ("account", "into", "made_at", "undone_at"), also="survivor",
    ),
    Section(
        "bills", "Bills", Invoice, "consumer",
        _same(
            "number", "kind", "state", "period_from", "period_to", "issued_on", "due_on",
            "billed", "outstanding", "deposit", "applied", "due", "refund_due",
        ),
        ("number", "kind", "state", "issued_on", "due_on", "due"),
    ),
    Section(
        "bill_sections", "Consumption on the bills", InvoiceSection, "invoice__consumer",
        _same(
            "utility_type", "from_on", "to_on", "meter_number", "basis", "previous_reading",
            "last_reading", "consumption", "unit", "amount", number="invoice__number",
        ),
        (),
    ),
    Section(
        "bill_lines", "Lines of the bills", InvoiceLine, "section__invoice__consumer",
        _same(
            "words", "quantity", "rate", "amount", "reason", number="section__invoice__number"
        ),
        (),
    ),
    Section(
        "bill_adjustments", "Adjustments of final bills", BillAdjustment, "case__consumer",
        _same("amount", "reason", "added_at", "removed_at", number="case__number"), (),
    ),
    Section(
        "credit_notes", "Credit notes", CreditNote, "invoice__consumer",
        _same("number", "reason", "state", "proposed_at", "decided_at", bill="invoice__number"),
        ("number", "bill", "state", "decided_at"),
    ),
    Section(
        "final_readings", "Readings at the end of a supply", FinalReading, "case__consumer",
        _same("value", "read_on", number="case__number", meter_number="meter__number"),
        ("number", "meter_number", "value", "read_on"),
    ),
    Section(
        "settlements", "What becomes of the deposit", SettlementChoice, "case__consumer",
        _same("uses_deposit", "deposit_plan", "set_at", number="case__number"), (),
    ),
    Section(
        "payments", "Payments", Payment, "consumer",
        _same(
            "number", "source", "reference", "method", "amount", "paid_on", "state", "failure",
            "reversed_at", "reversal_reason",
        ),
        ("number", "method", "amount", "paid_on", "state"),
    ),
    Section(
        "payment_reversals", "Payments that were taken back", Reversal, "payment__consumer",
        _same(
            "number", "reason", "state", "proposed_at", "decided_at", "decision",
            payment="payment__number",
        ),
        (),
    ),
    Section(
        "refunds", "Refunds", Refund, "consumer",
        _same(
            "number", "source", "amount", "method", "reason", "state", "proposed_at",
            "decided_at", "decision",
        ),
        ("number", "amount", "method", "state", "decided_at"),
    ),
    Section(
        "deposits", "Deposits", DepositReceipt, "consumer", _same("amount", "received_on"),
        ("amount", "received_on"),
    ),
    Section(
        "arrangements", "Payment arrangements", Arrangement, "consumer",
        _same("number", "total", "state", "made_at", "ended_at", "reason"),
        ("number", "total", "state", "made_at"),
    ),
    Section(
        "instalments", "Instalments", Instalment, "arrangement__consumer",
        _same("due_on", "amount", number="arrangement__number"), (),
    ),
    Section(
        "ledger", "Every posting", LedgerEntry, "transaction__consumer",
        _same(
            "amount", kind="transaction__kind", account="account__kind",
            reference="transaction__reference", valued_on="transaction__valued_on",
            due_on="transaction__due_on", posted_at="transaction__posted_at",
        ),
        ("valued_on", "kind", "reference", "amount"),
        order=("-pk",), only=Q(account__consumer__isnull=False),
    ),
    Section(
        "statements", "Statements of account", StatementPaper, "consumer",
        _same("from_on", "to_on", "asked_at"), (),
    ),
    Section(
        "documents", "Documents on file", ConsumerDocument, "consumer",
        _same(
            "kind", "version", "state", "uploaded_at", "decided_at", "withdrawn_at",
            title="title__text", reason="reason__text",
        ),
        ("title", "kind", "state", "uploaded_at"),
    ),
    Section(
        "document_files", "Files of these documents", ConsumerDocumentVersion,
        "document__consumer",
        _same(
            "number", "position", "uploaded_at", title="document__title__text",
            content_type="file__content_type", size="file__size", sha256="file__sha256",
        ),
        ("title", "number", "position", "size"),
    ),
    Section(
        "privacy", "Exports and erasures", PrivacyAct, "consumer",
        _same("kind", "state", "asked_at", "decided_at", "made_at", reason="reason__text"),
        ("kind", "state", "asked_at"),
    ),
    Section(
        "timeline", "What happened", Entry, "consumer",
        _same(
            "at", "kind", "old", "new", words="text__text", number="case__number",
        ),
        ("at", "kind", "words", "number"), order=("-at", "-pk"),
        only=NOT_ABOUT_STAFF & NAMES_NOBODY_ELSE, also="case__consumer",
    ),
)  # fmt: skip

ELSEWHERE: dict[str, str] = {
    "billing.BalanceTransfer": "what a merge moved; both postings stand in the ledger",
    "billing.BillDraft": "the inputs of a final bill before it was sealed; the bill has them",
    "billing.DepositUse": "says which posting a bill used; both stand there",
    "billing.IntakeAnswer": "what the payment gateway was answered; the payment has it",
    "billing.LedgerAccount": "its balance stands among the figures",
    "billing.LedgerTransaction": "its entries stand in the ledger",
    "cases.Alert": "our own clocks",
    "comms.Delivery": "its state stands with its message",
    "comms.Notice": "what rang with people who work here",
    "consumers.CollectionMove": "the timeline has it, with its reason",
    "consumers.DocumentUpload": "a file that is no document yet, for some days",
    "consumers.ViewLogEntry": "who of us looked at a proof of identity",
    "consumers.Guard": "says only that a request is open",
    "consumers.HandedOverService": "which supply a move was about; moves and connections have it",
    "consumers.InventoryMovement": "where our meters are",
    "consumers.ProfileLock": "who of us is at work on the profile",
    "custody.ExportDownload": "who of us took the files",
    "disconnections.ChecklistTick": "how we worked a request off",
    "disconnections.Closure": "how we planned the end of a supply",
    "disconnections.ClosureMeter": "how we planned the end of a supply",
    "disconnections.ExecutedMeter": "what became of our meter",
    "disconnections.ReconnectedService": "what became of our meter",
    "disconnections.ReconnectionFee": "its posting stands in the ledger",
    "disconnections.ReconnectionMeter": "how we planned a reconnection",
    "insights.HealthScore": "earlier scores; today's stands among the figures",
    "insights.VipSuggestion": "who of us thought of a mark; the mark stands with the account",
    "trail.PersonalText": "stands with whatever points to it",
}
"""What leads to a consumer and is not exported, and why. Anything else is, or a test fails."""
