"""The eight roles (roles.md) and what the sign-in log can say."""

from django.db.models import TextChoices


class Role(TextChoices):
    """A role is a Django group of this name; its permissions stand in ``permissions.py``."""

    CSE = "CSE", "Customer Service Executive"
    CALL_CENTRE = "CALL_CENTRE", "Call Centre Representative"
    RECOVERY = "RECOVERY", "Recovery Executive"
    BILLING = "BILLING", "Billing Specialist"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    ADMIN = "ADMIN", "Utility Administrator"
    DISPATCHER = "DISPATCHER", "Dispatcher"
    TECHNICIAN = "TECHNICIAN", "Field Technician"


class SignInOutcome(TextChoices):
    """What happened at the door."""

    SIGNED_IN = "SIGNED_IN", "Signed in"
    SIGNED_OUT = "SIGNED_OUT", "Signed out"
    REFUSED = "REFUSED", "Refused: name or password is not right"
    LOCKED_OUT = "LOCKED_OUT", "Refused: too many wrong passwords"
    PASSWORD_CHANGED = "PASSWORD_CHANGED", "Password changed"
    PASSWORD_SET = "PASSWORD_SET", "Password set by an administrator"


class SavedPage(TextChoices):
    """A list of which people keep views of their own, by the name of its address."""

    CONSUMERS = "consumer_list", "Consumers"
