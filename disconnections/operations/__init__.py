"""What can be done with disconnections and reconnections."""

from disconnections.operations.approvals import ask_for_approval, decide_approval
from disconnections.operations.requests import (
    DRAFT,
    UnableToClose,
    UnableToCreate,
    attach_receipt,
    close_request,
    create_request,
    retry_receipt,
)

__all__ = [
    "DRAFT",
    "UnableToClose",
    "UnableToCreate",
    "ask_for_approval",
    "attach_receipt",
    "close_request",
    "create_request",
    "decide_approval",
    "retry_receipt",
]
