"""What custody keeps, by what it is about."""

from smart360.custody.models.imports import ImportFile, ImportProblem, ImportRow, ImportRun

__all__ = ["ImportFile", "ImportProblem", "ImportRow", "ImportRun"]
