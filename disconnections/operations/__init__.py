"""What can be done with disconnections and reconnections."""

from disconnections.operations.approvals import ask_for_approval, decide_approval
from disconnections.operations.protections import (
    UnableToServeNotice,
    load_rule_packs,
    serve_notice_by_hand,
)
from disconnections.operations.requests import (
    DRAFT,
    UnableToClose,
    UnableToCreate,
    attach_receipt,
    close_request,
    create_request,
)

__all__ = [
    "DRAFT",
    "UnableToClose",
    "UnableToCreate",
    "UnableToServeNotice",
    "ask_for_approval",
    "attach_receipt",
    "close_request",
    "create_request",
    "decide_approval",
    "load_rule_packs",
    "serve_notice_by_hand",
]
