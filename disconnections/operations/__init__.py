"""What can be done with disconnections and reconnections."""

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
    "attach_receipt",
    "close_request",
    "create_request",
    "retry_receipt",
]
