"""Every address of the product: who may use it, and what they get there (quality.md, X1).

An address that is not here fails the run. ``{…}`` is filled with things that exist, see
``test_urls.py``. The columns are those of roles.md: CSE CCR REC BIL SUP ADM TEC DSP.
"""

from dataclasses import dataclass, field

from smart360.staff.choices import Role

COLUMNS = (
    Role.CSE,
    Role.CALL_CENTRE,
    Role.RECOVERY,
    Role.BILLING,
    Role.SUPERVISOR,
    Role.ADMIN,
    Role.TECHNICIAN,
    Role.DISPATCHER,
)
ANYBODY = "anybody"
EVERYBODY = "yyyyyyyy"
READERS = "yyyyyy-y"  # search, profile, requests
DESK = "yyyyy---"  # messages and receipts name the consumer
CREATORS = "yyy-y---"
PRIVACY = "----yy--"  # never alone
SPEAKERS = "yyyyy--y"  # internal notes, calls
WORKERS = "y-y-y---"  # acknowledge, hold, resume, close, assign
ADMINS = "-----y--"
SUPERVISORS = "----y---"
MONEY = "--yyy---"  # lines of money, payments, arrangements
BILLERS = "---yy---"  # billing runs, reversals
RUNNERS = "--y-y---"  # non-payment runs; who starts a large one, the operation asks
UPLOADERS = "y-yyy---"
SEERS = "yyyyy--y"  # service orders
ORDERERS = "y-y-y--y"
COMPLAINT_DESK = "yy--y---"  # acknowledge, hold, resume a complaint
DECIDERS = "y---y---"  # resolve, reject, link a complaint
PLANNERS = "----y--y"  # day board, assign, complete


@dataclass(frozen=True)
class Address:
    """One address: path, who may use it, and the status of a GET and of an empty POST.

    None means 405. Who may not use it gets 403; who is not signed in goes to the door; a thing
    that is not there is 404. A POST is answered otherwise by ``htmx``, to the roles of ``but``,
    and about a thing that has ``ended`` or is somebody else's (``foreign``). With ``writes`` an
    empty POST is enough: it does something.
    """

    path: str
    who: str
    get: int | None = None
    post: int | None = None
    but: dict[Role, int] = field(default_factory=dict)
    htmx: int | None = None
    ended: int | None = None
    foreign: int | None = None
    passes: frozenset[Role] = frozenset()  # for whom nothing is somebody else's
    writes: bool = False

    def is_for(self, role: Role) -> bool:
        """Whether the role may use it."""
        return self.who == ANYBODY or self.who[COLUMNS.index(role)] == "y"

    @property
    def is_about_a_thing(self) -> bool:
        """Whether the path names something that may not be there."""
        return "{" in self.path


NEW = "/cx/disconnections/new"
ORDERS = "/cx/service-orders/"
ORDER = f"{ORDERS}{{order}}"
ONE = "/cx/disconnections/{number}"
BACK = "/cx/disconnections/{back}/reconnect"
COMPLAINT = "/cx/services/{complaint}"
SETTLEMENT = "/cx/billing/settlements/{number}"
NOTE = f"{SETTLEMENT}/credit-notes/CN-2024-999999"
INVOICE = "/cx/billing/invoices/INV-999999"
INVOICE_NOTE = f"{INVOICE}/credit-notes/CN-2024-999999"
CONSUMER = "/cx/consumer-management/{account}"
DOCUMENTS = f"{CONSUMER}/documents"
PAYMENT = "/cx/billing/payments/{payment}"
COMPLAINTS = "/cx/services/"
NO_FILE = "00000000-0000-4000-8000-000000000000"
COMPLAINT_DRAFT = f"{COMPLAINTS}new/{NO_FILE}"  # nobody's

ADDRESSES: dict[str, Address] = {
    # outside
    "sign_in": Address("/sign-in", ANYBODY, get=200, post=422),
    "logo": Address("/logo", ANYBODY, get=404),  # there is none yet
    "track": Address("/track/{tracking}", ANYBODY, get=200),
    "track_receipt": Address("/track/{tracking}/receipt.pdf", ANYBODY, get=202),  # being made
    "track_rate": Address("/track/{link}/rating", ANYBODY, post=409, ended=422),
    "api_payments": Address("/api/v1/payments", ANYBODY, post=401),  # asks for an API key
    "api_payment_status": Address("/api/v1/payments/PAY-2026-000001/status", ANYBODY, post=401),
    "healthz": Address("/healthz", ANYBODY, get=200),
    "readyz": Address("/readyz", ANYBODY, get=200),
    # everybody's own
    "start": Address("/", EVERYBODY, get=200),
    "sign_out": Address("/sign-out", EVERYBODY, post=302, writes=True),
    "me": Address("/me", EVERYBODY, get=200, post=302, writes=True),
    "saved_views": Address("/me/views?page=consumer_list", EVERYBODY, get=200, post=404),  # no page
    "saved_view": Address("/me/views/0", EVERYBODY, post=404),
    "password_change": Address("/me/password", EVERYBODY, get=200, post=422),
    "theme_set": Address("/theme", EVERYBODY, post=302, writes=True),
    "draft_save": Address("/drafts/create_request", EVERYBODY, post=204, writes=True),
    "notice_list": Address("/notices/", EVERYBODY, get=200),
    "notice_bell": Address("/notices/count", EVERYBODY, get=200),
    "notice_read_all": Address("/notices/read", EVERYBODY, post=302, htmx=204, writes=True),
    "notice_open": Address("/notices/{notice}/open", EVERYBODY, post=302, foreign=404, writes=True),
    "gallery": Address("/gallery/", EVERYBODY, get=200),  # local and test only
    # finding
    "search": Address("/search", READERS, get=200),
    "search_options": Address("/search/options", READERS, get=200),
    # consumers
    "consumer_list": Address("/cx/consumer-management/", READERS, get=200),
    "consumer_search": Address("/cx/consumer-management/search", READERS, get=200),
    "consumer_export": Address("/cx/consumer-management/export.csv", MONEY, get=200),
    "consumer_export_xlsx": Address("/cx/consumer-management/export.xlsx", MONEY, get=200),
    "consumer_detail": Address(CONSUMER, READERS, get=200),
    "consumer_connections": Address(f"{CONSUMER}/connections", READERS, get=200),
    "reading_file_list": Address(
        "/cx/consumer-management/readings", BILLERS, get=200, post=400
    ),  # no form key
    "reading_file": Address("/cx/consumer-management/readings/0", BILLERS, get=404),  # none
    "reading_file_store": Address("/cx/consumer-management/readings/0/store", BILLERS, post=404),
    "reading_file_errors": Address(
        "/cx/consumer-management/readings/0/errors.csv", BILLERS, get=404
    ),
    "reading_enter": Address(f"{CONSUMER}/readings/new", "y--yy---", get=200, post=400),
    "reading_verify": Address(f"{CONSUMER}/readings/0/verify", BILLERS, post=404),  # none
    "reading_reject": Address(f"{CONSUMER}/readings/0/reject", BILLERS, get=404, post=404),
    "consumer_edit": Address(
        f"{CONSUMER}/edit", "yy-yy---", get=200, post=409, but={Role.SUPERVISOR: 422}
    ),
    "consumer_register": Address(  # no form key
        "/cx/consumer-management/new", "y---y---", get=200, post=400
    ),
    "consumer_approve": Address(  # held by somebody, or approved already
        f"{CONSUMER}/approve", SUPERVISORS, post=302
    ),
    "premise_correct": Address(  # none
        f"{CONSUMER}/premises/0", "y---y---", get=404, post=404
    ),
    "profile_hold": Address(f"{CONSUMER}/hold", "yy-yy---", post=302, foreign=409, writes=True),
    "profile_release": Address(f"{CONSUMER}/release", CREATORS, post=302, writes=True),
    "profile_break": Address(f"{CONSUMER}/break", "----y---", post=422),
    "protection_list": Address("/cx/consumer-management/protected", "--y-y---", get=200),
    "account_holds": Address(f"{CONSUMER}/holds", "yyy-y---", get=200, post=400),  # no form key
    "hold_proposal_list": Address("/cx/consumer-management/holds", SUPERVISORS, get=200),
    "hold_proposal_accept": Address(
        f"{CONSUMER}/holds/proposed/0/accept", SUPERVISORS, post=404
    ),  # none
    "hold_proposal_decline": Address(
        f"{CONSUMER}/holds/proposed/0/decline", SUPERVISORS, post=404
    ),  # none
    "account_hold_lift": Address(f"{CONSUMER}/holds/0/lift", SUPERVISORS, post=404),  # no hold
    "consumer_notes": Address(f"{CONSUMER}/notes", SPEAKERS, get=200, post=400),  # no form key
    "consumer_note_pin": Address(f"{CONSUMER}/notes/0/pin", SPEAKERS, post=404),  # no note
    "consumer_note_unpin": Address(f"{CONSUMER}/notes/0/unpin", SPEAKERS, post=404),
    "consumer_note_withdraw": Address(f"{CONSUMER}/notes/0/withdraw", SPEAKERS, post=404),
    "consumer_documents": Address(f"{CONSUMER}/documents", DESK, get=200),
    "document_new": Address(f"{DOCUMENTS}/new", UPLOADERS, get=200, post=400),  # no form key
    "tray_add": Address(f"{DOCUMENTS}/tray", UPLOADERS, post=400),
    "tray_file": Address(f"{DOCUMENTS}/tray/{NO_FILE}", UPLOADERS, get=404),
    "tray_remove": Address(f"{DOCUMENTS}/tray/{NO_FILE}/remove", UPLOADERS, post=302, htmx=200),
    "document_detail": Address(f"{DOCUMENTS}/0", DESK, get=404),  # none
    "document_version": Address(f"{DOCUMENTS}/0/new", UPLOADERS, get=404, post=404),
    "document_file": Address(f"{DOCUMENTS}/0/1/1", DESK, get=404),
    "document_decide": Address(f"{DOCUMENTS}/0/decide", SUPERVISORS, post=404),
    "document_withdraw": Address(f"{DOCUMENTS}/0/withdraw", UPLOADERS, post=404),
    "consumer_service": Address(f"{CONSUMER}/service", SEERS, get=200),
    "consumer_communication": Address(f"{CONSUMER}/communication", READERS, get=200),
    "consumer_message": Address(f"{CONSUMER}/messages", DESK, post=400),  # no form key
    "consumer_call": Address(f"{CONSUMER}/calls", SPEAKERS, post=400),
    "consumer_timeline": Address(f"{CONSUMER}/timeline", READERS, get=200),
    "vip_suggestion_list": Address("/cx/consumer-management/vip-suggestions", SUPERVISORS, get=200),
    "vip_suggestion_accept": Address(
        "/cx/consumer-management/vip-suggestions/0/accept", SUPERVISORS, post=404
    ),  # none
    "vip_suggestion_decline": Address(
        "/cx/consumer-management/vip-suggestions/0/decline", SUPERVISORS, post=404
    ),
    "consumer_vip": Address(f"{CONSUMER}/vip", SUPERVISORS, get=200, post=400),  # no form key
    "consumer_collection": Address(f"{CONSUMER}/collection", "--y-----", get=200, post=400),
    "consumer_health": Address(f"{CONSUMER}/health", DESK, get=200),
    "consumer_move": Address(f"{CONSUMER}/move", DECIDERS, get=200, post=400),  # no form key
    "move_out": Address(f"{CONSUMER}/move/out", DECIDERS, post=422),
    "move_in": Address(f"{CONSUMER}/move/in", DECIDERS, post=422),
    "move_in_new": Address(f"{CONSUMER}/move/new", DECIDERS, post=422),
    "consumer_merge": Address(f"{CONSUMER}/merge", SUPERVISORS, get=200, post=400),  # no form key
    "merge_undo": Address(f"{CONSUMER}/merge/undo", SUPERVISORS, get=200, post=400),
    "profile_renew": Address(f"{CONSUMER}/renew/1", CREATORS, post=409),  # not held
    # a consumer's money
    "payment_new": Address(f"{CONSUMER}/payments/new", MONEY, get=200, post=400),
    "deposit_new": Address(f"{CONSUMER}/deposits/new", MONEY, get=200, post=400),
    "refund_new": Address(f"{CONSUMER}/refunds/new", MONEY, get=200, post=400),
    "payment_detail": Address(PAYMENT, MONEY, get=200),
    "payment_settle": Address(f"{PAYMENT}/settle", MONEY, post=400),
    "reversal_propose": Address(f"{PAYMENT}/reverse", BILLERS, post=400),
    "reversal_list": Address("/cx/billing/reversals", BILLERS, get=200),
    "reversal_approve": Address("/cx/billing/reversals/{reversal}/approve", SUPERVISORS, post=400),
    "reversal_reject": Address("/cx/billing/reversals/{reversal}/reject", SUPERVISORS, post=400),
    "payment_receipt": Address(f"{PAYMENT}/receipt", MONEY, get=200),
    "payment_receipt_download": Address(f"{PAYMENT}/receipt.pdf", MONEY, get=202),
    "payment_receipt_retry": Address(f"{PAYMENT}/receipt/retry", MONEY, post=409),  # not failed
    "refund_list": Address("/cx/billing/refunds", MONEY, get=200),
    "refund_approve": Address("/cx/billing/refunds/{refund}/approve", SUPERVISORS, post=400),
    "refund_reject": Address("/cx/billing/refunds/{refund}/reject", SUPERVISORS, post=400),
    "consumer_financial": Address(f"{CONSUMER}/financial", "yyyyy---", get=200),
    "consumer_statement": Address(f"{CONSUMER}/statement", MONEY, get=200),
    "statement_csv": Address(f"{CONSUMER}/statement.csv", MONEY, get=200),
    "statement_pdf": Address(f"{CONSUMER}/statement.pdf", MONEY, get=200, post=302, writes=True),
    "arrangement_new": Address(f"{CONSUMER}/arrangements/new", MONEY, get=200, post=400),
    "arrangement_cancel": Address(
        f"{CONSUMER}/arrangements/PA-2024-999999/cancel", MONEY, get=404, post=404
    ),
    "invoice_detail": Address(INVOICE, MONEY, get=404),
    "invoice_download": Address(f"{INVOICE}.pdf", MONEY, get=404, post=404),
    "invoice_take_back": Address(f"{INVOICE}/credit-notes", BILLERS, post=404),
    "invoice_note_approve": Address(f"{INVOICE_NOTE}/approve", SUPERVISORS, post=404),
    "invoice_note_reject": Address(f"{INVOICE_NOTE}/reject", SUPERVISORS, post=404),
    # requests
    "request_list": Address("/cx/disconnections/", READERS, get=200),
    "request_export": Address("/cx/disconnections/export.csv", "--y-y---", get=200),
    "complaint_list": Address("/cx/services/", READERS, get=200),
    "complaint_export": Address("/cx/services/export.csv", SUPERVISORS, get=200),
    "complaint_receipt_print": Address(f"{COMPLAINT}/receipt", READERS, get=200),
    "complaint_receipt_download": Address(f"{COMPLAINT}/receipt.pdf", DESK, get=202),
    "complaint_receipt_retry": Address(f"{COMPLAINT}/receipt/retry", DESK, post=409),
    "request_new": Address(NEW, CREATORS, get=200),
    "request_consumer": Address(f"{NEW}/consumer", CREATORS, post=422),
    "request_parts": Address(f"{NEW}/parts", CREATORS, post=200, writes=True),
    "request_save": Address(f"{NEW}/save", CREATORS, post=302, writes=True),
    "request_review": Address(f"{NEW}/review", CREATORS, post=422),
    "request_submit": Address(f"{NEW}/submit", CREATORS, post=400),  # without a form key
    "request_heartbeat": Address(f"{NEW}/heartbeat", CREATORS, post=404),  # nothing is held
    "request_release": Address(f"{NEW}/release", CREATORS, post=302, htmx=200, writes=True),
    "request_cancel": Address(f"{NEW}/cancel", CREATORS, post=302, htmx=204, writes=True),
    "request_created": Address(f"{ONE}/created", CREATORS, get=200),
    # creating a complaint; drafts of one's own are in tests/complaints
    "complaint_new": Address(f"{COMPLAINTS}new", CREATORS, get=200),
    "complaint_staff": Address(f"{COMPLAINTS}new/staff", CREATORS, get=200),
    "complaint_draft": Address(COMPLAINT_DRAFT, CREATORS, get=404),
    "complaint_customer": Address(f"{COMPLAINT_DRAFT}/customer", CREATORS, post=422),
    "complaint_stranger": Address(f"{COMPLAINT_DRAFT}/by-hand", CREATORS, post=422),
    "complaint_details": Address(f"{COMPLAINT_DRAFT}/details", CREATORS, post=404),
    "complaint_parts": Address(f"{COMPLAINT_DRAFT}/parts", CREATORS, post=404),
    "complaint_attach": Address(f"{COMPLAINT_DRAFT}/evidence", CREATORS, post=404),
    "draft_file_add": Address(f"{COMPLAINT_DRAFT}/files", CREATORS, post=400),  # no form key
    "draft_file": Address(f"{COMPLAINT_DRAFT}/files/{NO_FILE}", CREATORS, get=404),
    "draft_file_remove": Address(f"{COMPLAINT_DRAFT}/files/{NO_FILE}/remove", CREATORS, post=404),
    "complaint_save": Address(f"{COMPLAINT_DRAFT}/save", CREATORS, post=404),
    "complaint_submit": Address(f"{COMPLAINT_DRAFT}/submit", CREATORS, post=404),
    "complaint_discard": Address(f"{COMPLAINT_DRAFT}/discard", CREATORS, post=302),
    "complaint_created": Address(f"{COMPLAINTS}CMP-99999999/created", CREATORS, get=404),
    "disconnection_detail": Address(ONE, READERS, get=200),
    "reconnection_detail": Address(ONE, READERS, get=200),
    "request_detail": Address(ONE, READERS, get=200),
    "request_top": Address(f"{ONE}/top", READERS, get=200),
    "request_settlement": Address(f"{ONE}/settlement", DESK, get=200),
    "request_service_orders": Address(f"{ONE}/service-order", SEERS, get=200),
    "request_disconnect": Address(f"{ONE}/disconnect", DESK, get=200),
    "closure_parts": Address(f"{ONE}/disconnect/parts", WORKERS, get=200),
    "closure_set": Address(f"{ONE}/disconnect/details", WORKERS, post=422),
    "closure_tick": Address(f"{ONE}/disconnect/items", WORKERS, post=422),
    "closure_tick_money": Address(f"{ONE}/disconnect/money-items", MONEY, post=422),
    "closure_notice_send": Address(
        f"{ONE}/disconnect/notice", WORKERS, post=302, htmx=200, ended=409, writes=True
    ),
    "closure_paper_give": Address(f"{ONE}/disconnect/paper", WORKERS, post=422),
    "request_execute": Address(f"{ONE}/disconnect/execute", WORKERS, post=409),
    "request_reconnect": Address(BACK, DESK, get=200),
    "reconnection_set": Address(f"{BACK}/details", WORKERS, post=422),
    "reconnection_tick": Address(f"{BACK}/items", WORKERS, post=422),
    "reconnection_tick_money": Address(f"{BACK}/money-items", MONEY, post=422),
    "request_bring_back": Address(f"{BACK}/execute", WORKERS, post=409),
    "request_add_order": Address(f"{ONE}/service-order/new", ORDERERS, post=400),
    "request_communication": Address(f"{ONE}/communication", READERS, get=200),
    "request_timeline": Address(f"{ONE}/timeline", READERS, get=200),
    "request_acknowledge": Address(
        f"{ONE}/acknowledge", WORKERS, post=302, htmx=200, ended=409, writes=True
    ),
    "request_ask_approval": Address(f"{ONE}/approval", WORKERS, post=422),
    "request_decide": Address(f"{ONE}/decision", SUPERVISORS, post=422),
    "request_hold": Address(f"{ONE}/hold", WORKERS, post=422),
    "request_resume": Address(f"{ONE}/resume", WORKERS, post=409),
    "request_close": Address(f"{ONE}/close", WORKERS, post=422),
    "request_assign": Address(  # one that another person has is given on by a supervisor alone
        f"{ONE}/assign",
        WORKERS,
        post=302,
        htmx=200,
        ended=409,
        foreign=409,
        passes=frozenset({Role.SUPERVISOR}),
        writes=True,
    ),
    "request_assign_to": Address(f"{ONE}/assign-to", SUPERVISORS, post=422),
    "request_add_note": Address(f"{ONE}/notes", "yyyyy--y", post=400),
    "request_send_message": Address(f"{ONE}/messages", DESK, post=400),
    "request_log_call": Address(f"{ONE}/calls", "yyyyy--y", post=400),
    "receipt_print": Address(f"{ONE}/receipt", READERS, get=200),
    "receipt_download": Address(f"{ONE}/receipt.pdf", DESK, get=202),
    "receipt_retry": Address(f"{ONE}/receipt/retry", DESK, post=409),
    "message_retry": Address("/messages/{message}/retry", "----yy--", post=409),  # has not failed
    # settlements and final bills; a form of ours has a key
    "settlement_detail": Address(SETTLEMENT, DESK, get=200),
    "settlement_device": Address(f"{SETTLEMENT}/device/999999", BILLERS, get=404),
    "deposit_use_set": Address(f"{SETTLEMENT}/deposit", MONEY, post=400),
    "deposit_plan_set": Address(f"{SETTLEMENT}/deposit/plan", MONEY, post=400),
    "final_readings_enter": Address(f"{SETTLEMENT}/readings", BILLERS, post=400),
    "adjustment_add": Address(f"{SETTLEMENT}/adjustments", BILLERS, post=400),
    "adjustment_remove": Address(f"{SETTLEMENT}/adjustments/999999/remove", BILLERS, post=400),
    "final_bill_print": Address(f"{SETTLEMENT}/bill", DESK, get=409),  # there is none yet
    "final_bill_download": Address(f"{SETTLEMENT}/bill.pdf", DESK, get=409),
    "final_bill_generate": Address(f"{SETTLEMENT}/bill/generate", MONEY, post=400),
    "final_bill_approve": Address(f"{SETTLEMENT}/bill/approve", BILLERS, post=400),
    "final_bill_retry": Address(f"{SETTLEMENT}/bill/retry", DESK, post=409),
    "credit_note_propose": Address(f"{SETTLEMENT}/credit-notes", BILLERS, post=400),
    "credit_note_approve": Address(f"{NOTE}/approve", "----y---", post=404),
    "credit_note_reject": Address(f"{NOTE}/reject", "----y---", post=404),
    # service orders; the one here is open and nobody's
    "order_list": Address(ORDERS, SEERS, get=200),
    "order_new": Address(f"{ORDERS}new/{{account}}", ORDERERS, get=200, post=400),  # no form key
    "order_board": Address(f"{ORDERS}board", PLANNERS, get=200),
    "technician_minutes": Address(f"{ORDERS}board/999999/minutes", PLANNERS, post=422),
    "order_detail": Address(ORDER, SEERS, get=200),
    "order_schedule": Address(f"{ORDER}/schedule", PLANNERS, post=422),
    "order_assign": Address(f"{ORDER}/assign", PLANNERS, post=422),
    "order_take_back": Address(f"{ORDER}/take-back", PLANNERS, post=409),
    "order_start": Address(f"{ORDER}/start", PLANNERS, post=409),
    "order_complete": Address(f"{ORDER}/complete", PLANNERS, post=422),
    "order_cancel": Address(f"{ORDER}/cancel", PLANNERS, post=422),
    "order_report": Address(f"{ORDER}/report.pdf", SEERS, get=404),  # the work is not done
    "order_report_retry": Address(f"{ORDER}/report/retry", SEERS, post=409),
    # one complaint
    "complaint_detail": Address(COMPLAINT, READERS, get=200),
    "complaint_top": Address(f"{COMPLAINT}/top", READERS, get=200),
    "complaint_service_orders": Address(f"{COMPLAINT}/service-order", SEERS, get=200),
    "complaint_add_order": Address(f"{COMPLAINT}/service-order/new", "yyy-y--y", post=400),
    "complaint_communication": Address(f"{COMPLAINT}/communication", READERS, get=200),
    "complaint_timeline": Address(f"{COMPLAINT}/timeline", READERS, get=200),
    "complaint_evidence": Address(f"{COMPLAINT}/evidence/1", "yy-yy---", get=404),  # no file
    "complaint_acknowledge": Address(
        f"{COMPLAINT}/acknowledge", COMPLAINT_DESK, post=302, htmx=200, ended=409, writes=True
    ),
    "complaint_hold": Address(f"{COMPLAINT}/hold", COMPLAINT_DESK, post=422),
    "complaint_resume": Address(f"{COMPLAINT}/resume", COMPLAINT_DESK, post=409),
    "complaint_assign": Address(
        f"{COMPLAINT}/assign", COMPLAINT_DESK, post=302, htmx=200, ended=409, writes=True
    ),
    "complaint_resolve": Address(f"{COMPLAINT}/resolve", DECIDERS, post=422),
    "complaint_reject": Address(f"{COMPLAINT}/reject", DECIDERS, post=422),
    "complaint_reopen": Address(f"{COMPLAINT}/reopen", SUPERVISORS, post=422),
    "complaint_link": Address(f"{COMPLAINT}/link", DECIDERS, post=422),
    "complaint_dispute": Address(f"{COMPLAINT}/dispute", "y--yy---", post=400),  # no form key
    "complaint_assign_to": Address(f"{COMPLAINT}/assign-to", SUPERVISORS, post=422),
    "complaint_add_note": Address(f"{COMPLAINT}/notes", "yyyyy--y", post=400),
    "complaint_send_message": Address(f"{COMPLAINT}/messages", DESK, post=400),
    "complaint_log_call": Address(f"{COMPLAINT}/calls", "yyyyy--y", post=400),
    # non-payment runs
    "run_list": Address("/cx/disconnections/runs", RUNNERS, get=200),
    "run_new": Address("/cx/disconnections/runs/new", RUNNERS, get=200),
    "run_propose": Address("/cx/disconnections/runs/propose", RUNNERS, post=400),  # without a key
    "run_detail": Address("/cx/disconnections/runs/999999", RUNNERS, get=404),
    "run_start": Address("/cx/disconnections/runs/999999/start", RUNNERS, post=404),
    "run_withdraw": Address("/cx/disconnections/runs/999999/withdraw", RUNNERS, post=404),
    "run_resume": Address("/cx/disconnections/runs/999999/resume", RUNNERS, post=404),
    "run_undo": Address("/cx/disconnections/runs/999999/undo", RUNNERS, post=404),
    # billing runs
    "billing_run_list": Address("/cx/billing/runs", BILLERS, get=200),
    "billing_run_start": Address("/cx/billing/runs/start", BILLERS, post=400),  # without a form key
    "billing_run_resume": Address("/cx/billing/runs/999999/resume", BILLERS, post=404),
    # files of accounts, and what came of them
    "import_list": Address("/cx/imports", ADMINS, get=200),
    "import_try": Address("/cx/imports/try", ADMINS, post=400),  # without a form key
    "import_sample": Address("/cx/imports/sample.csv", ADMINS, get=200),
    "import_start": Address("/cx/imports/999999/start", ADMINS, post=404),
    "import_resume": Address("/cx/imports/999999/resume", ADMINS, post=404),
    "import_problems": Address("/cx/imports/999999/problems.csv", ADMINS, get=404),
    # a person's own data
    "consumer_privacy": Address(f"{CONSUMER}/privacy", PRIVACY, get=200),
    "export_ask": Address(f"{CONSUMER}/privacy/export", PRIVACY, post=400),  # without a form key
    "erasure_ask": Address(f"{CONSUMER}/privacy/erasure", PRIVACY, post=400),
    "person_erase": Address(f"{CONSUMER}/privacy/0/erase", PRIVACY, post=404),
    "export_approve": Address(f"{CONSUMER}/privacy/0/approve", PRIVACY, post=404),  # none
    "privacy_decline": Address(f"{CONSUMER}/privacy/0/decline", PRIVACY, post=404),
    "export_retry": Address(f"{CONSUMER}/privacy/0/retry", PRIVACY, post=404),
    "export_data": Address(f"{CONSUMER}/privacy/0/data", PRIVACY, post=404),
    "export_paper": Address(f"{CONSUMER}/privacy/0/paper", PRIVACY, post=404),
    # administration
    "utility_change": Address("/settings/", ADMINS, get=200, post=422),
    # Django admin has no door of its own
    "admin/login/": Address("/admin/login/", ANYBODY, get=302, post=302),
    "admin/logout/": Address("/admin/logout/", EVERYBODY, get=302, post=302),
    "admin/password_change/": Address("/admin/password_change/", EVERYBODY, get=302, post=302),
}

ADMIN_PAGES = {
    "admin:index": "/admin/",
    "admin:jsi18n": "/admin/jsi18n/",
    "admin:app_list": "/admin/staff/",
    "admin:password_change_done": "/admin/password_change/done/",
}
"""Pages of Django admin that are nobody's model; 200 for administrators."""

ADMIN_UNUSED = {"admin:autocomplete", "admin:view_on_site"}
"""Django brings them; nothing of ours leads there, and the gate keeps others out."""

ADMIN_MODELS: dict[str, int] = {
    # model: what an administrator gets for its page "add"
    "organisation_businesscalendar": 200,
    "staff_person": 200,
    "staff_rolegroup": 403,
    "staff_signin": 403,
    "comms_template": 403,
    "consumers_category": 200,
    "consumers_subcategory": 200,
    "consumers_warehouse": 200,
    "consumers_protectionkind": 200,
    "disconnections_reason": 200,
    "disconnections_timeslot": 200,
    "disconnections_closurepolicy": 403,  # there is exactly one
    "disconnections_rulepack": 200,
    "disconnections_protectionrule": 200,
    "disconnections_weatheralert": 200,
    "cases_slapolicy": 200,
    "cases_holdreason": 200,
    "fieldwork_ordertemplate": 200,
    "fieldwork_skill": 200,
    "fieldwork_technician": 200,
    "complaints_complaintcategory": 200,
    "complaints_complaintsubcategory": 200,
    "complaints_complaintname": 200,
    "complaints_complaintsettings": 403,  # there is exactly one
    "billing_tariff": 200,
    "billing_apikey": 200,
    "billing_billingpolicy": 403,  # there is exactly one
    "consumers_collectionpolicy": 403,  # there is exactly one
    "insights_vippolicy": 403,  # there is exactly one
}
ADMIN_READ_ONLY = {"staff_rolegroup", "staff_signin", "billing_apikey"}
"""Models that administrators look at and never change there."""

ADMIN_EXTRA = {
    "admin:organisation_businesscalendar_import": "holidays",
    "admin:staff_person_password": "password",
    "admin:billing_apikey_retire": "retire",
}
"""Our own pages inside Django admin, with the last word of their paths."""

ADMIN_WHOLE = {"admin:disconnections_rulepack_examples": "examples"}
"""Those of a model, not of one row of it."""
