"""Stored words of cases."""

from django.db.models import TextChoices


class CaseKind(TextChoices):
    """What a case is about."""

    DISCONNECTION = "DISCONNECTION", "Disconnection"
    RECONNECTION = "RECONNECTION", "Reconnection"
    COMPLAINT = "COMPLAINT", "Complaint"


KINDS_OF_REQUEST = (CaseKind.DISCONNECTION.value, CaseKind.RECONNECTION.value)
"""The kinds that stand in the list of requests; complaints have a list of their own."""


class CaseStatus(TextChoices):
    """Where a case stands. The last four are ends."""

    PENDING = "PENDING", "Pending"
    IN_PROGRESS = "IN_PROGRESS", "In Progress"
    ON_HOLD = "ON_HOLD", "On Hold"
    COMPLETED = "COMPLETED", "Completed"
    CLOSED = "CLOSED", "Closed"
    RESOLVED = "RESOLVED", "Resolved"
    REJECTED = "REJECTED", "Rejected"


OPEN_STATUSES = (CaseStatus.PENDING, CaseStatus.IN_PROGRESS, CaseStatus.ON_HOLD)
ENDED_STATUSES = tuple(status for status in CaseStatus if status not in OPEN_STATUSES)


class Standing(TextChoices):
    """Under what a case is tallied: as open, by its day of creation, or as ended, by the end's.

    An open complaint is tallied as late besides, by the day on which it was or will be breached.
    """

    OPEN = "OPEN", "Open"
    COMPLETED = "COMPLETED", "Completed"
    CLOSED = "CLOSED", "Closed"
    RESOLVED = "RESOLVED", "Resolved"
    REJECTED = "REJECTED", "Rejected"
    LATE = "LATE", "Late"


class Priority(TextChoices):
    """How urgent; set by the reason or the category."""

    CRITICAL = "CRITICAL", "Critical"
    HIGH = "HIGH", "High"
    MEDIUM = "MEDIUM", "Medium"
    LOW = "LOW", "Low"


class ClosingReason(TextChoices):
    """Why a case was closed without being done (004, Close request)."""

    ISSUE_RESOLVED = "ISSUE_RESOLVED", "Issue resolved"
    DUPLICATE = "DUPLICATE", "Duplicate request"
    CANCELLED = "CANCELLED", "Cancelled by consumer"
    NO_RESPONSE = "NO_RESPONSE", "No consumer response"
    OTHER = "OTHER", "Other"


class WaitsFor(TextChoices):
    """Whom a hold waits for."""

    CONSUMER = "CONSUMER", "Consumer"
    SCHEDULED_DATE = "SCHEDULED_DATE", "Scheduled date"
    FIELD = "FIELD", "Field work"
    US = "US", "Us"
    OTHER = "OTHER", "Somebody else"


class HoldEnding(TextChoices):
    """What happens at a hold's resume-by moment."""

    RESUMES = "RESUMES", "Resume by itself"
    REMINDS = "REMINDS", "Remind me"


class Metric(TextChoices):
    """The three SLA targets."""

    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT", "Acknowledgement"
    RESPONSE = "RESPONSE", "Response"
    RESOLUTION = "RESOLUTION", "Resolution"


class AlertLevel(TextChoices):
    """What was raised for a metric."""

    WARNING = "WARNING", "Warning"
    ESCALATION = "ESCALATION", "Escalation"


class ApprovalState(TextChoices):
    """Where an approval stands."""

    PENDING = "PENDING", "Waits for a supervisor"
    APPROVED = "APPROVED", "Approved"
    REJECTED = "REJECTED", "Rejected"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
