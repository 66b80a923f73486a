"""What custody keeps, by what it is about."""

from smart360.custody.models.imports import ImportFile, ImportProblem, ImportRow, ImportRun
from smart360.custody.models.privacy import ExportDownload, PrivacyAct

__all__ = [
    "ExportDownload",
    "ImportFile",
    "ImportProblem",
    "ImportRow",
    "ImportRun",
    "PrivacyAct",
]
