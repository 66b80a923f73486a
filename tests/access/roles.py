"""The rows of the roles table that apply so far, with the row's own words.

✓ yes · s summary only · o own or assigned only · – no (403) · ∅ hidden. Every address of the
product's own names the row that it obeys; ``addresses.py`` must say the same, see
``test_roles_table.py``.
"""

from dataclasses import dataclass

from tests.access.addresses import COLUMNS, EVERYBODY


@dataclass(frozen=True)
class Row:
    """One row: the action, a cell per role in the table's order, and the addresses it rules."""

    action: str
    cells: tuple[str, str, str, str, str, str, str, str]
    addresses: tuple[str, ...]

    @property
    def who(self) -> str:
        """Who may use the addresses, as in ``addresses.py``."""
        closed = {"–", "∅", *NOT_YET.get(self.action, ())}
        return "".join("-" if cell in closed else "y" for cell in self.cells)


NOT_YET: dict[str, tuple[str, ...]] = {
    "Consumer profile, contact data": ("o",),
    "View requests, status, SLA, timeline": ("o",),
    "Internal notes": ("o",),
    "Create service order": ("from complaint",),
    "Update SO, photos, completion": ("o",),
    "Download SO report": ("o",),
    "Service orders: look": ("o",),
    "Day board, reassign": ("o",),
    "Export CSV": ("financial", "aggregates"),
    "Retry a failed message": ("own bills",),
    "Enter final readings": ("o as field reading",),
    "Enter reading": ("o",),
}
"""Cells that wait for what they speak of: service orders of a technician, bills, aggregates."""

ONE = ("disconnection_detail", "reconnection_detail", "request_detail", "request_top")

CREATING = (
    "request_new", "request_consumer", "request_parts", "request_save", "request_review",
    "request_submit", "request_heartbeat", "request_release", "request_cancel", "request_created",
)  # fmt: skip

COMPLAINING = (
    "complaint_new", "complaint_staff", "complaint_draft", "complaint_customer",
    "complaint_stranger", "complaint_details", "complaint_parts", "complaint_attach",
    "complaint_save", "complaint_submit", "complaint_discard", "complaint_created",
    "draft_file_add", "draft_file", "draft_file_remove",
)  # fmt: skip

ROWS = (
    Row(
        "Search consumers",
        ("✓", "✓", "✓", "✓", "✓", "masked", "∅", "✓"),
        ("search", "search_options", "consumer_list", "consumer_search"),
    ),
    Row(
        "Consumer profile, contact data",
        ("✓", "✓", "✓", "✓", "✓", "masked", "o", "s"),
        ("consumer_detail", "consumer_connections", "consumer_timeline", "consumer_communication"),
    ),
    Row(
        "Set VIP",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        (
            "consumer_vip",
            "vip_suggestion_list",
            "vip_suggestion_accept",
            "vip_suggestion_decline",
        ),
    ),
    Row(
        "Move to Collection and back",
        ("–", "–", "✓", "–", "–", "–", "–", "–"),
        ("consumer_collection",),
    ),
    Row(
        "Health score",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        ("consumer_health",),
    ),
    Row(
        "Edit consumer profile (unlocked)",
        ("✓", "contact only", "–", "billing address", "✓", "–", "–", "–"),
        ("consumer_edit", "profile_hold"),
    ),
    Row(
        "Open account",
        ("✓", "–", "–", "–", "✓", "–", "–", "–"),
        ("consumer_register",),
    ),
    Row(
        "Approve account",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("consumer_approve",),
    ),
    Row(
        "Correct service address",
        ("✓", "–", "–", "–", "✓", "–", "–", "–"),
        ("premise_correct",),
    ),
    Row(
        "Take/renew profile lock",
        ("✓", "✓", "✓", "–", "✓", "–", "–", "–"),
        ("profile_release", "profile_renew"),
    ),
    Row(
        "Break another's lock (reason)",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("profile_break",),
    ),
    Row(
        "Enter reading",
        ("✓", "–", "–", "✓", "✓", "–", "o", "–"),
        ("reading_enter",),
    ),
    Row(
        "Verify or reject reading",
        ("–", "–", "–", "✓", "✓", "–", "–", "–"),
        ("reading_verify", "reading_reject"),
    ),
    Row(
        "Move-in/move-out",
        ("✓", "–", "–", "–", "✓", "–", "–", "–"),
        ("consumer_move", "move_out", "move_in", "move_in_new"),
    ),
    Row(
        "Merge consumers",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("consumer_merge", "merge_undo"),
    ),
    Row(
        "Readings from a file",
        ("–", "–", "–", "✓", "✓", "–", "–", "–"),
        ("reading_file_list", "reading_file", "reading_file_store", "reading_file_errors"),
    ),
    Row(
        "See documents",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        ("consumer_documents", "document_detail", "document_file"),
    ),
    Row(
        "Upload document",
        ("✓", "–", "✓", "✓", "✓", "–", "–", "–"),
        (
            "document_new",
            "document_version",
            "document_withdraw",
            "tray_add",
            "tray_file",
            "tray_remove",
        ),
    ),
    Row(
        "Verify document",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("document_decide",),
    ),
    Row(
        "Account holds (medical, legal, dispute), and protected consumers: propose",
        ("propose", "propose", "propose", "–", "✓", "–", "–", "–"),
        ("account_holds",),
    ),
    Row(
        "Protected-consumer register: read",  # customer service: on the account, need to know
        ("–", "–", "✓", "–", "✓", "–", "–", "–"),
        ("protection_list",),
    ),
    Row(
        "Account holds: decide on what is proposed, lift",
        ("–", "–", "–", "–", "✓ a", "–", "–", "–"),
        (
            "account_hold_lift",
            "hold_proposal_list",
            "hold_proposal_accept",
            "hold_proposal_decline",
        ),
    ),
    Row(
        "Create disconnection/reconnection",
        ("✓", "✓", "✓", "–", "✓", "–", "–", "–"),
        CREATING,
    ),
    Row(
        "Create complaint + evidence",
        ("✓", "✓", "✓", "–", "✓", "–", "–", "–"),
        COMPLAINING,
    ),
    Row(
        "View requests, status, SLA, timeline",
        ("✓", "✓", "✓", "✓", "✓", "no PII", "o", "✓"),
        (*ONE, "request_list", "request_communication", "request_timeline", "receipt_print"),
    ),
    Row(
        "View complaints, status, SLA, timeline",
        ("✓", "✓", "✓", "✓", "✓", "no PII", "–", "✓"),
        ("complaint_list", "complaint_receipt_print"),
    ),
    Row(
        "Export CSV of complaints",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("complaint_export",),
    ),
    Row(
        "Acknowledge",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_acknowledge", "request_assign"),
    ),
    Row(
        "Give work to others",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("request_assign_to", "complaint_assign_to"),
    ),
    Row(
        "Put on hold / Resume",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_hold", "request_resume"),
    ),
    Row(
        "Close (reason + notes)",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_close",),
    ),
    Row(
        "Special approval (≠ creator)",
        ("–", "–", "–", "–", "✓ a", "–", "–", "–"),
        ("request_decide",),
    ),
    Row(
        "Special approval: put a request forward",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_ask_approval",),
    ),
    Row(
        "Disconnect tab: look",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        ("request_disconnect",),
    ),
    Row(
        "Tick checklist items 1–2 (bill, payment)",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        ("closure_tick_money",),
    ),
    Row(
        "Tick items 3–6",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        (
            "closure_tick",
            "closure_parts",
            "closure_set",
            "closure_notice_send",
            "closure_paper_give",
        ),
    ),
    Row(
        "Execute disconnection",
        ("✓ consumer-requested reasons", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_execute",),
    ),
    Row(
        "Reconnect tab: look",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        ("request_reconnect",),
    ),
    Row(
        "Tick the money of a reconnection",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        ("reconnection_tick_money",),
    ),
    Row(
        "Prepare a reconnection",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("reconnection_tick", "reconnection_set"),
    ),
    Row(
        "Execute reconnection",
        ("✓", "–", "✓", "–", "✓", "–", "–", "–"),
        ("request_bring_back",),
    ),
    Row(
        "Create service order",
        ("✓", "from complaint", "✓", "–", "✓", "–", "–", "✓"),
        ("request_add_order", "order_new"),
    ),
    Row(
        "Complaints: look",
        ("✓", "✓", "✓", "✓", "✓", "no PII", "–", "✓"),
        ("complaint_detail", "complaint_top", "complaint_communication", "complaint_timeline"),
    ),
    Row(
        "Acknowledge / hold / resume complaint",
        ("✓", "✓", "–", "–", "✓", "–", "–", "–"),
        ("complaint_acknowledge", "complaint_hold", "complaint_resume", "complaint_assign"),
    ),
    Row(
        "Resolve / reject complaint",
        ("✓", "–", "–", "–", "✓", "–", "–", "–"),
        ("complaint_resolve", "complaint_reject", "complaint_link"),
    ),
    Row(
        "Reopen complaint",
        ("–", "–", "–", "–", "✓", "–", "–", "–"),
        ("complaint_reopen",),
    ),
    Row(
        "Set disputed amount",
        ("✓", "–", "–", "✓", "✓", "–", "–", "–"),
        ("complaint_dispute",),
    ),
    Row(
        "See/download evidence",
        ("✓", "✓", "–", "billing category", "✓", "–", "–", "–"),
        ("complaint_evidence",),
    ),
    Row(
        "Create service order from a complaint",
        ("✓", "✓", "✓", "–", "✓", "–", "–", "✓"),
        ("complaint_add_order",),
    ),
    Row(
        "Assign / reassign technician",
        ("–", "–", "–", "–", "✓ (dispatcher)", "–", "–", "✓"),
        ("order_assign", "order_schedule", "order_take_back", "order_cancel"),
    ),
    Row(
        "Update SO, photos, completion",
        ("–", "–", "–", "–", "✓", "–", "o", "✓"),
        ("order_start", "order_complete"),
    ),
    Row(
        "Download SO report",
        ("✓", "✓", "✓", "✓", "✓", "–", "o", "✓"),
        ("order_report", "order_report_retry"),
    ),
    Row(
        "Service orders: look",
        ("✓", "✓", "✓", "✓", "✓", "–", "o", "✓"),
        (
            "order_list",
            "order_detail",
            "request_service_orders",
            "complaint_service_orders",
            "consumer_service",
        ),
    ),
    Row(
        "Day board, reassign",
        ("–", "–", "–", "–", "✓", "–", "o", "✓"),
        ("order_board", "technician_minutes"),
    ),
    Row(
        "Internal notes",
        ("✓", "✓", "✓", "✓", "✓", "–", "o", "✓"),
        (
            "request_add_note",
            "complaint_add_note",
            "consumer_notes",
            "consumer_note_pin",
            "consumer_note_unpin",
            "consumer_note_withdraw",
        ),
    ),
    Row(
        "Message the consumer",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        (
            "request_send_message",
            "complaint_send_message",
            "consumer_message",
            "receipt_download",
            "receipt_retry",
            "complaint_receipt_download",
            "complaint_receipt_retry",
        ),
    ),
    Row(
        "Log a call",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "✓"),
        ("request_log_call", "complaint_log_call", "consumer_call"),
    ),
    Row(
        "Retry a failed message",
        ("–", "–", "–", "own bills", "✓", "✓", "–", "–"),
        ("message_retry",),
    ),
    Row(
        "Export CSV",
        ("–", "–", "own list", "financial", "✓", "aggregates", "–", "–"),
        ("request_export",),
    ),
    Row(
        "Export of consumers",
        ("–", "–", "to be collected from", "✓", "✓", "–", "–", "–"),
        ("consumer_export", "consumer_export_xlsx"),
    ),
    Row(
        "Financial tab: balance, payments",
        ("s", "s", "✓", "✓", "✓", "–", "–", "–"),
        ("consumer_financial",),
    ),
    Row(
        "Financial tab: lines, and Export CSV of them",
        ("–", "–", "✓", "✓ financial", "✓", "–", "–", "–"),
        (
            "consumer_statement",
            "statement_csv",
            "statement_pdf",
            "invoice_detail",
            "invoice_download",
        ),
    ),
    Row(
        "Billing run",
        ("–", "–", "–", "✓", "✓", "–", "–", "–"),
        ("billing_run_list", "billing_run_start", "billing_run_resume"),
    ),
    Row(
        "Non-payment run: prepare",
        ("–", "–", "✓", "–", "✓", "–", "–", "–"),
        (
            "run_list",
            "run_new",
            "run_propose",
            "run_detail",
            "run_start",
            "run_withdraw",
            "run_resume",
            "run_undo",
        ),
    ),
    Row(
        "View settlement",
        ("s", "s", "✓", "✓", "✓", "–", "–", "–"),
        ("request_settlement", "settlement_detail"),
    ),
    Row(
        "Toggle “Use in bill”",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        ("deposit_use_set", "deposit_plan_set"),
    ),
    Row(
        "Enter final readings",
        ("–", "–", "–", "✓", "✓", "–", "o as field reading", "–"),
        ("settlement_device", "final_readings_enter"),
    ),
    Row(
        "Generate / discard draft bill",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        ("final_bill_generate",),
    ),
    Row(
        "Approve and send bill",
        ("–", "–", "–", "✓ a over threshold", "✓", "–", "–", "–"),
        ("final_bill_approve", "adjustment_add", "adjustment_remove"),
    ),
    Row(
        "Print / download bill",
        ("✓", "✓", "✓", "✓", "✓", "–", "–", "–"),
        ("final_bill_print", "final_bill_download", "final_bill_retry"),
    ),
    Row(
        "Credit note: propose",
        ("–", "–", "–", "✓", "✓", "–", "–", "–"),
        ("credit_note_propose", "invoice_take_back"),
    ),
    Row(
        "Credit note: approve",
        ("–", "–", "–", "–", "✓ a", "–", "–", "–"),
        (
            "credit_note_approve",
            "credit_note_reject",
            "invoice_note_approve",
            "invoice_note_reject",
        ),
    ),
    Row(
        "Record payment, arrangement",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        (
            "payment_new",
            "payment_detail",
            "payment_settle",
            "payment_receipt",
            "payment_receipt_download",
            "payment_receipt_retry",
            "deposit_new",
            "arrangement_new",
            "arrangement_cancel",
        ),
    ),
    Row(
        "Propose refund",
        ("–", "–", "✓", "✓", "✓", "–", "–", "–"),
        ("refund_new", "refund_list"),
    ),
    Row(
        "Approve refund",
        ("–", "–", "–", "–", "✓ a", "–", "–", "–"),
        ("refund_approve", "refund_reject"),
    ),
    Row(
        "Reverse a ledger posting",
        ("–", "–", "–", "propose", "✓ a", "–", "–", "–"),
        ("reversal_propose", "reversal_list"),
    ),
    Row(
        "Reverse a ledger posting: approve",
        ("–", "–", "–", "–", "✓ a", "–", "–", "–"),
        ("reversal_approve", "reversal_reject"),
    ),
    Row(
        "Import",
        ("–", "–", "–", "–", "–", "✓", "–", "–"),
        (
            "import_list",
            "import_try",
            "import_sample",
            "import_start",
            "import_resume",
            "import_problems",
        ),
    ),
    Row(
        "Erase / export personal data",
        ("–", "–", "–", "–", "✓ a", "✓ a", "–", "–"),
        (
            "consumer_privacy",
            "export_ask",
            "erasure_ask",
            "person_erase",
            "export_approve",
            "privacy_decline",
            "export_retry",
            "export_data",
            "export_paper",
        ),
    ),
    Row(
        "Configure reasons, slots, SLA, checklist, categories, templates, thresholds, holidays",
        ("–", "–", "–", "–", "–", "✓", "–", "–"),
        ("utility_change",),
    ),
)

OWN = (
    "start", "sign_out", "me", "password_change", "saved_views", "saved_view", "theme_set",
    "draft_save", "notice_list", "notice_bell", "notice_read_all", "notice_open", "gallery",
    "admin/logout/",
    "admin/password_change/",
)  # fmt: skip
"""Everybody's own: no row speaks of them, and nothing of a consumer stands there."""

OUTSIDE = (
    "sign_in", "logo", "track", "track_receipt", "track_rate", "healthz", "readyz", "admin/login/",
    "api_payments", "api_payment_status",
)  # fmt: skip
"""For people who are not signed in (SEC2), and for programs with an API key."""


def who_by_the_table() -> dict[str, str]:
    """Each address that a row rules, with who may use it."""
    assert all(len(row.cells) == len(COLUMNS) for row in ROWS)
    return {name: row.who for row in ROWS for name in row.addresses} | dict.fromkeys(OWN, EVERYBODY)


# ------------------------------------------------------------------ what of a person is shown

FIELDS: dict[str, str] = {
    # field: who may see it, in the order of the columns (profile row, identity row, notes row)
    "name": "yyyyy--y",
    "phone": "yyyyy--y",
    "service_address": "yyyyy--y",
    "email": "yyyyy---",
    "billing_address": "yyyyy---",
    "identity_last_four": "y---y---",
    "request_notes": "yyyyy--y",
    "internal_note": "yyyyy--y",
    "message": "yyyyy--y",
    "closing_note": "yyyyy--y",
    "lock_reason": "yyyyy---",
}
"""Each personal field × role: ADM is masked and sees no PII, DSP address and phone only."""
