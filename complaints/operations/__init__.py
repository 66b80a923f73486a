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

__all__ = [
    "Said",
    "UnableToAddFile",
    "UnableToComplain",
    "UnableToKeepDraft",
    "add_file",
    "begin_draft",
    "create_complaint",
    "drop_draft",
    "keep_step",
    "remove_file",
    "sweep_drafts",
]
