"""What each role may do: the table of roles.md, as far as the product goes today.

This is the only place where a permission is given. Unknown means no.
"""

from enum import StrEnum

from smart360.staff.choices import Role


class Permission(StrEnum):
    """One act or view that somebody may be allowed."""

    # consumers
    SEARCH_CONSUMERS = "consumers.search"
    VIEW_CONSUMER = "consumers.view"
    SEE_CONTACT_DATA = "consumers.see_contact_data"  # name, service address, phone
    SEE_PERSONAL_DATA = "consumers.see_personal_data"  # and e-mail, billing address
    SEE_IDENTITY_DOCUMENTS = "consumers.see_identity_documents"
    SET_VIP = "consumers.set_vip"  # and decide who is suggested
    COLLECT = "consumers.collect"  # to Collection and back
    VIEW_HEALTH = "consumers.view_health"  # Relationship Health Score
    VIEW_DOCUMENTS = "consumers.view_documents"  # without the next two: published ones only
    UPLOAD_DOCUMENT = "consumers.upload_document"
    VERIFY_DOCUMENT = "consumers.verify_document"  # publish, reject; never one's own upload
    SEE_PROTECTIONS = "consumers.see_protections"  # others: of consumers on whom they work
    EXPORT_CONSUMERS = "consumers.export"
    EXPORT_COLLECTION = "consumers.export_collection"  # only who is to be collected from
    EDIT_CONSUMER = "consumers.edit"
    EDIT_CONTACT = "consumers.edit_contact"
    EDIT_BILLING_ADDRESS = "consumers.edit_billing_address"
    EDIT_GUARDED_DATA = "consumers.edit_guarded_data"
    TAKE_PROFILE_LOCK = "consumers.take_profile_lock"
    BREAK_PROFILE_LOCK = "consumers.break_profile_lock"
    CHANGE_OCCUPIER = "consumers.change_occupier"  # move-out and move-in
    MERGE_CONSUMERS = "consumers.merge"  # and undo it
    ENTER_READING = "consumers.enter_reading"
    VERIFY_READING = "consumers.verify_reading"  # or reject
    IMPORT_READINGS = "consumers.import_readings"
    # requests
    VIEW_REQUESTS = "requests.view"
    CREATE_REQUEST = "requests.create"
    ACKNOWLEDGE = "requests.acknowledge"
    HOLD = "requests.hold"
    CLOSE = "requests.close"
    ASSIGN = "requests.assign"
    ASSIGN_OTHERS = "requests.assign_others"
    VIEW_KPIS = "requests.view_kpis"
    EXPORT_REQUESTS = "requests.export"
    SEE_ESCALATIONS = "requests.see_escalations"
    # money
    VIEW_BALANCE = "billing.view_balance"  # outstanding, due date, last payment, net; no lines
    VIEW_MONEY = "billing.view_money"  # and every line: ledger, payments, bills
    PRINT_BILL = "billing.print_bill"
    SET_DEPOSIT_USE = "billing.set_deposit_use"
    ENTER_FINAL_READING = "billing.enter_final_reading"
    OVERRIDE_READING = "billing.override_reading"  # lower than before: rollover, replacement
    GENERATE_BILL = "billing.generate_bill"
    APPROVE_BILL = "billing.approve_bill"
    RECORD_PAYMENT = "billing.record_payment"  # and make an arrangement
    PROPOSE_REVERSAL = "billing.propose_reversal"
    APPROVE_REVERSAL = "billing.approve_reversal"
    PROPOSE_REFUND = "billing.propose_refund"
    APPROVE_REFUND = "billing.approve_refund"
    PROPOSE_CREDIT_NOTE = "billing.propose_credit_note"
    APPROVE_CREDIT_NOTE = "billing.approve_credit_note"
    RUN_BILLING = "billing.run_billing"
    EXPORT_MONEY = "billing.export_money"
    # from request to done
    ASK_FOR_APPROVAL = "requests.ask_for_approval"
    APPROVE_REQUEST = "requests.approve"  # never what one made, asked for or carries out
    PREPARE_CLOSURE = "requests.prepare_closure"  # meter action, order, items 3 to 6
    TICK_MONEY = "requests.tick_money"  # items 1 and 2 of the checklist
    EXECUTE = "requests.execute"  # what the consumer asked for; and reconnections
    EXECUTE_FOR_US = "requests.execute_for_us"  # non-payment, tampering, safety
    VIEW_SERVICE_ORDERS = "field.view"
    CREATE_SERVICE_ORDER = "field.create"
    ASSIGN_SERVICE_ORDER = "field.assign"  # and the day board
    UPDATE_SERVICE_ORDER = "field.update"
    PREPARE_RUN = "collection.prepare_run"
    CONFIRM_RUN = "collection.confirm_run"
    PROTECT_ACCOUNT = "consumers.protect"  # medical, legal, dispute; and what others propose
    PROPOSE_HOLD = "consumers.propose_hold"
    PROPOSE_PROTECTION = "consumers.propose_protection"  # an entry of the register, no other hold
    # complaints
    VIEW_COMPLAINTS = "complaints.view"
    CREATE_COMPLAINT = "complaints.create"
    WORK_ON_COMPLAINT = "complaints.work"  # acknowledge, hold, resume, take on oneself
    DECIDE_COMPLAINT = "complaints.decide"  # resolve, reject, link to an account
    REOPEN_COMPLAINT = "complaints.reopen"
    SEE_STAFF_COMPLAINTS = "complaints.see_about_staff"  # never the person named
    SEE_EVIDENCE = "complaints.see_evidence"
    SEE_BILLING_EVIDENCE = "complaints.see_billing_evidence"  # of disputed bills only
    SET_DISPUTED_AMOUNT = "complaints.set_disputed_amount"
    EXPORT_COMPLAINTS = "complaints.export"
    CREATE_ORDER_FROM_COMPLAINT = "field.create_from_complaint"
    # communication
    ADD_NOTE = "communication.add_note"  # and read and pin a consumer's
    WITHDRAW_NOTE = "communication.withdraw_note"  # another's; one's own needs none
    MESSAGE_CONSUMER = "communication.message_consumer"
    LOG_CALL = "communication.log_call"
    RETRY_MESSAGE = "communication.retry"
    HANDLE_PRIVACY = "custody.privacy"  # export or erase a person's data, never alone
    # administration
    CONFIGURE = "administration.configure"
    MANAGE_PEOPLE = "administration.manage_people"
    IMPORT = "administration.import"


P = Permission

_DESK = {
    P.SEARCH_CONSUMERS,
    P.VIEW_CONSUMER,
    P.SEE_CONTACT_DATA,
    P.SEE_PERSONAL_DATA,
    P.VIEW_DOCUMENTS,
    P.VIEW_REQUESTS,
    P.VIEW_KPIS,
    P.VIEW_HEALTH,
    P.ADD_NOTE,
    P.MESSAGE_CONSUMER,
    P.LOG_CALL,
    P.VIEW_SERVICE_ORDERS,
    P.VIEW_COMPLAINTS,
}
_COMPLAINT_DESK = {P.CREATE_COMPLAINT, P.WORK_ON_COMPLAINT, P.SEE_EVIDENCE}
_MONEY = {
    P.VIEW_BALANCE,
    P.VIEW_MONEY,
    P.PRINT_BILL,
    P.SET_DEPOSIT_USE,
    P.GENERATE_BILL,
    P.RECORD_PAYMENT,
    P.PROPOSE_REFUND,
    P.EXPORT_MONEY,
}
_BILLING = {
    P.ENTER_FINAL_READING,
    P.APPROVE_BILL,
    P.PROPOSE_REVERSAL,
    P.PROPOSE_CREDIT_NOTE,
    P.RUN_BILLING,
}
_READINGS = {P.ENTER_READING, P.VERIFY_READING, P.IMPORT_READINGS}
_CASE_WORK = {P.ACKNOWLEDGE, P.HOLD, P.CLOSE, P.ASSIGN}
_CARRYING_OUT = {P.ASK_FOR_APPROVAL, P.PREPARE_CLOSURE, P.EXECUTE, P.CREATE_SERVICE_ORDER}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CSE: frozenset(
        _DESK
        | _CASE_WORK
        | {P.TAKE_PROFILE_LOCK, P.CREATE_REQUEST, P.SEE_IDENTITY_DOCUMENTS, P.UPLOAD_DOCUMENT}
        | {P.EDIT_CONSUMER, P.EDIT_CONTACT, P.EDIT_BILLING_ADDRESS}
        | {P.VIEW_BALANCE, P.PRINT_BILL, P.PROPOSE_HOLD, P.ENTER_READING, P.CHANGE_OCCUPIER}
        | {P.PROPOSE_PROTECTION}
        | _CARRYING_OUT
        | _COMPLAINT_DESK
        | {P.DECIDE_COMPLAINT, P.SET_DISPUTED_AMOUNT, P.CREATE_ORDER_FROM_COMPLAINT}
    ),
    Role.CALL_CENTRE: frozenset(
        _DESK
        | {P.TAKE_PROFILE_LOCK, P.CREATE_REQUEST, P.EDIT_CONTACT, P.VIEW_BALANCE, P.PRINT_BILL}
        | _COMPLAINT_DESK
        | {P.CREATE_ORDER_FROM_COMPLAINT}
        | {P.PROPOSE_HOLD, P.PROPOSE_PROTECTION}
    ),
    Role.RECOVERY: frozenset(
        _DESK
        | _CASE_WORK
        | _MONEY
        | {P.TAKE_PROFILE_LOCK, P.CREATE_REQUEST, P.EXPORT_REQUESTS}
        | {P.UPLOAD_DOCUMENT, P.SEE_PROTECTIONS, P.PROPOSE_PROTECTION}
        | {P.EXPORT_COLLECTION}
        | _CARRYING_OUT
        | {P.TICK_MONEY, P.EXECUTE_FOR_US, P.PREPARE_RUN, P.COLLECT}
        | {P.CREATE_COMPLAINT, P.CREATE_ORDER_FROM_COMPLAINT}
    ),
    Role.BILLING: frozenset(
        _DESK
        | _MONEY
        | _BILLING
        | _READINGS
        | {P.EDIT_BILLING_ADDRESS, P.TICK_MONEY, P.UPLOAD_DOCUMENT}
        | {P.EXPORT_CONSUMERS}
        | {P.SEE_BILLING_EVIDENCE, P.SET_DISPUTED_AMOUNT}
    ),
    Role.SUPERVISOR: frozenset(
        _DESK
        | _CASE_WORK
        | {P.TAKE_PROFILE_LOCK, P.BREAK_PROFILE_LOCK, P.CREATE_REQUEST, P.SEE_IDENTITY_DOCUMENTS}
        | {P.EDIT_CONSUMER, P.EDIT_CONTACT, P.EDIT_BILLING_ADDRESS, P.EDIT_GUARDED_DATA}
        | {P.UPLOAD_DOCUMENT, P.VERIFY_DOCUMENT, P.SEE_PROTECTIONS}
        | _MONEY
        | _BILLING
        | _READINGS
        | {P.OVERRIDE_READING, P.APPROVE_REVERSAL, P.APPROVE_REFUND, P.APPROVE_CREDIT_NOTE}
        | {P.ASSIGN_OTHERS, P.EXPORT_REQUESTS, P.SEE_ESCALATIONS, P.RETRY_MESSAGE}
        | _CARRYING_OUT
        | {P.TICK_MONEY, P.EXECUTE_FOR_US, P.PREPARE_RUN, P.CONFIRM_RUN, P.APPROVE_REQUEST}
        | {P.ASSIGN_SERVICE_ORDER, P.UPDATE_SERVICE_ORDER, P.PROTECT_ACCOUNT}
        | _COMPLAINT_DESK
        | {P.DECIDE_COMPLAINT, P.REOPEN_COMPLAINT, P.SEE_STAFF_COMPLAINTS}
        | {P.SET_DISPUTED_AMOUNT, P.EXPORT_COMPLAINTS, P.CREATE_ORDER_FROM_COMPLAINT}
        | {P.SET_VIP}
        | {P.WITHDRAW_NOTE, P.HANDLE_PRIVACY, P.CHANGE_OCCUPIER, P.EXPORT_CONSUMERS}
        | {P.MERGE_CONSUMERS}
    ),
    Role.ADMIN: frozenset(
        {P.SEARCH_CONSUMERS, P.VIEW_CONSUMER, P.VIEW_REQUESTS, P.VIEW_KPIS, P.RETRY_MESSAGE}
        | {P.VIEW_COMPLAINTS}
        | {P.CONFIGURE, P.MANAGE_PEOPLE, P.IMPORT, P.HANDLE_PRIVACY}
    ),
    Role.DISPATCHER: frozenset(
        {P.SEARCH_CONSUMERS, P.VIEW_CONSUMER, P.SEE_CONTACT_DATA, P.VIEW_REQUESTS, P.VIEW_KPIS}
        | {P.VIEW_COMPLAINTS}
        | {P.ADD_NOTE, P.LOG_CALL, P.VIEW_SERVICE_ORDERS, P.CREATE_SERVICE_ORDER}
        | {P.ASSIGN_SERVICE_ORDER, P.UPDATE_SERVICE_ORDER}
    ),
    Role.TECHNICIAN: frozenset(),
}

KEPT_APART: tuple[tuple[Role, Role], ...] = (
    (Role.ADMIN, Role.RECOVERY),
    (Role.ADMIN, Role.BILLING),
    (Role.ADMIN, Role.SUPERVISOR),
)
"""Roles that one person never holds together (roles.md, rule 1)."""


def roles_as_sql(permission: Permission) -> str:
    """The roles that may do this, as a list in a trigger's SQL: ``('CSE', 'SUPERVISOR')``."""
    names = (f"'{role.value}'" for role in Role if permission in ROLE_PERMISSIONS[role])
    return f"({', '.join(names)})"


def permissions_of(role_names: frozenset[str]) -> frozenset[Permission]:
    """Everything that somebody with these roles may do."""
    allowed: frozenset[Permission] = frozenset()
    for role in Role:
        if role.value in role_names:
            allowed |= ROLE_PERMISSIONS[role]
    return allowed
