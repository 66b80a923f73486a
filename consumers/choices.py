"""Stored words about consumers and what serves them."""

from django.db.models import TextChoices


class AccountStatus(TextChoices):
    """How the account stands (CON5). Not the same as the supply of a service connection."""

    ACTIVE = "ACTIVE", "Active"
    INACTIVE = "INACTIVE", "Inactive"
    PENDING = "PENDING", "Pending"
    DISCONNECTED = "DISCONNECTED", "Disconnected"
    COLLECTION = "COLLECTION", "Collection"


class SupplyState(TextChoices):
    """Whether a service connection is supplied."""

    CONNECTED = "CONNECTED", "Connected"
    OFF_FOR_NOW = "OFF_FOR_NOW", "Disconnected temporarily"
    OFF_FOR_GOOD = "OFF_FOR_GOOD", "Disconnected for good"
    MOVED_OUT = "MOVED_OUT", "Moved out"  # somebody else is supplied there since


class UtilityType(TextChoices):
    """What is supplied."""

    ELECTRICITY = "ELECTRICITY", "Electricity"
    WATER = "WATER", "Water"
    GAS = "GAS", "Gas"


class MeterCondition(TextChoices):
    """The reading status of a meter (CON10)."""

    ACTIVE = "ACTIVE", "Active"
    INACTIVE = "INACTIVE", "Inactive"
    MAINTENANCE = "MAINTENANCE", "Maintenance"


class MeterPlace(TextChoices):
    """Where a meter is (SO4). Whether it measures anything is its assignment."""

    ON_SITE = "ON_SITE", "On site"
    IN_WAREHOUSE = "IN_WAREHOUSE", "In a warehouse"
    DECOMMISSIONED = "DECOMMISSIONED", "Decommissioned"


class Verification(TextChoices):
    """Whether a reading was checked. A rejected one was wrong and counts for nothing."""

    PENDING = "PENDING", "Pending"
    VERIFIED = "VERIFIED", "Verified"
    REJECTED = "REJECTED", "Rejected"


class ReadingException(TextChoices):
    """Why a reading need not be above the one before (W13)."""

    NONE = "NONE", "None"
    NO_CONSUMPTION = "NO_CONSUMPTION", "No consumption"
    ROLLOVER = "ROLLOVER", "The meter rolled over"
    REPLACEMENT = "REPLACEMENT", "The meter was replaced"


class ReadingSource(TextChoices):
    """Where a reading came from."""

    TAKEN_OVER = "TAKEN_OVER", "Taken over"
    REQUEST = "REQUEST", "Final or opening reading"
    HAND = "HAND", "Entered by hand"
    FILE = "FILE", "From a file"


class FileState(TextChoices):
    """How far a file of readings is."""

    RUNNING = "RUNNING", "Running"
    DONE = "DONE", "Done"
    STOPPED = "STOPPED", "Stopped"


class RowOutcome(TextChoices):
    """What became of a row of a file of readings."""

    WAITING = "WAITING", "Waiting"
    NEW = "NEW", "New"
    SAME = "SAME", "Here already"
    WRONG = "WRONG", "Not taken"


class LockPurpose(TextChoices):
    """Why somebody holds a profile."""

    CREATE_REQUEST = "CREATE_REQUEST", "Creating a request"
    EDIT_PROFILE = "EDIT_PROFILE", "Changing the profile"


class AccountHoldKind(TextChoices):
    """Why an account is protected."""

    ARRANGEMENT = "ARRANGEMENT", "Payment arrangement"
    MEDICAL = "MEDICAL", "Medical certificate"
    DISPUTE = "DISPUTE", "Dispute"
    LEGAL = "LEGAL", "Legal matter"
    DECEASED = "DECEASED", "Deceased"


class HoldProposalState(TextChoices):
    """What became of the wish to protect an account (roles.md: proposed, then decided)."""

    PROPOSED = "PROPOSED", "Waits for a supervisor"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"


class DocumentKind(TextChoices):
    """What a document of a consumer is (CON13)."""

    AGREEMENT = "AGREEMENT", "Agreement"
    AUTHORISATION = "AUTHORISATION", "Authorisation"
    REPORT = "REPORT", "Report"
    RECEIPT = "RECEIPT", "Receipt"
    BILL = "BILL", "Bill"
    IDENTITY = "IDENTITY", "Proof of identity"
    CERTIFICATE = "CERTIFICATE", "Certificate"
    OTHER = "OTHER", "Other"


class DocumentState(TextChoices):
    """How far the newest version of a document is."""

    PROCESSING = "PROCESSING", "Processing"
    VERIFIED = "VERIFIED", "Verified"
    PUBLISHED = "PUBLISHED", "Published"
    REJECTED = "REJECTED", "Rejected"
