"""Stored words of disconnections."""

from django.db.models import TextChoices

from smart360.cases.choices import KINDS_OF_REQUEST

REQUEST_KINDS = KINDS_OF_REQUEST
"""The kinds of case that this app is about."""


class IdentityCheck(TextChoices):
    """How the caller's identity was checked (DIS2)."""

    DOCUMENT_SEEN = "DOCUMENT_SEEN", "Document seen"
    QUESTIONS_ANSWERED = "QUESTIONS_ANSWERED", "Questions answered by phone"
    NOT_VERIFIED = "NOT_VERIFIED", "Not verified yet"


class IdentityDocument(TextChoices):
    """Which document was seen. Only its last four characters are kept."""

    DRIVING_LICENCE = "DRIVING_LICENCE", "Driving licence"
    PASSPORT = "PASSPORT", "Passport"
    NATIONAL_ID = "NATIONAL_ID", "National identity card"
    OTHER = "OTHER", "Other document"


class Permanence(TextChoices):
    """Whether the service is to come back."""

    PERMANENT = "PERMANENT", "Permanent"
    TEMPORARY = "TEMPORARY", "Temporary"


class Stage(TextChoices):
    """When protections are asked (BEY1)."""

    SUBMIT = "SUBMIT", "Submit"
    APPROVAL = "APPROVAL", "Approval"
    DISPATCH = "DISPATCH", "Dispatch"
    EXECUTION = "EXECUTION", "Execution"


class Answer(TextChoices):
    """What a protection says to a cut, the mildest first (BEY1)."""

    ALLOW = "ALLOW", "Allow"
    NEEDS_APPROVAL = "NEEDS_APPROVAL", "Needs approval"
    BLOCKED = "BLOCKED", "Blocked"


class Condition(TextChoices):
    """What makes a protection rule apply (DIS11, DIS12)."""

    AMOUNT_BELOW = "AMOUNT_BELOW", "Outstanding is below an amount"
    AMOUNT_ABOVE = "AMOUNT_ABOVE", "Outstanding is above an amount"
    BILLED_ABOVE = "BILLED_ABOVE", "Billed over 12 months is above an amount"
    OVERDUE_LESS = "OVERDUE_LESS", "Overdue for fewer than so many days"
    NOTICE_RUNS = "NOTICE_RUNS", "Notice has not run out"
    WEEKDAY = "WEEKDAY", "On certain weekdays"
    HOURS = "HOURS", "Outside certain hours"
    HOLIDAY = "HOLIDAY", "On a public holiday"
    SEASON = "SEASON", "In a season"
    WEATHER = "WEATHER", "In declared weather"
    ACCOUNT_HOLD = "ACCOUNT_HOLD", "The account is held"
    VIP = "VIP", "The consumer is a VIP"
    ALWAYS = "ALWAYS", "Always, for what it applies to"


class WeatherKind(TextChoices):
    """Weather in which nobody should be without supply."""

    COLD = "COLD", "Cold"
    HEAT = "HEAT", "Heat"


class NoticeWay(TextChoices):
    """How a disconnection notice was given."""

    EMAIL = "EMAIL", "E-mail"
    POSTED = "POSTED", "Posted"
    HANDED_OVER = "HANDED_OVER", "Handed over"


class MeterAction(TextChoices):
    """What becomes of a meter when its service ends (DIS14)."""

    UNASSIGN = "UNASSIGN", "Unassign Meter Only"
    REMOVE = "REMOVE", "Remove Meter Completely"


class ClosureItem(TextChoices):
    """The six items of the Account Closure Checklist, in their order (DIS15)."""

    FINAL_BILL = "FINAL_BILL", "Final bill generated and sent"
    FINAL_PAYMENT = "FINAL_PAYMENT", "Final payment received"
    EQUIPMENT = "EQUIPMENT", "Equipment returned or retrieved"
    CUSTOMER_NOTIFIED = "CUSTOMER_NOTIFIED", "Customer notified of closure"
    RECORDS_ARCHIVED = "RECORDS_ARCHIVED", "Records archived"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED", "Account officially closed"


class ReconnectionItem(TextChoices):
    """The four items of a reconnection's checklist, in their order (DIS17)."""

    MONEY_SETTLED = "MONEY_SETTLED", "Debt and fee settled or arranged"
    METER_VERIFIED = "METER_VERIFIED", "Meter verified"
    READING_TAKEN = "READING_TAKEN", "Opening reading taken"
    CONSUMER_TOLD = "CONSUMER_TOLD", "Customer told of the reconnection"


MONEY_ITEMS = (
    ClosureItem.FINAL_BILL.value,
    ClosureItem.FINAL_PAYMENT.value,
    ReconnectionItem.MONEY_SETTLED.value,
)
"""Items that those tick who may see the money (roles.md)."""


class ClosurePaper(TextChoices):
    """What the consumer is given of a closure (DIS15)."""

    NOTICE = "NOTICE", "Closure notice"
    BILL = "BILL", "Final bill"


class RunState(TextChoices):
    """How far a non-payment run has come (DIS13)."""

    PREPARING = "PREPARING", "Being prepared"
    PROPOSED = "PROPOSED", "Proposed"
    RUNNING = "RUNNING", "Running"
    STOPPED = "STOPPED", "Stopped"
    DONE = "DONE", "Done"
    UNDOING = "UNDOING", "Being undone"
    UNDONE = "UNDONE", "Undone"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class Outcome(TextChoices):
    """What became of one account of a non-payment run: the collection record (DIS13)."""

    PROPOSED = "PROPOSED", "Proposed"
    LEFT_OUT = "LEFT_OUT", "Left out"
    CREATED = "CREATED", "Request created"
    PAID = "PAID", "Paid"
    ARRANGED = "ARRANGED", "Payment arranged"
    STOPPED = "STOPPED", "Stopped"
    CUT = "CUT", "Disconnected"
    CLOSED = "CLOSED", "Closed"


class LeftOut(TextChoices):
    """Why an account that owes is left out of a run, where no protection says so."""

    OPEN_REQUEST = "OPEN_REQUEST", "Has an open request"
    ENDED = "ENDED", "Account has ended"
    NOT_SUPPLIED = "NOT_SUPPLIED", "Nothing is connected"
    NOTHING_OWED = "NOTHING_OWED", "Nothing undisputed is owed"
    BEING_EDITED = "BEING_EDITED", "Somebody works on the profile"
    NO_LONGER_CHOSEN = "NO_LONGER_CHOSEN", "No longer what was chosen"
