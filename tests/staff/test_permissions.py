"""The permission table against roles.md, row by row (SEC1). A role is a fixed set."""

import pytest

from smart360.staff.choices import Role
from smart360.staff.permissions import KEPT_APART, ROLE_PERMISSIONS, Permission, permissions_of

P = Permission
ORDER = (
    Role.CSE,
    Role.CALL_CENTRE,
    Role.RECOVERY,
    Role.BILLING,
    Role.SUPERVISOR,
    Role.ADMIN,
    Role.TECHNICIAN,
    Role.DISPATCHER,
)
"""The columns of roles.md."""

TABLE: dict[Permission, str] = {
    # CSE CCR REC BIL SUP ADM TEC DSP; y yes, - no
    P.SEARCH_CONSUMERS: "yyyyyy-y",
    P.VIEW_CONSUMER: "yyyyyy-y",
    P.SEE_CONTACT_DATA: "yyyyy--y",
    P.SEE_PERSONAL_DATA: "yyyyy---",
    P.SEE_IDENTITY_DOCUMENTS: "y---y---",
    P.VIEW_HEALTH: "yyyyy---",
    P.VIEW_DOCUMENTS: "yyyyy---",
    P.UPLOAD_DOCUMENT: "y-yyy---",
    P.VERIFY_DOCUMENT: "----y---",
    P.SEE_PROTECTIONS: "--y-y---",
    P.EXPORT_CONSUMERS: "---yy---",
    P.EXPORT_COLLECTION: "--y-----",
    P.SET_VIP: "----y---",
    P.COLLECT: "--y-----",
    P.PROPOSE_PROTECTION: "yyy-----",
    P.EDIT_CONSUMER: "y---y---",
    P.EDIT_CONTACT: "yy--y---",
    P.EDIT_BILLING_ADDRESS: "y--yy---",
    P.EDIT_GUARDED_DATA: "----y---",
    P.TAKE_PROFILE_LOCK: "yyy-y---",
    P.BREAK_PROFILE_LOCK: "----y---",
    P.CHANGE_OCCUPIER: "y---y---",
    P.MERGE_CONSUMERS: "----y---",
    P.ENTER_READING: "y--yy---",
    P.VERIFY_READING: "---yy---",
    P.IMPORT_READINGS: "---yy---",
    P.VIEW_REQUESTS: "yyyyyy-y",
    P.CREATE_REQUEST: "yyy-y---",
    P.ACKNOWLEDGE: "y-y-y---",
    P.HOLD: "y-y-y---",
    P.CLOSE: "y-y-y---",
    P.ASSIGN: "y-y-y---",
    P.ASSIGN_OTHERS: "----y---",
    P.VIEW_KPIS: "yyyyyy-y",
    P.EXPORT_REQUESTS: "--y-y---",
    P.SEE_ESCALATIONS: "----y---",
    P.VIEW_BALANCE: "yyyyy---",
    P.VIEW_MONEY: "--yyy---",
    P.PRINT_BILL: "yyyyy---",
    P.SET_DEPOSIT_USE: "--yyy---",
    P.ENTER_FINAL_READING: "---yy---",
    P.OVERRIDE_READING: "----y---",
    P.GENERATE_BILL: "--yyy---",
    P.APPROVE_BILL: "---yy---",
    P.RECORD_PAYMENT: "--yyy---",
    P.PROPOSE_REVERSAL: "---yy---",
    P.APPROVE_REVERSAL: "----y---",
    P.PROPOSE_REFUND: "--yyy---",
    P.APPROVE_REFUND: "----y---",
    P.PROPOSE_CREDIT_NOTE: "---yy---",
    P.APPROVE_CREDIT_NOTE: "----y---",
    P.RUN_BILLING: "---yy---",
    P.EXPORT_MONEY: "--yyy---",
    P.ASK_FOR_APPROVAL: "y-y-y---",
    P.APPROVE_REQUEST: "----y---",
    P.PREPARE_CLOSURE: "y-y-y---",
    P.TICK_MONEY: "--yyy---",
    P.EXECUTE: "y-y-y---",
    P.EXECUTE_FOR_US: "--y-y---",
    P.VIEW_SERVICE_ORDERS: "yyyyy--y",
    P.CREATE_SERVICE_ORDER: "y-y-y--y",
    P.ASSIGN_SERVICE_ORDER: "----y--y",
    P.UPDATE_SERVICE_ORDER: "----y--y",
    P.PREPARE_RUN: "--y-y---",
    P.CONFIRM_RUN: "----y---",
    P.PROTECT_ACCOUNT: "----y---",
    P.HANDLE_PRIVACY: "----yy--",
    P.VIEW_COMPLAINTS: "yyyyyy-y",
    P.CREATE_COMPLAINT: "yyy-y---",
    P.WORK_ON_COMPLAINT: "yy--y---",
    P.DECIDE_COMPLAINT: "y---y---",
    P.REOPEN_COMPLAINT: "----y---",
    P.SEE_STAFF_COMPLAINTS: "----y---",
    P.SEE_EVIDENCE: "yy--y---",
    P.SEE_BILLING_EVIDENCE: "---y----",
    P.SET_DISPUTED_AMOUNT: "y--yy---",
    P.EXPORT_COMPLAINTS: "----y---",
    P.CREATE_ORDER_FROM_COMPLAINT: "yyy-y---",
    P.PROPOSE_HOLD: "yy------",
    P.WITHDRAW_NOTE: "----y---",
    P.ADD_NOTE: "yyyyy--y",
    P.MESSAGE_CONSUMER: "yyyyy---",
    P.LOG_CALL: "yyyyy--y",
    P.RETRY_MESSAGE: "----yy--",
    P.CONFIGURE: "-----y--",
    P.MANAGE_PEOPLE: "-----y--",
    P.IMPORT: "-----y--",
}


def test_every_permission_has_its_row() -> None:
    assert set(TABLE) == set(Permission)


@pytest.mark.parametrize("permission", list(TABLE), ids=lambda p: p.value)
def test_a_role_may_exactly_what_the_table_says(permission: Permission) -> None:
    allowed = "".join("y" if permission in ROLE_PERMISSIONS[role] else "-" for role in ORDER)
    assert allowed == TABLE[permission]


def test_who_decides_on_a_protection_may_read_why() -> None:
    """They are told that its certificate came, whichever household it is (BEY11)."""
    for allowed in ROLE_PERMISSIONS.values():
        assert P.PROTECT_ACCOUNT not in allowed or P.SEE_PROTECTIONS in allowed


def test_unknown_means_no() -> None:
    """roles.md, rule 7."""
    assert permissions_of(frozenset({"BOSS", ""})) == frozenset()


def test_several_roles_add_up() -> None:
    both = permissions_of(frozenset({Role.CALL_CENTRE, Role.BILLING}))
    assert both == ROLE_PERMISSIONS[Role.CALL_CENTRE] | ROLE_PERMISSIONS[Role.BILLING]


def test_administration_is_apart_from_money() -> None:
    """X6, roles.md rule 1."""
    apart = {(Role.ADMIN, each) for each in (Role.RECOVERY, Role.BILLING, Role.SUPERVISOR)}
    assert set(KEPT_APART) == apart
