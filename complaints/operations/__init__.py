"""The acts on complaints."""

from complaints.operations.creating import UnableToComplain, create_complaint
from complaints.operations.drafts import (
    Said,
    UnableToAddFile,
    UnableToKeepDraft,
    add_file,
    begin_draft,
    drop_draft,
    keep_step,
    remove_file,
    sweep_drafts,
)
from complaints.operations.rating import UnableToRate, rate_complaint
from complaints.operations.receipts import attach_receipt

__all__ = [
    "Said",
    "UnableToAddFile",
    "UnableToComplain",
    "UnableToKeepDraft",
    "UnableToRate",
    "add_file",
    "attach_receipt",
    "begin_draft",
    "create_complaint",
    "drop_draft",
    "keep_step",
    "rate_complaint",
    "remove_file",
    "sweep_drafts",
]
