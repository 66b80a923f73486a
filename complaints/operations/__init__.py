"""The acts on complaints."""

from complaints.operations.creating import UnableToComplain, create_complaint

__all__ = ["UnableToComplain", "create_complaint"]
