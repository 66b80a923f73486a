"""Rows of complaints."""

from complaints.models.categories import ComplaintCategory, ComplaintName, ComplaintSubcategory
from complaints.models.complaints import Complainant, Complaint, Rating, Reopening
from complaints.models.drafts import ComplaintDraft, DraftFile
from complaints.models.evidence import Evidence
from complaints.models.settings import ComplaintSettings

__all__ = [
    "Complainant",
    "Complaint",
    "ComplaintCategory",
    "ComplaintDraft",
    "ComplaintName",
    "ComplaintSettings",
    "ComplaintSubcategory",
    "DraftFile",
    "Evidence",
    "Rating",
    "Reopening",
]
